package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// mintPath is the one POST that only makes a token.
var mintPath = regexp.MustCompile(`^/app/installations/[0-9]+/access_tokens$`)

// readonly lets out GET, HEAD and GraphQL queries, and the minting of an
// installation token if told. Everything else is a *[WriteError] and is not
// sent. The GraphQL document is parsed, not guessed from its text.
func readonly(graphql, rest *url.URL, mint bool) layer {
	var known sync.Map // texts of documents already found to be queries
	root := strings.TrimRight(rest.Path, "/")
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet || req.Method == http.MethodHead {
				return next.RoundTrip(req)
			}
			refuse := func(why string) (*http.Response, error) {
				if req.Body != nil {
					req.Body.Close()
				}
				return nil, &WriteError{Method: req.Method, Path: req.URL.Path, Why: why}
			}
			path, _ := strings.CutPrefix(req.URL.Path, root)
			switch {
			case req.Method != http.MethodPost:
				return refuse("it is not a read")
			case mint && req.URL.Host == rest.Host && mintPath.MatchString(path):
				return next.RoundTrip(req)
			case !isGraphQL(req, graphql):
				return refuse("it is not a read")
			}
			text, err := document(req)
			if err != nil {
				return refuse(err.Error())
			}
			if _, ok := known.Load(text); !ok {
				if err := onlyQueries(text); err != nil {
					return refuse(err.Error())
				}
				known.Store(text, nil)
			}
			return next.RoundTrip(req)
		})
	}
}

// document takes the GraphQL document out of a request without using up its body.
func document(req *http.Request) (string, error) {
	if req.GetBody == nil {
		return "", fmt.Errorf("its body cannot be read twice")
	}
	body, err := req.GetBody()
	if err != nil {
		return "", fmt.Errorf("its body cannot be read: %w", err)
	}
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, 4<<20))
	if err != nil {
		return "", fmt.Errorf("its body cannot be read: %w", err)
	}
	var in struct {
		Query string `json:"query"`
	}
	if err := json.Unmarshal(raw, &in); err != nil || in.Query == "" {
		return "", fmt.Errorf("its body holds no GraphQL document")
	}
	return in.Query, nil
}

// onlyQueries parses the document and refuses any operation but a query.
func onlyQueries(text string) error {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return fmt.Errorf("its GraphQL document cannot be parsed")
	}
	if len(doc.Operations) == 0 {
		return fmt.Errorf("its GraphQL document holds no operation")
	}
	for _, op := range doc.Operations {
		if op.Operation != ast.Query {
			return fmt.Errorf("its GraphQL document holds a %s", op.Operation)
		}
	}
	return nil
}
