package analyzer

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
)

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
	{Rule{
		ID: "last-repository-admin", Category: CriticalState, Severity: access.Low,
		Title: "One person alone administers a repository",
		What: "Exactly one person administers a repository beside those who administer all of them (owners, holders of an organization role that gives admin), and it is not archived. " +
			"A repository that only those administer is no finding: that is how many organizations want it. Accounts of apps do not count.",
		Why:      "When this person leaves, settings, keys and gates of the repository have nobody who knows them; owners can step in, and do not know why things are as they are. What hangs on one person is also what nobody reviews.",
		Grading:  "Low where an environment of the repository leads to production, info elsewhere.",
		Remedy:   "Give admin to a team of at least two, or to a second person; or leave the repository to the owners.",
		Example:  "user:alice alone administers repo:acme/api, beside the owners",
		Controls: supports("CC6.3", "A.5.29", "A.8.2", "CP-2"),
		Needs:    slices.Concat(grantAreas, []access.Area{access.AreaSettings}),
	}, lastRepositoryAdmin},
}

// lastRepositoryAdmin looks for repositories that hang on one person.
func lastRepositoryAdmin(c *court) {
	for _, a := range c.rule.Needs {
		l := c.s.Coverage.Of(a)
		if a != access.AreaDirectGrants && l.Status != access.Complete && l.Status != access.Unavailable {
			c.undecide(1, c.why(l))
			return
		}
	}
	everywhere := map[int64]bool{}
	for _, g := range c.s.GrantsOn(access.Ref{Kind: access.Org, ID: c.s.Org.ID}) {
		if g.Privilege != access.Owner && (g.Source != access.ByOrgRole || g.Privilege != access.Admin) {
			continue
		}
		people := []int64{g.Principal.ID}
		if g.Principal.Kind == access.Team {
			people = c.people(g.Principal.ID)
		}
		for _, u := range people {
			everywhere[u] = true
		}
	}
	for _, r := range c.s.Repositories {
		if r.Archived || !c.sawFor(1, access.AreaDirectGrants, r.ID) {
			continue
		}
		only, more := int64(0), false
		for u := range c.g.Holders(access.Admin, r.ID) {
			if u == only || everywhere[u] || c.machine(u) {
				continue
			}
			if more = only != 0; more {
				break
			}
			only = u
		}
		if only == 0 || more {
			continue
		}
		who, repo := c.name(access.Ref{Kind: access.User, ID: only}), c.name(access.Ref{Kind: access.Repo, ID: r.ID})
		f := access.Finding{
			Severity: access.Info, Principal: who, Resource: repo, Affected: 1, Sample: []access.Named{who},
			Title: fmt.Sprintf("%s alone administers %s, beside the owners", who.Name, repo.Name), Have: "one administrator", Want: "two or more, or the owners alone",
			Fixable: "repository settings → Collaborators and teams: give a second person admin",
		}
		c.draw(&f, who.ID, r.ID, access.Admin)
		if c.exposed[r.ID] {
			f.Severity = access.Low
		}
		needs := []access.Need{need(access.AreaDirectGrants, r.ID)}
		for _, a := range c.rule.Needs {
			if a != access.AreaDirectGrants && c.s.Coverage.Of(a).Status == access.Complete {
				needs = append(needs, need(a, 0))
			}
		}
		c.report(f, repo.Ref.String(), needs...)
	}
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
