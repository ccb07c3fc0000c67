package collector

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestBroadReadingsOfGitHubsListsGiveTheSameGrants(t *testing.T) {
	for name, w := range worlds(t) {
		h := start(t, w, func(o *setup) { o.sim.LooseDirect, o.sim.InheritedTeamRepositories = true, true })
		for _, o := range w.Orgs {
			s := h.collect(t, o.Login)
			want := truth{w, o}.grants()
			if diff := cmp.Diff(want[access.AreaDirectGrants], s.grants(access.AreaDirectGrants)); diff != "" {
				t.Errorf("%s, %s: direct grants differ:\n%s", name, o.Login, diff)
			}
			if diff := cmp.Diff((truth{w, o}).adding(want[access.AreaTeamGrants]), s.grants(access.AreaTeamGrants)); diff != "" {
				t.Errorf("%s, %s: grants of teams differ:\n%s", name, o.Login, diff)
			}
			for _, a := range []access.Area{access.AreaDirectGrants, access.AreaTeamGrants} {
				if line := s.ledger.Of(a); line.Status != access.Complete {
					t.Errorf("%s, %s: %+v", name, o.Login, line)
				}
			}
		}
	}
}

// adding leaves out the grants of teams that give no more than an ancestor's:
// those cannot be told from what is inherited.
func (t truth) adding(grants []access.Grant) (out []access.Grant) {
	parent := map[int64]int64{}
	for _, x := range t.o.Teams {
		if x.Parent != "" {
			parent[x.ID] = t.team(x.Parent).ID
		}
	}
	on := map[[2]int64]access.Grant{}
	for _, g := range grants {
		on[[2]int64{g.Principal.ID, g.Resource.ID}] = g
	}
	for _, g := range grants {
		adds := true
		for p := parent[g.Principal.ID]; p != 0; p = parent[p] {
			if above, ok := on[[2]int64{p, g.Resource.ID}]; ok && (above.Privilege > g.Privilege || above.Privilege == g.Privilege && (g.Role == 0 || g.Role == above.Role)) {
				adds = false
			}
		}
		if adds {
			out = append(out, g)
		}
	}
	return out
}
