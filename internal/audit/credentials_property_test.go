package audit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// anyScope draws a credential of any kind and strength.
func anyScope(names []string) *rapid.Generator[githubsim.Scope] {
	return rapid.Custom(func(rt *rapid.T) githubsim.Scope {
		var s githubsim.Scope
		switch kind := rapid.SampledFrom([]string{"owner", "member", "app", "person"}).Draw(rt, "kind"); kind {
		case "owner":
			s = githubsim.OwnerScope
		case "member":
			s = githubsim.MemberScope
		default:
			s = githubsim.AppScope
			s.App = kind == "app"
			s = s.Without(rapid.SliceOfN(rapid.SampledFrom(s.Permissions), 0, 5).Draw(rt, "lacks")...)
			if rapid.Bool().Draw(rt, "selected") {
				s.Repositories = rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID[string]).Draw(rt, "repositories")
			}
		}
		return s
	})
}

// The organization does not change, so that whatever is closed was closed wrongly,
// and whatever is called complete must be the truth.
func TestNoMixtureOfCredentialsClosesOrCompletesWhatIsNotSo(t *testing.T) {
	c := &clock{at: now}
	world := githubsim.Demo()
	world.ShiftTo(now)
	var names []string
	for _, r := range world.Orgs[0].Repos {
		names = append(names, r.Name)
	}
	owner, _, _ := readings(t, ownerSees)
	truth := opened(t, owner).Snapshot
	rapid.Check(t, func(rt *rapid.T) {
		c.set(now)
		dir := t.TempDir()
		s, err := store.Open(t.Context(), filepath.Join(dir, "ajar.db"), store.Options{Now: c.now})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		var before *access.Snapshot
		for range rapid.IntRange(1, 4).Draw(rt, "passes") {
			c.move(time.Hour)
			scopes := rapid.SliceOfN(anyScope(names), 1, 3).Draw(rt, "scopes")
			g := &gate{}
			g.left.Store(rapid.SampledFrom([]int64{1 << 40, 1 << 40, 5, 20, 40, 60, 90}).Draw(rt, "requests until it breaks off"))
			p, done := mixture(rt, t, c, g.wrap(githubsim.New(world, githubsim.Options{Now: c.now, Tokens: tokensOf(rt, scopes), PrimaryLimit: githubsim.Unlimited})), s, scopes)
			p.Collect.Every, p.Answers, p.Resume = daily, filepath.Join(dir, "answers"), 3*time.Hour
			info, err := p.Take(t.Context())
			done()
			if err != nil {
				continue // it broke off, or the token sees nothing of the organization
			}
			got, err := s.Load(t.Context(), info)
			if err != nil {
				rt.Fatal(err)
			}
			if info.Stats.GrantsClosed > 0 {
				rt.Fatalf("%d grants closed", info.Stats.GrantsClosed)
			}
			for _, d := range untrue(truth, got) {
				rt.Errorf("%s", d)
			}
			for _, k := range kinds {
				if before == nil {
					continue
				}
				if lost, all := k.lost(before, got); len(lost) > 0 {
					rt.Errorf("%d of %d %s are gone", len(lost), all, k.name)
				}
			}
			before = got
		}
	})
}

// tokensOf are the credentials of these scopes.
func tokensOf(rt *rapid.T, scopes []githubsim.Scope) (tokens []githubsim.Token) {
	for i, sc := range scopes {
		one := githubsim.Token{Value: fmt.Sprint(i), Scope: sc}
		if !sc.Owner && !sc.App {
			one.Login = rapid.SampledFrom([]string{"greta-obuya", "mirela-okafor"}).Draw(rt, "login")
		}
		tokens = append(tokens, one)
	}
	return tokens
}

// mixture is a pass that reads with as many credentials.
func mixture(rt *rapid.T, t *testing.T, c *clock, sim http.Handler, s *store.Store, scopes []githubsim.Scope) (Pass, func()) {
	srv := httptest.NewServer(sim)
	p := Pass{Org: "acme-robotics", Store: s, Collect: collector.Options{Now: c.now}, Now: c.now}
	for i := range scopes {
		client, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: fmt.Sprint(i)}), Now: c.now, Unpaced: true})
		if err != nil {
			rt.Fatal(err)
		}
		if i == 0 {
			p.Client = client
		} else {
			p.Others = append(p.Others, Reader{Name: fmt.Sprint(i), Client: client})
		}
	}
	return p, func() {
		p.Client.CloseIdleConnections()
		for _, o := range p.Others {
			o.Client.CloseIdleConnections()
		}
		srv.Close()
	}
}

// untrue lists what is called complete and differs from the truth.
func untrue(truth, got *access.Snapshot) (out []string) {
	whole := func(a access.Area, want, have int) {
		if got.Coverage.Complete(a) && want != have {
			out = append(out, fmt.Sprintf("%s is complete with %d of %d", a, have, want))
		}
	}
	whole(access.AreaOutside, len(truth.Outside), len(got.Outside))
	whole(access.AreaInvitations, len(truth.Invitations), len(got.Invitations))
	whole(access.AreaFailedInvitations, len(truth.FailedInvitations), len(got.FailedInvitations))
	whole(access.AreaTeams, len(truth.Teams), len(got.Teams))
	whole(access.AreaCustomRoles, len(truth.CustomRoles), len(got.CustomRoles))
	whole(access.AreaOrgRoles, len(truth.OrgRoles), len(got.OrgRoles))
	whole(access.AreaRepositories, len(truth.Repositories), len(got.Repositories))
	whole(access.AreaTwoFactor, len(truth.TwoFactor), len(got.TwoFactor))
	whole(access.AreaEnvironments, len(truth.Environments), len(got.Environments))
	whole(access.AreaDeployKeys, len(truth.DeployKeys), len(got.DeployKeys))
	whole(access.AreaRepoInvitations, len(truth.RepoInvitations), len(got.RepoInvitations))
	for _, k := range kinds {
		lost, all := k.lost(truth, got)
		if got.Coverage.Complete(k.area) && len(lost) > 0 {
			out = append(out, fmt.Sprintf("%s is complete, and %d of %d %s are missing", k.area, len(lost), all, k.name))
		}
	}
	for _, r := range truth.Repositories {
		about := func(a access.Area, of func(access.Grant) bool) {
			count := func(s *access.Snapshot) int {
				return len(slices.DeleteFunc(slices.Clone(s.Grants), func(g access.Grant) bool { return g.Resource != (access.Ref{Kind: access.Repo, ID: r.ID}) || !of(g) }))
			}
			if w, h := count(truth), count(got); got.Coverage.CompleteFor(a, r.ID) && w != h {
				out = append(out, fmt.Sprintf("%s of %s is complete with %d of %d", a, r.Name, h, w))
			}
		}
		about(access.AreaDirectGrants, func(g access.Grant) bool { return g.Principal.Kind == access.User && g.Source == access.Direct })
		about(access.AreaDeployKeys, func(g access.Grant) bool { return g.Principal.Kind == access.Key })
		about(access.AreaRepoInvitations, func(g access.Grant) bool { return g.Principal.Kind == access.Invitation })
	}
	return out
}
