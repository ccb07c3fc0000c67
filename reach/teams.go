package reach

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// maxDepth is how many teams a chain of parents may have, the team itself
// included. GitHub's own trees are a handful deep; a longer chain is damaged
// data, and is cut rather than followed.
const maxDepth = 64

// teamNode is one team: its chain upwards and the people its grants reach.
type teamNode struct {
	id     int64
	chain  []int32 // the team itself, its parent, …
	direct []int32 // immediate members, ascending
	people []int32 // everybody its grants reach, ascending
	own    []int32 // for each of people: their own team; nil when it is this one for all
	bits   set     // the same people, for teams big enough to make it worth while
	best   level   // the strongest of its grants
}

// reaches finds the user's place among the people of the team.
func (t *teamNode) reaches(user int32) (int, bool) {
	if t.bits != nil && !t.bits.has(user) {
		return 0, false
	}
	return slices.BinarySearch(t.people, user)
}

func (t *teamNode) ownOf(self int32, i int) int32 {
	if t.own == nil {
		return self
	}
	return t.own[i]
}

// link reads who is a member of what, and lets every team reach the people of
// the teams below it.
func (g *Graph) link(grants []access.Grant) {
	g.member, g.owner = newSet(len(g.users)), newSet(len(g.users))
	for i := range grants {
		gr := &grants[i]
		if gr.Resource.Kind != access.Org || gr.Principal.Kind != access.User || !gr.Privilege.OnOrganization() {
			continue
		}
		u, _ := index(g.users, gr.Principal.ID)
		g.member.add(u)
		if gr.Privilege == access.Owner {
			g.owner.add(u)
		}
	}
	g.team = make([]teamNode, len(g.teams))
	g.inTeam = make([][]int32, len(g.users))
	sure := g.snap.Coverage.Complete(access.AreaMembers)
	for i := range grants {
		gr := &grants[i]
		if gr.Resource.Kind != access.Team || gr.Principal.Kind != access.User {
			continue
		}
		u, _ := index(g.users, gr.Principal.ID)
		t, _ := index(g.teams, gr.Resource.ID)
		if !g.member.has(u) {
			if sure {
				continue // left the organization while it was read
			}
			g.member.add(u)
		}
		if n := len(g.inTeam[u]); n == 0 || g.inTeam[u][n-1] != t {
			g.team[t].direct = append(g.team[t].direct, u)
			g.inTeam[u] = append(g.inTeam[u], t)
		}
	}
	g.climb()
}

// climb follows the parents of every team and hands its people to each of them.
func (g *Graph) climb() {
	parent := make([]int32, len(g.teams))
	for i := range parent {
		parent[i] = -1
	}
	for _, t := range g.snap.Teams {
		if t.Parent != 0 {
			i, _ := index(g.teams, t.ID)
			parent[i], _ = index(g.teams, t.Parent)
		}
	}
	below := make([][]int32, len(g.teams)) // nearest first
	for i := range g.team {
		t := &g.team[i]
		t.id = g.teams[i]
		for up := int32(i); up >= 0; up = parent[up] {
			if len(t.chain) == maxDepth || slices.Contains(t.chain, up) {
				g.cut = append(g.cut, t.id)
				break
			}
			t.chain = append(t.chain, up)
		}
		for _, up := range t.chain[1:] {
			below[up] = append(below[up], int32(i))
		}
	}
	for i := range g.team {
		g.gather(int32(i), below[i])
	}
}

// gather joins the people of a team with those of the teams below it. Who is in
// several of them counts by the nearest, then by the one with the lowest id.
func (g *Graph) gather(self int32, below []int32) {
	t := &g.team[self]
	t.people = t.direct
	if len(below) > 0 {
		far := func(i int32) int { return slices.Index(g.team[i].chain, self) }
		slices.SortFunc(below, func(a, b int32) int { return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a, b)) })
		type entry struct{ user, own int32 }
		all := make([]entry, 0, len(t.direct))
		for _, from := range append([]int32{self}, below...) {
			for _, u := range g.team[from].direct {
				all = append(all, entry{u, from})
			}
		}
		slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.user, b.user) })
		all = slices.CompactFunc(all, func(a, b entry) bool { return a.user == b.user })
		t.people, t.own = make([]int32, len(all)), make([]int32, len(all))
		for i, e := range all {
			t.people[i], t.own[i] = e.user, e.own
		}
	}
	if words := (len(g.users) + 63) / 64; len(t.people) > words {
		t.bits = newSet(len(g.users))
		for _, u := range t.people {
			t.bits.add(u)
		}
	}
}

// Members lists the people whom the team's grants reach: its immediate members
// and those of every team below it, ascending.
func (g *Graph) Members(team int64) []int64 {
	t, ok := index(g.teams, team)
	if !ok {
		return nil
	}
	return g.ids(g.team[t].people)
}

// Immediate lists the immediate members of the team alone, ascending.
func (g *Graph) Immediate(team int64) []int64 {
	t, ok := index(g.teams, team)
	if !ok {
		return nil
	}
	return g.ids(g.team[t].direct)
}

func (g *Graph) ids(people []int32) []int64 {
	out := make([]int64, len(people))
	for i, u := range people {
		out[i] = g.users[u]
	}
	return out
}

// Ancestors lists the parents of the team whose grants it inherits, nearest
// first; the team itself is not among them.
func (g *Graph) Ancestors(team int64) []int64 {
	t, ok := index(g.teams, team)
	if !ok {
		return nil
	}
	var out []int64
	for _, up := range g.team[t].chain[1:] {
		out = append(out, g.teams[up])
	}
	return out
}

// TeamsOf lists the teams that the user is an immediate member of, ascending.
func (g *Graph) TeamsOf(user int64) []int64 {
	u, ok := index(g.users, user)
	if !ok {
		return nil
	}
	var out []int64
	for _, t := range g.inTeam[u] {
		out = append(out, g.teams[t])
	}
	return out
}

// Cut lists the teams whose chain of parents was not followed to its end,
// because it turned back on itself or was longer than 64 teams. GitHub allows
// neither, so a team listed here means damaged data: what it inherits beyond
// the cut is unknown.
func (g *Graph) Cut() []int64 { return g.cut }
