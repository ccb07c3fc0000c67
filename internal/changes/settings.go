package changes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/access"
)

// setting is one switch of the organization. Where it is on, more is allowed,
// unless guards says that it holds things back.
type setting struct {
	words  string
	of     func(*access.Settings) *bool
	guards bool
	weight int
}

var switches = []setting{
	{"two-factor required", func(s *access.Settings) *bool { return s.TwoFactorRequired }, true, ofDefault},
	{"members create repositories", func(s *access.Settings) *bool { return s.MembersCanCreateRepositories }, false, ofMember},
	{"members create public repositories", func(s *access.Settings) *bool { return s.MembersCanCreatePublic }, false, ofWrite},
	{"members create private repositories", func(s *access.Settings) *bool { return s.MembersCanCreatePrivate }, false, ofRead},
	{"members create internal repositories", func(s *access.Settings) *bool { return s.MembersCanCreateInternal }, false, ofRead},
	{"members fork private repositories", func(s *access.Settings) *bool { return s.MembersCanForkPrivate }, false, ofWrite},
	{"repository admins delete repositories", func(s *access.Settings) *bool { return s.MembersCanDelete }, false, ofWrite},
	{"repository admins change visibility", func(s *access.Settings) *bool { return s.MembersCanChangeVisibility }, false, ofWrite},
	{"repository admins invite outsiders", func(s *access.Settings) *bool { return s.MembersCanInviteOutside }, false, ofWrite},
	{"members create teams", func(s *access.Settings) *bool { return s.MembersCanCreateTeams }, false, ofRead},
	{"deploy keys allowed", func(s *access.Settings) *bool { return s.DeployKeysEnabled }, false, ofWrite},
}

// settings compares what both snapshots were told. What only one was told is in
// the coverage.
func (c *comparison) settings() {
	org := access.Ref{Kind: access.Org, ID: c.is.Snapshot.Org.ID}
	c.renamed("settings", org, c.was.Snapshot.Org.Login, c.is.Snapshot.Org.Login)
	c.workflowToken(org)
	was, is := c.was.Snapshot.Settings, c.is.Snapshot.Settings
	if was == nil || is == nil {
		return
	}
	if w, i := was.BasePermission, is.BasePermission; w != i && w != access.NoPrivilege && i != access.NoPrivilege {
		c.everywhere = true
		c.add(Change{Class: "settings", What: "changed", Effect: direction(i > w), Subject: c.name(org), Aspect: "base permission",
			Before: w.String(), After: i.String(), weight: ofDefault + 2})
	}
	for _, s := range switches {
		if w, i := s.of(was), s.of(is); w != nil && i != nil && *w != *i {
			c.add(Change{Class: "settings", What: "changed", Effect: direction(*i != s.guards), Subject: c.name(org), Aspect: s.words,
				Before: yesNo(*w), After: yesNo(*i), weight: s.weight})
		}
	}
	if was.Plan != is.Plan && was.Plan != "" && is.Plan != "" {
		c.add(Change{Class: "settings", What: "changed", Effect: Other, Subject: c.name(org), Aspect: "plan", Before: was.Plan, After: is.Plan, weight: ofName})
	}
}

func (c *comparison) workflowToken(org access.Ref) {
	was, is := c.was.Snapshot.WorkflowToken, c.is.Snapshot.WorkflowToken
	if was == nil || is == nil {
		return
	}
	x := Change{Class: "settings", What: "changed", Subject: c.name(org), weight: ofDefault}
	if was.Default != is.Default && was.Default != "" && is.Default != "" {
		x.Effect, x.Aspect, x.Before, x.After = direction(is.Default == "write"), "workflow token", was.Default, is.Default
		c.add(x)
	}
	if w, i := was.CanApprovePullRequests, is.CanApprovePullRequests; w != nil && i != nil && *w != *i {
		x.Effect, x.Aspect, x.Before, x.After = direction(*i), "workflows approve pull requests", yesNo(*w), yesNo(*i)
		c.add(x)
	}
}

// roles compares what custom repository roles and organization roles allow.
func (c *comparison) roles() {
	org := access.Ref{Kind: access.Org, ID: c.is.Snapshot.Org.ID}
	one := func(id int64, name string, base access.Privilege, added bool, a access.Area) {
		x := Change{Class: "roles", What: word(added), Effect: Other, Subject: access.Named{Ref: access.Ref{ID: id}, Name: "role " + name}, Object: c.name(org), weight: ofName + 6, Doubt: c.doubt(added, a, 0)}
		x.put(added, base.String())
		c.add(x)
	}
	kept := func(id int64, name, was string, from, to access.Privilege, before, after []string) {
		x := Change{Class: "roles", What: "changed", Subject: access.Named{Ref: access.Ref{ID: id}, Name: "role " + name}, Object: c.name(org), weight: ofRole}
		if was != name {
			y := x
			y.What, y.Effect, y.Before, y.After, y.weight = "renamed", Other, was, name, ofName
			c.add(y)
		}
		if from != to {
			x.Effect, x.Aspect, x.Before, x.After = direction(to > from), "base", from.String(), to.String()
			c.add(x)
		}
		if gone, more := without(before, after), without(after, before); len(gone)+len(more) > 0 {
			x.Effect, x.Aspect, x.Before, x.After = direction(len(more) > 0), "permissions", strings.Join(gone, ", "), strings.Join(more, ", ")
			c.add(x)
		}
	}
	custom := func(added bool) func(access.CustomRole) {
		return func(r access.CustomRole) { one(r.ID, r.Name, r.Base, added, access.AreaCustomRoles) }
	}
	both(c.was.Snapshot.CustomRoles, c.is.Snapshot.CustomRoles, access.CustomRole.Key, custom(false), custom(true),
		func(w, i access.CustomRole) { kept(i.ID, i.Name, w.Name, w.Base, i.Base, w.Permissions, i.Permissions) })
	orgRole := func(added bool) func(access.OrgRole) {
		return func(r access.OrgRole) { one(r.ID, r.Name, r.Base, added, access.AreaOrgRoles) }
	}
	both(c.was.Snapshot.OrgRoles, c.is.Snapshot.OrgRoles, access.OrgRole.Key, orgRole(false), orgRole(true),
		func(w, i access.OrgRole) { kept(i.ID, i.Name, w.Name, w.Base, i.Base, w.Permissions, i.Permissions) })
}

// without gives the words of one list that the other does not have.
func without(all, other []string) []string {
	var out []string
	for _, w := range all {
		if !slices.Contains(other, w) {
			out = append(out, w)
		}
	}
	return out
}

// minutes writes a wait timer.
func minutes(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n) + " min"
}
