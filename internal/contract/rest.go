package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Judge holds GitHub's REST description (the Enterprise Cloud one) and tells
// where a request or an answer differs from it. It may be used concurrently.
type Judge struct {
	doc    *openapi3.T
	router routers.Router

	mu     sync.Mutex
	judged map[string]int
}

// REST gives a judge by the description that scripts/contract-setup.sh leaves
// in .cache/npm. Where that is missing the test is skipped, or with CI=true in
// the environment failed.
func REST(t testing.TB) *Judge {
	t.Helper()
	doc, err := restDescription()
	if errors.Is(err, os.ErrNotExist) {
		const missing = "GitHub's REST description is not here; run scripts/contract-setup.sh"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatalf("routing by GitHub's REST description: %v", err)
	}
	return &Judge{doc: doc, router: router, judged: map[string]int{}}
}

// restDescription loads the description once per test binary.
var restDescription = sync.OnceValues(func() (*openapi3.T, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, ".cache", "npm", "ghec-subset.json"))
	if err != nil {
		return nil, fmt.Errorf("loading GitHub's REST description: %w", err)
	}
	doc.Servers = nil // else only GitHub's own host would match
	return doc, nil
})

// moduleRoot is the nearest folder at or above the working one that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("looking for go.mod above the working directory: %w", os.ErrNotExist)
		}
		dir = up
	}
}

// Check judges one request with its answer and gives every difference that is
// not in the table of exceptions. A path or method that the description does
// not have is a difference too; GraphQL requests are somebody else's to judge
// and give none. The bodies are the complete ones; those inside req and resp
// are not touched.
func (j *Judge) Check(req *http.Request, reqBody []byte, resp *http.Response, respBody []byte) []error {
	if strings.HasSuffix(req.URL.Path, "/graphql") {
		return nil
	}
	bare := bareRequest(req, reqBody)
	route, params, err := j.router.FindRoute(bare)
	if err != nil {
		return []error{fmt.Errorf("%s %s: %w", req.Method, bare.URL.EscapedPath(), err)}
	}
	op := operation{method: route.Method, path: route.Path, status: resp.StatusCode}
	j.mu.Lock()
	j.judged[route.Method+" "+route.Path]++
	j.mu.Unlock()

	options := &openapi3filter.Options{
		MultiError: true, IncludeResponseStatus: true, SkipSettingDefaults: true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
	asked := &openapi3filter.RequestValidationInput{Request: bare, PathParams: params, Route: route, Options: options}
	answered := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: resp.StatusCode, Header: resp.Header,
		Body: io.NopCloser(bytes.NewReader(respBody)), Options: options,
	}
	ctx := context.Background()
	out := op.differences("request", openapi3filter.ValidateRequest(ctx, asked))
	out = append(out, op.differences("answer", j.answer(ctx, op, answered, respBody))...)
	return out
}

// answer judges an answer. A status that the description leaves out but the
// table of exceptions allows must still carry GitHub's error body.
func (j *Judge) answer(ctx context.Context, op operation, in *openapi3filter.ResponseValidationInput, body []byte) error {
	responses := in.RequestValidationInput.Route.Operation.Responses
	if responses.Status(op.status) != nil || op.status == http.StatusNotModified {
		return openapi3filter.ValidateResponse(ctx, in)
	}
	if op.status < 400 || !op.excused("status is not supported") {
		return errors.New("status is not supported")
	}
	return j.errorBody(body)
}

// errorBody judges the body of an error that has no description of its own.
func (j *Judge) errorBody(body []byte) error {
	value, err := decode(body)
	if err != nil {
		return err
	}
	basic, ok := j.doc.Components.Schemas["basic-error"]
	if !ok {
		return errors.New("the description lacks the schema basic-error")
	}
	return basic.Value.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse())
}

// Judged lists the operations, as "GET /orgs/{org}", that Check has seen so
// far, sorted.
func (j *Judge) Judged() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]string, 0, len(j.judged))
	for op := range j.judged {
		out = append(out, op)
	}
	slices.Sort(out)
	return out
}

// bareRequest is req as GitHub.com would get it: no host, and no /api/v3 before
// the path, which is how GitHub Enterprise Server spells the same paths.
func bareRequest(req *http.Request, body []byte) *http.Request {
	bare := req.Clone(context.Background())
	escaped := strings.TrimPrefix(req.URL.EscapedPath(), "/api/v3")
	bare.URL = &url.URL{Path: strings.TrimPrefix(req.URL.Path, "/api/v3"), RawPath: escaped, RawQuery: req.URL.RawQuery}
	bare.Host = ""
	bare.Body = http.NoBody
	if len(body) > 0 {
		bare.Body = io.NopCloser(bytes.NewReader(body))
	}
	return bare
}
