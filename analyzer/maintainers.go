package analyzer

import (
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

var teamMaintainer = rule{Rule{
	ID: "team-maintainer-not-listed", Category: Overprivileged, Severity: access.Medium, Baseline: true,
	Title: "A team's maintainer whom the baseline does not list",
	What: "A person maintains a team whose entry in the baseline lists the maintainers, and is not on that list. " +
		"Owners of the organization read as maintainers of every team they are in and are never reported; nor is a team that no [[team]] entry names.",
	Why: "A maintainer adds people to the team, and so gives away everything that it holds. No owner is asked, and what the team gets tomorrow goes the same way.",
	Grading: "As access-beyond-baseline for the most that the team gives on a repository, and low at the least. " +
		"High too where the team reviews an environment that leads to production.",
	Remedy:   "The team's page → Members → Change role; or add the person to the maintainers of the team's entry.",
	Example:  "user:eve maintains team:acme/sre, which the baseline does not allow",
	Controls: supports("CC6.1", "CC6.2", "CC6.3", "A.5.15", "A.5.18", "A.8.2", "AC-2", "AC-6", "AC-6(5)"),
	Needs:    []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
}, teamMaintainerNotListed}

func teamMaintainerNotListed(c *court) {
	if !c.managed(baseline.TeamMaintainers) {
		return
	}
	gates := c.productionReviewers()
	for _, t := range c.s.Teams {
		list, named := c.b.Maintainers(t.ID)
		if !named || !c.sawFor(1, access.AreaTeamMembers, t.ID) {
			continue
		}
		for _, g := range c.s.GrantsOn(access.Ref{Kind: access.Team, ID: t.ID}) {
			if g.Source == access.Direct && g.Principal.Kind == access.User && g.Privilege == access.Maintain && !list.Lists(g.Principal.ID) && !c.g.Owner(g.Principal.ID) {
				c.maintainer(g, list, gates[t.ID])
			}
		}
	}
}

// maintainer reports somebody who maintains a team and is not listed. Who owns the
// organization must be known: GitHub tells owners as maintainers.
func (c *court) maintainer(g access.Grant, list baseline.Maintainers, gate access.Ref) {
	if _, named := c.s.Person(g.Principal.ID); !named {
		c.undecide(1, "members: the name of a person was not seen")
		return
	}
	if !c.saw(1, access.AreaMembers) {
		return
	}
	who, team := c.name(g.Principal), c.name(g.Resource)
	weight, gives := c.teamWeight(g.Resource.ID, gate)
	people := c.people(g.Resource.ID)
	c.report(access.Finding{
		Severity: weight, Principal: who, Resource: team, Grant: &g, Have: "maintainer", Want: c.mayMaintain(list),
		Title:    fmt.Sprintf("%s maintains %s, which the baseline does not allow", who.Name, team.Name),
		Affected: len(people), Sample: c.sample(people), Evidence: []string{fmt.Sprintf("Whom %s adds to the team gets what it gives%s.", who.Name, gives)},
	}, causeOf(g), need(access.AreaTeamMembers, g.Resource.ID), need(access.AreaMembers, 0))
}

// mayMaintain says whom the entry lists.
func (c *court) mayMaintain(list baseline.Maintainers) string {
	var names []string
	for _, r := range list.Listed[:min(10, len(list.Listed))] {
		names = append(names, c.name(r).Name)
	}
	if n := len(list.Listed) - len(names); n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	if len(names) == 0 {
		names = []string{"nobody but owners of the organization"}
	}
	return fmt.Sprintf("maintained by %s (%s)", strings.Join(names, ", "), place(list.Source))
}

// teamWeight grades a say over who is in a team by what the team gives, and tells
// the most of that. The gate is an environment that leads to production and that
// the team reviews; zero: there is none.
func (c *court) teamWeight(team int64, gate access.Ref) (w access.Severity, gives string) {
	w = access.Low
	most := access.None
	for repo, a := range c.g.OfTeam(team) {
		w = max(w, c.repositoryWeight(a.Privilege, repo))
		if a.Privilege > most {
			most, gives = a.Privilege, fmt.Sprintf(": %s on %s", a.Privilege, c.name(access.Ref{Kind: access.Repo, ID: repo}).Name)
		}
	}
	if gate.IsZero() {
		return w, gives
	}
	if most < access.Write {
		gives = ": a say over deployments to " + c.name(gate).Name
	}
	return access.High, gives
}

// productionReviewers gives, for each team that reviews environments that lead to
// production, one of those.
func (f *facts) productionReviewers() map[int64]access.Ref {
	out := map[int64]access.Ref{}
	for _, g := range f.s.Grants {
		if g.Source != access.Reviewer || g.Principal.Kind != access.Team || !out[g.Principal.ID].IsZero() {
			continue
		}
		if e, ok := f.environment(g.Resource.ID); ok && f.leadsToProduction(e) {
			out[g.Principal.ID] = g.Resource
		}
	}
	return out
}
