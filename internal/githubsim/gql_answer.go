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
		return ok(&gqlBody{hasData: true, errs: []*gqlError{fail("FORBIDDEN", "Resource not accessible by integration")}})
	case len(q.errs) > 0:
		return ok(&gqlBody{errs: q.errs})
	}
	e := &exec{c: c, q: q, ts: schemaTypes(), x: c.x, v: c.viewer}
	data := e.run()
	rep := ok(&gqlBody{hasData: true, data: data, errs: e.errs})
	if e.partialSSO != "" {
		rep.set("X-GitHub-SSO", "partial-results; organizations="+e.partialSSO)
	}
	return rep
}
