package remediate

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// may is what the baseline lets somebody have on a repository as standing access.
type may struct {
	privilege access.Privilege
	roles     []int64  // custom roles that it names
	extras    []string // permissions on top
	unknown   bool     // some entry allows nobody knows what
	source    baseline.Position
}

func (m *may) add(e baseline.Entitlement) {
	if e.Privilege > m.privilege {
		m.privilege, m.source = e.Privilege, e.Source
	}
	m.roles, m.extras = append(m.roles, e.CustomRoles...), append(m.extras, e.Extras...)
	m.unknown = m.unknown || len(e.Unresolved) > 0
}

func (m *may) raise(p access.Privilege, at baseline.Position) {
	if p > m.privilege {
		m.privilege, m.source = p, at
	}
}

// userMay sums up a person's own entitlements, those of their teams and of the
// parents of those, the base permission, and admin for listed owners.
func (p *planner) userMay(id, onto int64) may {
	key := onRepo{user(id), onto}
	if m, ok := p.may[key]; ok {
		return m
	}
	m := p.ownMay(id, onto)
	rules := p.in.Baseline.Organization()
	if base, ok := p.in.Baseline.BasePermission(); ok && p.g.Member(id) {
		m.raise(base, rules.Source)
	}
	if p.in.Baseline.Owner(id) {
		m.raise(access.Admin, rules.Source)
	}
	p.may[key] = m
	return m
}

// ownMay is what the entries for a person and their teams allow: what they would
// be entitled to without being a member.
func (p *planner) ownMay(id, onto int64) may {
	m := may{privilege: access.None}
	m.add(p.in.Baseline.OnRepo(user(id), onto, p.in.At))
	seen := map[int64]bool{}
	for _, t := range p.g.TeamsOf(id) {
		for _, up := range append([]int64{t}, p.g.Ancestors(t)...) {
			if !seen[up] {
				seen[up] = true
				m.add(p.in.Baseline.OnRepo(team(up), onto, p.in.At))
			}
		}
	}
	return m
}

// teamMay is the most that a team's grant may give: what the team and its parents
// are allowed, or, if that is more, what everybody whom it reaches may have
// otherwise.
func (p *planner) teamMay(id, onto int64) may {
	key := onRepo{team(id), onto}
	if m, ok := p.may[key]; ok {
		return m
	}
	m := may{privilege: access.None}
	for _, up := range append([]int64{id}, p.g.Ancestors(id)...) {
		m.add(p.in.Baseline.OnRepo(team(up), onto, p.in.At))
	}
	least := access.NoPrivilege
	for _, u := range p.g.Members(id) {
		if one := p.userMay(u, onto); least == access.NoPrivilege || one.privilege < least {
			least = one.privilege
		}
	}
	if least != access.NoPrivilege && p.teamGap(id) == "" { // somebody unseen might be allowed less
		m.raise(least, m.source)
	}
	p.may[key] = m
	return m
}

// grantMay is what the holder of a grant on a repository may have by it.
func (p *planner) grantMay(g access.Grant) may {
	if g.Principal.Kind == access.Team {
		return p.teamMay(g.Principal.ID, g.Resource.ID)
	}
	return p.userMay(g.Principal.ID, g.Resource.ID)
}

// floor is what a person keeps on a repository if every grant were cut down to
// what the baseline allows, and every team left that a plan may take them out of:
// the least that any part of any plan leaves them.
func (p *planner) floor(id, onto int64) access.Privilege {
	key := onRepo{user(id), onto}
	if f, ok := p.floors[key]; ok {
		return f
	}
	f := p.cutDown(id, onto, func(via int64) bool {
		return slices.ContainsFunc(p.waysInto(id, via), func(t int64) bool { return !p.mayLeave(id, t) })
	})
	p.floors[key] = f
	return f
}

// cutDown is what a person keeps on a repository by grants that are cut down to
// what the baseline allows, through the teams that are kept.
func (p *planner) cutDown(id, onto int64, keeps func(via int64) bool) access.Privilege {
	f := access.None
	for _, s := range p.g.On(id, onto).Sources {
		level := s.Privilege
		if level <= f {
			continue
		}
		switch s.Kind {
		case access.Direct:
			level = min(level, p.userMay(id, onto).privilege)
		case access.ByTeam:
			if level = min(level, p.teamMay(s.Via, onto).privilege); level > f && !keeps(s.Via) {
				level = access.None
			}
		case access.Base:
			if base, ok := p.in.Baseline.BasePermission(); ok {
				level = min(level, base)
			}
		case access.ByOwner:
			if p.in.Guards.Expel && p.managed(baseline.Owners) && !p.in.Baseline.Owner(id) {
				level = access.None
			}
		}
		f = max(f, level)
	}
	return f
}

// stays is floor for a question about who is left: nothing for somebody whom the
// plan might remove as a person.
func (p *planner) stays(id, onto int64) access.Privilege {
	if p.mayGo(id) {
		return access.None
	}
	return p.floor(id, onto)
}

func (p *planner) mayGo(id int64) bool {
	return p.in.Guards.Expel && p.managed(baseline.Members) && p.g.Member(id) && !p.in.Baseline.Member(id)
}

// onlyExtras reports that a grant is too much for what its custom role adds, and
// not for its privilege.
func (p *planner) onlyExtras(g access.Grant, m may) bool {
	if g.Role == 0 || m.privilege < g.Privilege || m.privilege >= access.Admin || slices.Contains(m.roles, g.Role) {
		return false
	}
	r, ok := p.s.CustomRole(g.Role)
	return ok && slices.ContainsFunc(r.Permissions, func(x string) bool { return !slices.Contains(m.extras, x) })
}
