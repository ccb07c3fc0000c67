package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
)

// DemoteMaintainer makes a team's maintainer a member of it, where the baseline
// lists the maintainers of the team and not this one. What the team gives them on
// repositories stays. A team that is left without a maintainer is run by the owners
// of the organization, which the action says.
const DemoteMaintainer Kind = "demote-maintainer"

var demoteMaintainer = kindRow{kind: DemoteMaintainer, grade: lowers + 2, takes: true,
	inverse: "make the person a maintainer of the team again", precheck: "the person's own membership of the team with its role, by ids, and that they own no organization: owners read as maintainers",
	loss: func(p *planner, c *candidate) string {
		what := "a say over who is in " + c.action.Resource.Name
		if p.keptMaintainers(c.action.Resource.ID) == 0 {
			what += "; no maintainer is left then, and the owners of the organization run the team"
		}
		return what
	}}

var maintainerFamily = family{
	kinds:   []*kindRow{&demoteMaintainer},
	answers: func(f *access.Finding) bool { return f.Rule == "team-maintainer-not-listed" },
	propose: (*planner).maintainer,
}

func (p *planner) maintainer(f access.Finding) {
	id, in := f.Principal.ID, f.Resource.ID
	const where = "Team settings → Members → Change role"
	list, named := p.in.Baseline.Maintainers(in)
	switch {
	case !named:
		p.instruct(f, where, "no [[team]] of the baseline says who may maintain the team")
		return
	case list.Lists(id):
		p.decide(f, list.Source)
		return
	case p.filled(in) != "":
		p.instruct(f, p.filled(in), filledWhy)
		return
	case p.g.Owner(id):
		p.instruct(f, where, "an owner of the organization maintains every team")
		return
	case !p.maintains(id, in):
		p.instruct(f, where, "the snapshot does not show the person as maintainer of the team")
		return
	}
	p.add("maintainer "+f.Principal.String()+" "+f.Resource.String(), f, func() *candidate {
		who, of := p.name(user(id)), p.name(team(in))
		c := &candidate{row: &demoteMaintainer, hit: []access.Ref{user(id)}, action: Action{Principal: who, Resource: of, Have: "maintainer", Want: "member",
			Title:  fmt.Sprintf("make %s a member of %s, no maintainer", who.Name, of.Name),
			Change: p.set(TeamMembership, State{There: true, Role: "maintainer"}, State{There: true, Role: "member"}),
			Calls:  []Call{{Method: "PUT", Route: "/orgs/{org}/teams/{team_slug}/memberships/{username}", Body: `{"role":"member"}`}}}}
		c.action.Change.User, c.action.Change.Team = p.label(user(id)), p.label(team(in))
		if !p.s.Coverage.Complete(access.AreaMembers) {
			c.gap = string(access.AreaMembers) // whether somebody is an owner depends on it
		}
		return c
	})
}

// maintains reports whether somebody is shown as maintainer of a team itself.
func (p *planner) maintains(id, in int64) bool {
	for _, g := range p.s.GrantsOn(team(in)) {
		if g.Principal == user(id) && g.Source == access.Direct && g.Privilege == access.Maintain {
			return true
		}
	}
	return false
}

// unlistedMaintainer reports whether somebody maintains a team whose entry does not
// list them: whatever part of a plan runs, the demotion is what comes first.
func (p *planner) unlistedMaintainer(id, in int64) bool {
	list, named := p.in.Baseline.Maintainers(in)
	return named && !list.Lists(id) && p.maintains(id, in)
}

// keptMaintainers counts the maintainers of a team who are listed and no owners:
// those whom no plan demotes.
func (p *planner) keptMaintainers(id int64) int {
	n := 0
	list, _ := p.in.Baseline.Maintainers(id)
	for _, r := range list.Listed {
		if p.maintains(r.ID, id) && !p.g.Owner(r.ID) {
			n++
		}
	}
	return n
}
