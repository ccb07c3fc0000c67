package remediate

import (
	"github.com/eb661601/ajar/access"
)

// Teams that an identity provider fills: GitHub takes no change of their members, so
// what a plan would do to one becomes an instruction. The baseline says which those
// are; one of which it says nothing is noticed when the plan is carried out.

const filledWhy = "the identity provider decides who is in the team, and GitHub takes no change of its members"

// filled says where the members of a team are changed, "" where that is GitHub.
func (p *planner) filled(team int64) string {
	if p.in.Baseline == nil {
		return ""
	}
	group, _, ok := p.in.Baseline.Directory(team)
	if !ok {
		return ""
	}
	return "Identity provider → group " + group
}

// leftToDirectory is for a team's grant that is too much for some of its people and
// stays for the others' sake: taking those out of the team is the change that would
// do, and where an identity provider fills the team it is left to people.
func (p *planner) leftToDirectory(c *candidate, r refuse) {
	g := c.action.Grant
	if g == nil || g.Principal.Kind != access.Team || r.guard != EntitledGuard || p.filled(g.Principal.ID) == "" {
		return
	}
	p.instruct(c.findings[0], p.filled(g.Principal.ID), "the grant is too much for some of the team's people and allowed to others; "+filledWhy)
}
