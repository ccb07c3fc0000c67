package reach

import (
	"iter"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Access is what one person can do on one repository, and why.
type Access struct {
	User      int64
	Privilege access.Privilege // the highest; None without any access
	Role      int64            // the custom repository role it comes from; 0 for GitHub's own
	Sources   []Source         // every reason, strongest first
}

// Source is one reason for access, as GitHub's permissionSources lists it: one
// row for ownership, one for the base permission (not for owners), one per
// organization role with a base, one per team that holds a grant, one for a
// direct grant.
type Source struct {
	Kind      access.Source
	Team      int64 // the user's own team: Via itself, or the nearest one below it; 0 where no team is involved
	Via       int64 // the team that holds the grant or the organization role
	Privilege access.Privilege
	Role      int64 // the custom repository role, or for ByOrgRole the organization role; 0 for GitHub's own
}

// walk visits every reason for access to repository r, strongest first.
func (g *Graph) walk(r int32, visit func(l *layer, h *hold)) {
	next, holds := 0, g.holds[r]
	for i := range holds {
		for ; next < len(g.always) && g.always[next].level >= holds[i].level; next++ {
			visit(&g.always[next], nil)
		}
		visit(nil, &holds[i])
	}
	for ; next < len(g.always); next++ {
		visit(&g.always[next], nil)
	}
}

// source is the i-th person's reason in a layer, or in the people of a grant.
func (g *Graph) source(l *layer, h *hold, i int) Source {
	if l != nil {
		s := l.source
		if l.via != nil && l.via[i] >= 0 {
			s.Team, s.Via = g.teams[l.own[i]], g.teams[l.via[i]]
		}
		return s
	}
	have := g.levels[h.level]
	s := Source{Kind: kindOf(*h), Privilege: have.privilege, Role: have.role}
	if h.team {
		s.Team, s.Via = g.teams[g.team[h.who].ownOf(h.who, i)], g.teams[h.who]
	}
	return s
}

// Effective gives everybody with any access to the repository, by ascending user
// id, with every source. An unknown repository gives nothing.
func (g *Graph) Effective(repo int64) []Access {
	r, ok := index(g.repos, repo)
	if !ok {
		return nil
	}
	// Each user's sources are one stretch of a shared slice: counted, summed up, filled.
	end := make([]int32, len(g.users)+1)
	g.reached(r, func(u int32, _ int, _ *layer, _ *hold) { end[u+1]++ })
	for u := range g.users {
		end[u+1] += end[u]
	}
	all := make([]Source, end[len(g.users)])
	next := slices.Clone(end)
	g.reached(r, func(u int32, i int, l *layer, h *hold) {
		all[next[u]] = g.source(l, h, i)
		next[u]++
	})
	s := g.newScratch()
	g.work(r, s)
	out := make([]Access, 0, len(s.out))
	for _, l := range s.out {
		u, _ := index(g.users, l.User)
		out = append(out, Access{l.User, l.Privilege, l.Role, all[end[u]:end[u+1]:end[u+1]]})
	}
	return out
}

// reached visits every pair of a person and a reason on repository r; each
// person's reasons come strongest first. i is the person's place in the layer or
// in the team of the grant.
func (g *Graph) reached(r int32, visit func(u int32, i int, l *layer, h *hold)) {
	g.walk(r, func(l *layer, h *hold) {
		switch {
		case l != nil:
			for i, u := range l.people {
				visit(u, i, l, nil)
			}
		case h.team:
			for i, u := range g.team[h.who].people {
				visit(u, i, nil, h)
			}
		default:
			visit(h.who, 0, nil, h)
		}
	})
}

// On gives what the user can do on the repository; Privilege is None where that
// is nothing, or where either is unknown.
func (g *Graph) On(user, repo int64) Access {
	u, known := index(g.users, user)
	r, ok := index(g.repos, repo)
	if !known || !ok {
		return Access{User: user, Privilege: access.None}
	}
	return g.on(u, r)
}

func (g *Graph) on(u, r int32) Access {
	a := Access{User: g.users[u], Privilege: access.None}
	best := level(0)
	g.walk(r, func(l *layer, h *hold) {
		var i int
		var at level
		var ok bool
		switch {
		case l != nil:
			i, ok = slices.BinarySearch(l.people, u)
			at = l.level
		case h.team:
			i, ok = g.team[h.who].reaches(u)
			at = h.level
		default:
			ok, at = h.who == u, h.level
		}
		if ok {
			a.Sources = append(a.Sources, g.source(l, h, i))
			best = max(best, at)
		}
	})
	a.Privilege, a.Role = g.levels[best].privilege, g.levels[best].role
	return a
}

// strongest is the level that on finds, without its sources.
func (g *Graph) strongest(u, r int32) level {
	best := level(0)
	for _, p := range g.spread {
		if p.bits.has(u) {
			best = p.level // the others hold weaker ones
			break
		}
	}
	for _, h := range g.holds[r] {
		if h.level <= best {
			break // they come strongest first
		}
		ok := h.who == u
		if h.team {
			_, ok = g.team[h.who].reaches(u)
		}
		if ok {
			return h.level
		}
	}
	return best
}

// AtLeast lists the people who hold a privilege or more on the repository, by
// ascending id.
func (g *Graph) AtLeast(p access.Privilege, repo int64) []int64 {
	r, ok := index(g.repos, repo)
	if !ok {
		return nil
	}
	enough := func(l level) bool { return l > 0 && g.levels[l].privilege >= p }
	var out []int32
	for i := range g.always {
		if enough(g.always[i].level) {
			out = append(out, g.always[i].people...)
		}
	}
	for _, h := range g.holds[r] {
		switch {
		case !enough(h.level):
		case h.team:
			out = append(out, g.team[h.who].people...)
		default:
			out = append(out, h.who)
		}
	}
	slices.Sort(out)
	return g.ids(slices.Compact(out))
}

// Holders gives the people who hold a privilege or more on the repository, in no
// order and some of them more than once: for those who look for one of them, as it
// gathers nobody.
func (g *Graph) Holders(p access.Privilege, repo int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		r, ok := index(g.repos, repo)
		if !ok {
			return
		}
		enough := func(l level) bool { return l > 0 && g.levels[l].privilege >= p }
		all := func(people []int32) bool {
			return !slices.ContainsFunc(people, func(u int32) bool { return !yield(g.users[u]) })
		}
		for i := range g.always {
			if enough(g.always[i].level) && !all(g.always[i].people) {
				return
			}
		}
		for _, h := range g.holds[r] {
			switch {
			case !enough(h.level):
			case h.team && !all(g.team[h.who].people), !h.team && !yield(g.users[h.who]):
				return
			}
		}
	}
}

