package analyzer

import "github.com/eb661601/ajar/access"

var critical = []rule{
	{Rule{
		ID: "single-owner", Category: CriticalState, Severity: access.Critical,
		Title:    "The organization has one owner",
		What:     "Exactly one person owns the organization. Accounts of apps do not count.",
		Why:      "If this person leaves, loses the second factor or is away, nobody can manage members, billing or security settings, and GitHub's support is the only way back. An attacker who takes over this one account has nobody to stop them.",
		Grading:  "Always critical.",
		Remedy:   "Make a second person an owner: Organization settings → People → Change role.",
		Example:  "org:acme has one owner, user:root-admin",
		Controls: supports("CC6.3", "A.5.29", "A.8.2", "AC-2", "CP-2"),
		Needs:    []access.Area{access.AreaMembers},
	}, singleOwner},
}

func singleOwner(c *court) {
	if !c.saw(1, access.AreaMembers) {
		return
	}
	var owners []int64
	for _, g := range c.memberships() {
		if g.Privilege == access.Owner && !c.machine(g.Principal.ID) {
			owners = append(owners, g.Principal.ID)
		}
	}
	if len(owners) == 0 {
		c.undecide(1, "members: no owner was listed, though every organization has one")
		return
	}
	if len(owners) > 1 {
		return
	}
	owner := c.name(access.Ref{Kind: access.User, ID: owners[0]})
	c.report(access.Finding{
		Principal: owner, Resource: c.org(), Affected: 1, Sample: []access.Named{owner},
		Title: c.org().Name + " has one owner, " + owner.Name, Have: "one owner", Want: "at least two owners",
		Evidence: []string{"The list of members was read to its end and holds one owner."},
		Fixable:  "Organization settings → People: make a second person an owner",
	}, c.org().Ref.String(), need(access.AreaMembers, 0))
}
