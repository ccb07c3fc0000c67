package access

import (
	"cmp"
	"slices"
	"time"
)

// Area is one kind of data that the collector reads, and the unit of the
// coverage ledger. Areas marked with a scope are read once per team, role or
// repository; the scope is its numeric id.
type Area string

// The areas, in the order in which reports list them.
const (
	AreaOrganization       Area = "organization"                  // identity and the settings everybody may read
	AreaSettings           Area = "settings"                      // base permission, creation rights
	AreaWorkflowToken      Area = "workflow-token"                // default permissions of the Actions token
	AreaMembers            Area = "members"                       // members and owners
	AreaTwoFactor          Area = "two-factor"                    // two-factor state of each member
	AreaOutside            Area = "outside-collaborators"         //
	AreaInvitations        Area = "invitations"                   // pending
	AreaFailedInvitations  Area = "failed-invitations"            //
	AreaTeams              Area = "teams"                         //
	AreaTeamMembers        Area = "team-members"                  // scope: team; immediate members only
	AreaTeamGrants         Area = "team-grants"                   // scope: team
	AreaCustomRoles        Area = "custom-roles"                  //
	AreaOrgRoles           Area = "organization-roles"            //
	AreaOrgRoleAssignments Area = "organization-role-assignments" // scope: organization role
	AreaRepositories       Area = "repositories"                  //
	AreaDirectGrants       Area = "direct-grants"                 // scope: repository
	AreaEnvironments       Area = "environments"                  // scope: repository; which exist
	AreaGates              Area = "environment-gates"             // scope: repository; reviewers, self-review, wait timer
	AreaPolicies           Area = "environment-policies"          // scope: repository; admin bypass, branch and tag policies
	AreaSecrets            Area = "environment-secrets"           // scope: repository; names, never values
	AreaDeployKeys         Area = "deploy-keys"                   // scope: repository
	AreaRepoInvitations    Area = "repository-invitations"        // scope: repository; pending or lapsed
	AreaAuditLog           Area = "audit-log"                     // last activity by the audit log; Since = how far back
	AreaContributions      Area = "contributions"                 // last activity by contributions; Since = how far back
)

// Areas lists every area, in report order.
var Areas = []Area{
	AreaOrganization, AreaSettings, AreaWorkflowToken, AreaMembers, AreaTwoFactor, AreaOutside, AreaInvitations,
	AreaFailedInvitations, AreaTeams, AreaTeamMembers, AreaTeamGrants, AreaCustomRoles, AreaOrgRoles,
	AreaOrgRoleAssignments, AreaRepositories, AreaDirectGrants, AreaEnvironments, AreaGates, AreaPolicies,
	AreaSecrets, AreaDeployKeys, AreaRepoInvitations, AreaAuditLog, AreaContributions,
}

// Tiers are the areas that cost a request for each repository or team, so that they
// may be read less often than the others.
var Tiers = []Area{AreaRepoInvitations, AreaSecrets, AreaDeployKeys, AreaPolicies, AreaTeamGrants}

// Status is how far an area was read.
type Status string

// The statuses. The zero value means that nobody tried, and counts as a gap.
const (
	Unread      Status = ""
	Complete    Status = "complete"
	Partial     Status = "partial"     // some of it was not read
	Denied      Status = "denied"      // the credential may not see it
	Unavailable Status = "unavailable" // the plan or the server has no such feature
)

// Cover is one line of the coverage ledger. Scope 0 speaks of the whole area; a
// line with a scope is an exception to it: a gap in an area that was read, or a
// scope that was read to its end in an area that may lack others. Some areas are
// not read in each pass: then ReadAt is the oldest reading that the line rests
// on, and Status is as of that moment. Where such an area has lines for scopes,
// those tell each a reading of its own, or an older one.
type Cover struct {
	Area   Area      `json:"area"`
	Scope  int64     `json:"scope,omitempty"`
	Status Status    `json:"status"`
	Reason string    `json:"reason,omitempty"` // why it is not complete, in one sentence; else which credential made it complete, where it was not the first, or what of it is due to be read again
	Help   string    `json:"help,omitempty"`   // the permission or step that would help
	Since  time.Time `json:"since,omitzero"`   // for areas of evidence: the start of the window that was read
	ReadAt time.Time `json:"read_at,omitzero"` // when it was read, for what is not read in each pass; zero: in this very one
	Seen   int       `json:"seen"`             // rows read; where each scope is asked by itself, but for team-members, team-grants and direct-grants, scopes read
	Total  int       `json:"total"`            // how many of them GitHub states, of all lists together; -1 where it states nothing
}

