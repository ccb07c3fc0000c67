package reach

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Clone gives a graph that can be changed while others ask this one. The two
// share what neither changes in place: a change replaces the lists it touches.
// Whoever keeps a graph up to date for others clones it, changes the clone, and
// hands the clone out in the place of the old graph.
func (g *Graph) Clone() *Graph {
	c := *g
	c.team, c.inTeam = slices.Clone(g.team), slices.Clone(g.inTeam)
	c.holds, c.byTeam, c.byUser = slices.Clone(g.holds), slices.Clone(g.byTeam), slices.Clone(g.byUser)
	c.direct = slices.Clone(g.direct)
	return &c
}

// SetRepository replaces what people and teams hold on one repository. The graph
// then answers as one of the changed snapshot would; the snapshot itself stays as
// it is. Grants on anything else, and those of keys and apps, are left out.
//
// It must not run while the graph is asked or changed elsewhere; see
// [Graph.Clone]. Somebody, a team, a repository or a role that the snapshot did
// not hold costs as much as [New].
func (g *Graph) SetRepository(repo int64, grants []access.Grant) {
	on := func(gr *access.Grant) bool { return onRepo(gr) && gr.Resource.ID == repo }
	mine := inOrder(grants, on)
	r, ok := index(g.repos, repo)
	var now []hold
	if ok {
		now, ok = g.lay(nil, mine)
	}
	if !ok || len(now) == 0 && !g.lists(repo) {
		g.renew(mine, on)
		return
	}
	was := slices.SortedFunc(slices.Values(g.holds[r]), byHolder)
	is := slices.SortedFunc(slices.Values(now), byHolder)
	changes(was, is, byHolder, func(was, is *hold) {
		switch {
		case is == nil:
			g.move(*was, r, 0)
		case was == nil || was.level != is.level:
			g.move(*is, r, is.level)
		}
	})
	g.holds[r] = now
}

// SetTeam replaces the immediate members of a team: grants of people on it, of
// Member or Maintain. It is to be used as [Graph.SetRepository] is.
func (g *Graph) SetTeam(team int64, members []access.Grant) {
	of := func(gr *access.Grant) bool { return inTeam(gr) && gr.Resource.ID == team }
	mine := inOrder(members, of)
	t, ok := index(g.teams, team)
	var now teamNode
	for i := range mine {
		u, known := index(g.users, mine[i].Principal.ID)
		if ok = ok && known; !ok {
			break
		}
		g.enlist(&now, u, mine[i].Privilege)
	}
	if !ok {
		g.renew(mine, of)
		return
	}
	member := slices.Clone(g.member)
	changes(g.team[t].direct, now.direct, cmp.Compare, func(was, is *int32) {
		switch {
		case is == nil:
			g.inTeam[*was] = without(g.inTeam[*was], t)
			if len(g.inTeam[*was]) == 0 && !g.listed.has(*was) {
				member.remove(*was)
			}
		case was == nil:
			g.inTeam[*is] = with(g.inTeam[*is], t)
			member.add(*is)
		}
	})
	g.team[t].direct, g.team[t].rank = now.direct, now.rank
	own := make([]int32, len(g.users))
	for _, up := range g.team[t].chain {
		g.gather(up, own)
	}
	if g.carries(t) || !slices.Equal(member, g.member) {
		g.member = member
		g.spreadOut()
	}
}

// SetTeamGrants replaces what a team holds on repositories. It is to be used as
// [Graph.SetRepository] is; it takes longer the more repositories change.
func (g *Graph) SetTeamGrants(team int64, grants []access.Grant) {
	of := func(gr *access.Grant) bool {
		return onRepo(gr) && gr.Principal == access.Ref{Kind: access.Team, ID: team}
	}
	mine := inOrder(grants, of)
	t, ok := index(g.teams, team)
	var now []spot
	if ok {
		now, ok = g.spotsOf(mine)
	}
	if ok {
		changes(g.byTeam[t], now, byRepository, func(was, is *spot) {
			ok = ok && (is != nil || len(g.holds[was.repo]) > 1 || g.lists(g.repos[was.repo]))
		})
	}
	if !ok {
		g.renew(mine, of)
		return
	}
	best := level(0)
	for _, s := range now {
		best = max(best, s.level)
	}
	changes(g.byTeam[t], now, byRepository, func(was, is *spot) {
		switch {
		case is == nil:
			g.holds[was.repo] = put(g.holds[was.repo], hold{t, 0, true})
		case was == nil || was.level != is.level:
			g.holds[is.repo] = put(g.holds[is.repo], hold{t, is.level, true})
		}
	})
	g.byTeam[t], g.team[t].best = now, best
}

