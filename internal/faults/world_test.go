package faults

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
)

// village is an organization with some of everything, in which nearly every
// list fits its page; town is one in which the lists of the organization, and
// those of its first repository, do not.
func village() *githubsim.World {
	return settle(githubsim.Size{Repositories: 14, Members: 30, Teams: 6}, 3)
}
func town() *githubsim.World {
	return settle(githubsim.Size{Repositories: 104, Members: 130, Teams: 54}, 104)
}

// settle makes the organization; its first repository has so many direct grants,
// environments, keys and invitations, and the organization so many of these.
func settle(size githubsim.Size, many int) *githubsim.World {
	w := githubsim.Generate(size, githubsim.GenOptions{Seed: 5})
	o := w.Orgs[0]
	guest := w.Users[len(w.Users)-1].Login
	o.Repos[3].Collaborators = append(o.Repos[3].Collaborators, &githubsim.Collaborator{Login: guest, Permission: "pull"})
	all := &githubsim.Team{Slug: "everybody", Name: "Everybody", ID: 3_999_999, Privacy: "secret", CreatedAt: o.CreatedAt}
	for _, m := range o.Members {
		all.Members = append(all.Members, &githubsim.TeamMember{Login: m.Login, Role: "member"})
	}
	o.Teams = append(o.Teams, all)
	r := o.Repos[0]
	r.Collaborators, r.Environments, r.DeployKeys, r.Invitations = nil, nil, nil, nil
	for i := range many {
		o.Invitations = append(o.Invitations, invitation(w, i))
		r.Invitations = append(r.Invitations, invited(w, i))
		r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: o.Members[i].Login, Permission: []string{"pull", "push", "admin", "release-operator"}[i%4]})
		r.DeployKeys = append(r.DeployKeys, key(o, i))
		r.Environments = append(r.Environments, environment(o, i))
	}
	for _, r := range o.Repos {
		r.Teams = append(r.Teams, &githubsim.TeamGrant{Slug: "everybody", Permission: "pull"})
	}
	o.OrgRoles[0].Teams = append(o.OrgRoles[0].Teams, "everybody")
	o.OrgRoles[1].Users = append(o.OrgRoles[1].Users, o.Members[4].Login)
	o.FailedInvitations = append(o.FailedInvitations, &githubsim.OrgInvitation{
		ID: 670_000, Email: "late@example.org", Role: "direct_member", CreatedAt: o.CreatedAt, FailedAt: w.Meta.Now.AddDate(0, 0, -3), FailedReason: "expired",
	})
	return w
}

func invitation(w *githubsim.World, i int) *githubsim.OrgInvitation {
	return &githubsim.OrgInvitation{ID: 660_000 + int64(i), Email: fmt.Sprintf("p%d@example.org", i), Role: "direct_member", CreatedAt: w.Meta.Now.AddDate(0, 0, -2)}
}

func invited(w *githubsim.World, i int) *githubsim.RepoInvitation {
	return &githubsim.RepoInvitation{ID: 550_000 + int64(i), Login: w.Users[i%len(w.Users)].Login, Permission: "write", CreatedAt: w.Meta.Now.AddDate(0, 0, -1)}
}

func key(o *githubsim.Org, i int) *githubsim.DeployKey {
	return &githubsim.DeployKey{ID: 770_000 + int64(i), Title: fmt.Sprint("key ", i), Key: fmt.Sprint("ssh-ed25519 AAAA", i), ReadOnly: i%2 == 0, CreatedAt: o.CreatedAt}
}

func environment(o *githubsim.Org, i int) *githubsim.Environment {
	e := &githubsim.Environment{ID: 880_000 + int64(i), Name: fmt.Sprintf("stage/%03d", i), CreatedAt: o.CreatedAt, WaitTimer: i % 3}
	for k := range i % 4 {
		e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "User", Name: o.Members[k].Login})
	}
	if i == 1 {
		e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "Team", Name: "everybody"})
		e.BranchPolicy = &githubsim.BranchPolicy{Custom: []githubsim.BranchPattern{{ID: 990_001, Name: "release/*", Type: "branch"}}}
	}
	return e
}

