package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// People and invitations. What touches the person and not a grant is an
// instruction, unless the guards ask for more.

const peopleSettings = "Organization settings → People"

// outsider takes each grant of an outside collaborator who shows no sign of life,
// if the baseline allows none of them. GitHub drops a person from the list with
// the last grant; its call that removes from everywhere at once is not used, since
// it takes what was not seen as well.
func (p *planner) outsider(f access.Finding) {
	const where = peopleSettings + " → Outside collaborators"
	id := f.Principal.ID
	grants := p.outside[id]
	switch {
	case !p.managed(baseline.RepositoryAccess):
		p.instruct(f, where, "the baseline does not manage access to repositories")
		return
	case p.in.Baseline.Outside(id):
		p.decide(f, p.in.Baseline.Organization().Source)
		return
	case len(grants) == 0:
		p.instruct(f, where, "the snapshot holds no grant of this person")
		return
	}
	for _, g := range grants {
		if m := p.userMay(id, g.Resource.ID); m.privilege > access.None || m.unknown {
			p.decide(f, m.source)
			return
		}
	}
	for _, g := range grants {
		p.add("grant "+g.Key(), f, func() *candidate { return p.cut(g, p.userMay(id, g.Resource.ID)) })
	}
}

// invitation cancels one that waits too long. It is no access yet, and can be
// sent again, so it needs no class to be managed.
func (p *planner) invitation(f access.Finding) {
	p.add("invitation "+f.Principal.String(), f, func() *candidate {
		c := &candidate{action: Action{Kind: CancelInvitation, Principal: p.name(f.Principal.Ref), Resource: p.name(p.org()),
			Have: f.Have, Want: "cancelled", Calls: []Call{{Method: "DELETE", Route: "/orgs/{org}/invitations/{invitation_id}"}}}}
		c.hit = []access.Ref{f.Principal.Ref}
		c.action.Title = "cancel " + c.action.Principal.Name
		i, ok := p.inviteOf(f.Principal.ID)
		if !ok {
			c.gap = string(access.AreaInvitations) // without it nobody could be invited again
		}
		if i.Login != "" {
			c.action.Title += " of " + i.Login
		}
		if i.Teams > 0 {
			c.lost = append(c.lost, "its places in "+count(i.Teams, "team", "teams")+": GitHub does not list which with the invitation")
		}
		c.action.Change = p.set(OrgInvitation, State{There: true, Invite: &InviteState{Invitee: i.Invitee, Login: i.Login, Email: i.Email, Role: i.Role}}, State{})
		c.action.Change.Invitation = &Label{ID: f.Principal.ID, Name: i.Login}
		return c
	})
}

// person takes ownership or membership, where that is asked for.
func (p *planner) person(f access.Finding) {
	id := f.Principal.ID
	owner := p.g.Owner(id)
	where := peopleSettings + " → Change role"
	if f.Rule != "owner-not-listed" {
		where = peopleSettings + " → Remove from organization"
	}
	class := pick(f.Rule == "owner-not-listed", baseline.Owners, baseline.Members)
	switch {
	case !p.in.Guards.Expel:
		p.instruct(f, where, "ajar changes grants, not people, unless that is asked for")
		return
	case !p.managed(class) || owner && !p.managed(baseline.Owners):
		p.instruct(f, where, fmt.Sprintf("the baseline does not manage %s", class))
		return
	case p.in.Baseline.Owner(id) || class == baseline.Members && p.in.Baseline.Member(id):
		p.instruct(f, where, "the baseline lists the person")
		return
	}
	kind := pick(class == baseline.Owners, DemoteOwner, RemoveMember)
	p.add(string(kind)+" "+f.Principal.String(), f, func() *candidate {
		c := &candidate{action: Action{Kind: kind, Principal: p.name(f.Principal.Ref), Resource: p.name(p.org())}}
		a := &c.action
		a.Change = p.set(Membership, State{There: true, Role: pick(owner, "owner", "member"), Held: p.holding(id)}, State{})
		a.Change.User = p.label(f.Principal.Ref)
		if kind == DemoteOwner {
			a.Change.After = State{There: true, Role: "member", Held: p.holding(id)}
		}
		a.Have, a.Want = pick(owner, "owner", "member"), pick(kind == DemoteOwner, "member", "nothing")
		a.Title = fmt.Sprintf("make %s a member of %s, no owner", a.Principal.Name, a.Resource.Name)
		a.Calls = []Call{{Method: "PUT", Route: "/orgs/{org}/memberships/{username}", Body: `{"role":"member"}`}}
		if kind == RemoveMember {
			a.Title = fmt.Sprintf("remove %s from %s", a.Principal.Name, a.Resource.Name)
			a.Calls = []Call{{Method: "DELETE", Route: "/orgs/{org}/memberships/{username}"}}
		}
		// It takes all that the person holds, so all of it must be known.
		for _, area := range []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
			access.AreaDirectGrants, access.AreaRepositories, access.AreaSettings} {
			if !p.s.Coverage.Complete(area) {
				c.gap = string(area)
			}
		}
		return c
	})
}