// spotsOf is [Graph.lay] for the grants of one team.
func (g *Graph) spotsOf(grants []access.Grant) ([]spot, bool) {
	out := make([]spot, 0, len(grants))
	r := 0
	for i := range grants {
		for r < len(g.repos) && g.repos[r] < grants[i].Resource.ID {
			r++
		}
		if r == len(g.repos) || g.repos[r] != grants[i].Resource.ID {
			return nil, false
		}
		l := slices.Index(g.levels, grade{grants[i].Privilege, grants[i].Role})
		if l < 0 {
			return nil, false
		}
		if n := len(out); n > 0 && out[n-1].repo == int32(r) {
			out[n-1].level = max(out[n-1].level, level(l))
			continue
		}
		out = append(out, spot{int32(r), level(l)})
	}
	return out, true
}

// move notes a changed grant with who holds it; level 0 takes it away.
func (g *Graph) move(h hold, r int32, l level) {
	held, best := g.spots(h)
	i, found := slices.BinarySearchFunc(*held, r, func(s spot, r int32) int { return cmp.Compare(s.repo, r) })
	was := level(0)
	next := make([]spot, 0, len(*held)+1)
	next = append(next, (*held)[:i]...)
	if l > 0 {
		next = append(next, spot{r, l})
	}
	if found {
		was = (*held)[i].level
		i++
	}
	*held = append(next, (*held)[i:]...)
	if l >= was || was < *best {
		*best = max(*best, l)
		return
	}
	*best = 0
	for _, s := range *held {
		*best = max(*best, s.level)
	}
}

// put gives the grants of a repository with one of them changed; level 0 takes it
// away.
func put(holds []hold, h hold) []hold {
	out := make([]hold, 0, len(holds)+1)
	for _, o := range holds {
		if o.who == h.who && o.team == h.team {
			continue
		}
		if h.level > 0 && strongestFirst(h, o) < 0 {
			out, h.level = append(out, h), 0
		}
		out = append(out, o)
	}
	if h.level > 0 {
		out = append(out, h)
	}
	return out
}

// lists reports whether the snapshot lists the repository, so that the graph
// knows it whatever is granted on it.
func (g *Graph) lists(repo int64) bool {
	_, ok := g.snap.Repository(repo)
	return ok
}

// carries reports whether the team, or one above it, holds an organization role
// with a base.
func (g *Graph) carries(t int32) bool {
	for _, up := range g.team[t].chain {
		ref := access.Ref{Kind: access.Team, ID: g.teams[up]}
		if slices.ContainsFunc(g.broad, func(gr access.Grant) bool { return gr.Principal == ref }) {
			return true
		}
	}
	return false
}

// renew builds the graph anew, without the grants that are out and with others.
func (g *Graph) renew(with []access.Grant, out func(*access.Grant) bool) {
	s := *g.snap
	s.Grants = slices.DeleteFunc(g.grants(), func(gr access.Grant) bool { return out(&gr) })
	s.Grants = append(s.Grants, with...)
	slices.SortFunc(s.Grants, access.Grant.Compare)
	*g = *New(&s)
}

// grants lists what the graph stands for by now.
func (g *Graph) grants() []access.Grant {
	var out []access.Grant
	for _, gr := range g.snap.Grants {
		if !onRepo(&gr) && !inTeam(&gr) {
			out = append(out, gr)
		}
	}
	for t, n := range g.team {
		for i, u := range n.direct {
			out = append(out, access.Grant{
				Principal: access.Ref{Kind: access.User, ID: g.users[u]}, Resource: access.Ref{Kind: access.Team, ID: g.teams[t]},
				Privilege: n.rank[i], Source: access.Direct,
			})
		}
	}
	for r, holds := range g.holds {
		for _, h := range holds {
			l := g.levels[h.level]
			gr := access.Grant{Resource: access.Ref{Kind: access.Repo, ID: g.repos[r]}, Privilege: l.privilege, Source: kindOf(h), Role: l.role}
			if h.team {
				gr.Principal = access.Ref{Kind: access.Team, ID: g.teams[h.who]}
			} else {
				gr.Principal = access.Ref{Kind: access.User, ID: g.users[h.who]}
			}
			out = append(out, gr)
		}
	}
	return out
}