// drift is what an hour does to an organization: of everything, something comes,
// something goes, and something changes.
func drift(w *githubsim.World) *githubsim.World {
	o := w.Orgs[0]
	first, second := o.Repos[0], o.Repos[1]
	first.Collaborators = first.Collaborators[1:]
	first.Collaborators[0].Permission = "maintain"
	first.DeployKeys = append(first.DeployKeys[1:], key(o, 500))
	first.Invitations = append(first.Invitations[1:], invited(w, 503))
	first.Environments = append(first.Environments[1:], environment(o, 501))
	first.Environments[0].Reviewers = first.Environments[0].Reviewers[:1]
	second.Name, second.Visibility = "renamed-since", "public"
	second.Teams = second.Teams[1:]
	o.Repos[2].Teams[0].Permission = "admin"
	o.Repos[4].Archived = true
	o.Repos = slices.Delete(o.Repos, 5, 6)
	leave(w, o.Members[len(o.Members)-1].Login)
	o.Members[7].Role = "admin"
	o.Members[8].TwoFactor = !o.Members[8].TwoFactor
	o.Teams[1].Name = "Renamed since"
	dissolve(o, o.Teams[2].Slug)
	o.Invitations = append(o.Invitations[1:], invitation(w, 502))
	o.OrgRoles[1].Users = o.OrgRoles[1].Users[1:]
	o.Settings.DefaultRepositoryPermission = "read"
	return w
}

// leave takes a member out of the organization and what it gave to them.
func leave(w *githubsim.World, login string) {
	o := w.Orgs[0]
	o.Members = slices.DeleteFunc(o.Members, func(m *githubsim.Member) bool { return m.Login == login })
	for _, x := range o.Teams {
		x.Members = slices.DeleteFunc(x.Members, func(m *githubsim.TeamMember) bool { return m.Login == login })
	}
	for _, r := range o.OrgRoles {
		r.Users = slices.DeleteFunc(r.Users, func(l string) bool { return l == login })
	}
	for _, r := range o.Repos {
		r.Collaborators = slices.DeleteFunc(r.Collaborators, func(c *githubsim.Collaborator) bool { return c.Login == login })
		for _, e := range r.Environments {
			e.Reviewers = slices.DeleteFunc(e.Reviewers, func(a githubsim.Actor) bool { return a.Type == "User" && a.Name == login })
		}
	}
}

// dissolve deletes a team.
func dissolve(o *githubsim.Org, slug string) {
	o.Teams = slices.DeleteFunc(o.Teams, func(x *githubsim.Team) bool { return x.Slug == slug })
	for _, x := range o.Teams {
		if x.Parent == slug {
			x.Parent = ""
		}
	}
	for _, r := range o.OrgRoles {
		r.Teams = slices.DeleteFunc(r.Teams, func(s string) bool { return s == slug })
	}
	for _, r := range o.Repos {
		r.Teams = slices.DeleteFunc(r.Teams, func(g *githubsim.TeamGrant) bool { return g.Slug == slug })
		for _, e := range r.Environments {
			e.Reviewers = slices.DeleteFunc(e.Reviewers, func(a githubsim.Actor) bool { return a.Type == "Team" && a.Name == slug })
		}
	}
}

// rename gives an account another login wherever it stands.
func rename(w *githubsim.World, from, to string) {
	o := w.Orgs[0]
	for _, u := range w.Users {
		if u.Login == from {
			u.Login = to
		}
	}
	for _, m := range o.Members {
		m.Login = swapped(m.Login, from, to)
	}
	for _, x := range o.Teams {
		for _, m := range x.Members {
			m.Login = swapped(m.Login, from, to)
		}
	}
	for _, r := range o.OrgRoles {
		for i := range r.Users {
			r.Users[i] = swapped(r.Users[i], from, to)
		}
	}
	for _, r := range o.Repos {
		for _, c := range r.Collaborators {
			c.Login = swapped(c.Login, from, to)
		}
		for _, i := range r.Invitations {
			i.Login = swapped(i.Login, from, to)
		}
		for _, e := range r.Environments {
			for i := range e.Reviewers {
				e.Reviewers[i].Name = swapped(e.Reviewers[i].Name, from, to)
			}
		}
	}
	for _, e := range o.AuditLog {
		e.Actor, e.User = swapped(e.Actor, from, to), swapped(e.User, from, to)
	}
}

func swapped(name, from, to string) string {
	if strings.EqualFold(name, from) {
		return to
	}
	return name
}
