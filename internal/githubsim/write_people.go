package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// repoInvitations is how many people may be invited to a repository in a day
// (GitHub's REST description of the call).
const repoInvitations = 50

// permissionOf is the permission that a body names, as the world writes it.
// Built-in words are pull, triage, push, maintain and admin; read and write are
// not among them.
func (c *call) permissionOf(o *orgIndex, in fields, otherwise string) (string, *reply) {
	p := otherwise
	if refused := c.read(in, "permission", &p); refused != nil {
		return "", refused
	}
	if role := o.customRole(p); role != nil && o.Plan == "enterprise" {
		return role.Name, nil
	}
	if !slices.Contains([]string{"pull", "triage", "push", "maintain", "admin"}, p) {
		return "", c.invalid("Repository", "permission", "invalid", "Invalid permission: "+p)
	}
	return p, nil
}

// putCollaborator adds or changes a direct grant. Whoever is neither a member
// nor a collaborator of this repository is invited, and has nothing before they
// accept.
func (c *call) putCollaborator() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	u, in, refused := c.someoneTold()
	if refused != nil {
		return no(refused)
	}
	p, refused := c.permissionOf(r.org, in, "push")
	if refused != nil {
		return no(refused)
	}
	m := r.org.member(u.Login)
	if m != nil {
		least := r.org.Settings.DefaultRepositoryPermission
		if m.Role == "admin" {
			least = "admin"
		}
		if r.org.rank(p) < r.org.rank(least) {
			return no(c.invalid("Repository", "permission", "custom", "Cannot assign "+u.Login+" permission of "+r.org.roleName(p)))
		}
	}
	old := r.collaborator(u.Login)
	if old == nil && m == nil {
		return c.invite(r, u, p)
	}
	return yes(func() *reply {
		switch {
		case old == nil:
			r.Collaborators = append(r.Collaborators, &Collaborator{Login: u.Login, Permission: p})
			c.touch()
			c.log(r.org, "repo.add_member", about(r.Name, "", u.Login))
		case old.Permission != p:
			old.Permission = p
			c.touch()
			c.log(r.org, "repo.update_member", about(r.Name, "", u.Login))
		}
		return done()
	})
}

// about names what an entry of the audit log is about.
func about(repo, team, login string) func(*AuditEvent) {
	return func(e *AuditEvent) { e.Repo, e.Team, e.User = repo, team, login }
}

// collaborator is the direct grant of somebody; nil when there is none.
func (r *Repo) collaborator(login string) *Collaborator {
	for _, g := range r.Collaborators {
		if fold(g.Login) == fold(login) {
			return g
		}
	}
	return nil
}

// invite asks somebody from outside to the repository, or changes what they
// were asked to.
func (c *call) invite(r repoOf, u *User, permission string) effect {
	recent := 0
	for _, i := range r.Invitations {
		if fold(i.Login) == fold(u.Login) {
			return yes(func() *reply {
				if i.Permission != permission {
					i.Permission = permission
					c.touch()
				}
				return created(c.repoInvitationShape(r, i))
			})
		}
		if c.now.Sub(i.CreatedAt) < 24*time.Hour {
			recent++
		}
	}
	if recent >= repoInvitations {
		return no(c.invalid("RepositoryInvitation", "invitee", "custom", "You have exceeded the number of invitations to a repository a day."))
	}
	return yes(func() *reply {
		i := &RepoInvitation{ID: c.s.newID(), Login: u.Login, Permission: permission, CreatedAt: c.now.Truncate(time.Second), Inviter: c.actor()}
		r.Invitations = append(r.Invitations, i)
		c.touch()
		c.log(r.org, "repository_invitation.create", about(r.Name, "", u.Login))
		return created(c.repoInvitationShape(r, i))
	})
}

