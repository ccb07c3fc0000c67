package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Invitations a day, and how long a former member can be reinstated (GitHub's
// REST description; GitHub Docs: "Reinstating a former member of your
// organization").
const (
	invitationsYoung = 50
	invitationsADay  = 500
	youth            = 30 * 24 * time.Hour
	reinstating      = 90 * 24 * time.Hour
)

// orgToChange finds the organization of the path for an owner, or an App with
// the permission.
func (c *call) orgToChange(permission string) (*orgIndex, *reply) { return c.orgFor(permission) }

// lastOwner reports whether nobody else is an owner.
func (o *orgIndex) lastOwner(login string) bool {
	for _, m := range o.Members {
		if m.Role == "admin" && fold(m.Login) != fold(login) {
			return false
		}
	}
	return o.owner(login)
}

func (c *call) keepsLastOwner() *reply {
	return c.failure(http.StatusForbidden, "You can't remove the last owner of an organization.")
}

// invitationOf is the open invitation of somebody; nil for none.
func (o *Org) invitationOf(login string) *OrgInvitation {
	for _, i := range o.Invitations {
		if login != "" && fold(i.Login) == fold(login) {
			return i
		}
	}
	return nil
}

// putMembership changes the role of a member, or invites.
func (c *call) putMembership() effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	u, in, refused := c.someoneTold()
	if refused != nil {
		return no(refused)
	}
	role, refused := c.word(in, "role", "member", "member", "admin")
	if refused != nil {
		return no(refused)
	}
	m := o.member(u.Login)
	if m == nil {
		return c.inviteMember(o, u, map[string]string{"member": "direct_member", "admin": "admin"}[role])
	}
	if role == "member" && o.lastOwner(u.Login) {
		return no(c.keepsLastOwner())
	}
	return yes(func() *reply {
		if m.Role != role {
			m.Role = role
			c.touch()
			c.log(o, "org.update_member", about("", "", u.Login))
		}
		return ok(c.membershipShape(o, u))
	})
}

// deleteMembership ends a membership, or cancels an invitation.
func (c *call) deleteMembership() effect { return c.remove(true) }

// deleteMember ends a membership.
func (c *call) deleteMember() effect { return c.remove(false) }

func (c *call) remove(invitedToo bool) effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	u, refused := c.someone()
	if refused != nil {
		return no(refused)
	}
	m, i := o.member(u.Login), o.invitationOf(u.Login)
	switch {
	case m == nil && i != nil && invitedToo:
		return yes(func() *reply { c.cancel(o, i); return done() })
	case m == nil:
		return no(c.notFound())
	case o.lastOwner(u.Login):
		return no(c.keepsLastOwner())
	case m.Indirect:
		return yes(done) // an enterprise team holds them
	}
	return yes(func() *reply {
		c.touch()
		if len(m.EnterpriseTeams) > 0 {
			m.Indirect, m.Role = true, "member"
			return done()
		}
		o.Org.remove(u.Login, c.now)
		c.log(o, "org.remove_member", about("", "", u.Login))
		return done()
	})
}

// remove ends a membership with all that goes with it: teams, direct grants,
// roles, private forks, tokens, and the invitations that the person sent.
func (o *Org) remove(login string, now time.Time) {
	is := func(l string) bool { return fold(l) == fold(login) }
	gone := &FormerMember{Login: login, RemovedAt: now.Truncate(time.Second)}
	o.Members = slices.DeleteFunc(o.Members, func(m *Member) bool {
		if is(m.Login) {
			gone.Login, gone.Role, gone.TwoFactor = m.Login, m.Role, m.TwoFactor
		}
		return is(m.Login)
	})
	for _, t := range o.Teams {
		if m := t.membership(login); m != nil {
			gone.Teams = append(gone.Teams, &FormerGrant{t.Slug, m.Role})
			t.Members = slices.DeleteFunc(t.Members, func(m *TeamMember) bool { return is(m.Login) })
		}
	}
	for _, r := range o.Repos {
		if g := r.collaborator(login); g != nil {
			gone.Collaborators = append(gone.Collaborators, &FormerGrant{r.Name, g.Permission})
		}
		if slices.ContainsFunc(r.Forks, is) {
			gone.Forks = append(gone.Forks, r.Name)
		}
		r.forget(login)
	}
	for _, role := range o.OrgRoles {
		role.Users = slices.DeleteFunc(role.Users, is)
	}
	o.Invitations = slices.DeleteFunc(o.Invitations, func(i *OrgInvitation) bool { return is(i.Inviter) })
	o.PersonalAccessTokens = slices.DeleteFunc(o.PersonalAccessTokens, func(t *PAT) bool { return is(t.Owner) })
	o.CredentialAuthorizations = slices.DeleteFunc(o.CredentialAuthorizations, func(a *Credential) bool { return is(a.Login) })
	o.FormerMembers = slices.DeleteFunc(o.FormerMembers, func(f *FormerMember) bool { return is(f.Login) })
	o.FormerMembers = append(o.FormerMembers, gone)
}

// putOutside makes a member an outside collaborator: what the teams gave
// becomes theirs by name, so that it may not become less at all.
func (c *call) putOutside() effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	u, in, refused := c.someoneTold()
	if refused != nil {
		return no(refused)
	}
	var async bool
	if refused := c.read(in, "async", &async); refused != nil {
		return no(refused)
	}
	if o.member(u.Login) == nil {
		return no(c.failure(http.StatusForbidden, u.Login+" is not a member of the "+o.Login+" organization."))
	}
	if o.lastOwner(u.Login) {
		return no(c.failure(http.StatusForbidden, "Cannot convert the last owner to an outside collaborator"))
	}
	return yes(func() *reply {
		keep := o.held(u.Login)
		o.Org.remove(u.Login, c.now)
		for _, g := range keep {
			g.repo.Collaborators = append(g.repo.Collaborators, &Collaborator{Login: u.Login, Permission: g.permission})
		}
		c.touch()
		c.log(o, "org.remove_member", about("", "", u.Login))
		if async {
			return &reply{status: http.StatusAccepted, body: object{}}
		}
		return done()
	})
}

// held lists the best that somebody has on each repository by name or through
// teams, in the words of the world.
func (o *orgIndex) held(login string) []grant {
	var out []grant
	for _, r := range o.Repos {
		best := ""
		_, sources := o.sources(r, login)
		for _, s := range sources {
			if s.Kind != "organization" {
				best = o.higher(best, s.Privilege)
			}
		}
		if best != "" {
			out = append(out, grant{r, cmp.Or(map[string]string{"read": "pull", "write": "push"}[best], best)})
		}
	}
	return out
}
