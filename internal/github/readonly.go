package github

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// mintPath is the one POST that only makes a token.
var mintPath = regexp.MustCompile(`^/app/installations/[0-9]+/access_tokens$`)

// overrides are the headers by which some servers and proxies take a GET for
// another method.
var overrides = []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}

// gate is what the read transport lets out.
type gate struct {
	graphql, rest *url.URL
	mint          bool
	known         sync.Map // texts of documents already found to be queries
}

// readonly lets out GET, HEAD and GraphQL queries, and the minting of an
// installation token if told. Everything else is a *[WriteError] and is not
// sent. The GraphQL document is parsed, not guessed from its text, and the bytes
// that were checked are the bytes that are sent.
func readonly(graphql, rest *url.URL, mint bool) layer {
	g := &gate{graphql: graphql, rest: rest, mint: mint}
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			out, why := g.check(req)
			if why != "" {
				if req.Body != nil {
					_ = req.Body.Close()
				}
				return nil, &WriteError{Method: req.Method, Path: req.URL.Path, Why: why}
			}
			return next.RoundTrip(out)
		})
	}
}

// check gives the request to send, or why none is.
func (g *gate) check(req *http.Request) (out *http.Request, why string) {
	for _, h := range overrides {
		if req.Header.Values(h) != nil {
			return nil, "its header " + h + " asks for another method"
		}
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		return req, g.reading(req)
	case http.MethodPost:
		path, _ := strings.CutPrefix(req.URL.Path, strings.TrimRight(g.rest.Path, "/"))
		if g.mint && req.URL.Host == g.rest.Host && mintPath.MatchString(path) {
			return req, ""
		}
		if isGraphQL(req, g.graphql) {
			return g.query(req)
		}
	}
	return nil, "it is not a read"
}

// reading says what keeps a GET or a HEAD from being sent. Some GraphQL servers
// carry out what stands in the address, and some servers read a body.
func (g *gate) reading(req *http.Request) string {
	switch {
	case req.URL.Host == g.graphql.Host && strings.EqualFold(strings.Trim(req.URL.Path, "/"), strings.Trim(g.graphql.Path, "/")):
		return "only a POST asks GraphQL"
	case req.Body != nil && req.Body != http.NoBody:
		return "a read has no body"
	}
	return ""
}

// query gives a POST of a GraphQL query whose body is what was checked, whatever
// the original's Body and GetBody would have given later.
func (g *gate) query(req *http.Request) (*http.Request, string) {
	if req.URL.RawQuery != "" || req.URL.ForceQuery {
		return nil, "its address has a query string, which may hold another document"
	}
	raw, why := readBody(req)
	if why != "" {
		return nil, why
	}
	text, why := document(raw)
	if why != "" {
		return nil, why
	}
	if _, ok := g.known.Load(text); !ok {
		if why := onlyQueries(text); why != "" {
			return nil, why
		}
		g.known.Store(text, nil)
	}
	return withBody(req, raw), ""
}
