package overview

import (
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

var now = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

// look audits the world into the store, as a token of that scope sees it at that
// instant.
func look(t *testing.T, w *githubsim.World, s *store.Store, scope githubsim.Scope, at time.Time) (audit.Result, *report.Overview) {
	t.Helper()
	clock := func() time.Time { return at }
	srv := httptest.NewServer(githubsim.New(w, githubsim.Options{Now: clock, Tokens: []githubsim.Token{{Value: "t", Scope: scope}}}))
	defer srv.Close()
	client, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: clock, Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: githubsim.DemoBaseline(now)}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Pass{Org: "acme-robotics", Client: client, Store: s, Baseline: b, Collect: collector.Options{Now: clock}, Now: clock}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o, err := Of(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return r, o
}

func world() *githubsim.World {
	w := githubsim.Demo()
	w.ShiftTo(now)
	return w
}

func open(t *testing.T, at time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFiguresAreThoseOfTheWorld(t *testing.T) {
	w := world()
	r, o := look(t, w, open(t, now), githubsim.OwnerScope, now)
	org := w.Orgs[0]
	owners := 0
	for _, m := range org.Members {
		if m.Role == "admin" {
			owners++
		}
	}
	p := o.Posture
	for _, c := range []struct {
		what string
		got  report.Amount
		want int
	}{
		{"owners", p.Owners, owners}, {"members", p.Members, len(org.Members)}, {"teams", p.Teams, len(org.Teams)},
		{"repositories", p.Repositories, len(org.Repos)}, {"outside collaborators", p.Outside, len(r.Snapshot.Outside)},
		{"environments", p.Environments, len(r.Snapshot.Environments)},
	} {
		if c.got != (report.Amount{Count: c.want}) {
			t.Errorf("%s: %+v, want %d", c.what, c.got, c.want)
		}
	}
	if p.Guarded+p.Unguarded+p.Unseen != p.Environments.Count || len(o.Environments) != p.Environments.Count {
		t.Errorf("%d guarded, %d not, %d unseen, %d listed of %d environments", p.Guarded, p.Unguarded, p.Unseen, len(o.Environments), p.Environments.Count)
	}
	if o.Changes != nil {
		t.Errorf("changes since nothing: %+v", o.Changes)
	}
}

// The page counts in one walk what the graph tells of one environment, and of one
// person, at a time: the two must agree.
func TestCountsAreThoseOfTheGraph(t *testing.T) {
	r, o := look(t, world(), open(t, now), githubsim.OwnerScope, now)
	for _, e := range o.Environments {
		id := e.Env.ID
		if got, want := e.Deployers.Count, len(r.Graph.CanDeploy(id)); got != want {
			t.Errorf("%s: %d can deploy, the graph says %d", e.Env.Name, got, want)
		}
		if got, want := e.Bypassers.Count, len(r.Graph.CanBypass(id)); got != want {
			t.Errorf("%s: %d can bypass, the graph says %d", e.Env.Name, got, want)
		}
		if got, want := e.Approvers.Count, len(r.Graph.Approvers(id)); got != want {
			t.Errorf("%s: %d can approve, the graph says %d", e.Env.Name, got, want)
		}
	}
	people := map[int64]report.Holder{}
	for i, h := range o.People {
		people[h.Person.ID] = h
		if i > 0 && h.Owner && !o.People[i-1].Owner {
			t.Errorf("the owner %s stands behind %s", h.Person.Name, o.People[i-1].Person.Name)
		}
	}
	for _, p := range r.Snapshot.People {
		var want report.Holder
		for _, a := range r.Graph.Of(p.ID) {
			switch a.Privilege {
			case access.Admin:
				want.Admin++
			case access.Maintain:
				want.Maintain++
			case access.Write:
				want.Write++
			}
		}
		if h := people[p.ID]; h.Admin != want.Admin || h.Maintain != want.Maintain || h.Write != want.Write {
			t.Errorf("%s: %+v, the graph says %+v", p.Login, h, want)
		}
	}
}

func TestWhatIsNotSeenIsALowerBound(t *testing.T) {
	_, o := look(t, world(), open(t, now), githubsim.MemberScope, now)
	for _, s := range o.Posture.Standing {
		if !s.People.AtLeast || !s.Pairs.AtLeast {
			t.Errorf("%s: %+v, though a member does not see direct grants", s.Privilege, s)
		}
	}
}

func TestChangesTellWhoGainedAndWhatIsNew(t *testing.T) {
	w, s := world(), open(t, now)
	look(t, w, s, githubsim.OwnerScope, now)
	org := w.Orgs[0]
	var promoted, left string
	for _, m := range org.Members {
		if m.Role != "admin" && promoted == "" {
			m.Role, promoted = "admin", m.Login
		}
	}
	team := org.Teams[0]
	left = team.Members[len(team.Members)-1].Login
	team.Members = team.Members[:len(team.Members)-1]
	_, o := look(t, w, s, githubsim.OwnerScope, now.Add(time.Hour))
	c := o.Changes
	if c == nil || !c.At.Equal(now) {
		t.Fatalf("changes: %+v", c)
	}
	if len(c.Gained) == 0 || c.Gained[0].Principal.Name != "user:"+promoted || c.Gained[0].Privilege != access.Owner {
		t.Errorf("gained: %+v, want %s as an owner first", c.Gained, promoted)
	}
	found := false
	for _, g := range c.Lost {
		found = found || g.Principal.Name == "user:"+left && g.Resource.Kind == access.Team
	}
	if !found {
		t.Errorf("lost: %+v, want %s of a team", c.Lost, left)
	}
	if len(c.New) == 0 {
		t.Error("a new owner whom the baseline does not list is no new finding")
	}
}

func TestWhatIsGoneAndHasNoNameAnyMoreIsToldByNumber(t *testing.T) {
	w, s := world(), open(t, now)
	look(t, w, s, githubsim.OwnerScope, now)
	keys := 0
	for _, r := range w.Orgs[0].Repos {
		keys += len(r.DeployKeys)
		r.DeployKeys, r.Environments, r.Invitations = nil, nil, nil
	}
	w.Orgs[0].Invitations = nil
	_, o := look(t, w, s, githubsim.OwnerScope, now.Add(time.Hour))
	told := 0
	for _, g := range o.Changes.Lost {
		if g.Principal.Kind == access.Key {
			told++
		}
	}
	if keys == 0 || told == 0 {
		t.Errorf("of %d keys %d are told as lost", keys, told)
	}
}