// Highest gives the most that the user holds on any repository; None where that
// is nothing.
func (g *Graph) Highest(user int64) access.Privilege {
	u, ok := index(g.users, user)
	if !ok || len(g.repos) == 0 {
		return access.None
	}
	best := g.direct[u]
	for _, p := range g.spread {
		if p.bits.has(u) {
			best = max(best, p.level)
		}
	}
	for _, t := range g.inTeam[u] {
		for _, up := range g.team[t].chain {
			best = max(best, g.team[up].best)
		}
	}
	return g.levels[best].privilege
}

// Of gives everything that the user can reach, by ascending repository id.
func (g *Graph) Of(user int64) iter.Seq2[int64, Access] {
	return func(yield func(int64, Access) bool) {
		u, ok := index(g.users, user)
		if !ok {
			return
		}
		for _, r := range g.within(u) {
			if a := g.on(u, r); len(a.Sources) > 0 && !yield(g.repos[r], a) {
				return
			}
		}
	}
}

// within lists the repositories that the user may have access to, ascending.
func (g *Graph) within(u int32) []int32 {
	for _, p := range g.spread {
		if p.bits.has(u) {
			all := make([]int32, len(g.repos))
			for r := range all {
				all[r] = int32(r)
			}
			return all
		}
	}
	var out []int32
	note := func(held []spot) {
		for _, s := range held {
			out = append(out, s.repo)
		}
	}
	note(g.byUser[u])
	for _, t := range g.inTeam[u] {
		for _, up := range g.team[t].chain {
			note(g.byTeam[up])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
