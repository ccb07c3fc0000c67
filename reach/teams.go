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
	chain  []int32            // the team itself, its parent, …
	below  []int32            // the teams whose chain it is in, nearest first
	direct []int32            // immediate members, ascending
	rank   []access.Privilege // for each of them: Member, or Maintain of the team
	people []int32            // everybody its grants reach, ascending
	own    []int32            // for each of people: their own team; nil when it is this one for all
	bits   set                // the same people, for teams big enough to make it worth while
	best   level              // the strongest of its grants
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
	g.listed, g.owner = newSet(len(g.users)), newSet(len(g.users))
	for i := range grants {
		gr := &grants[i]
		if gr.Resource.Kind != access.Org || gr.Principal.Kind != access.User || !gr.Privilege.OnOrganization() {
			continue
		}
		u, _ := index(g.users, gr.Principal.ID)
		g.listed.add(u)
		if gr.Privilege == access.Owner {
			g.owner.add(u)
		}
	}
	g.team = make([]teamNode, len(g.teams))
	g.inTeam = make([][]int32, len(g.users))
	g.member = slices.Clone(g.listed)
	g.sure = g.snap.Coverage.Complete(access.AreaMembers)
	for i := range grants {
		gr := &grants[i]
		if !inTeam(gr) {
			continue
		}
		u, _ := index(g.users, gr.Principal.ID)
		t, _ := index(g.teams, gr.Resource.ID)
		if g.enlist(&g.team[t], u, gr.Privilege) {
			g.inTeam[u] = append(g.inTeam[u], t)
			g.member.add(u)
		}
	}
	g.climb()
}

// inTeam reports whether the grant is somebody's membership of a team.
func inTeam(gr *access.Grant) bool {
	return gr.Resource.Kind == access.Team && gr.Principal.Kind == access.User
}

// enlist puts the next of a team's immediate members on its list, and reports
// whether they are new there. Who is certainly no member of the organization left
// it while it was read.
func (g *Graph) enlist(t *teamNode, u int32, p access.Privilege) bool {
	if g.sure && !g.listed.has(u) {
		return false
	}
	if n := len(t.direct); n > 0 && t.direct[n-1] == u {
		t.rank[n-1] = p
		return false
	}
	t.direct, t.rank = append(t.direct, u), append(t.rank, p)
	return true
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
			g.team[up].below = append(g.team[up].below, int32(i))
		}
	}
	own := make([]int32, len(g.users))
	for i := range g.team {
		far := func(t int32) int { return slices.Index(g.team[t].chain, int32(i)) }
		slices.SortFunc(g.team[i].below, func(a, b int32) int { return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a, b)) })
		g.gather(int32(i), own)
	}
}

// gather joins the people of a team with those of the teams below it. Who is in
// several of them counts by the nearest, then by the one with the lowest id. own
// has room for everybody, and is left with anything.
func (g *Graph) gather(self int32, own []int32) {
	t := &g.team[self]
	t.people, t.own, t.bits = t.direct, nil, nil
	if len(t.below) > 0 {
		t.bits = newSet(len(g.users))
		for i := -1; i < len(t.below); i++ {
			from := self
			if i >= 0 {
				from = t.below[i]
			}
			for _, u := range g.team[from].direct {
				if !t.bits.has(u) {
					t.bits.add(u)
					own[u] = from
				}
			}
		}
		t.people = t.bits.list()
		t.own = make([]int32, len(t.people))
		for i, u := range t.people {
			t.own[i] = own[u]
		}
	}
	switch words := (len(g.users) + 63) / 64; {
	case len(t.people) <= words:
		t.bits = nil // walking the list is cheaper
	case t.bits == nil:
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
