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
// a small index in the order of its id. It may be asked from several goroutines at
// once, as long as none of them changes it: see [Graph.Clone].
type Graph struct {
	snap *access.Snapshot

	envs map[int64]int32 // by id: where the environment stands in the snapshot

	users []int64 // ids, ascending; the position is the index used below
	teams []int64
	repos []int64

	member set  // members, owners included
	listed set  // those of them that the list of members names
	sure   bool // the list of members was read to its end, so it alone decides
	owner  set

	team   []teamNode
	inTeam [][]int32 // of each user: the teams they are an immediate member of
	cut    []int64

	levels []grade        // every (privilege, role) that may occur, weakest first; 0 is no access
	broad  []access.Grant // organization roles with a base
	always []layer        // what holds on every repository, strongest first
	spread []part         // the same without overlap, for [Graph.Levels]
	holds  [][]hold       // of each repository: team and direct grants, strongest first

	byTeam [][]spot // of each team: where it holds a grant, by repository
	byUser [][]spot // of each user: where they hold a direct grant, by repository
	direct []level  // of each user: the strongest direct grant
}

// level is a position in Graph.levels: a higher one is more access.
type level uint16

type grade struct {
	privilege access.Privilege
	role      int64 // custom repository role; 0 for GitHub's own
}

// New builds the graph of a snapshot. The snapshot must not change afterwards.
// Rows that the snapshot lacks are access that the graph does not know: whether
// anything may be concluded from that is the coverage's business, not reach's.
func New(s *access.Snapshot) *Graph {
	g := &Graph{snap: s, envs: make(map[int64]int32, len(s.Environments))}
	for i := range s.Environments {
		g.envs[s.Environments[i].ID] = int32(i)
	}
	grants := s.Grants
	if !slices.IsSortedFunc(grants, access.Grant.Compare) {
		grants = slices.SortedFunc(slices.Values(grants), access.Grant.Compare)
	}
	g.intern(grants)
	g.link(grants)
	g.grade(grants)
	g.spreadOut()
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
	for _, p := range g.snap.People { // somebody who gets access later has an index already
		g.users = append(g.users, p.ID)
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

// grade lists every kind of access that occurs or may come to, so that comparing
// two grants is comparing two small numbers. A custom role ranks just above its
// base, because it adds to it.
func (g *Graph) grade(grants []access.Grant) {
	g.levels = []grade{{access.None, 0}}
	for p := access.Read; p <= access.Admin; p++ {
		g.levels = append(g.levels, grade{p, 0})
	}
	note := func(l grade) {
		if !slices.Contains(g.levels, l) { // a handful, and as many more as there are custom roles
			g.levels = append(g.levels, l)
		}
	}
	for _, r := range g.snap.CustomRoles {
		if r.Base >= access.Read && r.Base <= access.Admin {
			note(grade{r.Base, r.ID})
		}
	}
	for i := range grants {
		switch gr := &grants[i]; {
		case onRepo(gr):
			note(grade{gr.Privilege, gr.Role})
		case everywhere(gr):
			g.broad = append(g.broad, *gr)
		}
	}
	slices.SortFunc(g.levels[1:], func(a, b grade) int {
		return cmp.Or(cmp.Compare(a.privilege, b.privilege), cmp.Compare(min(a.role, 1), min(b.role, 1)), cmp.Compare(b.role, a.role))
	})
}

// levelOf is the level of one of GitHub's own privileges.
func (g *Graph) levelOf(p access.Privilege) level {
	return level(slices.Index(g.levels, grade{p, 0}))
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
