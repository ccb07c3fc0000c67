package reach

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Level is one person's highest privilege on a repository, without its sources.
type Level struct {
	User      int64
	Privilege access.Privilege // of a custom role: its base
	Role      int64            // the custom repository role; 0 for GitHub's own
}

// layer is one reason that gives a group of people the same access.
type layer struct {
	level  level
	source Source // Team and Via are filled in for each person
	people []int32
	own    []int32 // organization roles: the own team of each; -1 when held directly
	via    []int32 // organization roles: the team that holds the role; -1 when held directly
}

// part is a group of people on a level, none of whom is in a stronger part.
type part struct {
	level level
	bits  set
}

// spreadOut lists what holds on every repository: ownership, the base
// permission, and organization roles with a base.
func (g *Graph) spreadOut() {
	g.always, g.spread = nil, nil
	if owners := g.owner.list(); len(owners) > 0 {
		g.always = append(g.always, layer{
			level: g.levelOf(access.Admin), people: owners,
			source: Source{Kind: access.ByOwner, Privilege: access.Admin},
		})
	}
	if s := g.snap.Settings; s != nil && s.BasePermission >= access.Read {
		people := g.member.list()
		people = slices.DeleteFunc(people, g.owner.has)
		g.always = append(g.always, layer{
			level: g.levelOf(s.BasePermission), people: people,
			source: Source{Kind: access.Base, Privilege: s.BasePermission},
		})
	}
	g.always = append(g.always, g.roles()...)
	slices.SortStableFunc(g.always, func(a, b layer) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(a.source.Kind, b.source.Kind), cmp.Compare(a.source.Role, b.source.Role))
	})
	seen := newSet(len(g.users))
	for _, l := range g.always {
		p := part{l.level, newSet(len(g.users))}
		for _, u := range l.people {
			if !seen.has(u) {
				seen.add(u)
				p.bits.add(u)
			}
		}
		g.spread = append(g.spread, p)
	}
}

// roles gives one layer per organization role with a base. Who holds it both
// directly and through a team is in it once, directly.
func (g *Graph) roles() []layer {
	type key struct {
		role      int64
		privilege access.Privilege
	}
	type holder struct{ user, own, via int32 }
	held := map[key][]holder{}
	for i := range g.broad {
		gr := &g.broad[i]
		k := key{gr.Role, gr.Privilege}
		if gr.Principal.Kind == access.User {
			u, _ := index(g.users, gr.Principal.ID)
			held[k] = append(held[k], holder{u, -1, -1})
			continue
		}
		t, _ := index(g.teams, gr.Principal.ID)
		for i, u := range g.team[t].people {
			held[k] = append(held[k], holder{u, g.team[t].ownOf(t, i), t})
		}
	}
	var out []layer
	for k, hs := range held {
		slices.SortFunc(hs, func(a, b holder) int {
			return cmp.Or(cmp.Compare(a.user, b.user), cmp.Compare(a.via, b.via))
		})
		hs = slices.CompactFunc(hs, func(a, b holder) bool { return a.user == b.user })
		l := layer{level: g.levelOf(k.privilege), source: Source{Kind: access.ByOrgRole, Privilege: k.privilege, Role: k.role}}
		for _, h := range hs {
			l.people, l.own, l.via = append(l.people, h.user), append(l.own, h.own), append(l.via, h.via)
		}
		out = append(out, l)
	}
	return out
}

// scratch is what working out one repository needs; it is used again for the next.
type scratch struct {
	best []level // of each user in seen
	seen set
	out  []Level
}

func (g *Graph) newScratch() *scratch {
	return &scratch{best: make([]level, len(g.users)), seen: newSet(len(g.users))}
}

func (s *scratch) take(l level, people set) {
	for w, b := range people {
		fresh := b &^ s.seen[w]
		if fresh == 0 {
			continue
		}
		s.seen[w] |= fresh
		for ; fresh != 0; fresh &= fresh - 1 {
			s.best[w<<6+bits.TrailingZeros64(fresh)] = l
		}
	}
}

func (s *scratch) takeOne(l level, u int32) {
	if w, bit := u>>6, uint64(1)<<(u&63); s.seen[w]&bit == 0 {
		s.seen[w] |= bit
		s.best[u] = l
	}
}

// work fills the scratch with everybody's level on repository r. It goes from
// the strongest grant to the weakest, so the first that reaches somebody counts.
func (g *Graph) work(r int32, s *scratch) {
	clear(s.seen)
	next := 0
	for _, h := range g.holds[r] {
		for ; next < len(g.spread) && g.spread[next].level >= h.level; next++ {
			s.take(g.spread[next].level, g.spread[next].bits)
		}
		switch {
		case !h.team:
			s.takeOne(h.level, h.who)
		case g.team[h.who].bits != nil:
			s.take(h.level, g.team[h.who].bits)
		default:
			for _, u := range g.team[h.who].people {
				s.takeOne(h.level, u)
			}
		}
	}
	for ; next < len(g.spread); next++ {
		s.take(g.spread[next].level, g.spread[next].bits)
	}
	s.out = s.out[:0]
	for i, w := range s.seen {
		for ; w != 0; w &= w - 1 {
			u := i<<6 + bits.TrailingZeros64(w)
			l := g.levels[s.best[u]]
			s.out = append(s.out, Level{g.users[u], l.privilege, l.role})
		}
	}
}

// Levels gives the highest privilege of everybody who has any on the
// repository, by ascending user id.
func (g *Graph) Levels(repo int64) []Level {
	r, ok := index(g.repos, repo)
	if !ok {
		return nil
	}
	s := g.newScratch()
	g.work(r, s)
	return s.out
}

// Each gives the levels of every repository in turn, by ascending id: the
// effective access of the whole organization. The slice is used again for the
// next repository; copy what must outlive the turn.
func (g *Graph) Each() iter.Seq2[int64, []Level] {
	return func(yield func(int64, []Level) bool) {
		s := g.newScratch()
		for r, id := range g.repos {
			g.work(int32(r), s)
			if !yield(id, s.out) {
				return
			}
		}
	}
}
