package githubsim

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a clock that moves only when it is told to, or when somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(at time.Time) *clock { return &clock{now: at} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// sim is a running server and a client of one of its tokens.
type sim struct {
	t      testing.TB
	s      *Server
	url    string
	clock  *clock
	token  string
	client *http.Client // noRedirect if nil
}

// startSim starts a server for w, whose clock stands at the world's now. Tokens:
// "owner", "member" (of login ada unless another is set) and "app", unless o
// brings its own.
func startSim(t testing.TB, w *World, o Options) *sim {
	t.Helper()
	c := newClock(w.Meta.Now)
	o.Now = c.Now
	if o.Sleep == nil {
		o.Sleep = func(_ context.Context, d time.Duration) error { c.Advance(d); return nil }
	}
	if o.Tokens == nil {
		o.Tokens = []Token{{Value: "owner", Scope: OwnerScope}, {Value: "member", Scope: MemberScope}, {Value: "app", Scope: AppScope}}
	}
	s := New(w, o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &sim{t: t, s: s, url: srv.URL, clock: c, token: "owner"}
}

// as gives the same server through another token.
func (s *sim) as(token string) *sim {
	c := *s
	c.token = token
	return &c
}

// do sends one request and reads the whole answer.
func (s *sim) do(method, path, body string) (*http.Response, []byte) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := cmp.Or(s.client, noRedirect).Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, b
}

var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// answer is a GraphQL answer; Data stays as it came.
type answer struct {
	Status int         `json:"-"`
	Header http.Header `json:"-"`
	Raw    []byte      `json:"-"`
	Data   json.RawMessage
	Errors []struct {
		Type, Message string
		Path          []any
		Extensions    map[string]any
		Locations     []location
	}
}

// ask sends a query with variables as name, value pairs.
func (s *sim) ask(query string, vars ...any) answer {
	s.t.Helper()
	in := map[string]any{"query": query, "variables": pairs(vars)}
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, raw := s.do("POST", "/graphql", string(body))
	a := answer{Status: resp.StatusCode, Header: resp.Header, Raw: raw}
	if err := json.Unmarshal(raw, &a); err != nil {
		s.t.Errorf("%v in %s", err, raw)
	}
	return a
}

func pairs(vars []any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(vars); i += 2 {
		m[vars[i].(string)] = vars[i+1]
	}
	return m
}

// data asks a query that must go well, and returns its data as compact JSON.
func (s *sim) data(query string, vars ...any) string {
	s.t.Helper()
	a := s.ask(query, vars...)
	if a.Status != http.StatusOK || len(a.Errors) > 0 {
		s.t.Fatalf("status %d: %s", a.Status, a.Raw)
	}
	return compact(s.t, a.Data)
}

func compact(t testing.TB, raw []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// village is a small organization whose every grant a test can name:
//
//	owners: root; members: ada, ben, cy, dot; outside: eve
//	teams: eng (ada maintainer) > web (ben) > css (cy); ops (secret: dot)
//	base permission read
//	shop (public): eng=push, ops=admin, eve=triage, ada=reviewer (custom, base triage)
//	vault (private): web=maintain, cy=pull
//	attic (private, archived): nobody
func village() *World {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	old := now.AddDate(-2, 0, 0)
	w := &World{Meta: Meta{Source: "test", Now: now}}
	for i, l := range []string{"root", "ada", "ben", "cy", "dot", "eve", "zed"} {
		w.Users = append(w.Users, &User{Login: l, ID: int64(101 + i), Type: "User", CreatedAt: old, LastActivity: now.AddDate(0, 0, -10*i)})
	}
	w.Users = append(w.Users, &User{Login: "ship[bot]", ID: 201, Type: "Bot", CreatedAt: old})
	team := func(id int64, slug, parent, privacy string, members ...string) *Team {
		t := &Team{Slug: slug, Name: strings.ToUpper(slug), ID: id, Parent: parent, Privacy: privacy, CreatedAt: old}
		for i, m := range members {
			role := "member"
			if i == 0 && slug == "eng" {
				role = "maintainer"
			}
			t.Members = append(t.Members, &TeamMember{Login: m, Role: role})
		}
		return t
	}
	o := &Org{Login: "Village", ID: 11, Name: "The Village", CreatedAt: old, Plan: "enterprise",
		Settings: Settings{DefaultRepositoryPermission: "read", TwoFactorRequired: true},
		Members: []*Member{{Login: "root", Role: "admin", TwoFactor: true}, {Login: "ada", Role: "member", TwoFactor: true},
			{Login: "ben", Role: "member"}, {Login: "cy", Role: "member"}, {Login: "dot", Role: "member"}},
		Teams:       []*Team{team(21, "eng", "", "closed", "ada", "root"), team(22, "web", "eng", "closed", "ben"), team(23, "css", "web", "closed", "cy"), team(24, "ops", "", "secret", "dot")},
		CustomRoles: []*CustomRole{{ID: 31, Name: "reviewer", BaseRole: "triage"}},
		Rulesets:    []*Ruleset{{ID: 41, Name: "all", Enforcement: "active", Target: "branch", BypassActors: []BypassActor{{"Team", 21, "always"}, {"OrganizationAdmin", 1, "always"}, {"RepositoryRole", 5, "pull_request"}}}},
		Invitations: []*OrgInvitation{{ID: 51, Login: "zed", Role: "direct_member", CreatedAt: now.AddDate(0, 0, -3), Inviter: "root", Teams: []string{"web"}}, {ID: 52, Email: "x@example.org", Role: "admin", CreatedAt: now}},
	}
	repo := func(id int64, name, visibility string) *Repo {
		return &Repo{Name: name, ID: id, Visibility: visibility, CreatedAt: old, UpdatedAt: old.AddDate(0, int(id-60), 0), PushedAt: old, DefaultBranch: "main"}
	}
	shop, vault, attic := repo(61, "shop", "public"), repo(62, "vault", "private"), repo(63, "attic", "private")
	shop.Teams = []*TeamGrant{{"eng", "push"}, {"ops", "admin"}}
	shop.Collaborators = []*Collaborator{{"eve", "triage"}, {"ada", "reviewer"}}
	shop.Environments = []*Environment{
		{ID: 71, Name: "production/eu", CreatedAt: old, WaitTimer: 30, PreventSelfReview: true, CanAdminsBypass: true,
			Reviewers: []Actor{{"User", "ada"}, {"Team", "web"}}, BranchPolicy: &BranchPolicy{ProtectedBranches: true}},
		{ID: 72, Name: "dev", CreatedAt: old}}
	shop.Deployments = []*Deployment{{ID: 81, Environment: "dev", Creator: "ship[bot]", CreatedAt: old, State: "success", SHA: strings.Repeat("a", 40), Ref: "main"}}
	shop.DeployKeys = []*DeployKey{{ID: 91, Title: "ci", Key: "ssh-ed25519 AAAA", ReadOnly: true, CreatedAt: old}}
	shop.BranchProtection = []*BranchProtection{{ID: 95, Pattern: "main", RequiresApprovingReviews: true, RequiredApprovingReviewCount: 2,
		PushAllowances: []Actor{{"User", "ada"}, {"Team", "eng"}, {"App", "ship"}}}}
	vault.Teams, vault.Collaborators = []*TeamGrant{{"web", "maintain"}}, []*Collaborator{{"cy", "pull"}}
	vault.Invitations = []*RepoInvitation{{ID: 57, Login: "zed", Permission: "push", CreatedAt: now, Inviter: "root"}}
	attic.Archived = true
	o.Repos = []*Repo{shop, vault, attic}
	w.Orgs = []*Org{o}
	return w
}
