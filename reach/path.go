package reach

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// way is a path, and how much it gives.
type way struct {
	level level
	path  access.Path
}

// Paths gives every chain of grants by which the user reaches the repository:
// strongest first, then the shorter one. A person who is in several teams below
// the same grant has one path through each of them.
func (g *Graph) Paths(user, repo int64) []access.Path { return pathsOf(g.ways(user, repo)) }

func pathsOf(ways []way) []access.Path {
	var out []access.Path
	for _, w := range ways {
		out = append(out, w.path)
	}
	return out
}

// ways is [Graph.Paths] with what each path gives.
func (g *Graph) ways(user, repo int64) []way {
	u, known := index(g.users, user)
	r, ok := index(g.repos, repo)
	if !known || !ok {
		return nil
	}
	var found []way
	g.walk(r, func(l *layer, h *hold) {
		switch {
		case l != nil:
			if _, ok := slices.BinarySearch(l.people, u); ok {
				for _, p := range g.everywherePaths(u, r, l) {
					found = append(found, way{l.level, p})
				}
			}
		case h.team:
			for _, p := range g.climbs(u, h.who) {
				found = append(found, way{h.level, append(p, g.lastStep(h, r))})
			}
		case h.who == u:
			found = append(found, way{h.level, access.Path{g.lastStep(h, r)}})
		}
	})
	slices.SortStableFunc(found, strongestWay)
	return found
}

func strongestWay(a, b way) int {
	return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(len(a.path), len(b.path)))
}

// climbs gives the ways from the user up to the team: into each of their own
// teams, and from parent to parent until the team is reached.
func (g *Graph) climbs(u, team int32) []access.Path {
	var out []access.Path
	for _, own := range g.inTeam[u] {
		chain := g.team[own].chain
		top := slices.Index(chain, team)
		if top < 0 {
			continue
		}
		p := access.Path{g.joins(u, own)}
		out = append(out, append(p, g.parents(chain[:top+1])...))
	}
	return out
}

// parents are the steps up a chain of teams.
func (g *Graph) parents(chain []int32) access.Path {
	p := make(access.Path, 0, len(chain)+1)
	for i := 1; i < len(chain); i++ {
		p = append(p, access.Step{
			From: g.named(access.Team, g.teams[chain[i-1]]), To: g.named(access.Team, g.teams[chain[i]]), Privilege: access.Member, Source: access.ByTeam,
		})
	}
	return p
}

// joins is the step from a person into a team of theirs.
func (g *Graph) joins(u, team int32) access.Step {
	t := &g.team[team]
	i, _ := slices.BinarySearch(t.direct, u)
	return access.Step{
		From: g.named(access.User, g.users[u]), To: g.named(access.Team, g.teams[team]), Privilege: t.rank[i], Source: access.Direct,
	}
}

// lastStep is the grant itself, as the end of a path.
func (g *Graph) lastStep(h *hold, r int32) access.Step {
	l := g.levels[h.level]
	s := access.Step{To: g.named(access.Repo, g.repos[r]), Privilege: l.privilege, Source: kindOf(*h)}
	s.Role = g.snap.RoleName(access.Grant{Privilege: l.privilege, Role: l.role, Source: s.Source})
	if h.team {
		s.From = g.named(access.Team, g.teams[h.who])
	} else {
		s.From = g.named(access.User, g.users[h.who])
	}
	return s
}

// everywherePaths gives the ways by which something that holds on every
// repository reaches this one: to the organization, and from there down.
func (g *Graph) everywherePaths(u, r int32, l *layer) []access.Path {
	org := g.named(access.Org, g.snap.Org.ID)
	src := l.source
	role := g.snap.RoleName(access.Grant{Privilege: src.Privilege, Role: src.Role, Source: src.Kind})
	up := access.Step{From: g.named(access.User, g.users[u]), To: org, Privilege: src.Privilege, Role: role, Source: src.Kind}
	down := access.Step{From: org, To: g.named(access.Repo, g.repos[r]), Privilege: src.Privilege, Role: role, Source: src.Kind}
	switch {
	case src.Kind == access.ByOwner:
		up.Privilege, up.Role = access.Owner, ""
	case src.Kind == access.Base:
		up.Privilege, up.Role, up.Source = access.Member, "", access.Direct
	case src.Kind == access.ByOrgRole:
		return g.rolePaths(u, up, down, src)
	}
	return []access.Path{{up, down}}
}

// rolePaths gives every way of the user to an organization role: held directly, and
// through each team that holds it.
func (g *Graph) rolePaths(u int32, up, down access.Step, src Source) []access.Path {
	var out []access.Path
	for i := range g.broad {
		gr := &g.broad[i]
		if gr.Role != src.Role || gr.Privilege != src.Privilege {
			continue
		}
		if gr.Principal.Kind == access.User {
			if gr.Principal.ID == g.users[u] {
				out = append(out, access.Path{up, down})
			}
			continue
		}
		t, _ := index(g.teams, gr.Principal.ID)
		if _, ok := g.team[t].reaches(u); !ok {
			continue
		}
		fromTeam := up
		fromTeam.From = g.named(access.Team, gr.Principal.ID)
		for _, p := range g.climbs(u, t) {
			out = append(out, append(p, fromTeam, down))
		}
	}
	return out
}

func (g *Graph) named(k access.Kind, id int64) access.Named {
	r := access.Ref{Kind: k, ID: id}
	if e, ok := g.environment(id); ok && k == access.Env {
		return access.Named{Ref: r, Name: g.snap.EnvironmentName(e)}
	}
	return access.Named{Ref: r, Name: g.snap.Name(r)}
}