// Coverage is the ledger of one snapshot. The zero value has read nothing.
type Coverage struct {
	whole  map[Area]Cover
	scoped map[Area]map[int64]Cover
}

// NewCoverage builds a ledger from its lines; of two lines for one area and
// scope the last wins.
func NewCoverage(lines ...Cover) Coverage {
	var c Coverage
	for _, l := range lines {
		c.Set(l)
	}
	return c
}

// Set writes one line.
func (c *Coverage) Set(l Cover) {
	if c.whole == nil {
		c.whole, c.scoped = map[Area]Cover{}, map[Area]map[int64]Cover{}
	}
	if l.Scope == 0 {
		c.whole[l.Area] = l
		return
	}
	if c.scoped[l.Area] == nil {
		c.scoped[l.Area] = map[int64]Cover{}
	}
	c.scoped[l.Area][l.Scope] = l
}

// Of gives the line of the whole area, lowered to Partial where a scope of it
// has a gap.
func (c Coverage) Of(a Area) Cover {
	l, ok := c.whole[a]
	if !ok {
		return Cover{Area: a, Reason: "not read", Total: -1}
	}
	if gaps := c.Exceptions(a); l.Status == Complete && len(gaps) > 0 {
		l.Status, l.Reason, l.Help = Partial, gaps[0].Reason, gaps[0].Help
	}
	return l
}

// For gives the line that holds for one scope of an area.
func (c Coverage) For(a Area, scope int64) Cover {
	if l, ok := c.scoped[a][scope]; ok {
		return l
	}
	if l, ok := c.whole[a]; ok {
		return l
	}
	return Cover{Area: a, Reason: "not read", Total: -1}
}

// AsOf gives the instant that an area is known as of, in a snapshot taken at
// taken: that instant, or the earlier one at which the area was read.
func (c Coverage) AsOf(a Area, taken time.Time) time.Time {
	if l, ok := c.whole[a]; ok && !l.ReadAt.IsZero() && l.ReadAt.Before(taken) {
		return l.ReadAt
	}
	return taken
}

// Complete reports whether every one of the areas was read to its end.
func (c Coverage) Complete(areas ...Area) bool {
	for _, a := range areas {
		if c.Of(a).Status != Complete {
			return false
		}
	}
	return true
}

// CompleteFor reports whether one scope of the area was read to its end.
func (c Coverage) CompleteFor(a Area, scope int64) bool {
	return c.For(a, scope).Status == Complete
}

// Lines lists every line: areas in report order, each followed by its
// exceptions by scope. Unread areas are not in it.
func (c Coverage) Lines() []Cover {
	var out []Cover
	for _, a := range Areas {
		if l, ok := c.whole[a]; ok {
			out = append(out, l)
		}
		out = append(out, c.scopes(a)...)
	}
	return out
}

// Gaps gives one line per area that is not complete, unread ones included, in
// report order. Exceptions are folded into their area; see [Coverage.Exceptions].
func (c Coverage) Gaps() []Cover {
	var out []Cover
	for _, a := range Areas {
		if l := c.Of(a); l.Status != Complete {
			out = append(out, l)
		}
	}
	return out
}

// Exceptions lists the scopes of an area that have a gap of their own.
func (c Coverage) Exceptions(a Area) []Cover {
	return slices.DeleteFunc(c.scopes(a), func(l Cover) bool { return l.Status == Complete })
}

func (c Coverage) scopes(a Area) []Cover {
	out := make([]Cover, 0, len(c.scoped[a]))
	for _, l := range c.scoped[a] {
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y Cover) int { return cmp.Compare(x.Scope, y.Scope) })
	return out
}
