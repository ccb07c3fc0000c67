package changes

import (
	"github.com/eb661601/ajar/access"
)

// Grants calls only for every grant that just one of two sorted lists has, in
// their order; newer tells which of the lists. Both are read once, side by side.
func Grants(was, is []access.Grant, only func(g access.Grant, newer bool)) {
	i, j := 0, 0
	for i < len(was) && j < len(is) {
		if was[i] == is[j] { // nearly all of them
			i, j = i+1, j+1
			continue
		}
		if was[i].Compare(is[j]) < 0 {
			only(was[i], false)
			i++
		} else {
			only(is[j], true)
			j++
		}
	}
	for ; i < len(was); i++ {
		only(was[i], false)
	}
	for ; j < len(is); j++ {
		only(is[j], true)
	}
}

// pair is what one principal has on one resource, by one sort of grant.
type pair struct {
	principal, resource access.Ref
	role                bool // a role of the organization, which stands beside membership
}

// halves are the grants of a pair that only one side has.
type halves struct{ was, is []access.Grant }

// grants tells what was given and taken. A grant that was replaced by another on
// the same thing is one change.
func (c *comparison) grants() {
	all := map[pair]*halves{}
	var order []pair
	Grants(c.was.Snapshot.Grants, c.is.Snapshot.Grants, func(g access.Grant, newer bool) {
		c.touch(g)
		k := pair{g.Principal, g.Resource, g.Source == access.ByOrgRole}
		h := all[k]
		if h == nil {
			h = &halves{}
			all[k] = h
			order = append(order, k)
		}
		if newer {
			h.is = append(h.is, g)
		} else {
			h.was = append(h.was, g)
		}
	})
	for _, k := range order {
		h := all[k]
		if k.role { // each role stands by itself
			for _, g := range h.was {
				c.grant(&g, nil)
			}
			for _, g := range h.is {
				c.grant(nil, &g)
			}
			continue
		}
		for n := range max(len(h.was), len(h.is)) {
			var was, is *access.Grant
			if n < len(h.was) {
				was = &h.was[n]
			}
			if n < len(h.is) {
				is = &h.is[n]
			}
			c.grant(was, is)
		}
	}
	c.left()
}

// grant tells of one grant that came, went or became another.
func (c *comparison) grant(was, is *access.Grant) {
	g := is
	if g == nil {
		g = was
	}
	if g.Principal.Kind == access.Key || g.Principal.Kind == access.Invitation {
		return // told with the key and the invitation themselves
	}
	x := Change{Class: c.class(was, is), Subject: c.name(g.Principal), Object: c.name(g.Resource), weight: c.weigh(was, is)}
	if was != nil {
		x.Before = c.was.Snapshot.RoleName(*was)
	}
	if is != nil {
		x.After = c.is.Snapshot.RoleName(*is)
	}
	switch {
	case was != nil && is != nil:
		x.What, x.Effect = "changed", Other
		if is.Privilege > was.Privilege {
			x.What, x.Effect = "raised", More
		} else if is.Privilege < was.Privilege {
			x.What, x.Effect = "lowered", Less
		}
	default:
		added := is != nil
		area, scope := AreaOf(*g)
		x.What, x.Effect, x.Doubt = word(added), direction(added), c.doubt(added, area, scope)
		x.With = c.along(added, g.Resource, g.Principal)
	}
	c.add(x)
}

// class says what sort of change a grant's is.
func (c *comparison) class(was, is *access.Grant) string {
	g := is
	if g == nil {
		g = was
	}
	switch {
	case g.Resource.Kind == access.Team:
		return "memberships"
	case g.Source == access.ByOrgRole:
		return "organization-roles"
	case g.Resource.Kind == access.Env:
		return "environments"
	case g.Resource.Kind == access.Org && (was != nil && was.Privilege == access.Owner || is != nil && is.Privilege == access.Owner):
		return "owners"
	case g.Resource.Kind == access.Org:
		return "people"
	}
	return "grants"
}

func (c *comparison) weigh(was, is *access.Grant) int {
	w := 0
	for _, g := range []*access.Grant{was, is} {
		if g != nil {
			w = max(w, weightOf(*g))
		}
	}
	g := is
	if g == nil {
		g = was
	}
	if g.Principal.Kind == access.User && g.Resource.Kind == access.Repo {
		w += 2 // nobody looks after a direct grant when people come and go
		if is != nil && !c.is.Graph.Member(g.Principal.ID) {
			w += outsider
		}
	}
	return w
}

func weightOf(g access.Grant) int {
	switch {
	case g.Source == access.ByOrgRole:
		return ofRole
	case g.Privilege == access.Owner:
		return ofOwner
	case g.Privilege == access.Approve:
		return ofReviewer
	case g.Resource.Kind != access.Repo:
		return ofMember
	case g.Privilege >= access.Maintain:
		return ofAdmin
	case g.Privilege >= access.Write:
		return ofWrite
	}
	return ofRead
}

// AreaOf says where a grant is read, and in which scope.
func AreaOf(g access.Grant) (access.Area, int64) {
	switch {
	case g.Resource.Kind == access.Team:
		return access.AreaTeamMembers, g.Resource.ID
	case g.Source == access.ByOrgRole:
		return access.AreaOrgRoleAssignments, g.Role
	case g.Resource.Kind == access.Org:
		return access.AreaMembers, 0
	case g.Resource.Kind == access.Env:
		return access.AreaGates, 0
	case g.Source == access.ByTeam:
		return access.AreaTeamGrants, g.Principal.ID
	}
	return access.AreaDirectGrants, g.Resource.ID
}

// touch notes whose access a grant may have to do with.
func (c *comparison) touch(g access.Grant) {
	switch {
	case g.Resource.Kind == access.Repo:
		c.repos[g.Resource.ID] = true
	case g.Resource.Kind == access.Env || g.Principal.Kind == access.Invitation:
	case g.Principal.Kind == access.User:
		c.users[g.Principal.ID] = true
	case g.Principal.Kind == access.Team:
		c.touchTeam(g.Principal.ID)
	}
}

func (c *comparison) touchTeam(team int64) {
	for _, side := range []Side{c.was, c.is} {
		for _, u := range side.Graph.Members(team) {
			c.users[u] = true
		}
	}
}

// left lays what somebody lost by leaving, or got by joining, to that.
func (c *comparison) left() {
	moved := map[bool]map[access.Ref]access.Named{false: {}, true: {}}
	outside := map[bool]map[access.Ref]access.Named{false: {}, true: {}}
	for _, x := range c.out {
		switch {
		case x.What != "added" && x.What != "removed":
		case x.Object.Kind == access.Org && (x.Class == "people" || x.Class == "owners"):
			moved[x.What == "added"][x.Subject.Ref] = x.Subject
		case x.Class == "outside":
			outside[x.What == "added"][x.Subject.Ref] = x.Subject
		}
	}
	for i := range c.out {
		x := &c.out[i]
		added := x.What == "added"
		if !added && x.What != "removed" {
			continue
		}
		if x.Class == "outside" { // a member is no longer from outside, and the other way round
			x.With = moved[!added][x.Subject.Ref]
			continue
		}
		if x.With.IsZero() && (x.Object.Kind == access.Team || x.Object.Kind == access.Repo) {
			if x.With = moved[added][x.Subject.Ref]; x.With.IsZero() {
				x.With = outside[added][x.Subject.Ref]
			}
		}
	}
}
