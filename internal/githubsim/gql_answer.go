package githubsim

import (
	"net/http"
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
