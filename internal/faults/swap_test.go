package faults

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// aCity is the town with more lists that take two pages: of its first repository the
// secrets of an environment and the branches that may deploy to another. Its last
// repository is not everybody's.
var aCity = place{"city", func() *githubsim.World {
	w := town()
	r := w.Orgs[0].Repos[0]
	r.Environments[1].BranchPolicy = &githubsim.BranchPolicy{}
	for i := range 120 {
		r.Environments[0].Secrets = append(r.Environments[0].Secrets, secret(w, i))
		r.Environments[1].BranchPolicy.Custom = append(r.Environments[1].BranchPolicy.Custom, pattern(i))
	}
	last := w.Orgs[0].Repos[len(w.Orgs[0].Repos)-1]
	last.Teams = slices.DeleteFunc(last.Teams, func(g *githubsim.TeamGrant) bool { return g.Slug == "everybody" })
	return w
}}

func secret(w *githubsim.World, i int) *githubsim.Secret {
	return &githubsim.Secret{Name: fmt.Sprintf("S%04d", i), CreatedAt: w.Meta.Now.AddDate(0, -1, 0), UpdatedAt: w.Meta.Now.AddDate(0, -1, 0)}
}

func pattern(i int) githubsim.BranchPattern {
	return githubsim.BranchPattern{ID: 995_000 + int64(i), Name: fmt.Sprintf("release/%04d", i), Type: "branch"}
}

// swap is one row of a list that goes, and another that comes at its end. In each
// list one within the first page goes, or the last one of it.
type swap struct {
	name, match string
	area        access.Area
	page        int // rows of the first page
	nth         int // the request for the second page
	change      func(w *githubsim.World, goes int)
}

// without is a list without its i-th row, and with another one at the end.
func without[E any](list []E, i int, comes E) []E {
	out := append(append([]E{}, list[:i]...), list[i+1:]...)
	return append(out, comes)
}

// comesTo lets a person join.
func comesTo(w *githubsim.World) {
	o := w.Orgs[0]
	w.Users = append(w.Users, &githubsim.User{Login: "zz-new", ID: 9_999_999, Type: "User", CreatedAt: o.CreatedAt})
	o.Members = append(o.Members, &githubsim.Member{Login: "zz-new", Role: "member"})
}

func swaps() []swap {
	busy := "/repos/acme/" + aCity.make().Orgs[0].Repos[0].Name
	first := func(w *githubsim.World) *githubsim.Repo { return w.Orgs[0].Repos[0] }
	return []swap{
		{"a member", "organization.membersWithRole", access.AreaMembers, 100, 2, func(w *githubsim.World, i int) {
			leave(w, w.Orgs[0].Members[i].Login)
			comesTo(w)
		}},
		{"a team", "organization.teams", access.AreaTeams, 50, 2, func(w *githubsim.World, i int) {
			o := w.Orgs[0]
			dissolve(o, o.Teams[min(i, 48)].Slug)
			o.Teams = append(o.Teams, &githubsim.Team{Slug: "zzz-new", Name: "zzz-new", ID: 3_999_111, Privacy: "closed", CreatedAt: o.CreatedAt})
		}},
		{"a repository", "organization.repositories", access.AreaRepositories, 100, 2, func(w *githubsim.World, i int) {
			r := *w.Orgs[0].Repos[2]
			r.ID, r.Name, r.CreatedAt = 2_900_000, "zzz-new", then
			r.Environments, r.DeployKeys, r.BranchProtection, r.Invitations = nil, nil, nil, nil
			w.Orgs[0].Repos = without(w.Orgs[0].Repos, i, &r)
		}},
		{"a member of a team", "node(Team)", access.AreaTeamMembers, 100, 1, func(w *githubsim.World, i int) {
			for _, x := range w.Orgs[0].Teams {
				if x.Slug == "everybody" {
					x.Members = without(x.Members, i, &githubsim.TeamMember{Login: w.Users[len(w.Users)-1].Login, Role: "member"})
				}
			}
		}},
		{"a repository of a team", "node(Team)", access.AreaTeamGrants, 100, 1, func(w *githubsim.World, i int) {
			repos := w.Orgs[0].Repos
			everybody := func(g *githubsim.TeamGrant) bool { return g.Slug == "everybody" }
			repos[i].Teams = slices.DeleteFunc(repos[i].Teams, everybody)
			last := repos[len(repos)-1]
			last.Teams = append(last.Teams, &githubsim.TeamGrant{Slug: "everybody", Permission: "pull"})
		}},
		{"a direct grant", "node(Repository)", access.AreaDirectGrants, 50, 2, func(w *githubsim.World, i int) {
			r := first(w)
			r.Collaborators = without(r.Collaborators, i, &githubsim.Collaborator{Login: w.Orgs[0].Members[120].Login, Permission: "pull"})
		}},
		{"an environment", "node(Repository)", access.AreaEnvironments, 10, 1, func(w *githubsim.World, i int) {
			first(w).Environments = without(first(w).Environments, i+2, environment(w.Orgs[0], 501))
		}},
		{"a key", busy + "/keys", access.AreaDeployKeys, 100, 2, func(w *githubsim.World, i int) {
			first(w).DeployKeys = without(first(w).DeployKeys, i, key(w.Orgs[0], 500))
		}},
		{"an invitation to a repository", busy + "/invitations", access.AreaRepoInvitations, 100, 2, func(w *githubsim.World, i int) {
			first(w).Invitations = without(first(w).Invitations, i, invited(w, 125))
		}},
		{"a secret", busy + "/environments/stage%2F000/secrets", access.AreaSecrets, 100, 2, func(w *githubsim.World, i int) {
			e := first(w).Environments[0]
			e.Secrets = without(e.Secrets, i, secret(w, 500))
		}},
		{"a pattern", busy + "/environments/stage%2F001/deployment-branch-policies", access.AreaPolicies, 100, 2, func(w *githubsim.World, i int) {
			p := first(w).Environments[1].BranchPolicy
			p.Custom = without(p.Custom, i, pattern(500))
		}},
	}
}