// deleteCollaborator takes a direct grant away, with the invitations that the
// person sent to this repository and their private fork of it. Whoever is a
// member has access in other ways and is answered 204 without a grant too; to
// a stranger it answers 404.
func (c *call) deleteCollaborator() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	u, refused := c.someone()
	if refused != nil {
		return no(refused)
	}
	if r.collaborator(u.Login) == nil {
		if r.org.member(u.Login) == nil {
			return no(c.notFound())
		}
		return yes(done)
	}
	return yes(func() *reply {
		r.forget(u.Login)
		c.touch()
		c.log(r.org, "repo.remove_member", about(r.Name, "", u.Login))
		return done()
	})
}

// forget takes away all that somebody has in a repository by name: the grant,
// the invitations they sent, the fork.
func (r *Repo) forget(login string) {
	r.Collaborators = slices.DeleteFunc(r.Collaborators, func(g *Collaborator) bool { return fold(g.Login) == fold(login) })
	r.Invitations = slices.DeleteFunc(r.Invitations, func(i *RepoInvitation) bool { return fold(i.Inviter) == fold(login) })
	r.Forks = slices.DeleteFunc(r.Forks, func(l string) bool { return fold(l) == fold(login) })
}

// dropForks takes away the private forks of whoever can no longer read.
func (o *orgIndex) dropForks() {
	for _, r := range o.Repos {
		r.Forks = slices.DeleteFunc(r.Forks, func(login string) bool {
			effective, _ := o.sources(r, login)
			return r.Visibility != "public" && effective == "none"
		})
	}
}

// repoInvitation finds the invitation of the path.
func (c *call) repoInvitation() (repoOf, *RepoInvitation, *reply) {
	r, refused := c.repoToChange()
	if refused != nil {
		return r, nil, refused
	}
	for _, i := range r.Invitations {
		if number(i.ID) == c.params["invitation_id"] {
			return r, i, nil
		}
	}
	return r, nil, c.notFound()
}

// patchRepoInvitation changes what somebody is invited to, in other words than
// the invitation was made: read and write.
func (c *call) patchRepoInvitation() effect {
	r, i, refused := c.repoInvitation()
	if refused != nil {
		return no(refused)
	}
	in, refused := c.fields()
	if refused != nil {
		return no(refused)
	}
	word, refused := c.word(in, "permissions", "", "", "read", "write", "maintain", "triage", "admin")
	if refused != nil {
		return no(refused)
	}
	p := cmp.Or(map[string]string{"read": "pull", "write": "push"}[word], word, i.Permission)
	return yes(func() *reply {
		if i.Permission != p {
			i.Permission = p
			c.touch()
		}
		return ok(c.repoInvitationShape(r, i))
	})
}

func (c *call) deleteRepoInvitation() effect {
	r, i, refused := c.repoInvitation()
	if refused != nil {
		return no(refused)
	}
	return yes(func() *reply {
		r.Invitations = slices.DeleteFunc(r.Invitations, func(o *RepoInvitation) bool { return o == i })
		c.touch()
		c.log(r.org, "repository_invitation.cancel", about(r.Name, "", i.Login))
		return done()
	})
}

// deleteOutside takes somebody from outside out of every repository of the
// organization. Invitations that they have not accepted stay.
func (c *call) deleteOutside() effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	u, refused := c.someone()
	if refused != nil {
		return no(refused)
	}
	if refused := c.outsider(o, u); refused != nil {
		return no(refused)
	}
	return yes(func() *reply { c.expel(o, u); return done() })
}

// outsider refuses whoever is not an outside collaborator.
func (c *call) outsider(o *orgIndex, u *User) *reply {
	if o.member(u.Login) != nil {
		return c.failure(http.StatusUnprocessableEntity, "You cannot specify an organization member to remove as an outside collaborator.")
	}
	if !slices.Contains(o.outside, u) {
		return c.notFound()
	}
	return nil
}

// expel takes all direct grants of somebody away.
func (c *call) expel(o *orgIndex, u *User) {
	for _, r := range o.Repos {
		r.forget(u.Login)
	}
	c.touch()
	c.log(o, "org.remove_outside_collaborator", about("", "", u.Login))
}
