package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/githubsim"
)

// lesser is a token that sees less than the one that the pass has.
const lesser = "ghp_lesserlesserlesserlesserlesser"

// downgraded lets the token be the lesser one from the nth request on that holds a
// text, in its path or its body.
func downgraded(t *testing.T, text string, nth int, struck *atomic.Int64) func(*httptest.Server) string {
	return func(sim *httptest.Server) string {
		to, err := url.Parse(sim.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(to)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if strings.Contains(r.URL.Path, text) || bytes.Contains(body, []byte(text)) {
				struck.Add(1)
			}
			if struck.Load() >= int64(nth) {
				r.Header.Set("Authorization", "Bearer "+lesser)
			}
			proxy.ServeHTTP(w, r)
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
}

// someOf are the names of the repositories but for the first, and one that is made
// later.
func someOf(w *githubsim.World) (names []string) {
	for _, r := range w.Orgs[0].Repos[1:] {
		names = append(names, r.Name)
	}
	return append(names, "zzz-new")
}

// sees reads a place with trouble, after an owner has read it. What is stored then
// has to be true, or marked as not seen; change is what happens to the place.
func sees(t *testing.T, what string, where place, d trouble, change func(*githubsim.World)) *pass {
	t.Helper()
	changed := where.make()
	change(changed)
	l, _ := labAfter(t, where)
	d.at = then
	// What is told of somebody's contributions depends on who asks.
	d.change = func(o *collector.Options) { o.Without = []access.Area{access.AreaContributions} }
	p := l.pass(where.make(), d)
	p.stop()
	if p.err != nil {
		t.Fatalf("%s: %v", what, p.err)
	}
	w := truth{cleanOnce(t, where.name, where.make, noon), cleanOnce(t, where.name+" later", where.make, then), clean(t, changed, then)}
	if wrong := w.complaints(p.stored, p.ledger); len(wrong) > 0 {
		t.Errorf("%s: %s (%d complaints)", what, wrong[0], len(wrong))
	}
	return p
}

func nothing(*githubsim.World) {}

func TestOwnerWhoIsDemotedMidwayTakesNothingForGoneThatIsNotShownAnyMore(t *testing.T) {
	login := town().Orgs[0].Members[0].Login
	demote := func(w *githubsim.World) { w.Orgs[0].Members[0].Role = "member" }
	for name, scope := range map[string]githubsim.Scope{
		"narrow token": {Permissions: githubsim.AppScope.Permissions}, "classic token": {Member: true},
	} {
		for match, times := range map[string]int{"nodes(Repository)": 5, "organization.repositories": 2, "organization.teams": 2, "node(Team)": 1, "/keys": 2} {
			for n := range times {
				p := sees(t, fmt.Sprintf("%s, demoted at %s %d", name, match, n+1), aTown, trouble{sim: githubsim.Options{
					Tokens: []githubsim.Token{{Value: token, Login: login, Scope: scope}},
					Faults: []githubsim.Fault{{Match: match, Nth: n + 1, Action: githubsim.OnlyMutate, Mutate: demote}},
				}}, demote)
				if len(p.gaps()) == 0 {
					t.Errorf("%s, demoted at %s %d: nothing is told", name, match, n+1)
				}
			}
		}
	}
}

func TestAppThatLosesAPermissionMidwayTakesNothingForGone(t *testing.T) {
	for permission, at := range map[string]map[string]int{
		"administration:read": {"deployKeys(": 4, "/keys": 3, "teams(first": 1},
		"members:read":        {"teams(first": 2, "protectionRules(first:3)": 2, "node(id": 1},
	} {
		for text, times := range at {
			for n := range times {
				var struck atomic.Int64
				p := sees(t, fmt.Sprintf("without %s from %s %d", permission, text, n+1), aTown, trouble{
					front: downgraded(t, text, n+1, &struck),
					sim:   githubsim.Options{Tokens: []githubsim.Token{{Value: token, Scope: githubsim.AppScope}, {Value: lesser, Scope: githubsim.AppScope.Without(permission)}}},
				}, nothing)
				if struck.Load() < int64(n+1) || len(p.gaps()) == 0 {
					t.Errorf("without %s from %s %d: struck %d times, gaps %v", permission, text, n+1, struck.Load(), p.gaps())
				}
			}
		}
	}
}

func TestRepositoryThatIsMadeMeanwhileDoesNotStandInForAHiddenOne(t *testing.T) {
	some := githubsim.AppScope
	some.Repositories = someOf(village())
	made := func(w *githubsim.World) { add(w, "zzz-new") }
	hidden := village().Orgs[0].Repos[0].ID
	for _, match := range []string{"organization.membersWithRole", "organization.repositories", "organization.teams", "nodes(Repository)", "/installation/repositories", "custom-repository-roles"} {
		p := sees(t, "made at "+match, aVillage, trouble{sim: githubsim.Options{
			Tokens: []githubsim.Token{{Value: token, Scope: some}},
			Faults: []githubsim.Fault{{Match: match, Nth: 1, Action: githubsim.OnlyMutate, Mutate: made}},
		}}, made)
		if p.sim.Meters().Faulted == 0 || len(p.stored[access.AreaRepositories][hidden]) == 0 || p.ledger.For(access.AreaRepositories, 0).Status != access.Partial {
			t.Errorf("made at %s: the hidden repository is %v, repositories are %+v", match, p.stored[access.AreaRepositories][hidden], p.ledger.For(access.AreaRepositories, 0))
		}
	}
}

func TestSelectionThatIsNarrowedMidwayTakesNothingForGone(t *testing.T) {
	some := githubsim.AppScope
	some.Repositories = someOf(town())
	untold := githubsim.AppScope.Without("organization_administration:read") // how many there are is not told
	fewer := untold
	fewer.Repositories = someOf(town())
	for name, scopes := range map[string][2]githubsim.Scope{"counted": {githubsim.AppScope, some}, "not counted": {untold, fewer}} {
		for text, times := range map[string]int{"repositories(first:$n": 2, "teams(first": 2, "node(id": 1, "deployKeys(": 3} {
			for n := range times {
				var struck atomic.Int64
				what := fmt.Sprintf("%s, narrowed at %s %d", name, text, n+1)
				p := sees(t, what, aTown, trouble{
					front: downgraded(t, text, n+1, &struck),
					sim:   githubsim.Options{Tokens: []githubsim.Token{{Value: token, Scope: scopes[0]}, {Value: lesser, Scope: scopes[1]}}},
				}, nothing)
				if struck.Load() < int64(n+1) || p.ledger.For(access.AreaRepositories, 0).Status == access.Complete || p.ledger.For(access.AreaTeamGrants, 0).Status == access.Complete {
					t.Errorf("%s: struck %d times, gaps %v", what, struck.Load(), p.gaps())
				}
			}
		}
	}
}

// Where all are shown, repositories that come and go leave no gap.
func TestRepositoriesThatComeAndGoAreNoGapWhereAllAreShown(t *testing.T) {
	for name, change := range map[string]func(*githubsim.World){
		"one is made":  func(w *githubsim.World) { add(w, "zzz-new") },
		"one is taken": func(w *githubsim.World) { w.Orgs[0].Repos = w.Orgs[0].Repos[:len(w.Orgs[0].Repos)-1] },
	} {
		for _, scope := range []githubsim.Scope{githubsim.OwnerScope, githubsim.AppScope} {
			for _, match := range []string{"organization.membersWithRole", "custom-repository-roles"} {
				p := sees(t, name+" at "+match, aVillage, trouble{sim: githubsim.Options{
					Tokens: []githubsim.Token{{Value: token, Scope: scope}},
					Faults: []githubsim.Fault{{Match: match, Nth: 1, Action: githubsim.OnlyMutate, Mutate: change}},
				}}, change)
				if line := p.ledger.For(access.AreaRepositories, 0); line.Status != access.Complete {
					t.Errorf("%s at %s: %+v", name, match, line)
				}
			}
		}
	}
}

// The login goes to another organization, which is shown to the token too.
func TestLoginThatGoesToAnotherOrganizationMidwayEndsThePass(t *testing.T) {
	for _, match := range []string{"organization.membersWithRole", "/outside_collaborators", "GET /orgs/{org}/invitations", "/failed_invitations", "GET /orgs/{org}/organization-roles", "organization-roles/{role_id}", "/audit-log", "/keys"} {
		l, first := labAfter(t, aVillage)
		p := l.pass(village(), trouble{at: then, sim: githubsim.Options{Faults: []githubsim.Fault{{Match: match, Nth: 1, Action: githubsim.OnlyMutate, Mutate: func(w *githubsim.World) {
			fresh := *w.Orgs[0]
			fresh.ID = 777_777
			fresh.Invitations, fresh.FailedInvitations, fresh.OrgRoles, fresh.Repos, fresh.Teams, fresh.AuditLog = nil, nil, nil, nil, nil, nil
			fresh.Members = fresh.Members[:1]
			w.Orgs[0].Login = "acme-old"
			w.Orgs = append(w.Orgs, &fresh)
		}}}}})
		if p.err == nil || !strings.Contains(p.err.Error(), "now belongs to organization 777777") {
			t.Errorf("at %s: %v", match, p.err)
		}
		if latest, err := l.store.Latest(t.Context(), "acme"); err != nil || latest.ID != first.ID {
			t.Errorf("at %s: it left snapshot %d (%v)", match, latest.ID, err)
		}
	}
}
