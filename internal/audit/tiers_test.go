package audit

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// daily has the areas of the tiers read once a day.
var daily = map[access.Area]time.Duration{
	access.AreaRepoInvitations: 24 * time.Hour, access.AreaSecrets: 24 * time.Hour, access.AreaDeployKeys: 24 * time.Hour,
}

// tiered is a pass over a world that changes between the passes.
type tiered struct {
	t     *testing.T
	p     Pass
	c     *clock
	world *githubsim.World
	sim   *githubsim.Server
	fault githubsim.Fault
	hears func(path string, status int) // of each request that was answered
}

// statusSeen tells the status of an answer before anybody else sees it.
type statusSeen struct {
	http.ResponseWriter
	tell func(status int)
}

// WriteHeader takes it on its way.
func (s *statusSeen) WriteHeader(status int) {
	s.told(status)
	s.ResponseWriter.WriteHeader(status)
}

// Write is where an answer without a status has one.
func (s *statusSeen) Write(b []byte) (int, error) {
	s.told(http.StatusOK)
	return s.ResponseWriter.Write(b)
}

func (s *statusSeen) told(status int) {
	if s.tell != nil {
		s.tell(status)
		s.tell = nil
	}
}

func newTiered(t *testing.T) *tiered {
	x := &tiered{t: t, world: githubsim.Generate(githubsim.Size{Repositories: 60, Members: 40, Teams: 8}, githubsim.GenOptions{Seed: 5, Now: now})}
	x.p, x.c = newPass(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			x.serve(w, r)
		})
	})
	x.p.Org, x.p.Baseline, x.p.Collect.Every = "acme", nil, daily
	return x
}

func (x *tiered) serve(w http.ResponseWriter, r *http.Request) {
	if x.hears != nil {
		w = &statusSeen{w, func(status int) { x.hears(r.URL.Path, status) }}
	}
	x.sim.ServeHTTP(w, r)
}

// apart has the next pass ask a server of its own, until the end that is given back:
// a pass that breaks off leaves requests behind, which must neither be served in the
// next one nor be taken for its own.
func (x *tiered) apart() (end func()) {
	server := httptest.NewServer(http.HandlerFunc(x.serve))
	c, err := github.New(github.Options{APIURL: server.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: x.c.now, Unpaced: true})
	if err != nil {
		x.t.Fatal(err)
	}
	x.p.Client = c
	return func() {
		c.CloseIdleConnections()
		server.Close() // waits for what is being served
	}
}

// take makes one pass and gives what it asked for by REST, by kind, and what the
// store holds after it.
func (x *tiered) take() (map[string]int, *access.Snapshot) {
	x.t.Helper()
	o := githubsim.Options{Now: x.c.now, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}, PrimaryLimit: githubsim.Unlimited}
	if x.fault.Match != "" {
		o.Faults = []githubsim.Fault{x.fault}
	}
	x.sim = githubsim.New(x.world, o)
	info, err := x.p.Take(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	s, err := x.p.Store.Load(x.t.Context(), info)
	if err != nil {
		x.t.Fatal(err)
	}
	asked, lists := map[string]int{}, map[string]bool{}
	for _, r := range x.sim.Requests() {
		for area, tail := range map[string]string{"invitations": "/repos/{owner}/{repo}/invitations", "secrets": "/secrets", "keys": "/keys"} {
			if strings.HasSuffix(r.Route, tail) && !lists[r.Path] { // invitations that are there are read twice
				lists[r.Path] = true
				asked[area]++
			}
		}
	}
	return asked, s
}

func (x *tiered) repos() []*githubsim.Repo { return x.world.Orgs[0].Repos }

// with finds the first repository that something holds of.
func (x *tiered) with(is func(*githubsim.Repo) bool) *githubsim.Repo {
	return x.repos()[slices.IndexFunc(x.repos(), is)]
}

