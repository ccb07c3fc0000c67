package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// listener writes down what an observer hears.
type listener struct {
	mu    sync.Mutex
	lines []string
}

func (l *listener) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *listener) observer() Observer {
	return Observer{
		Request: func(api, route string, status int, _ time.Duration) { l.note("%s %s %d", api, route, status) },
		Limit: func(resource string, b Budget) {
			l.note("limit %s %d/%d %d", resource, b.Remaining, b.Limit, b.Reset.Unix())
		},
		Throttled: func(why string, d time.Duration) { l.note("throttled %s %s", why, d) },
		Answered:  func(from string) { l.note("from %s", from) },
	}
}

func TestObserverHearsRoutesAndNeverNames(t *testing.T) {
	var n atomic.Int32
	l := &listener{}
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Remaining", "4000")
		w.Header().Set("X-RateLimit-Reset", "1787302800")
		switch {
		case r.URL.Path == "/graphql":
			reply(w, 200, viewerAnswer)
		case n.Add(1) == 1:
			reply(w, 502, `{}`)
		default:
			reply(w, 404, `{"message":"Not Found"}`)
		}
	}, func(o *Options) { o.Observe = l.observer() })
	_ = c
	if err := get(client, "repos/acme-secret/api/keys?per_page=1"); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	var q viewerQuery
	if err := client.Query(context.Background(), &q, nil); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"from miss", "rest /repos/{owner}/{repo}/keys 502", "limit core 4000/5000 1787302801", "throttled retry 500ms",
		"from miss", "rest /repos/{owner}/{repo}/keys 404", "limit core 4000/5000 1787302801",
		"from miss", "graphql /graphql 200", "limit graphql 4000/5000 1787302801",
	}
	if !slices.Equal(l.lines, want) {
		t.Errorf("heard %q\nwant %q", l.lines, want)
	}
}

func TestObserverHearsWhyRequestsWait(t *testing.T) {
	var c *clock
	var n atomic.Int32
	l := &listener{}
	client, c := testClient(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		switch n.Add(1) {
		case 1:
			h.Set("Retry-After", "7")
			reply(w, 403, secondaryBody)
		case 2:
			h.Set("X-RateLimit-Remaining", "0")
			h.Set("X-RateLimit-Reset", strconv.FormatInt(c.Now().Add(time.Minute).Unix(), 10))
			reply(w, 403, `{"message":"API rate limit exceeded"}`)
		default:
			reply(w, 200, `[]`)
		}
	}, func(o *Options) { o.Observe = l.observer() })
	if err := get(client, "orgs/acme"); err != nil {
		t.Fatal(err)
	}
	l.lines = slices.DeleteFunc(l.lines, func(s string) bool { return s[0] != 't' })
	if want := []string{"throttled secondary 7s", "throttled primary 1m1s"}; !slices.Equal(l.lines, want) {
		t.Errorf("heard %q, want %q", l.lines, want)
	}
}

func TestRouteOfAnAddress(t *testing.T) {
	for _, tc := range [][3]string{
		{"GET", "/orgs/acme", "/orgs/{org}"},
		{"GET", "/organizations/7/audit-log", "/orgs/{org}/audit-log"},
		{"GET", "/repositories/42", "/repos/{owner}/{repo}"},
		{"GET", "/repositories/42/environments", "/repos/{owner}/{repo}/environments"},
		{"GET", "/repos/acme/api/environments/a%2Fb/secrets", "/repos/{owner}/{repo}/environments/{environment_name}/secrets"},
		{"GET", "/orgs/acme/organization-roles/9/teams", "/orgs/{org}/organization-roles/{role_id}/teams"},
		{"POST", "/app/installations/7/access_tokens", "/app/installations/{installation_id}/access_tokens"},
		{"DELETE", "/repos/acme/api/keys/3", "DELETE /repos/{owner}/{repo}/keys/{key_id}"},
		{"GET", "/repos/acme/api/contents/secret-plan.md", ""},
		{"POST", "/repos/acme/api", ""},
		{"GET", "/../etc/passwd", ""},
	} {
		if got := templateOf(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%s %s: %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}

func TestRoutesAreGitHubsOwn(t *testing.T) {
	raw, err := os.ReadFile("../../.cache/npm/ghec-subset.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("GitHub's REST description is not here; run scripts/contract-setup.sh")
	}
	var doc struct {
		Paths map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, route := range readable {
		if doc.Paths[route] == nil {
			t.Errorf("GitHub's REST description has no %s", route)
		}
	}
}
