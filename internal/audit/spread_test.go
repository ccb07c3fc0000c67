package audit

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

func TestFirstPassOverAUsualOrganizationReadsAllTiers(t *testing.T) {
	for name, c := range map[string]struct {
		world  func(*testing.T) *githubsim.World
		passes int
	}{
		"kubernetes-sigs": {realOrganizations, 1},
		"500 repositories": {func(*testing.T) *githubsim.World {
			return githubsim.Generate(githubsim.Size{Repositories: 500, Members: 50, Teams: 10}, githubsim.GenOptions{Seed: 3, Now: now})
		}, 1},
		"1 000 repositories": {func(*testing.T) *githubsim.World {
			return githubsim.Generate(githubsim.S, githubsim.GenOptions{Seed: 3, Now: now})
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTiered(t)
			x.world = c.world(t)
			x.p.Org = x.world.Orgs[0].Login
			if name == "kubernetes-sigs" {
				x.p.Org = name
			}
			x.p.Collect.TierCalls = config.Default().Collect.TierCalls
			for i := range c.passes {
				x.c.set(now.Add(time.Duration(i) * time.Hour))
				_, s := x.take()
				for a := range daily {
					if whole := s.Coverage.Complete(a); whole != (i == c.passes-1) && (whole || a != access.AreaDeployKeys) && i == c.passes-1 {
						t.Errorf("after pass %d %s is %+v", i+1, a, s.Coverage.Of(a))
					}
				}
			}
		})
	}
}

// invitationsOf counts the repositories whose invitations a snapshot knows.
func (x *tiered) invitationsOf(s *access.Snapshot) (n int) {
	for _, r := range s.Repositories {
		if s.Coverage.CompleteFor(access.AreaRepoInvitations, r.ID) {
			n++
		}
	}
	return n
}

func TestATierThatDoesNotFitIntoAPassGoesOnInTheNext(t *testing.T) {
	x := newTiered(t)
	x.p.Collect.Every = map[access.Area]time.Duration{access.AreaRepoInvitations: 24 * time.Hour}
	x.p.Collect.TierCalls = 25
	for i, want := range []int{25, 50, 60} {
		x.c.set(now.Add(time.Duration(i) * time.Hour))
		asked, s := x.take()
		l := s.Coverage.Of(access.AreaRepoInvitations)
		if asked["invitations"] != min(25, want-25*i) || x.invitationsOf(s) != want || (l.Status == access.Complete) != (want == 60) {
			t.Errorf("pass %d asked for %d and knows %d: %+v", i+1, asked["invitations"], x.invitationsOf(s), l)
		}
		if i < 2 && !strings.HasPrefix(l.Reason, []string{"25 of 60", "50 of 60"}[i]) || i == 2 && !l.ReadAt.Equal(now) {
			t.Errorf("pass %d says %+v", i+1, l)
		}
	}
	// A day later each pass reads a part anew, and nothing becomes unknown again.
	for i := range 4 {
		x.c.set(now.Add(26*time.Hour + time.Duration(i)*time.Hour))
		asked, s := x.take()
		l := s.Coverage.Of(access.AreaRepoInvitations)
		if l.Status != access.Complete || asked["invitations"] != []int{25, 25, 10, 0}[i] || strings.Contains(l.Reason, "due") != (i < 2) {
			t.Errorf("hour %d asked for %d: %+v", 26+i, asked["invitations"], l)
		}
	}
}

func TestWhatIsNewIsReadBeforeWhatWasNeverRead(t *testing.T) {
	x := newTiered(t)
	x.p.Collect.Every, x.p.Collect.TierCalls = map[access.Area]time.Duration{access.AreaRepoInvitations: 24 * time.Hour}, 5
	x.take()
	x.c.set(now.Add(time.Hour))
	org := x.world.Orgs[0]
	org.Repos = append(org.Repos, &githubsim.Repo{Name: "brand-new", ID: 4_000_001, Visibility: "private", DefaultBranch: "main", CreatedAt: now, PushedAt: now})
	if _, s := x.take(); !s.Coverage.CompleteFor(access.AreaRepoInvitations, 4_000_001) || x.invitationsOf(s) != 10 {
		t.Errorf("the new repository waits: %+v", s.Coverage.For(access.AreaRepoInvitations, 4_000_001))
	}
}

func TestFreshReadsEverythingInOnePass(t *testing.T) {
	x := newTiered(t)
	x.p.Collect.TierCalls, x.p.Collect.Fresh = 5, true
	asked, s := x.take()
	if asked["invitations"] != 60 {
		t.Errorf("it asked for %v", asked)
	}
	x.stands(s, time.Time{})
	x.p.Collect.Fresh = false
	x.c.set(now.Add(time.Hour))
	if asked, s := x.take(); len(asked) > 0 {
		t.Errorf("an hour later it asked for %v", asked)
	} else {
		x.stands(s, now)
	}
}

// No other credential is asked for what only waits for the next pass.
func TestASecondCredentialDoesNotDoubleTheCallsOfAPass(t *testing.T) {
	p, _, _ := readings(t, ownerSees, appSees)
	p.Collect.Every, p.Collect.TierCalls = daily, 2
	got := opened(t, p).Snapshot
	known := 0
	for _, r := range got.Repositories {
		if got.Coverage.CompleteFor(access.AreaRepoInvitations, r.ID) {
			known++
		}
	}
	if n := p.Others[0].Client.Meter().Requests; n > 0 || known == 0 || known > 2 {
		t.Errorf("the second credential was asked %d times; the invitations of %d repositories are known", n, known)
	}
}

func TestForecastCountsWithTheBound(t *testing.T) {
	x := newTiered(t)
	x.p.Collect.TierCalls = 20
	tierCalls := func() (n int) {
		f, err := x.p.Forecast(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range f.Kinds {
			if strings.HasPrefix(k.Kind, "invitations to") || strings.HasPrefix(k.Kind, "secrets of") {
				n += k.REST
			}
		}
		return n
	}
	x.sim = githubsim.New(x.world, githubsim.Options{Now: x.c.now, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}})
	if n := tierCalls(); n < 18 || n > 20 {
		t.Errorf("%d calls are foreseen for a first pass, want 20", n)
	}
	x.p.Collect.TierCalls = 0
	x.take()
	if n := tierCalls(); n != 0 {
		t.Errorf("%d calls are foreseen where nothing is due", n)
	}
}

// The limit that a tier runs into does not cost the pass.
func TestAPassThatMeetsTheLimitInATierIsASnapshotAllTheSame(t *testing.T) {
	x := newTiered(t)
	x.p.Collect.Every = map[access.Area]time.Duration{access.AreaRepoInvitations: 24 * time.Hour}
	x.fault = githubsim.Fault{Match: "/repos/{owner}/{repo}/invitations", Action: githubsim.PrimaryLimited, Nth: 31, Times: 1000}
	c, err := github.New(github.Options{APIURL: x.p.Client.REST().BaseURL(), Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}),
		Now: x.c.now, Unpaced: true, MaxWait: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	x.p.Client = c
	_, s := x.take()
	l := s.Coverage.Of(access.AreaRepoInvitations)
	if n := x.invitationsOf(s); l.Status != access.Partial || !strings.Contains(l.Reason, "limit was reached") || n > 30 {
		t.Errorf("%d are known: %+v", n, l)
	}
}
