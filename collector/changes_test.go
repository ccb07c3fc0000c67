package collector

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// mutate changes the world just before the nth request that matches.
func mutate(match string, n int, change func(*githubsim.World)) func(*setup) {
	return faulty(githubsim.Fault{Match: match, Nth: n, Action: githubsim.OnlyMutate, Mutate: change})
}

func TestListsThatChangeWhileTheyAreReadAreWholeOrSaidNotToBe(t *testing.T) {
	drop := func(w *githubsim.World) { w.Orgs[0].Repos = w.Orgs[0].Repos[1:] }
	add := func(w *githubsim.World) {
		r := *w.Orgs[0].Repos[0]
		r.ID, r.Name, r.Environments, r.DeployKeys, r.BranchProtection = 2_900_000, "aaa-new", nil, nil, nil
		w.Orgs[0].Repos = append(w.Orgs[0].Repos, &r)
	}
	leave := func(w *githubsim.World) { leaves(w, w.Orgs[0].Members[3].Login) }
	for name, change := range map[string]func(*setup){
		"a repository goes":         mutate("organization.repositories", 2, drop),
		"a repository comes":        mutate("organization.repositories", 2, add),
		"a member leaves":           mutate("organization.membersWithRole", 2, leave),
		"a member of a team leaves": mutate("node(Team)", 2, leave),
		"a repository goes later":   mutate("nodes(Repository)", 2, drop),
		"an environment goes":       mutate("nodes(Environment)", 1, func(w *githubsim.World) { busy := w.Orgs[0].Repos[7]; busy.Environments = busy.Environments[1:] }),
		"a key goes":                mutate("/keys", 1, func(w *githubsim.World) { busy := w.Orgs[0].Repos[7]; busy.DeployKeys = busy.DeployKeys[1:] }),
		"a team is deleted":         mutate("organization.teams", 2, func(w *githubsim.World) { deleteTeam(w, w.Orgs[0].Teams[2].Slug) }),
	} {
		w := crowded()
		h := start(t, w, change)
		s := newRecorder(t)
		if err := h.into(s, "acme"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if h.sim.Meters().Faulted != 1 {
			t.Errorf("%s: it did not happen", name)
		}
		for _, a := range []access.Area{access.AreaRepositories, access.AreaTeams, access.AreaMembers} {
			if line := s.ledger.Of(a); line.Status == access.Complete && line.Seen < line.Total {
				t.Errorf("%s: %+v", name, line)
			}
		}
		checkNothingLost(t, name, s, w)
	}
}

// checkNothingLost: what exists after the change is there, or its scope has a
// gap. Only the new repository's grants may be missing, where a list of them had
// ended before.
func checkNothingLost(t *testing.T, name string, s *recorder, w *githubsim.World) {
	t.Helper()
	for a, scopes := range (truth{w, w.Orgs[0]}).byScope() {
		for scope, want := range scopes {
			if !s.ledger.CompleteFor(a, scope) {
				continue
			}
			for _, g := range want {
				if !slices.Contains(s.put[a][scope].Grants, g) && g.Resource.ID != 2_900_000 {
					t.Errorf("%s: %s of %d is called complete without %s", name, a, scope, g.Key())
				}
			}
		}
	}
}

func leaves(w *githubsim.World, login string) {
	o := w.Orgs[0]
	o.Members = slices.DeleteFunc(o.Members, func(m *githubsim.Member) bool { return m.Login == login })
	for _, x := range o.Teams {
		x.Members = slices.DeleteFunc(x.Members, func(m *githubsim.TeamMember) bool { return m.Login == login })
	}
}

func deleteTeam(w *githubsim.World, slug string) {
	o := w.Orgs[0]
	o.Teams = slices.DeleteFunc(o.Teams, func(x *githubsim.Team) bool { return x.Slug == slug })
	for _, x := range o.Teams {
		if x.Parent == slug {
			x.Parent = ""
		}
	}
	for _, r := range o.Repos {
		r.Teams = slices.DeleteFunc(r.Teams, func(g *githubsim.TeamGrant) bool { return g.Slug == slug })
		for _, e := range r.Environments {
			e.Reviewers = slices.DeleteFunc(e.Reviewers, func(a githubsim.Actor) bool { return a.Type == "Team" && a.Name == slug })
		}
	}
}

func TestLoginThatNowBelongsToAnotherOrganizationEndsTheRun(t *testing.T) {
	for _, match := range []string{"organization.membersWithRole", "organization.teams", "organization.repositories", "GET /orgs/{org}"} {
		h := start(t, crowded(), mutate(match, 1, func(w *githubsim.World) { w.Orgs[0].ID++ }))
		err := h.into(newRecorder(t), "acme")
		if err == nil || !strings.Contains(err.Error(), "now belongs to organization") {
			t.Errorf("%s: %v", match, err)
		}
	}
}

func TestBroadReadingsOfDirectGiveTheSameGrants(t *testing.T) {
	w := crowded()
	h := start(t, w, func(o *setup) { o.sim.LooseDirect = true })
	s := h.collect(t, "acme")
	checkSound(t, s, w, w.Orgs[0])
	if line := s.ledger.Of(access.AreaDirectGrants); line.Status != access.Complete {
		t.Errorf("%+v", line)
	}
}
