package faults

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// moves reads a place while it changes: change comes just before the nth answer
// of a route, for each route in turn. What was there all along has to be stored,
// what was there never must not be, and what came or went meanwhile may be either.
func moves(t *testing.T, where place, nth int, change func(*githubsim.World), matches ...string) (passes []*pass) {
	t.Helper()
	changed := where.make()
	change(changed)
	old := cleanOnce(t, where.name, where.make, noon)
	start, end := cleanOnce(t, where.name+" later", where.make, then), clean(t, changed, then)
	for _, match := range matches {
		l, _ := labAfter(t, where)
		d := scripted(githubsim.Fault{Match: match, Nth: nth, Action: githubsim.OnlyMutate, Mutate: change})
		d.at = then
		p := l.pass(where.make(), d)
		p.stop()
		if p.err != nil {
			t.Fatal(p.err)
		}
		if p.sim.Meters().Faulted == 0 && nth == 1 {
			t.Errorf("nothing happened at %s", match)
		}
		if wrong := (truth{old, start, end}).complaints(p.stored, p.ledger); len(wrong) > 0 {
			t.Errorf("at %s %d: %s (%d complaints)", match, nth, wrong[0], len(wrong))
		}
		passes = append(passes, p)
	}
	return passes
}

// moments are routes at which something may happen, from the first answer of a
// pass to those that come late.
var moments = []string{"organization.membersWithRole", "organization.teams", "organization.repositories", "nodes(Repository)", "nodes(Environment)", "/keys", "/environments", "/invitations", "organization-roles/{role_id}"}

func TestListsThatMoveUnderThePagesAreReadAgainOrMarked(t *testing.T) {
	for name, tc := range map[string]struct {
		match  string
		change func(*githubsim.World)
	}{
		"a repository goes":      {"organization.repositories", func(w *githubsim.World) { w.Orgs[0].Repos = w.Orgs[0].Repos[1:] }},
		"a member leaves":        {"organization.membersWithRole", func(w *githubsim.World) { leave(w, w.Orgs[0].Members[3].Login) }},
		"a team is deleted":      {"organization.teams", func(w *githubsim.World) { dissolve(w.Orgs[0], w.Orgs[0].Teams[1].Slug) }},
		"an invitation is taken": {"GET /orgs/{org}/invitations", func(w *githubsim.World) { w.Orgs[0].Invitations = w.Orgs[0].Invitations[1:] }},
		"a key goes":             {"/keys", func(w *githubsim.World) { w.Orgs[0].Repos[0].DeployKeys = w.Orgs[0].Repos[0].DeployKeys[1:] }},
		"an environment goes":    {"/environments", func(w *githubsim.World) { w.Orgs[0].Repos[0].Environments = w.Orgs[0].Repos[0].Environments[1:] }},
		"a direct grant goes":    {"nodes(Repository)", func(w *githubsim.World) { w.Orgs[0].Repos[0].Collaborators = w.Orgs[0].Repos[0].Collaborators[1:] }},
		"somebody leaves a team": {"node(Team)", func(w *githubsim.World) {
			last := w.Orgs[0].Teams[len(w.Orgs[0].Teams)-1]
			last.Members = last.Members[1:]
		}},
		"a repository is added":    {"organization.repositories", func(w *githubsim.World) { add(w, "aaa-new") }},
		"a team loses a grant":     {"organization.teams", func(w *githubsim.World) { w.Orgs[0].Repos[9].Teams = w.Orgs[0].Repos[9].Teams[1:] }},
		"an environment is opened": {"nodes(Environment)", func(w *githubsim.World) { w.Orgs[0].Repos[0].Environments[3].Reviewers = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 2} {
				moves(t, aTown, n, tc.change, tc.match)
			}
		})
	}
}

func add(w *githubsim.World, name string) {
	r := *w.Orgs[0].Repos[2]
	r.ID, r.Name, r.Environments, r.DeployKeys, r.BranchProtection = 2_900_000, name, nil, nil, nil
	w.Orgs[0].Repos = append(w.Orgs[0].Repos, &r)
}

// busy is a repository with keys and environments, quiet another one with others.
func busy(w *githubsim.World) *githubsim.Repo { return w.Orgs[0].Repos[0] }

func quiet(w *githubsim.World) *githubsim.Repo {
	r := w.Orgs[0].Repos[1]
	if len(r.DeployKeys) == 0 {
		r.DeployKeys = append(r.DeployKeys, key(w.Orgs[0], 600))
	}
	return r
}

// twoBusy is the village with keys and environments in a second repository.
var twoBusy = place{"two busy", func() *githubsim.World {
	w := village()
	r := quiet(w)
	r.Environments = append(r.Environments, environment(w.Orgs[0], 601), environment(w.Orgs[0], 602))
	for i := range 2 {
		r.DeployKeys = append(r.DeployKeys, key(w.Orgs[0], 610+i))
	}
	return w
}}

