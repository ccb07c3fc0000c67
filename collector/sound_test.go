package collector

import (
	"fmt"
	"slices"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// amount is how much of everything an invented organization has.
type amount struct {
	githubsim.Size
	collaborators, environments, patterns, keys, invitations, holders int
}

// crowded is an organization in which every list overflows its page, outer and
// inner ones.
func crowded() *githubsim.World {
	return invent(amount{githubsim.Size{Repositories: 130, Members: 220, Teams: 60}, 120, 140, 130, 105, 110, 130})
}

// modest is one of the same kind in which every list fits its page.
func modest() *githubsim.World {
	return invent(amount{githubsim.Size{Repositories: 14, Members: 36, Teams: 6}, 7, 5, 3, 4, 3, 5})
}

func invent(n amount) *githubsim.World {
	w := githubsim.Generate(n.Size, githubsim.GenOptions{Seed: 9})
	o := w.Orgs[0]
	all := &githubsim.Team{Slug: "everything", Name: "Everything", ID: 3_999_999, Privacy: "secret", CreatedAt: o.CreatedAt}
	o.Teams = append(o.Teams, all)
	for i, m := range o.Members {
		all.Members = append(all.Members, &githubsim.TeamMember{Login: m.Login, Role: role(m.Role, i)})
	}
	for i, r := range o.Repos {
		p := []string{"pull", "triage", "push", "maintain", "admin", "release-operator", "security-triage"}[i%7]
		r.Teams = append(r.Teams, &githubsim.TeamGrant{Slug: "everything", Permission: p})
	}
	for i := range n.invitations {
		o.Invitations = append(o.Invitations, &githubsim.OrgInvitation{ID: 660_000 + int64(i), Email: fmt.Sprintf("p%d@example.org", i), Role: "direct_member", CreatedAt: o.CreatedAt})
	}
	o.OrgRoles[0].Teams = append(o.OrgRoles[0].Teams, "everything")
	for i := range n.holders {
		o.OrgRoles[1].Users = append(o.OrgRoles[1].Users, o.Members[i].Login)
	}
	n.busy(o, o.Repos[7])
	return w
}

// busy fills one repository.
func (n amount) busy(o *githubsim.Org, r *githubsim.Repo) {
	r.Collaborators, r.Environments, r.DeployKeys = nil, nil, nil
	for i := range n.collaborators {
		p := []string{"pull", "triage", "push", "maintain", "admin", "release-operator"}[i%6]
		r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: o.Members[i].Login, Permission: p})
	}
	for i := range n.environments {
		e := &githubsim.Environment{ID: 880_000 + int64(i), Name: fmt.Sprintf("stage/%03d", i), CreatedAt: o.CreatedAt, WaitTimer: i % 3}
		for k := range i % 5 {
			e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "User", Name: o.Members[k].Login})
		}
		if i == n.environments/2 { // more than GitHub allows today
			for k := range 12 {
				e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "User", Name: o.Members[20+k].Login})
			}
			e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "Team", Name: "everything"})
		}
		if i == 3 {
			e.BranchPolicy = &githubsim.BranchPolicy{}
			for k := range n.patterns {
				e.BranchPolicy.Custom = append(e.BranchPolicy.Custom, githubsim.BranchPattern{ID: 990_000 + int64(k), Name: fmt.Sprintf("release/%d", k), Type: "branch"})
			}
		}
		r.Environments = append(r.Environments, e)
	}
	for i := range n.keys {
		r.DeployKeys = append(r.DeployKeys, &githubsim.DeployKey{ID: 770_000 + int64(i), Title: fmt.Sprint("key ", i), Key: "ssh-ed25519 AAAA" + fmt.Sprint(i), ReadOnly: i%2 == 0, CreatedAt: o.CreatedAt})
	}
}

func role(of string, i int) string {
	if of == "admin" || i%9 == 0 {
		return "maintainer"
	}
	return "member"
}

