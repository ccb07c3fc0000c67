package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/eb661601/ajar/internal/decode"
)

// RateLimit is what a query asks of rateLimit{…}. A query struct with a field
// "RateLimit *RateLimit" gets its true cost into the [Meter]; servers without
// limits answer null, and the query counts 1.
type RateLimit struct {
	Cost      int       `json:"cost"`
	Remaining int       `json:"remaining"`
	ResetAt   time.Time `json:"resetAt"`
}

// Query builds a query from the struct that q points to and fills it with the
// answer. q must be fresh: what an older page left in it would linger.
//
// githubv4 writes the query and sends it. The answer is decoded by the rules of
// encoding/json, which is many times faster, so the struct must suit both:
//
//   - a field's JSON name is its GraphQL name or, with an alias, the alias, which
//     is matched without regard to case; or it takes a json tag;
//   - a fragment is an embedded struct with a `graphql:"... on Type"` tag, and
//     fields that two fragments share carry an alias each, since promoted names
//     that collide are dropped;
//   - what may be null is a pointer: null must not read as zero.
//
// Where the answer has an errors array the data that came is decoded and a
// *[GraphQLError] returned; where a header says that data was left out, a
// *[PartialError] (possibly joined with the former).
func (c *Client) Query(ctx context.Context, q any, vars map[string]any) error {
	var a answer
	if err := c.graphql.Query(context.WithValue(ctx, answerKey{}, &a), q, vars); err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			return u.Err // the address says nothing: it is the same for every query
		}
		return err
	}
	return c.decode(a, q)
}

func (c *Client) decode(a answer, q any) error {
	var out struct {
		Data   any                `json:"data"`
		Errors []GraphQLErrorItem `json:"errors"`
	}
	out.Data = q
	err := decode.Into(a.body, &out)
	if a.held != nil {
		_ = a.held.Close() // never fails: it gives the memory back
	}
	if err != nil {
		return &BodyError{Host: a.host, What: "JSON that is not what was asked for", Err: err}
	}
	if !a.replayed {
		c.meter.points(cost(q))
	}
	partial := Partial(a.sso)
	empty := out.Data == nil || reflect.ValueOf(q).Elem().IsZero()
	switch {
	case len(out.Errors) > 0:
		return asPartial(&GraphQLError{Errors: out.Errors, NoData: empty}, partial)
	case empty:
		return &BodyError{Host: a.host, What: "JSON that holds neither data nor errors"}
	case partial != nil:
		return partial
	}
	return nil
}

// cost reads what the query cost by its own RateLimit field, else 1.
func cost(q any) int64 {
	v := reflect.ValueOf(q).Elem()
	if v.Kind() != reflect.Struct {
		return 1
	}
	f := v.FieldByName("RateLimit")
	if !f.IsValid() {
		return 1
	}
	if l, ok := f.Interface().(*RateLimit); ok && l != nil {
		return int64(l.Cost)
	}
	return 1
}

type answerKey struct{}

// answer is where the transport leaves a GraphQL answer for Query.
type answer struct {
	host     string
	body     []byte
	sso      string
	held     io.Closer // of the body, which holds until it is closed
	replayed bool      // from a tape: nothing was spent
}

// capture hands the body of a GraphQL answer to [Client.Query] and gives
// githubv4 an empty one, since its own decoder is slow, refuses keys it does not
// know, and drops the type and path of errors.
func capture(graphql *url.URL) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			a, ours := req.Context().Value(answerKey{}).(*answer)
			resp, err := next.RoundTrip(req)
			if err != nil || !ours || !isGraphQL(req, graphql) || resp.StatusCode >= 300 {
				return resp, err
			}
			if resp.StatusCode != http.StatusOK {
				return nil, &BodyError{Host: req.URL.Host, What: fmt.Sprintf("status %d to a query", resp.StatusCode)}
			}
			a.host, a.sso = req.URL.Host, resp.Header.Get("X-GitHub-SSO")
			a.body, a.held = bodyOf(resp), resp.Body
			resp.Body = io.NopCloser(bytes.NewReader([]byte(`{"data":{}}`)))
			return resp, nil
		})
	}
}

// isGraphQL reports whether the request goes to the GraphQL address.
func isGraphQL(req *http.Request, graphql *url.URL) bool {
	return req.URL.Host == graphql.Host && req.URL.Path == graphql.Path
}