// settled wants that the list was read again, until it stood still. What hung on a
// repository that is gone cannot be read.
func (s *swap) settled(t *testing.T, p *pass) {
	t.Helper()
	line := p.ledger.Of(s.area)
	if s.area != access.AreaRepositories && line.Status != access.Complete || strings.Contains(line.Reason, "while it was read") {
		t.Errorf("%s is %s: %s", s.area, line.Status, line.Reason)
	}
}

func TestRowThatGoesWhileAnotherComesHidesNoneBetweenTwoPages(t *testing.T) {
	for _, s := range swaps() {
		t.Run(s.name, func(t *testing.T) {
			for _, i := range []int{3, s.page - 1} {
				for _, p := range moves(t, aCity, s.nth, func(w *githubsim.World) { s.change(w, i) }, s.match) {
					if s.settled(t, p); p.sim.Meters().Faulted == 0 {
						t.Errorf("nothing happened at %s %d", s.match, s.nth)
					}
				}
			}
		})
	}
}

func TestRowThatGoesWhileAnotherComesHidesNoneInAPassThatIsTakenUp(t *testing.T) {
	old, start := cleanOnce(t, aCity.name, aCity.make, noon), cleanOnce(t, aCity.name+" later", aCity.make, then)
	for _, s := range swaps()[:7] {
		t.Run(s.name, func(t *testing.T) {
			l, _ := labAfter(t, aCity)
			tape, address := filepath.Join(t.TempDir(), "answers"), sameAddress(t)
			d := scripted(githubsim.Fault{Match: s.match, Nth: s.nth, Times: 1 << 20, Action: githubsim.Unauthenticated})
			d.at, d.tape, d.front = then, tape, address
			if p := l.pass(aCity.make(), d); p.err == nil {
				t.Fatal("it did not break off")
			}
			w := aCity.make()
			s.change(w, 3)
			p := l.pass(w, trouble{at: then.Add(time.Hour), tape: tape, front: address})
			if p.err != nil || p.client.Meter().Replayed == 0 {
				t.Fatalf("%d answers were replayed: %v", p.client.Meter().Replayed, p.err)
			}
			end := clean(t, w, then)
			if wrong := (truth{old, start, end}).complaints(p.stored, p.ledger); len(wrong) > 0 {
				t.Errorf("%s (%d complaints)", wrong[0], len(wrong))
			}
			s.settled(t, p)
		})
	}
}
