package github

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	gh "github.com/google/go-github/v92/github"
	"github.com/shurcooL/githubv4"
)

func TestWriteIsRefusedAndNothingIsSent(t *testing.T) {
	var sent atomic.Int64
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) { sent.Add(1); reply(w, 200, `{}`) })
	ctx := context.Background()
	raw := func(method, path, body string) func() error {
		return func() error {
			req, err := http.NewRequest(method, c.REST().BaseURL()+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.REST().Client().Do(req)
			return err
		}
	}
	var mutation struct {
		RemoveOutsideCollaborator struct{ ClientMutationID string } `graphql:"removeOutsideCollaborator(input: $input)"`
	}
	for name, call := range map[string]func() error{
		"DELETE": func() error {
			_, err := c.REST().Repositories.RemoveCollaborator(ctx, "acme", "api", "mallory")
			return err
		},
		"PUT":            func() error { _, err := c.REST().Organizations.RemoveOrgMembership(ctx, "mallory", "acme"); return err },
		"PATCH":          raw("PATCH", "orgs/acme", `{}`),
		"POST":           raw("POST", "orgs/acme/invitations", `{}`),
		"mint, not told": raw("POST", "app/installations/7/access_tokens", `{}`),
		"unknown method": raw("QUERY", "graphql", `{}`),
		"mutation": func() error {
			return c.graphql.Mutate(ctx, &mutation, githubv4.RemoveOutsideCollaboratorInput{}, nil)
		},
		"mutation beside a query":    raw("POST", "graphql", `{"query":"query A{viewer{login}} mutation B{removeStar(input:{}){clientMutationId}}"}`),
		"mutation behind a fragment": raw("POST", "graphql", `{"query":"fragment F on Query{viewer{login}} mutation{x}"}`),
		"subscription":               raw("POST", "graphql", `{"query":"subscription{x}"}`),
		"not a document":             raw("POST", "graphql", `{"query":"query{"}`),
		"only a fragment":            raw("POST", "graphql", `{"query":"fragment F on Query{viewer{login}}"}`),
		"not JSON":                   raw("POST", "graphql", `query{viewer{login}}`),
		"no document":                raw("POST", "graphql", `{"id":"persisted"}`),
	} {
		err := call()
		if !errors.Is(err, ErrWrite) {
			t.Errorf("%s: error is %v, want ErrWrite", name, err)
		}
		if line, _ := Explain(err); !strings.HasPrefix(line, "refused to send") {
			t.Errorf("%s is explained as %q", name, line)
		}
	}
	if n := sent.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestReadsPass(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			reply(w, 200, viewerAnswer)
			return
		}
		reply(w, 200, `[]`)
	})
	var q viewerQuery
	if err := c.Query(context.Background(), &q, nil); err != nil {
		t.Error(err)
	}
	if err := get(c, "orgs/acme/invitations"); err != nil {
		t.Error(err)
	}
}

func TestTokenIsMintedOnlyWhenTold(t *testing.T) {
	var path string
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		reply(w, 201, `{"token":"x"}`)
	}, func(o *Options) { o.Mint = true })
	if _, _, err := c.REST().Apps.CreateInstallationToken(context.Background(), 7, &gh.InstallationTokenOptions{}); err != nil {
		t.Fatal(err)
	}
	if path != "/app/installations/7/access_tokens" {
		t.Errorf("asked %s", path)
	}
	req, _ := http.NewRequest("POST", c.REST().BaseURL()+"app/installations/7/access_tokens/../../x", nil)
	if _, err := c.REST().Client().Do(req); !errors.Is(err, ErrWrite) {
		t.Errorf("a path that only begins like it passed: %v", err)
	}
}