// byScope sorts the true grants of an area into its scopes.
func (t truth) byScope() map[access.Area]map[int64][]access.Grant {
	repoOf := map[int64]int64{}
	out := map[access.Area]map[int64][]access.Grant{}
	for _, a := range []access.Area{access.AreaMembers, access.AreaTeamMembers, access.AreaTeamGrants, access.AreaDirectGrants, access.AreaGates, access.AreaDeployKeys, access.AreaRepoInvitations, access.AreaInvitations, access.AreaOrgRoleAssignments} {
		out[a] = map[int64][]access.Grant{}
	}
	for _, r := range t.o.Repos {
		for _, e := range r.Environments {
			repoOf[e.ID] = r.ID
		}
		for _, a := range []access.Area{access.AreaDirectGrants, access.AreaGates, access.AreaDeployKeys, access.AreaRepoInvitations} {
			out[a][r.ID] = nil
		}
	}
	for _, x := range t.o.Teams {
		out[access.AreaTeamMembers][x.ID], out[access.AreaTeamGrants][x.ID] = nil, nil
	}
	for _, x := range t.o.OrgRoles {
		out[access.AreaOrgRoleAssignments][x.ID] = nil
	}
	for a, grants := range t.grants() {
		for _, g := range grants {
			scope := g.Resource.ID
			switch a {
			case access.AreaMembers, access.AreaTeamGrants, access.AreaInvitations:
				scope = g.Principal.ID
			case access.AreaGates:
				scope = repoOf[g.Resource.ID]
			case access.AreaOrgRoleAssignments:
				scope = g.Role
			}
			out[a][scope] = append(out[a][scope], g)
		}
	}
	return out
}

// checkSound holds the one promise that everything rests on: what the ledger
// calls complete is the truth, and nothing is made up.
func checkSound(t testing.TB, s *recorder, w *githubsim.World, o *githubsim.Org) {
	t.Helper()
	truth := truth{w, o}
	for a, scopes := range truth.byScope() {
		exists := map[access.Grant]bool{}
		for scope, want := range scopes {
			for _, g := range want {
				exists[g] = true
			}
			if !s.ledger.CompleteFor(a, scope) {
				continue
			}
			got := slices.Clone(s.put[a][scope].Grants)
			slices.SortFunc(got, access.Grant.Compare)
			if !slices.Equal(got, want) {
				t.Errorf("%s of %d is called complete with %d grants, and there are %d: %+v", a, scope, len(got), len(want), s.ledger.For(a, scope))
			}
		}
		for _, g := range s.grants(a) {
			if !exists[g] {
				t.Errorf("%s: %s was made up", a, g.Key())
			}
		}
	}
	if s.ledger.Complete(access.AreaRepositories) && len(s.put[access.AreaRepositories]) != len(o.Repos) {
		t.Errorf("repositories are called complete with %d of %d", len(s.put[access.AreaRepositories]), len(o.Repos))
	}
	if s.ledger.Complete(access.AreaTeams) && len(s.put[access.AreaTeams]) != len(o.Teams) {
		t.Errorf("teams are called complete with %d of %d", len(s.put[access.AreaTeams]), len(o.Teams))
	}
	secrets := entities[access.Secrets](s, access.AreaSecrets)
	envs, policies := 0, entities[access.Policy](s, access.AreaPolicies)
	for _, r := range o.Repos {
		envs += len(r.Environments)
		if s.ledger.CompleteFor(access.AreaEnvironments, r.ID) && len(s.put[access.AreaEnvironments][r.ID].Entities) != len(r.Environments) {
			t.Errorf("environments of %s are called complete with %d of %d", r.Name, len(s.put[access.AreaEnvironments][r.ID].Entities), len(r.Environments))
		}
		for _, e := range r.Environments {
			p := policies[e.ID]
			if s.ledger.CompleteFor(access.AreaPolicies, r.ID) && (p.Env != e.ID || e.BranchPolicy != nil && len(p.Patterns) != len(e.BranchPolicy.Custom)) {
				t.Errorf("policies of %s are called complete, and that of %s is %+v", r.Name, e.Name, p)
			}
			if x := secrets[e.ID]; s.ledger.CompleteFor(access.AreaSecrets, r.ID) && (x.Env != e.ID || len(x.Names) != len(e.Secrets)) {
				t.Errorf("secrets of %s are called complete, and those of %s are %+v", r.Name, e.Name, x)
			}
		}
	}
	if s.ledger.Complete(access.AreaTwoFactor) && len(s.put[access.AreaTwoFactor]) != len(o.Members) {
		t.Errorf("two-factor states are called complete with %d of %d", len(s.put[access.AreaTwoFactor]), len(o.Members))
	}
	for a, n := range s.closed {
		if n != 1 {
			t.Errorf("%s was closed %d times", a, n)
		}
	}
}

func TestListsThatOverflowTheirPagesAreReadToTheirEnd(t *testing.T) {
	w := crowded()
	h := start(t, w)
	s := h.collect(t, "acme")
	checkSound(t, s, w, w.Orgs[0])
	for _, a := range access.Areas {
		if line := s.ledger.Of(a); line.Status != access.Complete && a != access.AreaContributions {
			t.Errorf("%+v", line)
		}
	}
	if n := h.sim.Meters().GraphQL["node(Environment)"].Requests; n != 1 {
		t.Errorf("%d environments were asked for alone, want the one with thirteen reviewers", n)
	}
}
