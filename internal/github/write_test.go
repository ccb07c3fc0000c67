package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// testWriter has a server that answers with handler, and counts what came.
func testWriter(t *testing.T, handler http.HandlerFunc, change ...func(*Options)) (*Writer, *clock, *atomic.Int64) {
	t.Helper()
	came := new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came.Add(1)
		handler(w, r)
	}))
	t.Cleanup(srv.Close)
	c := newClock()
	o := Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canary}), Now: c.Now, Sleep: c.Sleep}
	for _, f := range change {
		f(&o)
	}
	w, err := NewWriter(o)
	if err != nil {
		t.Fatal(err)
	}
	return w, c, came
}

// example fills a template in, with a body that its route takes.
func example(r route) Mutation {
	m := Mutation{Method: r.method}
	for _, part := range strings.Split(r.template, "/")[1:] {
		switch {
		case strings.HasSuffix(part, "_id}"):
			part = "7"
		case part == "{environment_name}":
			part = "blue%2Fgreen"
		case strings.HasPrefix(part, "{"):
			part = "name"
		}
		m.Path += "/" + part
	}
	if len(r.must) > 0 {
		var keys []string
		for _, k := range r.must {
			keys = append(keys, fmt.Sprintf("%q:null", k))
		}
		m.Body = []byte("{" + strings.Join(keys, ",") + "}")
	}
	return m
}

var someWrite = Mutation{Method: "DELETE", Path: "/repos/acme/api/keys/7"}

// TestOnlyListedChangesLeave tries every route of the list with every method, and
// what is like one of them.
func TestOnlyListedChangesLeave(t *testing.T) {
	w, _, came := testWriter(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	ctx, allowed := context.Background(), int64(0)
	refused := func(m Mutation) {
		t.Helper()
		if err := w.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Send(ctx, m); !errors.Is(err, ErrWrite) || came.Load() != allowed {
			t.Errorf("%s %s %s: %v", m.Method, m.Path, m.Body, err)
		}
	}
	for _, r := range writable {
		listed := example(r)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "put", ""} {
			m := listed
			m.Method = method
			if slices.ContainsFunc(writable, func(o route) bool { return o.method == method && o.template == r.template }) {
				continue
			}
			refused(m)
		}
		if err := w.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Send(ctx, listed); err != nil {
			t.Errorf("%s %s: %v", listed.Method, listed.Path, err)
		}
		allowed++
		for _, change := range []string{"/", "/x", "?a=b", "#a", "%00", "/..", "%2F.."} {
			m := listed
			m.Path += change
			if change != "%00" && change != "%2F.." || strings.HasSuffix(r.template, "_id}") {
				refused(m)
			}
		}
		for _, body := range []string{`{}`, `{"x":1}`, `[]`, `{"permission":"pull","permission":"admin"}`, `{"permission":"pull"}{}`, `null`, `"`, `{"role":"member","x":1}`} {
			m := listed
			m.Body = []byte(body)
			if body == `{}` && len(r.must) == 0 && len(r.keys) > 0 {
				continue
			}
			if body != `{"permission":"pull"}{}` || len(r.keys) == 0 {
				refused(m)
			}
		}
		if len(r.must) > 0 {
			m := listed
			m.Body = nil
			refused(m)
		}
	}
	for _, path := range []string{"/", "//", "/repos/acme/api", "/repos/./api/keys/7", "/repos/acme/../keys/7", "/repos/acme/api/keys/x7", "/repos//api/keys/7",
		"/repos/acme/a%2fb/keys/7", "/user/repos", "/orgs/acme/teams/x/repos/a/b/c", "http://evil.example/repos/a/b/keys/7", "repos/acme/api/keys/7", "/REPOS/acme/api/keys/7"} {
		refused(Mutation{Method: "DELETE", Path: path})
		refused(Mutation{Method: "POST", Path: path, Body: []byte(`{"query":"{viewer{login}}"}`)})
	}
}

func TestOnlyListedMutationsLeave(t *testing.T) {
	w, _, came := testWriter(t, func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, `{"data":{"updateEnvironment":{"environment":{"id":"x"}}}}`)
	})
	ctx := context.Background()
	send := func(body string) error {
		t.Helper()
		if err := w.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		_, err := w.Send(ctx, Mutation{Method: "POST", Body: []byte(body)})
		return err
	}
	const fine = `{"query":"mutation($input:UpdateEnvironmentInput!){updateEnvironment(input:$input){environment{id}}}","variables":{"input":{}}}`
	if err := send(fine); err != nil || came.Load() != 1 {
		t.Fatalf("%v, %d requests", err, came.Load())
	}
	for _, document := range []string{
		`{viewer{login}}`, `query{viewer{login}}`, `subscription{x}`, `mutation{deleteEnvironment(input:{id:1}){clientMutationId}}`,
		`mutation{updateEnvironment(input:{}){environment{id}} deleteIssue(input:{}){clientMutationId}}`,
		`mutation{updateEnvironment:deleteEnvironment(input:{}){clientMutationId}}`, `mutation{other:updateEnvironment(input:{}){environment{id}}}`,
		`mutation A{updateEnvironment(input:{}){environment{id}}} mutation B{updateEnvironment(input:{}){environment{id}}}`,
		`mutation{...F} fragment F on Mutation{updateEnvironment(input:{}){environment{id}}}`,
		`mutation{... on Mutation{updateEnvironment(input:{}){environment{id}}}}`, `mutation{updateEnvironment(input:{})@skip(if:true){environment{id}}}`,
		`mutation @x{updateEnvironment(input:{}){environment{id}}}`, `mutation{`, ``, "mutation{updateEnvironment(input:{name:\"ü\"}){environment{id}}}",
	} {
		if err := send(fmt.Sprintf(`{"query":%q}`, document)); !errors.Is(err, ErrWrite) {
			t.Errorf("%s: %v", document, err)
		}
	}
	for _, body := range []string{`{"id":"stored"}`, strings.Replace(fine, `"variables"`, `"extensions":{},"variables"`, 1), fine + fine, `[` + fine + `]`} {
		if err := send(body); !errors.Is(err, ErrWrite) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if came.Load() != 1 {
		t.Errorf("%d requests", came.Load())
	}
}

func TestASecondLiesBetweenTwoChanges(t *testing.T) {
	var begun []time.Time
	var c *clock
	w, c, _ := testWriter(t, func(w http.ResponseWriter, r *http.Request) { begun = append(begun, c.Now()); w.WriteHeader(204) })
	ctx := context.Background()
	for range 3 {
		if err := w.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Send(ctx, someWrite); err != nil {
			t.Fatal(err)
		}
	}
	if len(begun) != 3 || begun[1].Sub(begun[0]) != time.Second || begun[2].Sub(begun[1]) != time.Second {
		t.Errorf("begun at %v", begun)
	}
	if _, err := w.Send(ctx, someWrite); !errors.Is(err, ErrNotSent) || len(begun) != 3 {
		t.Errorf("a hasty one: %v", err)
	}
}

func TestWriterOfNoCredentialIsNotMade(t *testing.T) {
	if _, err := NewWriter(Options{}); !errors.Is(err, ErrUnauthenticated) {
		t.Error(err)
	}
}
