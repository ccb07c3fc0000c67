package github

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	gh "github.com/google/go-github/v92/github"
	"github.com/shurcooL/githubv4"
)

// asked is a server that notes what reaches it, and a client of it.
type asked struct {
	t      *testing.T
	client *Client
	got    []string // METHOD URI BODY
}

func newAsked(t *testing.T, change ...func(*Options)) *asked {
	a := &asked{t: t}
	a.client, _ = testClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.got = append(a.got, r.Method+" "+r.RequestURI+" "+string(body))
		reply(w, 200, viewerAnswer)
	}, change...)
	return a
}

// do sends what a caller that goes past go-github and githubv4 could send.
func (a *asked) do(method, path, body string, change ...func(*http.Request)) error {
	a.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, a.client.REST().BaseURL()+path, r)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(req)
	}
	resp, err := a.client.REST().Client().Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	return err
}

// refused checks that nothing was sent, and why.
func (a *asked) refused(name, why string, err error) {
	a.t.Helper()
	w, ok := errors.AsType[*WriteError](err)
	switch {
	case !ok || !errors.Is(err, ErrWrite):
		a.t.Errorf("%s: error is %v, want a *WriteError", name, err)
	case !strings.Contains(w.Why, why):
		a.t.Errorf("%s: refused since %s, want %q", name, w.Why, why)
	}
	if line, _ := Explain(err); !strings.HasPrefix(line, "refused to send") {
		a.t.Errorf("%s is explained as %q", name, line)
	}
	if len(a.got) != 0 {
		a.t.Errorf("%s was sent: %q", name, a.got)
		a.got = nil
	}
}

func TestWriteIsRefusedAndNothingIsSent(t *testing.T) {
	const noRead, bodyless = "it is not a read", "a read has no body"
	header := func(key, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(key, value) }
	}
	type change = []func(*http.Request)
	a := newAsked(t)
	for _, c := range []struct {
		method, path, body string
		change             change
		why                string
	}{
		{"POST", "orgs/acme/invitations", `{}`, nil, noRead},
		{"PUT", "orgs/acme/memberships/mallory", `{}`, nil, noRead},
		{"PATCH", "orgs/acme", `{}`, nil, noRead},
		{"DELETE", "repos/acme/api/keys/1", "", nil, noRead},
		{"OPTIONS", "repos/acme/api", "", nil, noRead},
		{"TRACE", "repos/acme/api", "", nil, noRead},
		{"CONNECT", "repos/acme/api", "", nil, noRead},
		{"QUERY", "graphql", `{"query":"query{viewer{login}}"}`, nil, noRead},
		{"get", "repos/acme/api", "", nil, noRead},
		{"POST", "app/installations/7/access_tokens", `{}`, nil, noRead},
		{"POST", "graphql/", `{"query":"query{viewer{login}}"}`, nil, noRead},
		{"POST", "GraphQL", `{"query":"query{viewer{login}}"}`, nil, noRead},
		{"GET", "repos/acme/api", `{}`, nil, bodyless},
		{"GET", "repos/acme/api", "", change{header("X-HTTP-Method-Override", "DELETE")}, "X-HTTP-Method-Override"},
		{"GET", "repos/acme/api", "", change{header("X-HTTP-Method", "PATCH")}, "X-HTTP-Method"},
		{"HEAD", "repos/acme/api", "", change{header("x-method-override", "PUT")}, "X-Method-Override"},
		{"POST", "graphql", `{"query":"query{viewer{login}}"}`, change{header("X-HTTP-Method-Override", "PUT")}, "X-HTTP-Method-Override"},
		{"GET", "graphql", "", nil, "only a POST"},
		{"GET", "graphql?query=mutation%7Bx%7D", "", nil, "only a POST"},
		{"GET", "Graphql/?query=mutation%7Bx%7D", "", nil, "only a POST"},
		{"HEAD", "graphql?query=mutation%7Bx%7D", "", nil, "only a POST"},
		{"POST", "graphql?query=mutation%7Bx%7D", `{"query":"query{viewer{login}}"}`, nil, "query string"},
		{"POST", "graphql?", `{"query":"query{viewer{login}}"}`, nil, "query string"},
		{"POST", "graphql", `{"query":"query{viewer{login}}"}`, change{header("Content-Type", "application/x-www-form-urlencoded")}, "not declared as JSON"},
		{"POST", "graphql", `{"query":"query{viewer{login}}"}`, change{header("Content-Type", "")}, "not declared as JSON"},
		{"POST", "graphql", `{"query":"query{viewer{login}}"}`, change{header("Content-Type", "application/json; charset=utf-16")}, "not declared as JSON"},
		{"POST", "graphql", `{"query":"query{viewer{login}}"}`, change{header("Content-Encoding", "gzip")}, "encoded"},
		{"POST", "graphql", "", nil, "no body"},
		{"POST", "graphql", `{"query":"query{viewer{login}}","variables":{"x":"` + strings.Repeat("x", maxQuery) + `"}}`, nil, "too long"},
	} {
		a.refused(c.method+" "+c.path, c.why, a.do(c.method, c.path, c.body, c.change...))
	}
}