func TestRepositoryThatIsRenamedMovedOrGoneMeanwhileIsNeverTakenForAnother(t *testing.T) {
	for name, change := range map[string]func(*githubsim.World){
		"renamed":     func(w *githubsim.World) { busy(w).Name = "elsewhere" },
		"archived":    func(w *githubsim.World) { busy(w).Archived = true },
		"deleted":     func(w *githubsim.World) { w.Orgs[0].Repos = w.Orgs[0].Repos[1:] },
		"transferred": func(w *githubsim.World) { w.Orgs[0].Repos = slices.Delete(w.Orgs[0].Repos, 1, 2) },
		"names swapped": func(w *githubsim.World) {
			a, b := busy(w), quiet(w)
			a.Name, b.Name = b.Name, a.Name
		},
		"name taken by a new one": func(w *githubsim.World) {
			old := busy(w).Name
			busy(w).Name = "elsewhere"
			add(w, old)
			r := w.Orgs[0].Repos[len(w.Orgs[0].Repos)-1]
			r.DeployKeys = []*githubsim.DeployKey{key(w.Orgs[0], 700), key(w.Orgs[0], 701), key(w.Orgs[0], 702)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			moves(t, twoBusy, 1, change, moments...)
		})
	}
}

func TestTeamThatIsRenamedMovedOrGoneMeanwhileIsNeverTakenForAnother(t *testing.T) {
	slug := func(w *githubsim.World, from, to string) {
		o := w.Orgs[0]
		for _, x := range o.Teams {
			x.Slug, x.Parent = swapped(x.Slug, from, to), swapped(x.Parent, from, to)
		}
		for _, r := range o.Repos {
			for _, g := range r.Teams {
				g.Slug = swapped(g.Slug, from, to)
			}
			for _, e := range r.Environments {
				for i := range e.Reviewers {
					e.Reviewers[i].Name = swapped(e.Reviewers[i].Name, from, to)
				}
			}
		}
		for _, r := range o.OrgRoles {
			for i := range r.Teams {
				r.Teams[i] = swapped(r.Teams[i], from, to)
			}
		}
	}
	for name, change := range map[string]func(*githubsim.World){
		"renamed": func(w *githubsim.World) { slug(w, w.Orgs[0].Teams[0].Slug, "elsewhere") },
		"deleted": func(w *githubsim.World) { dissolve(w.Orgs[0], w.Orgs[0].Teams[0].Slug) },
		"moved":   func(w *githubsim.World) { w.Orgs[0].Teams[1].Parent = w.Orgs[0].Teams[0].Slug },
		"slugs swapped": func(w *githubsim.World) {
			a, b := w.Orgs[0].Teams[0].Slug, w.Orgs[0].Teams[1].Slug
			slug(w, a, "between")
			slug(w, b, a)
			slug(w, "between", b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			moves(t, aVillage, 1, change, append([]string{"/teams/{team_slug}/repos"}, moments...)...)
		})
	}
}

func TestPersonIsTheNumberWhateverTheLoginIs(t *testing.T) {
	first := village().Orgs[0].Members[6].Login
	second := village().Orgs[0].Members[7].Login
	for name, change := range map[string]func(*githubsim.World){
		"renamed": func(w *githubsim.World) { rename(w, first, "somebody-else") },
		"login taken by another": func(w *githubsim.World) {
			rename(w, first, "somebody-else")
			rename(w, second, first)
		},
		"left":      func(w *githubsim.World) { leave(w, first) },
		"now owner": func(w *githubsim.World) { w.Orgs[0].Members[6].Role = "admin" },
		"a ghost": func(w *githubsim.World) {
			leave(w, first)
			w.Users = slices.DeleteFunc(w.Users, func(u *githubsim.User) bool { return u.Login == first })
			w.Orgs[0].AuditLog = slices.DeleteFunc(w.Orgs[0].AuditLog, func(e *githubsim.AuditEvent) bool { return e.Actor == first || e.User == first })
		},
	} {
		t.Run(name, func(t *testing.T) {
			moves(t, aVillage, 1, change, moments...)
		})
	}
}

func TestMemberWhoIsRemovedAndInvitedAgainIsShownAsBoth(t *testing.T) {
	login := village().Orgs[0].Members[9].Login
	again := func(w *githubsim.World) {
		leave(w, login)
		o := w.Orgs[0]
		o.Invitations = append(o.Invitations,
			&githubsim.OrgInvitation{ID: 661_001, Login: login, Role: "direct_member", CreatedAt: w.Meta.Now},
			&githubsim.OrgInvitation{ID: 661_002, Email: strings.ToLower(login) + "@example.org", Role: "admin", CreatedAt: w.Meta.Now})
	}
	moves(t, aVillage, 1, again, moments...)
	l, _ := labAfter(t, aVillage)
	w := village()
	again(w)
	p := l.pass(w, trouble{at: then})
	p.whole(t)
	for _, id := range []int64{661_001, 661_002} {
		if len(p.stored.of(access.AreaInvitations, id)) != 2 { // the thing, and what it would give
			t.Errorf("invitation %d is stored as %v", id, p.stored.of(access.AreaInvitations, id))
		}
	}
}
