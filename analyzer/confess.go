package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// confess makes sure that nothing a rule needs is missing without a word. The
// rules count what they saw and could not judge. What was not even listed nobody
// can count: then one is counted for an area that was not read, or for each team,
// role or repository of it that was not, and the reason says so.
func (c *court) confess() {
	for _, a := range c.rule.Needs {
		l := c.s.Coverage.Of(a)
		if l.Status == access.Complete || l.Status == access.Unavailable || c.told(a) || !c.concerned(a) {
			continue // what the plan or the server does not have hides nothing
		}
		n := 1
		if c.readButScopes(a) {
			n = len(c.s.Coverage.Exceptions(a))
		} else if c.excused(l.Reason) {
			continue // repositories that are not shown hide their keys for the same reason
		}
		c.undecide(n, c.why(l)+"; what is there was not counted")
	}
}

// excused reports whether the rule has given that very reason for another area.
func (c *court) excused(reason string) bool {
	for u := range c.undecided {
		if u.Rule == c.rule.ID && reason != "" && strings.Contains(u.Reason, ", "+reason) {
			return true
		}
	}
	return false
}

// told reports whether the rule has said already that the area is missing.
func (c *court) told(a access.Area) bool {
	for u := range c.undecided {
		if u.Rule == c.rule.ID && strings.HasPrefix(u.Reason, string(a)+":") {
			return true
		}
	}
	return false
}

// concerned reports whether the rule has to do with an area at all: not if the
// baseline leaves what it holds alone, nor if the rule has counted by itself
// every single thing that the area speaks of.
func (c *court) concerned(a access.Area) bool {
	switch c.rule.ID {
	case "base-permission-broad", "workflow-token-write", "two-factor-not-required", "single-owner", UnexplainedChange:
		return false // one thing, which they count
	case "member-stale", "outside-collaborator-stale":
		return a != access.AreaAuditLog && a != access.AreaContributions
	case "environment-no-reviewers", "environment-self-review", "environment-admin-bypass", "environment-any-branch":
		return a != access.AreaGates && a != access.AreaPolicies
	case "environment-reviewers-cannot-act":
		return a != access.AreaGates
	case "outside-collaborator-write":
		return c.concernsOutside(a)
	}
	if !c.rule.Baseline {
		return true
	}
	if a == access.AreaTeamMembers && c.readButScopes(a) {
		return false // whose entitlement hangs on a team that was not read is counted
	}
	return slices.ContainsFunc(classesOf[c.rule.ID], func(k baseline.Class) bool {
		return c.managed(k) && slices.Contains(areasOf[k], a)
	})
}

// concernsOutside: who is an outside collaborator is known from either list, and
// that neither was read is one lack.
func (c *court) concernsOutside(a access.Area) bool {
	either := []access.Area{access.AreaMembers, access.AreaOutside}
	if a == access.AreaOutside && c.told(access.AreaMembers) {
		return false
	}
	return !slices.Contains(either, a) || !slices.ContainsFunc(either, func(a access.Area) bool { return c.s.Coverage.Complete(a) })
}

// classesOf tells which classes a rule that needs a baseline judges.
var classesOf = map[string][]baseline.Class{
	"access-beyond-baseline":                {baseline.RepositoryAccess, baseline.OrganizationRoles},
	"principal-not-in-baseline":             {baseline.RepositoryAccess, baseline.OrganizationRoles, baseline.Members, baseline.OutsideCollaborators},
	"owner-not-listed":                      {baseline.Owners},
	"environment-reviewers-beyond-baseline": {baseline.Environments},
	"environment-wait-timer":                {baseline.Environments},
	"team-maintainer-not-listed":            {baseline.TeamMaintainers},
	"standing-privileged":                   {baseline.RepositoryAccess, baseline.OrganizationRoles, baseline.Environments, baseline.Keys},
	"expired-assignment":                    {baseline.RepositoryAccess, baseline.OrganizationRoles, baseline.Environments, baseline.Keys},
}

// teamAreas tell who is in which team, and so what people may have through it.
var teamAreas = []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers}

// areasOf tells what a judgement over a class rests on.
var areasOf = map[baseline.Class][]access.Area{
	baseline.RepositoryAccess:  grantAreas,
	baseline.OrganizationRoles: slices.Concat(teamAreas, []access.Area{access.AreaOrgRoles, access.AreaOrgRoleAssignments}),
	baseline.Owners:            {access.AreaMembers},
	baseline.Members:           {access.AreaMembers},
	baseline.OutsideCollaborators: {access.AreaOutside, access.AreaDirectGrants,
		access.AreaRepositories},
	baseline.TeamMaintainers: teamAreas,
	baseline.Environments:    slices.Concat(teamAreas, []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates}),
	baseline.Keys:            {access.AreaRepositories, access.AreaDeployKeys},
}

// readButScopes reports that an area was read to its end but for some of its
// teams, roles or repositories.
func (f *facts) readButScopes(a access.Area) bool {
	return f.s.Coverage.CompleteFor(a, noTeam) && !f.s.Coverage.Complete(a)
}

// why says in one line what is missing. It names no single team or repository, so
// that what is open for one reason can be added up.
func (f *facts) why(l access.Cover) string {
	reason := l.Reason
	if l.Scope != 0 || f.readButScopes(l.Area) {
		reason = f.unnamed(reason)
	}
	switch {
	case l.Status == access.Unread:
		return fmt.Sprintf("%s: not read", l.Area)
	case reason == "":
		return fmt.Sprintf("%s: %s", l.Area, l.Status)
	}
	return fmt.Sprintf("%s: %s, %s", l.Area, l.Status, reason)
}

// unnamed takes the subject off the reason for one team, role or repository: it
// stands before the first colon ("deploy keys of acme/api: GitHub refused"). One
// without a subject has what may be a name in it in quotes or behind the
// organization's, and is left out if so.
func (f *facts) unnamed(reason string) string {
	if _, said, ok := strings.Cut(reason, ": "); ok && !strings.HasPrefix(said, "\"") {
		reason = said
	}
	if strings.Contains(reason, "\"") || strings.Contains(reason, f.s.Org.Login+"/") {
		return ""
	}
	return reason
}
