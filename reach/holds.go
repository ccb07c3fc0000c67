package reach

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// hold is one grant on one repository.
type hold struct {
	who   int32 // index of the team, or of the user
	level level
	team  bool
}

// spot is the same grant, seen from who holds it.
type spot struct {
	repo  int32
	level level
}

// fill lays out the grants of every repository.
func (g *Graph) fill(grants []access.Grant) {
	g.holds = make([][]hold, len(g.repos))
	g.byTeam, g.byUser, g.direct = make([][]spot, len(g.teams)), make([][]spot, len(g.users)), make([]level, len(g.users))
	ours := 0
	for i := range grants {
		if onRepo(&grants[i]) {
			ours++
		}
	}
	all, r := make([]hold, 0, ours), 0
	for len(grants) > 0 {
		on := grants[0].Resource
		n := 1
		for n < len(grants) && grants[n].Resource == on {
			n++
		}
		if on.Kind == access.Repo {
			for g.repos[r] < on.ID {
				r++
			}
			from := len(all)
			all, _ = g.lay(all, grants[:n])
			g.holds[r] = all[from:len(all):len(all)]
			for _, h := range g.holds[r] {
				held, best := g.spots(h)
				*held = append(*held, spot{int32(r), h.level})
				*best = max(*best, h.level)
			}
		}
		grants = grants[n:]
	}
}

// lay appends what the grants on one repository are, strongest first; the grants
// are in order. It stops where a grant is of somebody, or of a role, that the
// graph has no index for.
func (g *Graph) lay(to []hold, grants []access.Grant) ([]hold, bool) {
	from := len(to)
	for i := range grants {
		if !onRepo(&grants[i]) {
			continue
		}
		h, ok := g.holdOf(&grants[i])
		if !ok {
			return to, false
		}
		if n := len(to); n > from && to[n-1].who == h.who && to[n-1].team == h.team {
			to[n-1].level = max(to[n-1].level, h.level)
			continue
		}
		to = append(to, h)
	}
	slices.SortFunc(to[from:], strongestFirst)
	return to, true
}

func (g *Graph) holdOf(gr *access.Grant) (h hold, ok bool) {
	i := slices.Index(g.levels, grade{gr.Privilege, gr.Role})
	if i < 0 {
		return h, false
	}
	h.level, h.team = level(i), gr.Principal.Kind == access.Team
	if h.team {
		h.who, ok = index(g.teams, gr.Principal.ID)
	} else {
		h.who, ok = index(g.users, gr.Principal.ID)
	}
	return h, ok
}

// spots gives where the principal of a grant holds grants, and the strongest.
func (g *Graph) spots(h hold) (held *[]spot, best *level) {
	if h.team {
		return &g.byTeam[h.who], &g.team[h.who].best
	}
	return &g.byUser[h.who], &g.direct[h.who]
}

func strongestFirst(a, b hold) int {
	return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(kindOf(a), kindOf(b)), cmp.Compare(a.who, b.who))
}

func kindOf(h hold) access.Source {
	if h.team {
		return access.ByTeam
	}
	return access.Direct
}
