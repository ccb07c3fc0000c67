package remediate

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// effect is what actions do to the ways by which people reach repositories.
type effect struct {
	grants map[access.Grant]access.Privilege // grants and what they become
	out    map[membershipOf]bool             // who is taken out of which team
	people map[int64]*kindRow                // what becomes of the person
	base   access.Privilege                  // the base permission; NoPrivilege: it stays
}

func (p *planner) effectOf(all []*candidate) *effect {
	e := &effect{map[access.Grant]access.Privilege{}, map[membershipOf]bool{}, map[int64]*kindRow{}, access.NoPrivilege}
	for _, c := range all {
		a := c.action
		switch {
		case c.row == &setBase:
			e.base = a.To
		case c.row.expels:
			e.people[a.Principal.ID] = c.row
		case c.row == &removeTeamMember:
			e.out[membershipOf{a.Principal.ID, a.Resource.ID}] = true
		case a.Grant != nil:
			e.grants[*a.Grant] = a.To
		}
	}
	return e
}

// under is what a person has on a repository once the actions have run, and the
// grant that gives it.
func (p *planner) under(e *effect, id, onto int64) (access.Privilege, access.Grant) {
	best, from := access.None, access.Grant{}
	take := func(g access.Grant) {
		if g.Privilege > best {
			best, from = g.Privilege, g
		}
	}
	became := e.people[id]
	if became == &removeMember {
		return best, from
	}
	for _, s := range p.g.On(id, onto).Sources {
		g := access.Grant{Principal: user(id), Resource: repo(onto), Privilege: s.Privilege, Source: s.Kind, Role: s.Role}
		if s.Via != 0 {
			g.Principal = team(s.Via)
		}
		switch {
		case became == &demoteOwner && s.Kind == access.ByOwner, became == &convertMember && s.Kind != access.Direct && s.Kind != access.ByTeam:
			continue
		case s.Via != 0 && len(e.out) > 0 && !p.stillIn(e, id, s.Via):
			continue
		}
		if to, ok := e.grants[g]; ok {
			g.Privilege, g.Role = to, 0
		}
		if s.Kind == access.Base && e.base != access.NoPrivilege {
			g.Privilege = min(g.Privilege, e.base)
		}
		take(g)
	}
	if became == &demoteOwner && p.s.Settings != nil { // a member has the base permission, which owners have no need of
		level := p.s.Settings.BasePermission
		if e.base != access.NoPrivilege {
			level = min(level, e.base)
		}
		take(access.Grant{Principal: user(id), Resource: repo(onto), Privilege: level, Source: access.Base})
	}
	return best, from
}

// stillIn reports whether a team, or one below it, still holds the person.
func (p *planner) stillIn(e *effect, id, via int64) bool {
	return slices.ContainsFunc(p.waysInto(id, via), func(t int64) bool { return !e.out[membershipOf{id, t}] })
}

// measure works out whom an action reaches, and who might lose something by it.
func (p *planner) measure(c *candidate) {
	a := c.action
	switch {
	case a.Grant != nil && a.Grant.Source != access.Invited:
		people := []int64{a.Principal.ID}
		if a.Principal.Kind == access.Team {
			people = p.g.Members(a.Principal.ID)
		}
		for _, u := range people {
			h := p.hold(u, a.Resource.ID, a.Grant.Privilege, a.To)
			c.reached = append(c.reached, h)
			if h.from > h.worst || a.Grant.Role != 0 {
				c.hit = append(c.hit, user(u))
			}
		}
	case c.row == &removeTeamMember:
		for _, g := range p.givenBy(a.Resource.ID) {
			c.reached = append(c.reached, p.hold(a.Principal.ID, g.repo, g.privilege, access.None))
		}
	case c.row.expels:
		alone := p.effectOf([]*candidate{c})
		for id, now := range p.g.Of(a.Principal.ID) {
			h := p.hold(a.Principal.ID, id, now.Privilege, access.None)
			if c.row != &demoteOwner {
				left, _ := p.under(alone, a.Principal.ID, id)
				h.worst = min(h.worst, left) // whatever the baseline allows
			}
			c.reached = append(c.reached, h)
		}
	}
}

// settle works out who loses something once the whole plan has run.
func (p *planner) settle(c *candidate) {
	g := c.action.Grant
	for i := range c.reached {
		h := &c.reached[i]
		h.end, _ = p.under(p.effect, h.user, h.repo)
		if g != nil && (h.end < h.before || g.Role != 0) {
			c.losers = append(c.losers, user(h.user))
		}
	}
	if g == nil {
		c.losers = c.hit
	} else if g.Principal.Kind == access.Team || len(c.losers) == 0 {
		c.losers = append(c.losers, g.Principal) // the grant is lost, even where another gives as much
	}
}