func hasKeys(r *githubsim.Repo) bool         { return len(r.DeployKeys) > 0 }
func hasEnvironments(r *githubsim.Repo) bool { return len(r.Environments) > 0 }
func hasInvitations(r *githubsim.Repo) bool  { return len(r.Invitations) > 0 }

// known is what the tiers are about, without the ledger.
type known struct {
	Invitations []access.Invite
	Keys        []access.DeployKey
	Secrets     []access.Secrets
}

func knownOf(s *access.Snapshot) known {
	k := known{s.RepoInvitations, s.DeployKeys, nil}
	for _, e := range s.Environments {
		if e.Secrets != nil {
			k.Secrets = append(k.Secrets, *e.Secrets)
		}
	}
	return k
}

func (x *tiered) stands(s *access.Snapshot, at time.Time) {
	x.t.Helper()
	for a := range daily {
		if l := s.Coverage.Of(a); l.Status != access.Complete || !l.ReadAt.Equal(at) && !(at.IsZero() && l.ReadAt.IsZero()) {
			x.t.Errorf("%s: %+v, want complete as of %s", a, l, at)
		}
	}
}

func TestWhatIsNotDueStandsAsItWasReadAndSaysWhen(t *testing.T) {
	x := newTiered(t)
	first, s1 := x.take()
	if first["invitations"] != 60 || first["secrets"] == 0 || first["keys"] == 0 || len(s1.RepoInvitations) == 0 {
		t.Fatalf("the first pass asked for %v and found %d invitations", first, len(s1.RepoInvitations))
	}
	x.stands(s1, time.Time{})
	for _, hours := range []int{1, 22} {
		x.c.move(time.Duration(hours) * time.Hour)
		asked, s := x.take()
		if len(asked) > 0 {
			t.Errorf("after %d hours more it asked for %v", hours, asked)
		}
		x.stands(s, now)
		if diff := cmp.Diff(knownOf(s1), knownOf(s)); diff != "" {
			t.Errorf("after %d hours more, other rows:\n%s", hours, diff)
		}
	}
	x.c.set(now.Add(24 * time.Hour))
	asked, s := x.take()
	if !maps.Equal(asked, first) {
		t.Errorf("a day later it asked for %v, want %v", asked, first)
	}
	x.stands(s, time.Time{})
}

func TestWithoutAPeriodEverythingIsReadInEachPass(t *testing.T) {
	x := newTiered(t)
	first, _ := x.take()
	x.c.move(time.Minute)
	x.p.Collect.Every = nil
	again, s := x.take()
	if !maps.Equal(first, again) {
		t.Errorf("it asked for %v, then for %v", first, again)
	}
	x.stands(s, time.Time{})
}

func TestWhatAppearedSinceATierWasReadIsReadAtOnce(t *testing.T) {
	x := newTiered(t)
	x.take()
	x.c.set(now.Add(time.Hour))
	org := x.world.Orgs[0]
	fresh := &githubsim.Repo{
		Name: "brand-new", ID: 4_000_001, Visibility: "private", DefaultBranch: "main", CreatedAt: now, PushedAt: now,
		Invitations: []*githubsim.RepoInvitation{{ID: 4_000_002, Login: org.Members[0].Login, Permission: "admin", CreatedAt: now, Inviter: org.Members[1].Login}},
	}
	org.Repos = append(org.Repos, fresh)
	renamed, added := x.with(hasKeys).DeployKeys[0], x.with(hasEnvironments)
	renamed.Title = "another title"
	added.Environments = append(added.Environments, &githubsim.Environment{ID: 4_000_003, Name: "canary", CreatedAt: now, Secrets: []*githubsim.Secret{{Name: "TOKEN", CreatedAt: now, UpdatedAt: now}}})
	asked, s := x.take()
	if asked["invitations"] != 1 || asked["keys"] != 1 || asked["secrets"] != len(added.Environments) {
		t.Errorf("it asked for %v", asked)
	}
	x.stands(s, now)
	if !slices.ContainsFunc(s.RepoInvitations, func(i access.Invite) bool { return i.ID == 4_000_002 && i.Permission == access.Admin }) {
		t.Error("the invitation to the new repository is missing")
	}
	if k, _ := s.Key(renamed.ID); k.Title != "another title" {
		t.Errorf("the key is still called %q", k.Title)
	}
	if e, _ := s.Environment(4_000_003); e.Secrets == nil || len(e.Secrets.Names) != 1 {
		t.Errorf("the new environment has %+v", e.Secrets)
	}
}

