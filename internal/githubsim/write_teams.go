package githubsim

import (
	"net/http"
	"slices"
)

// teamToChange finds the team of the path for somebody who may say who is in
// it. That a maintainer may without being an owner is left out.
func (c *call) teamToChange() (*orgIndex, *Team, *reply) {
	o, t, refused := c.team()
	if refused != nil {
		return nil, nil, refused
	}
	if !c.viewer.onOrg(o, "members", "write") {
		return nil, nil, c.refuse(o)
	}
	if t.ExternalGroup != "" || t.SyncedGroup != "" {
		return nil, nil, c.failure(http.StatusForbidden,
			"You cannot create or update members for an external group backed team since they are managed by your identity provider.")
	}
	return o, t, nil
}

// teamRepoToChange finds team and repository of the path for somebody who sees
// the one and administers the other.
func (c *call) teamRepoToChange() (repoOf, *Team, *reply) {
	o, t, refused := c.team()
	if refused != nil {
		return repoOf{}, nil, refused
	}
	r, refused := c.repoToChange()
	if refused != nil {
		return r, nil, refused
	}
	if r.org.Org != o.Org {
		return r, nil, c.invalid("TeamMember", "repository", "custom", "The repository is not owned by the organization of the team.")
	}
	return r, t, nil
}

// teamDefault is the permission attribute of every team here, which is used
// where a call names none.
const teamDefault = "pull"

// teamGrant is the grant of the team itself; nil when there is none.
func (r *Repo) teamGrant(slug string) *TeamGrant {
	for _, g := range r.Teams {
		if fold(g.Slug) == fold(slug) {
			return g
		}
	}
	return nil
}

func (c *call) putTeamRepo() effect {
	r, t, refused := c.teamRepoToChange()
	if refused != nil {
		return no(refused)
	}
	in, refused := c.fields()
	if refused != nil {
		return no(refused)
	}
	p, refused := c.permissionOf(r.org, in, teamDefault)
	if refused != nil {
		return no(refused)
	}
	return yes(func() *reply { c.grantTeam(r, t, p); return done() })
}

// grantTeam gives a team a permission, in place of the one it has.
func (c *call) grantTeam(r repoOf, t *Team, permission string) {
	g := r.teamGrant(t.Slug)
	switch {
	case g == nil:
		r.Teams = append(r.Teams, &TeamGrant{Slug: t.Slug, Permission: permission})
		c.log(r.org, "team.add_repository", about(r.Name, t.Slug, ""))
	case g.Permission != permission:
		g.Permission = permission
		c.log(r.org, "team.update_repository_permission", about(r.Name, t.Slug, ""))
	default:
		return
	}
	c.touch()
}

// deleteTeamRepo takes away what the team itself was given. What it inherits
// stays, and the answer is 204 all the same.
func (c *call) deleteTeamRepo() effect {
	r, t, refused := c.teamRepoToChange()
	if refused != nil {
		return no(refused)
	}
	g := r.teamGrant(t.Slug)
	if g == nil {
		for _, up := range r.org.parents(t) {
			if r.teamGrant(up.Slug) != nil {
				return yes(done)
			}
		}
		return no(c.notFound())
	}
	return yes(func() *reply {
		r.Teams = slices.DeleteFunc(r.Teams, func(o *TeamGrant) bool { return o == g })
		c.touch()
		c.log(r.org, "team.remove_repository", about(r.Name, t.Slug, ""))
		return done()
	})
}

// membership is somebody's immediate place in the team; nil for none.
func (t *Team) membership(login string) *TeamMember {
	for _, m := range t.Members {
		if fold(m.Login) == fold(login) {
			return m
		}
	}
	return nil
}

// putTeamMember adds a member of the organization, or changes their role.
// Anybody else is invited to the organization, and to the team with it.
func (c *call) putTeamMember() effect {
	o, t, refused := c.teamToChange()
	if refused != nil {
		return no(refused)
	}
	if c.x.org(c.params["username"]) != nil {
		return no(c.invalid("TeamMember", "user", "org", "Cannot add an organization as a member."))
	}
	u, in, refused := c.someoneTold()
	if refused != nil {
		return no(refused)
	}
	role, refused := c.word(in, "role", "member", "member", "maintainer")
	if refused != nil {
		return no(refused)
	}
	if o.member(u.Login) == nil {
		return c.inviteToTeam(o, t, u, role)
	}
	return yes(func() *reply {
		m := t.membership(u.Login)
		switch {
		case m == nil:
			t.Members = append(t.Members, &TeamMember{Login: u.Login, Role: role})
			c.touch()
			c.log(o, "team.add_member", about("", t.Slug, u.Login))
		case m.Role != role:
			action := map[string]string{"maintainer": "team.promote_maintainer", "member": "team.demote_maintainer"}[role]
			m.Role = role
			c.touch()
			c.log(o, action, about("", t.Slug, u.Login))
		}
		if o.owner(u.Login) {
			role = "maintainer" // whatever they were made
		}
		return ok(c.teamMembershipShape(o, t, u, role, "active"))
	})
}

// deleteTeamMember takes somebody out of the team itself. Whoever is in it
// through a child team stays, and the answer is 204 all the same; the
// invitation of somebody who did not accept it yet stays, without the team.
func (c *call) deleteTeamMember() effect {
	o, t, refused := c.teamToChange()
	if refused != nil {
		return no(refused)
	}
	u, refused := c.someone()
	if refused != nil {
		return no(refused)
	}
	i := o.invitationOf(u.Login)
	switch {
	case t.membership(u.Login) != nil:
	case o.reached(t, u.Login):
		return yes(done)
	case i != nil && slices.Contains(i.Teams, t.Slug):
		return yes(func() *reply {
			i.Teams = slices.DeleteFunc(i.Teams, func(s string) bool { return s == t.Slug })
			c.touch()
			return done()
		})
	default:
		return no(c.notFound())
	}
	return yes(func() *reply {
		t.Members = slices.DeleteFunc(t.Members, func(m *TeamMember) bool { return fold(m.Login) == fold(u.Login) })
		c.touch()
		c.log(o, "team.remove_member", about("", t.Slug, u.Login))
		return done()
	})
}
