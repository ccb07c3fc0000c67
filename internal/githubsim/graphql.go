package githubsim

import "net/http"

// query is a GraphQL request that was read.
type query struct {
	text     string
	shape    string
	mutation string // name of the first mutation field, "" for a query
	cost     Count
}

func readQuery([]byte) *query { return &query{shape: "query"} }

// graphql answers a query.
func (c *call) graphql() *reply {
	return c.failure(http.StatusNotImplemented, "GraphQL comes next")
}
