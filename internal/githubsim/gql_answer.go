package githubsim

import (
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"
)

// graphql answers a query: 400 and 403 in REST's words where the request is
// none, else 200 with data, errors, or both.
func (c *call) graphql() *reply {
	q := c.query
	switch {
	case c.r.Method != http.MethodPost:
		return c.notFound()
	case q.bad != "":
		return c.failure(http.StatusBadRequest, q.bad)
	case q.op != nil && q.op.Operation != ast.Query:
		c.s.meter.mutation("mutation " + q.mutation)
		return ok(map[string]any{"data": nil, "errors": []any{fail("FORBIDDEN", "Resource not accessible by integration")}})
	case len(q.errs) > 0:
		return ok(map[string]any{"errors": q.errs})
	}
	e := &exec{c: c, q: q, ts: schemaTypes(), x: c.x, v: c.viewer}
	out := &tree{keys: []string{"data"}, vals: []any{e.run()}}
	if len(e.errs) > 0 {
		list := make([]any, len(e.errs))
		for i, err := range e.errs {
			list[i] = err
		}
		out.keys, out.vals = append(out.keys, "errors"), append(out.vals, list)
	}
	rep := ok(out)
	if e.partialSSO != "" {
		rep.set("X-GitHub-SSO", "partial-results; organizations="+e.partialSSO)
	}
	return rep
}
