package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// mayInvite counts an invitation against the quota of the day; the reply says
// that it is used up.
func (c *call) mayInvite(o *orgIndex) *reply {
	if o.ManagedUsers {
		return c.managed()
	}
	recent := slices.DeleteFunc(c.s.sent[o.ID], func(t time.Time) bool { return c.now.Sub(t) >= 24*time.Hour })
	c.s.sent[o.ID] = recent
	most := invitationsADay
	if o.Plan == "free" && c.now.Sub(o.CreatedAt) < youth {
		most = invitationsYoung
	}
	if len(recent) >= most {
		return c.invalid("OrganizationInvitation", "data", "unprocessable", "You have exceeded the number of invitations a day. Please try again later.")
	}
	return nil
}

// managed refuses what organizations with managed users do not have.
func (c *call) managed() *reply {
	return c.invalid("OrganizationInvitation", "data", "unprocessable", "Invitations are not available in an organization with managed users.")
}

// ask adds an invitation.
func (c *call) ask(o *orgIndex, i *OrgInvitation) {
	i.ID, i.CreatedAt, i.Inviter = c.s.newID(), c.now.Truncate(time.Second), c.actor()
	o.Invitations = append(o.Invitations, i)
	c.s.sent[o.ID] = append(c.s.sent[o.ID], c.now)
	c.touch()
	c.log(o, "org.invite_member", func(e *AuditEvent) {
		e.User = i.Login
		e.Extra = map[string]any{"invitation_id": i.ID}
	})
}

// cancel takes an invitation back.
func (c *call) cancel(o *orgIndex, i *OrgInvitation) {
	o.Invitations = slices.DeleteFunc(o.Invitations, func(x *OrgInvitation) bool { return x == i })
	c.touch()
	c.log(o, "org.cancel_invitation", about("", "", i.Login))
}

// inviteMember is what a membership of a stranger comes to: an invitation, or
// another role in the one that is open.
func (c *call) inviteMember(o *orgIndex, u *User, role string) effect {
	i := o.invitationOf(u.Login)
	if i == nil {
		if refused := c.mayInvite(o); refused != nil {
			return no(refused)
		}
	}
	return yes(func() *reply {
		switch {
		case i == nil:
			c.ask(o, &OrgInvitation{Login: u.Login, Role: role})
		case i.Role != role:
			i.Role = role
			c.touch()
		}
		return ok(c.membershipShape(o, u))
	})
}

// inviteToTeam is the same for a team.
func (c *call) inviteToTeam(o *orgIndex, t *Team, u *User, role string) effect {
	i := o.invitationOf(u.Login)
	if i == nil {
		if refused := c.mayInvite(o); refused != nil {
			return no(refused)
		}
	}
	return yes(func() *reply {
		if i == nil {
			i = &OrgInvitation{Login: u.Login, Role: "direct_member"}
			c.ask(o, i)
		}
		if !slices.Contains(i.Teams, t.Slug) {
			i.Teams = append(i.Teams, t.Slug)
			c.touch()
		}
		return ok(c.teamMembershipShape(o, t, u, role, "pending"))
	})
}

// wanted is the body of an invitation.
type wanted struct {
	login, email, role string
	teams              []string
}

// readInvitation reads the body, and finds whom and what it names.
func (c *call) readInvitation(o *orgIndex) (wanted, *reply) {
	var w wanted
	in, refused := c.fields()
	if refused != nil {
		return w, refused
	}
	var id int64
	var teamIDs []int64
	for key, v := range map[string]any{"invitee_id": &id, "email": &w.email, "team_ids": &teamIDs} {
		if refused := c.read(in, key, v); refused != nil {
			return w, refused
		}
	}
	if w.role, refused = c.word(in, "role", "direct_member", "admin", "direct_member", "billing_manager", "reinstate"); refused != nil {
		return w, refused
	}
	if (id == 0) == (w.email == "") {
		return w, c.invalid("OrganizationInvitation", "invitee_id", "missing_field", "Provide either invitee_id or email.")
	}
	if id != 0 {
		u, _ := c.x.byID["User"][id].(*User)
		if u == nil {
			return w, c.notFound()
		}
		w.login = u.Login
	}
	for _, id := range teamIDs {
		t, known := c.x.byID["Team"][id].(teamOf)
		if !known || t.org.Org != o.Org {
			return w, c.invalid("OrganizationInvitation", "team_ids", "invalid", "There is no team of this organization with the id "+number(id)+".")
		}
		w.teams = append(w.teams, t.Slug)
	}
	return w, nil
}

// postInvitation invites somebody to the organization. Whoever was a member in
// the last three months can be reinstated, in the role they had.
func (c *call) postInvitation() effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	w, refused := c.readInvitation(o)
	if refused != nil {
		return no(refused)
	}
	again := slices.ContainsFunc(o.Invitations, func(i *OrgInvitation) bool {
		return w.login != "" && fold(i.Login) == fold(w.login) || w.email != "" && fold(i.Email) == fold(w.email)
	})
	reinstate := w.role == "reinstate"
	switch old := o.former(w.login, c.now); {
	case w.login != "" && o.member(w.login) != nil:
		return no(c.invalid("OrganizationInvitation", "data", "unprocessable", "Invitee is already a part of this organization"))
	case again:
		return no(c.invalid("OrganizationInvitation", "data", "unprocessable", "Invitee has already been invited to this organization"))
	case reinstate && old == nil:
		return no(c.invalid("OrganizationInvitation", "role", "unprocessable", "Invitee cannot be reinstated"))
	case reinstate:
		w.role = cmp.Or(map[string]string{"admin": "admin"}[old.Role], "direct_member")
	}
	if refused := c.mayInvite(o); refused != nil {
		return no(refused)
	}
	return yes(func() *reply {
		i := &OrgInvitation{Login: w.login, Email: w.email, Role: w.role, Teams: w.teams, Reinstates: reinstate}
		c.ask(o, i)
		return created(c.invitationShape(i))
	})
}

// former is what is kept of somebody who was removed; nil when it is too late.
func (o *Org) former(login string, now time.Time) *FormerMember {
	for _, f := range o.FormerMembers {
		if login != "" && fold(f.Login) == fold(login) && now.Sub(f.RemovedAt) < reinstating {
			return f
		}
	}
	return nil
}

func (c *call) deleteInvitation() effect {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return no(refused)
	}
	if o.ManagedUsers {
		return no(c.managed())
	}
	for _, i := range o.Invitations {
		if number(i.ID) == c.params["invitation_id"] {
			return yes(func() *reply { c.cancel(o, i); return done() })
		}
	}
	return no(c.failure(http.StatusNotFound, "Not Found"))
}
