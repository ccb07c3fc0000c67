package remediate

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// What touches the person and not a grant is an instruction, unless the guards ask
// for more.
const (
	DemoteOwner   Kind = "demote-owner"
	ConvertMember Kind = "convert-to-outside-collaborator"
	RemoveMember  Kind = "remove-member"
)

var (
	demoteOwner = kindRow{kind: DemoteOwner, grade: people, takes: true, expels: true, risk: HighRisk, riskWhy: "it touches a person, not a grant",
		inverse: "make the person an owner again", precheck: "the membership's role, and the number of owners"}
	convertMember = kindRow{kind: ConvertMember, grade: people + 1, takes: true, expels: true, risk: HighRisk, riskWhy: "it touches a person, not a grant",
		inverse: "invite to the organization again, with the former teams", precheck: "the membership, its role and what the person holds",
		lost: []string{"the membership and the places in teams until an invitation is accepted"}}
	removeMember = kindRow{kind: RemoveMember, grade: people + 2, takes: true, expels: true, risk: HighRisk, riskWhy: "it touches a person, not a grant",
		inverse: "invite with role \"reinstate\", within three months", precheck: "the membership, its role and whether it is direct",
		lost: []string{"the membership until an invitation is accepted", "private forks after three months", "invitations that the person sent"}}
)

var personFamily = family{
	kinds: []*kindRow{&demoteOwner, &convertMember, &removeMember},
	answers: func(f *access.Finding) bool {
		return f.Rule == "owner-not-listed" || f.Rule == "member-stale" || f.Rule == "principal-not-in-baseline" && membership(f.Grant)
	},
	propose: (*planner).person,
}

// membership reports whether a grant is what makes somebody a member.
func membership(g *access.Grant) bool {
	return g != nil && g.Resource.Kind == access.Org && g.Source == access.Direct
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
	row := &removeMember
	switch {
	case class == baseline.Owners:
		row = &demoteOwner
	case !owner && p.mayStayOutside(id):
		row = &convertMember
	}
	p.add(string(row.kind)+" "+f.Principal.String(), f, func() *candidate { return p.expel(f.Principal.Ref, row, owner) })
}

func (p *planner) expel(who access.Ref, row *kindRow, owner bool) *candidate {
	c := &candidate{row: row, hit: []access.Ref{who}, action: Action{Principal: p.name(who), Resource: p.name(p.org())}}
	a := &c.action
	a.Change = p.set(Membership, State{There: true, Role: pick(owner, "owner", "member"), Held: p.holding(who.ID)}, State{})
	a.Change.User = p.label(who)
	a.Have = pick(owner, "owner", "member")
	switch row {
	case &demoteOwner:
		a.Change.After = State{There: true, Role: "member", Held: p.holding(who.ID)}
		a.Want, a.Title = "member", fmt.Sprintf("make %s a member of %s, no owner", a.Principal.Name, a.Resource.Name)
		a.Calls = []Call{{Method: "PUT", Route: "/orgs/{org}/memberships/{username}", Body: `{"role":"member"}`}}
	case &convertMember:
		a.Change.After = State{There: true, Role: "outside"}
		a.Want, a.Title = "outside collaborator", fmt.Sprintf("make %s an outside collaborator of %s, no member", a.Principal.Name, a.Resource.Name)
		a.Calls = []Call{{Method: "PUT", Route: "/orgs/{org}/outside_collaborators/{username}"}}
	default:
		a.Want, a.Title = "nothing", fmt.Sprintf("remove %s from %s", a.Principal.Name, a.Resource.Name)
		a.Calls = []Call{{Method: "DELETE", Route: "/orgs/{org}/memberships/{username}"}}
	}
	c.gap = p.everythingGap() // it takes all that the person holds, so all of it must be known
	return c
}

// everythingGap says what is not known of who holds what.
func (p *planner) everythingGap() string {
	for _, a := range []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
		access.AreaDirectGrants, access.AreaRepositories, access.AreaSettings} {
		if !p.s.Coverage.Complete(a) {
			return string(a)
		}
	}
	return ""
}

// mayStayOutside reports whether the baseline allows somebody, who may be no
// member, access to a repository by name: then the person is made an outside
// collaborator, which is less than removing them.
func (p *planner) mayStayOutside(id int64) bool {
	if p.managed(baseline.OutsideCollaborators) && !p.in.Baseline.Outside(id) {
		return false
	}
	return slices.ContainsFunc(p.holding(id).Repos, func(h HeldRole) bool {
		return p.in.Baseline.OnRepo(user(id), h.ID, p.in.At).Privilege > access.None
	})
}