func TestLibrariesCannotWriteThroughTheReadTransport(t *testing.T) {
	ctx, a := context.Background(), newAsked(t)
	_, err := a.client.REST().Repositories.RemoveCollaborator(ctx, "acme", "api", "mallory")
	a.refused("RemoveCollaborator", "not a read", err)
	_, err = a.client.REST().Organizations.RemoveOrgMembership(ctx, "mallory", "acme")
	a.refused("RemoveOrgMembership", "not a read", err)
	var mutation struct {
		RemoveOutsideCollaborator struct{ ClientMutationID string } `graphql:"removeOutsideCollaborator(input: $input)"`
	}
	err = a.client.graphql.Mutate(ctx, &mutation, githubv4.RemoveOutsideCollaboratorInput{}, nil)
	a.refused("Mutate", "holds a mutation", err)
}

func TestBodyThatMayHoldAWriteIsRefused(t *testing.T) {
	const none = "holds no GraphQL document"
	a := newAsked(t)
	for body, why := range map[string]string{
		`{"query":"mutation{x}"}`:                                                              "holds a mutation",
		`{"query":"subscription{x}"}`:                                                          "holds a subscription",
		`{"\u0071uery":"mutation{x}"}`:                                                         "holds a mutation",
		`{"query":"# query{a}\nmutation{x}"}`:                                                  "holds a mutation",
		`{"query":"query A{a} mutation B{x}","operationName":"B"}`:                             "holds a mutation",
		`{"query":"query A{a} mutation B{x}","operationName":"A"}`:                             "holds a mutation",
		`{"query":"fragment F on Query{a} mutation{x}"}`:                                       "holds a mutation",
		`{"query":"fragment F on Query{a}"}`:                                                   "no operation",
		`{"query":"query{"}`:                                                                   "cannot be parsed",
		`{"query":"# \rmutation M{x}\nquery Q{a}","operationName":"M"}`:                        "characters that no query needs",
		"{\"query\":\"\ufeffmutation{x}\"}":                                                    "characters that no query needs",
		`{"query":"query{a}\u2028mutation{x}"}`:                                                "characters that no query needs",
		`{"query":"mutation{x}","Query":"query{a}"}`:                                           "unknown key Query",
		`{"QUERY":"query{a}","query":"mutation{x}"}`:                                           "unknown key QUERY",
		`{"query":"query{a}","Variables":{}}`:                                                  "unknown key Variables",
		`{"query":"mutation{x}","query":"query{a}"}`:                                           "the key query twice",
		`{"query":"query{a}","query":"mutation{x}"}`:                                           "the key query twice",
		`{"\u0071uery":"query{a}","query":"mutation{x}"}`:                                      "the key query twice",
		`{"query":"query{a}","variables":{},"variables":{}}`:                                   "the key variables twice",
		`{"query":"query{a}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"aa"}}}`: "unknown key extensions",
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"aa"}}}`:                    "unknown key extensions",
		`{"query":"query{a}","id":"stored"}`:                                                   "unknown key id",
		`{"id":"stored"}`:                                                                      "unknown key id",
		`[{"query":"query{a}"},{"query":"mutation{x}"}]`:                                       none,
		`{"query":"query{a}"}{"query":"mutation{x}"}`:                                          "goes on after",
		`{"query":"query{a}"} mutation{x}`:                                                     "goes on after",
		`{"query":["query{a}"]}`:                                                               none,
		`{"query":null}`:                                                                       none,
		`{"query":""}`:                                                                         none,
		`{"query":"query{a}"`:                                                                  none,
		`{"query":"query{a}",}`:                                                                none,
		`{"variables":{}}`:                                                                     none,
		`{}`:                                                                                   none,
		`"query{a}"`:                                                                           none,
		`query=mutation{x}`:                                                                    none,
		`query{viewer{login}}`:                                                                 none,
	} {
		a.refused(body, why, a.do("POST", "graphql", body))
	}
}

// The body that is looked at is the one that goes out, now and when the request
// is repeated, whatever GetBody would have given.
func TestBytesThatWereCheckedAreSent(t *testing.T) {
	const query, mutation = `{"query":"query{viewer{login}}"}`, `{"query":"mutation{abcdefghijkl}"}`
	later := func(body string) func(*http.Request) {
		return func(r *http.Request) {
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
		}
	}
	a := newAsked(t)
	a.refused("a mutation behind a query", "holds a mutation", a.do("POST", "graphql", mutation, later(query)))
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if got = append(got, string(body)); len(got) == 1 {
			reply(w, 500, `{}`)
			return
		}
		reply(w, 200, viewerAnswer)
	}))
	defer srv.Close()
	a = newAsked(t, func(o *Options) { o.APIURL = srv.URL })
	for _, change := range []func(*http.Request){
		later(mutation),
		func(r *http.Request) { r.GetBody = nil },
		func(r *http.Request) { r.ContentLength = -1 },
	} {
		got = nil
		if err := a.do("POST", "graphql", query, change); err != nil {
			t.Errorf("a query gave %v", err)
		}
		if len(got) != 2 || got[0] != query || got[1] != query {
			t.Errorf("sent %q, want the query twice", got)
		}
	}
}

func TestReadsPass(t *testing.T) {
	a := newAsked(t)
	var q viewerQuery
	if err := a.client.Query(context.Background(), &q, map[string]any{"login": githubv4.String("é\u2028")}); err != nil {
		t.Error(err)
	}
	if err := get(a.client, "orgs/acme/invitations"); err != nil {
		t.Error(err)
	}
	for _, body := range []string{
		`{"query":"query A{a} query B{b}","operationName":"B","variables":null}`,
		" {\"query\":\"{\\n\\tviewer{login}\\n}\"}\n",
	} {
		if err := a.do("POST", "graphql", body); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	if len(a.got) != 4 {
		t.Errorf("sent %q, want 4 requests", a.got)
	}
}

func TestTokenIsMintedOnlyWhenTold(t *testing.T) {
	a := newAsked(t, func(o *Options) { o.Mint = true })
	if _, _, err := a.client.REST().Apps.CreateInstallationToken(context.Background(), 7, &gh.InstallationTokenOptions{}); err != nil {
		t.Fatal(err)
	}
	if len(a.got) != 1 || !strings.HasPrefix(a.got[0], "POST /app/installations/7/access_tokens ") {
		t.Errorf("asked %q", a.got)
	}
	a.got = nil
	a.refused("a path that only begins like it", "not a read", a.do("POST", "app/installations/7/access_tokens/../../x", ""))
	a.refused("another method on it", "not a read", a.do("DELETE", "app/installations/7/access_tokens", ""))
	a.refused("an override on it", "Override", a.do("POST", "app/installations/7/access_tokens", "",
		func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "DELETE") }))
}

// A decoder that folds the case of keys and takes the last of several finds the
// same document as the check did, in every body that passes it.
func FuzzCheckedDocumentIsTheOneThatAnyDecoderFinds(f *testing.F) {
	f.Add(`{"query":"query{a}","variables":{"x":1}}`)
	f.Add(`{"query":"mutation{x}","Query":"query{a}"}`)
	f.Add(`{"query":"query{a}","query":"mutation{x}"}`)
	f.Add(`{"\u0071uery":"mutation{x}"}`)
	f.Fuzz(func(t *testing.T, body string) {
		text, why := document([]byte(body))
		if why != "" {
			return
		}
		var in struct{ Query string }
		if err := json.Unmarshal([]byte(body), &in); err != nil || in.Query != text {
			t.Errorf("%q passed as %q, but holds %q (%v)", body, text, in.Query, err)
		}
	})
}
