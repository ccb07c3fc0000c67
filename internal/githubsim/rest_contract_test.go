package githubsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/contract"
)

// caller talks to a simulator with one token.
type caller struct {
	t      *testing.T
	url    string
	token  string
	client *http.Client
}

// restAnswer is what came back.
type restAnswer struct {
	status int
	header http.Header
	body   any
}

// simulate starts a simulator of w.
func simulate(t *testing.T, w *World, o Options) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(New(w, o))
	t.Cleanup(srv.Close)
	return srv
}

// get asks for a path. Headers are given as name, value, name, value.
func (c caller) get(path string, header ...string) restAnswer {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := restAnswer{status: resp.StatusCode, header: resp.Header}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			c.t.Fatalf("%s: %v in %q", path, err, raw)
		}
	}
	return a
}

// key is a value inside an answer, "" where it is null or missing.
func (a restAnswer) key(path ...any) string {
	v := a.body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return ""
			}
			v = l[s]
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// next is the path of the next page, "" at the end.
func (a restAnswer) next(base string) string {
	for _, l := range strings.Split(a.header.Get("Link"), ", ") {
		if at, rel, _ := strings.Cut(l, ">; "); rel == `rel="next"` {
			return strings.TrimPrefix(at, "<"+base)
		}
	}
	return ""
}

// all reads a list to its end; under is the key of a counted list.
func (c caller) all(path, under string) []any {
	c.t.Helper()
	out := []any{}
	for path != "" {
		a := c.get(path)
		if a.status != http.StatusOK {
			c.t.Fatalf("%s: status %d: %v", path, a.status, a.body)
		}
		part, isList := a.body.([]any)
		if under != "" {
			part, isList = a.body.(map[string]any)[under].([]any)
		}
		if !isList {
			c.t.Fatalf("%s: not a list: %v", path, a.body)
		}
		out = append(out, part...)
		path = a.next(c.url)
	}
	return out
}

// app is an installation token that may read everything ajar asks for.
var appToken = Token{Value: "app", Scope: AppScope}

func TestEveryAnswerKeepsToGitHubsDescription(t *testing.T) {
	for _, c := range []struct {
		name  string
		world func(*testing.T) *World
		every int // of the teams and repositories, one in so many is asked for
	}{
		{"demo", func(*testing.T) *World { return Demo() }, 1},
		{"kubernetes", func(t *testing.T) *World { return kubernetes(t) }, 25},
		{"generated", func(*testing.T) *World { return Generate(Size{60, 40, 12}, GenOptions{Seed: 3, Plan: "team"}) }, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			judge := contract.REST(t)
			w := c.world(t)
			now := w.Meta.Now
			app := auditApp(w)
			srv := simulate(t, w, Options{PrimaryLimit: 1_000_000, Apps: []App{app}, Now: func() time.Time { return now },
				Tokens: []Token{{Value: "owner", Scope: OwnerScope}, {Value: "member", Scope: MemberScope}, appToken}})
			var mu sync.Mutex
			seen := map[string]bool{}
			client := &http.Client{Transport: contract.Transport(nil, judge, func(err error) {
				mu.Lock()
				defer mu.Unlock()
				if !seen[err.Error()] { // a fault of a shape shows in every answer; say it once
					seen[err.Error()] = true
					t.Error(err)
				}
			})}
			for _, token := range []string{"owner", "app", "member"} {
				walk(caller{t, srv.URL, token, client}, w, c.every)
			}
			own := caller{t, srv.URL, signed(t, appKey(), "4711", now.Add(-time.Minute), now.Add(time.Minute)), client}
			for _, p := range []string{"/app", "/app/installations/77", "/orgs/" + w.Orgs[0].Login + "/installation", "/orgs/nobody/installation"} {
				own.get(p)
			}
			own.post("/app/installations/77/access_tokens", `{"permissions":{"members":"read"}}`)
			if c.name == "demo" {
				judgedAll(t, judge)
			}
		})
	}
}

// judgedAll checks that no route was left out.
func judgedAll(t *testing.T, judge *contract.Judge) {
	t.Helper()
	s := New(Demo(), Options{})
	for _, r := range append(s.coreRoutes(), s.restRoutes()...) {
		if op := r.method + " " + r.template; !slices.Contains(judge.Judged(), op) {
			t.Errorf("%s was never asked for", op)
		}
	}
}

// walk asks for everything once, allowed or not.
func walk(c caller, w *World, every int) {
	for _, p := range []string{"/user", "/meta", "/rate_limit", "/installation/repositories?per_page=5"} {
		c.get(p)
	}
	for _, o := range w.Orgs {
		at := "/orgs/" + o.Login
		for _, p := range []string{"", "/actions/permissions", "/actions/permissions/workflow", "/members?per_page=100", "/members?filter=2fa_disabled",
			"/members?role=admin", "/memberships/" + o.Members[0].Login, "/memberships/nobody",
			"/members/" + o.Members[0].Login, "/members/nobody", "/outside_collaborators", "/invitations",
			"/failed_invitations", "/audit-log?per_page=100", "/audit-log?phrase=action:team&order=asc", "/custom-repository-roles",
			"/organization-roles", "/teams?per_page=100", "/installations", "/personal-access-tokens", "/credential-authorizations", "/hooks", "/actions/secrets"} {
			c.get(at + p)
		}
		for _, i := range o.Invitations {
			c.get(fmt.Sprintf("%s/invitations/%d/teams", at, i.ID))
		}
		for _, r := range o.OrgRoles {
			for _, p := range []string{"", "/users", "/teams"} {
				c.get(fmt.Sprintf("%s/organization-roles/%d%s", at, r.ID, p))
			}
		}
		for i := 0; i < len(o.Teams); i += every {
			t := at + "/teams/" + o.Teams[i].Slug
			for _, p := range []string{"", "/members?per_page=20", "/memberships/" + o.Members[0].Login, "/repos?per_page=20", "/external-groups", "/team-sync/group-mappings", "/invitations"} {
				c.get(t + p)
			}
			for k := 0; k < len(o.Repos); k += every {
				c.get(t+"/repos/"+o.Login+"/"+o.Repos[k].Name, "Accept", "application/vnd.github.v3.repository+json")
			}
		}
		for i, r := range o.Repos {
			if i%every == 0 || len(r.Environments)+len(r.DeployKeys)+len(r.Invitations)+len(r.Collaborators) > 3 {
				walkRepo(c, o, r)
			}
		}
	}
}

func walkRepo(c caller, o *Org, r *Repo) {
	at := "/repos/" + o.Login + "/" + r.Name
	for _, p := range []string{"", "/collaborators?affiliation=direct", "/collaborators?affiliation=outside", "/collaborators?per_page=10",
		"/collaborators/" + o.Members[0].Login, "/collaborators/nobody", "/collaborators/" + o.Members[0].Login + "/permission", "/collaborators/nobody/permission", "/invitations", "/keys", "/teams",
		"/environments", "/actions/permissions/workflow", "/issues?state=all", "/issues/1"} {
		c.get(at + p)
	}
	for _, k := range r.DeployKeys {
		c.get(fmt.Sprintf("%s/keys/%d", at, k.ID))
	}
	for _, e := range r.Environments {
		env := at + "/environments/" + escaped(e.Name)
		for _, p := range []string{"", "/deployment-branch-policies", "/deployment-branch-policies/1", "/deployment_protection_rules", "/secrets"} {
			c.get(env + p)
		}
		if e.BranchPolicy != nil {
			for _, p := range e.BranchPolicy.Custom {
				c.get(fmt.Sprintf("%s/deployment-branch-policies/%d", env, p.ID))
			}
		}
	}
}
