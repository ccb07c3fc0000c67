package remediate

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// Invitations are no access yet. One that waits too long can be sent again, so it
// needs no class to be managed; one to a repository that offers too much is lowered
// to what the baseline allows, or cancelled where that is nothing.
const (
	CancelInvitation     Kind = "cancel-invitation"
	LowerRepoInvitation  Kind = "lower-repository-invitation"
	CancelRepoInvitation Kind = "cancel-repository-invitation"
)

var (
	inviteLost = []string{"the mail that was sent: its link is void, and the invitee is told"}
	inviteLoss = func(*planner, *candidate) string { return "the pending invitation" }

	cancelInvitation = kindRow{kind: CancelInvitation, grade: offers, takes: true,
		inverse: "invite again with the same role and teams", precheck: "the invitation, by its id", lost: inviteLost, loss: inviteLoss}
	lowerRepoInvitation = kindRow{kind: LowerRepoInvitation, grade: offers, takes: true,
		inverse: "offer the former role again", precheck: "the invitation, by its id, with its role",
		loss: func(_ *planner, c *candidate) string { return "the offer of " + c.action.Have }}
	cancelRepoInvitation = kindRow{kind: CancelRepoInvitation, grade: offers, takes: true,
		inverse: "invite again with the same role", precheck: "the invitation, by its id, with its role",
		lost: []string{"the invitation that was sent: its link is void, and it has another number when it is sent again"}, loss: inviteLoss}
)

var orgInvitationFamily = family{
	kinds:   []*kindRow{&cancelInvitation},
	answers: func(f *access.Finding) bool { return f.Rule == "invitation-stale" },
	propose: (*planner).invitation,
}

var repoInvitationFamily = family{
	kinds: []*kindRow{&lowerRepoInvitation, &cancelRepoInvitation},
	answers: func(f *access.Finding) bool {
		return f.Principal.Kind == access.Invitation && f.Resource.Kind == access.Repo
	},
	propose: (*planner).repoInvitation,
}

func (p *planner) invitation(f access.Finding) {
	p.add("invitation "+f.Principal.String(), f, func() *candidate {
		c := &candidate{row: &cancelInvitation, hit: []access.Ref{f.Principal.Ref}, action: Action{Principal: p.name(f.Principal.Ref), Resource: p.name(p.org()),
			Have: f.Have, Want: "cancelled", Calls: []Call{{Method: "DELETE", Route: "/orgs/{org}/invitations/{invitation_id}"}}}}
		c.action.Title = "cancel " + c.action.Principal.Name
		i, ok := p.inviteOf(f.Principal.ID)
		if !ok {
			c.gap = string(access.AreaInvitations) // without it nobody could be invited again
		}
		if i.Login != "" {
			c.action.Title += " of user:" + i.Login
		}
		if i.Teams > 0 {
			c.lost = append(c.lost, "its places in "+count(i.Teams, "team", "teams")+": GitHub does not list which with the invitation")
		}
		c.action.Change = p.set(OrgInvitation, State{There: true, Invite: &InviteState{Invitee: i.Invitee, Login: i.Login, Email: i.Email, Role: i.Role}}, State{})
		c.action.Change.Invitation = &Label{ID: f.Principal.ID, Name: i.Login}
		return c
	})
}

// repoInvitation lowers or cancels an invitation to a repository.
func (p *planner) repoInvitation(f access.Finding) {
	i, ok := p.repoInviteOf(f.Principal.ID, f.Resource.ID)
	if !ok {
		p.instruct(f, repositorySettings, "the snapshot does not hold the invitation")
		return
	}
	if i.Invitee == 0 { // it may be for somebody who is allowed it, or whom a guard protects
		p.instruct(f, repositorySettings, "GitHub does not tell whom the invitation is for")
		return
	}
	to := access.None
	if f.Rule != "repository-invitation-stale" && p.managed(baseline.RepositoryAccess) {
		if m := p.userMay(i.Invitee, i.Repo); m.privilege >= i.Permission {
			p.decide(f, m.source)
			return
		} else if !m.unknown {
			to = m.privilege
		}
	}
	p.add("invitation "+f.Principal.String()+" "+f.Resource.String(), f, func() *candidate { return p.withdraw(f, i, to) })
}

func (p *planner) withdraw(f access.Finding, i access.Invite, to access.Privilege) *candidate {
	const route = "/repos/{owner}/{repo}/invitations/{invitation_id}"
	offer := func(role access.Privilege) State {
		return State{There: true, Invite: &InviteState{Invitee: i.Invitee, Login: i.Login, Role: role.String()}}
	}
	n := access.Named{Ref: f.Principal.Ref, Name: p.s.InvitationName(i)}
	c := &candidate{row: &cancelRepoInvitation, hit: []access.Ref{n.Ref}, action: Action{Principal: n, Resource: p.name(repo(i.Repo)), Have: i.Permission.String(), Want: "cancelled",
		To: to, Change: p.set(RepoInvitation, offer(i.Permission), State{}), Calls: []Call{{Method: "DELETE", Route: route}}}}
	a := &c.action
	a.Change.Invitation, a.Change.Repo = &Label{ID: i.ID, Name: i.Login}, p.label(repo(i.Repo))
	a.Title = "cancel " + n.Name
	if to > access.None {
		c.row, a.Want, a.Change.After = &lowerRepoInvitation, to.String(), offer(to)
		a.Calls = []Call{{Method: "PATCH", Route: route, Body: fmt.Sprintf(`{"permissions":%q}`, to)}}
		a.Title = fmt.Sprintf("lower %s from %s to %s", n.Name, i.Permission, to)
	}
	if i.Login != "" {
		a.Title += " (user:" + i.Login + ")"
	}
	if i.Invitee != 0 {
		c.near = append(c.near, user(i.Invitee))
	}
	if i.Expired {
		c.lost = append(c.lost, "the invitation as it is: it has lapsed, and one that is sent again can be accepted")
	}
	if !p.s.Coverage.CompleteFor(access.AreaRepoInvitations, i.Repo) {
		c.gap = string(access.AreaRepoInvitations)
	}
	return c
}

// repoInviteOf finds an invitation to a repository.
func (p *planner) repoInviteOf(id, onto int64) (access.Invite, bool) {
	i := slices.IndexFunc(p.s.RepoInvitations, func(i access.Invite) bool { return i.ID == id && i.Repo == onto })
	if i < 0 {
		return access.Invite{}, false
	}
	return p.s.RepoInvitations[i], true
}
