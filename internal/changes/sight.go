package changes

import (
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
)

// listing is the area that must be complete to know that a scope is not there.
var listing = map[access.Area]access.Area{
	access.AreaTeamMembers: access.AreaTeams, access.AreaTeamGrants: access.AreaTeams,
	access.AreaDirectGrants: access.AreaRepositories, access.AreaEnvironments: access.AreaRepositories,
	access.AreaGates: access.AreaRepositories, access.AreaPolicies: access.AreaRepositories,
	access.AreaDeployKeys: access.AreaRepositories, access.AreaOrgRoleAssignments: access.AreaOrgRoles,
}

// blind says why a snapshot not having something in a scope of an area is no
// proof that it was not there; "" where it is proof.
func blind(s *access.Snapshot, a access.Area, scope int64) string {
	line := s.Coverage.Of(a)
	if scope != 0 {
		line = s.Coverage.For(a, scope)
	}
	if line.Status == access.Complete {
		if up := listing[a]; up != "" && !lists(s, up, scope) {
			return blind(s, up, 0)
		}
		return ""
	}
	why := fmt.Sprintf("%s %s not read to the end", strings.ReplaceAll(string(a), "-", " "), isOrAre(a))
	if line.Reason != "" {
		why += " (" + line.Reason + ")"
	}
	return why
}

func isOrAre(a access.Area) string {
	if strings.HasSuffix(string(a), "s") {
		return "were"
	}
	return "was"
}

// lists reports whether the listing shows the scope.
func lists(s *access.Snapshot, up access.Area, scope int64) (ok bool) {
	switch up {
	case access.AreaTeams:
		_, ok = s.Team(scope)
	case access.AreaRepositories:
		_, ok = s.Repository(scope)
	case access.AreaOrgRoles:
		_, ok = s.OrgRole(scope)
	}
	return ok
}

// doubt says why something that only one snapshot has may have been there all
// the time.
func (c *comparison) doubt(added bool, a access.Area, scope int64) string {
	if added {
		if why := blind(c.was.Snapshot, a, scope); why != "" {
			return "in the older snapshot " + why
		}
		return ""
	}
	if why := blind(c.is.Snapshot, a, scope); why != "" {
		return "in the newer snapshot " + why
	}
	return ""
}

// coverage lists the areas that one snapshot saw better than the other.
func (c *comparison) coverage() []Cover {
	var out []Cover
	for _, a := range access.Areas {
		was, is := c.was.Snapshot.Coverage.Of(a), c.is.Snapshot.Coverage.Of(a)
		if was.Status == is.Status {
			continue
		}
		less := was
		if was.Status == access.Complete {
			less = is
		}
		out = append(out, Cover{a, was.Status, is.Status, less.Reason})
	}
	return out
}

// unsure says what keeps the effect on repositories from being certain.
func (c *comparison) unsure() string {
	for _, a := range []access.Area{access.AreaMembers, access.AreaTeams, access.AreaRepositories, access.AreaTeamMembers,
		access.AreaTeamGrants, access.AreaDirectGrants, access.AreaSettings} {
		for _, added := range []bool{true, false} {
			if why := c.doubt(added, a, 0); why != "" {
				return why
			}
		}
	}
	return ""
}