func TestWhatHangsOnAVanishedRepositoryGoesWithIt(t *testing.T) {
	x := newTiered(t)
	_, before := x.take()
	x.c.set(now.Add(time.Hour))
	gone := x.with(hasInvitations)
	x.world.Orgs[0].Repos = slices.DeleteFunc(slices.Clone(x.repos()), func(r *githubsim.Repo) bool { return r == gone })
	asked, s := x.take()
	if len(asked) > 0 || len(s.RepoInvitations) != len(before.RepoInvitations)-1 {
		t.Errorf("it asked for %v; %d invitations of %d are left", asked, len(s.RepoInvitations), len(before.RepoInvitations))
	}
	if slices.ContainsFunc(s.Grants, func(g access.Grant) bool { return g.Source == access.Invited && g.Resource.ID == gone.ID }) {
		t.Error("the grant of the invitation stands on a repository that is gone")
	}
}

func TestATierThatWasNotReadToItsEndIsDue(t *testing.T) {
	x := newTiered(t)
	x.fault = githubsim.Fault{Match: "/repos/{owner}/{repo}/invitations", Action: githubsim.AnswerStatus, Status: 404, Nth: 7}
	_, s := x.take()
	if l := s.Coverage.Exceptions(access.AreaRepoInvitations); len(l) != 1 {
		t.Fatalf("the gaps are %+v", l)
	}
	x.fault = githubsim.Fault{}
	x.c.set(now.Add(time.Hour))
	asked, s := x.take()
	if asked["invitations"] != 1 || len(asked) != 1 {
		t.Errorf("it asked for %v, want the one that failed", asked)
	}
	x.stands(s, now)

	x.p.Collect.Without = []access.Area{access.AreaRepoInvitations}
	x.c.set(now.Add(2 * time.Hour))
	x.take()
	x.p.Collect.Without = nil
	x.c.set(now.Add(3 * time.Hour))
	asked, s = x.take()
	if len(asked) > 0 {
		t.Errorf("after a pass without it, it asked for %v", asked)
	}
	x.stands(s, now)
}

func TestAPassThatBrokeOffVouchesForNothing(t *testing.T) {
	x := newTiered(t)
	x.take()
	x.c.set(now.Add(time.Hour))
	org := x.world.Orgs[0]
	org.Repos = append(org.Repos, &githubsim.Repo{Name: "brand-new", ID: 4_000_001, Visibility: "private", DefaultBranch: "main", CreatedAt: now, PushedAt: now,
		Invitations: []*githubsim.RepoInvitation{{ID: 4_000_002, Login: org.Members[0].Login, Permission: "push", CreatedAt: now}}})
	// The repository is stored, and the token is refused before its invitations
	// are read.
	x.sim = githubsim.New(x.world, githubsim.Options{Now: x.c.now, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}, PrimaryLimit: githubsim.Unlimited,
		Faults: []githubsim.Fault{{Match: "/repos/{owner}/{repo}/invitations", Action: githubsim.AnswerStatus, Status: 401}}})
	if _, err := x.p.Take(t.Context()); err == nil {
		t.Fatal("the pass did not break off")
	}
	x.c.set(now.Add(2 * time.Hour))
	asked, s := x.take()
	if asked["invitations"] != 1 || !slices.ContainsFunc(s.RepoInvitations, func(i access.Invite) bool { return i.ID == 4_000_002 }) {
		t.Errorf("it asked for %v, and knows %+v", asked, s.RepoInvitations)
	}
}
