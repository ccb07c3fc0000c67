// Package reach answers who can do what, and by which path, from one snapshot.
// It is pure: it reads nothing, knows no time and keeps no state but the graph.
//
// The rules of GitHub that it follows: a person's access to a repository is the
// strongest of ownership, the organization's base permission, organization
// roles with a base, the grants of every team that the person is in (children
// inherit the grants of their parents), and a direct grant.
package reach

import (
	"cmp"
	"iter"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Graph is the compact form of a snapshot's grants: everybody and everything has
// a small index in the order of its id. It never changes after [New], so it may
// be asked from several goroutines at once.
type Graph struct {
	snap *access.Snapshot

	users []int64 // ids, ascending; the position is the index used below
	teams []int64
	repos []int64

	member set // members, owners included
	owner  set

	team   []teamNode
	inTeam [][]int32 // of each user: the teams they are an immediate member of
	cut    []int64

	levels []grade // every (privilege, role) that occurs, weakest first; 0 is no access
	always []layer // what holds on every repository, strongest first
	spread []part  // the same without overlap, for [Graph.Levels]
	holds  []hold  // team and direct grants, by repository, strongest first
	at     []int32 // holds of repository r are holds[at[r]:at[r+1]]

	byTeam [][]int32 // of each team: the repositories on which it holds a grant
	byUser [][]int32 // of each user: the repositories with a direct grant
	direct []level   // of each user: the strongest direct grant
}

// level is a position in Graph.levels: a higher one is more access.
type level uint16

type grade struct {
	privilege access.Privilege
	role      int64 // custom repository role; 0 for GitHub's own
}

// hold is one grant on one repository.
type hold struct {
	who   int32 // index of the team, or of the user
	level level
	team  bool
}

// New builds the graph of a snapshot. The snapshot must not change afterwards.
// Rows that the snapshot lacks are access that the graph does not know: whether
// anything may be concluded from that is the coverage's business, not reach's.
func New(s *access.Snapshot) *Graph {
	g := &Graph{snap: s}
	grants := s.Grants
	if !slices.IsSortedFunc(grants, access.Grant.Compare) {
		grants = slices.SortedFunc(slices.Values(grants), access.Grant.Compare)
	}
	g.intern(grants)
	g.link(grants)
	g.grade(grants)
	g.spreadOut(grants)
	g.fill(grants)
	return g
}

// intern gives everybody and everything its index.
func (g *Graph) intern(grants []access.Grant) {
	note := func(r access.Ref) {
		var to *[]int64
		switch r.Kind {
		case access.User:
			to = &g.users
		case access.Team:
			to = &g.teams
		case access.Repo:
			to = &g.repos
		default:
			return
		}
		if n := len(*to); n == 0 || (*to)[n-1] != r.ID {
			*to = append(*to, r.ID)
		}
	}
	for i := range grants {
		note(grants[i].Principal)
		note(grants[i].Resource)
	}
	for _, t := range g.snap.Teams {
		g.teams = append(g.teams, t.ID)
		if t.Parent != 0 {
			g.teams = append(g.teams, t.Parent)
		}
	}
	for _, r := range g.snap.Repositories {
		g.repos = append(g.repos, r.ID)
	}
	for _, ids := range []*[]int64{&g.users, &g.teams, &g.repos} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
}

func index(ids []int64, id int64) (int32, bool) {
	i, ok := slices.BinarySearch(ids, id)
	return int32(i), ok
}

// grade lists every kind of access that occurs, so that comparing two grants is
// comparing two small numbers. A custom role ranks just above its base, because
// it adds to it.
func (g *Graph) grade(grants []access.Grant) {
	g.levels = []grade{{access.None, 0}, {access.Admin, 0}}
	note := func(l grade) {
		if !slices.Contains(g.levels, l) { // a handful, and as many more as there are custom roles
			g.levels = append(g.levels, l)
		}
	}
	if s := g.snap.Settings; s != nil && s.BasePermission >= access.Read {
		note(grade{s.BasePermission, 0})
	}
	for i := range grants {
		switch gr := &grants[i]; {
		case onRepo(gr):
			note(grade{gr.Privilege, gr.Role})
		case everywhere(gr):
			note(grade{gr.Privilege, 0})
		}
	}
	slices.SortFunc(g.levels[1:], func(a, b grade) int {
		return cmp.Or(cmp.Compare(a.privilege, b.privilege), cmp.Compare(min(a.role, 1), min(b.role, 1)), cmp.Compare(b.role, a.role))
	})
}

func (g *Graph) levelOf(p access.Privilege, role int64) level {
	return level(slices.Index(g.levels, grade{p, role}))
}

// onRepo reports whether the grant gives a person or a team something on one
// repository.
func onRepo(gr *access.Grant) bool {
	return gr.Resource.Kind == access.Repo && gr.Privilege >= access.Read && gr.Privilege <= access.Admin &&
		(gr.Source == access.Direct && gr.Principal.Kind == access.User || gr.Source == access.ByTeam && gr.Principal.Kind == access.Team)
}

// everywhere reports whether the grant is an organization role that gives
// something on every repository.
func everywhere(gr *access.Grant) bool {
	return gr.Source == access.ByOrgRole && gr.Privilege >= access.Read && gr.Privilege <= access.Admin &&
		(gr.Principal.Kind == access.User || gr.Principal.Kind == access.Team)
}

// fill lays out the grants of every repository, strongest first.
func (g *Graph) fill(grants []access.Grant) {
	g.at = make([]int32, len(g.repos)+1)
	g.byTeam, g.byUser, g.direct = make([][]int32, len(g.teams)), make([][]int32, len(g.users)), make([]level, len(g.users))
	r, from := int32(0), 0
	turn := func() {
		slices.SortFunc(g.holds[from:], func(a, b hold) int {
			return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(kindOf(a), kindOf(b)), cmp.Compare(a.who, b.who))
		})
		from = len(g.holds)
		r++
		g.at[r] = int32(from)
	}
	for i := range grants {
		gr := &grants[i]
		if !onRepo(gr) {
			continue
		}
		for g.repos[r] < gr.Resource.ID {
			turn()
		}
		h := hold{level: g.levelOf(gr.Privilege, gr.Role), team: gr.Principal.Kind == access.Team}
		if h.team {
			h.who, _ = index(g.teams, gr.Principal.ID)
		} else {
			h.who, _ = index(g.users, gr.Principal.ID)
		}
		g.note(h)
		if n := len(g.holds); n > from && g.holds[n-1].who == h.who && g.holds[n-1].team == h.team {
			g.holds[n-1].level = max(g.holds[n-1].level, h.level)
			continue
		}
		g.holds = append(g.holds, h)
		if h.team {
			g.byTeam[h.who] = append(g.byTeam[h.who], r)
		} else {
			g.byUser[h.who] = append(g.byUser[h.who], r)
		}
	}
	for int(r) < len(g.repos) {
		turn()
	}
}

// note keeps the strongest grant of each team and each user.
func (g *Graph) note(h hold) {
	if h.team {
		g.team[h.who].best = max(g.team[h.who].best, h.level)
	} else {
		g.direct[h.who] = max(g.direct[h.who], h.level)
	}
}

func kindOf(h hold) access.Source {
	if h.team {
		return access.ByTeam
	}
	return access.Direct
}

func (g *Graph) holdsOn(r int32) []hold { return g.holds[g.at[r]:g.at[r+1]] }

// Repositories lists the ids of every repository the graph knows, ascending.
func (g *Graph) Repositories() iter.Seq[int64] { return slices.Values(g.repos) }

// Owner reports whether the user owns the organization.
func (g *Graph) Owner(user int64) bool {
	u, ok := index(g.users, user)
	return ok && g.owner.has(u)
}

// Member reports whether the user is a member, owners included. Where the list
// of members was not read to its end, being in a team counts too: GitHub takes
// only members into teams.
func (g *Graph) Member(user int64) bool {
	u, ok := index(g.users, user)
	return ok && g.member.has(u)
}
