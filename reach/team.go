package reach

import (
	"iter"
	"slices"

	"github.com/eb661601/ajar/access"
)

// TeamAccess is what a team gives its members on one repository: by its own
// grants, by those of the teams above it, and by organization roles that any of
// them holds. What a member has besides is not in it.
type TeamAccess struct {
	Privilege access.Privilege // the highest
	Role      int64            // the custom repository role it comes from; 0 for GitHub's own
	Paths     []access.Path    // strongest first; each begins at the team
}

// OfTeam gives everything that the team gives its members, by ascending
// repository id.
func (g *Graph) OfTeam(team int64) iter.Seq2[int64, TeamAccess] {
	return func(yield func(int64, TeamAccess) bool) {
		t, ok := index(g.teams, team)
		if !ok {
			return
		}
		var on []int32
		if g.carries(t) {
			for r := range g.repos {
				on = append(on, int32(r))
			}
		} else {
			for _, up := range g.team[t].chain {
				for _, s := range g.byTeam[up] {
					on = append(on, s.repo)
				}
			}
			slices.Sort(on)
			on = slices.Compact(on)
		}
		for _, r := range on {
			ways := g.teamWays(team, g.repos[r])
			if len(ways) == 0 {
				continue
			}
			best := g.levels[ways[0].level]
			if !yield(g.repos[r], TeamAccess{best.privilege, best.role, pathsOf(ways)}) {
				return
			}
		}
	}
}

// teamWays gives the ways from the team into the repository, strongest first.
func (g *Graph) teamWays(team, repo int64) []way {
	t, known := index(g.teams, team)
	r, ok := index(g.repos, repo)
	if !known || !ok {
		return nil
	}
	chain := g.team[t].chain
	var found []way
	for i := range g.holds[r] {
		h := &g.holds[r][i]
		if top := slices.Index(chain, h.who); h.team && top >= 0 {
			found = append(found, way{h.level, append(g.parents(chain[:top+1]), g.lastStep(h, r))})
		}
	}
	org := g.named(access.Org, g.snap.Org.ID)
	for i := range g.broad {
		gr := &g.broad[i]
		holder, ok := index(g.teams, gr.Principal.ID)
		top := slices.Index(chain, holder)
		if gr.Principal.Kind != access.Team || !ok || top < 0 {
			continue
		}
		role := g.snap.RoleName(*gr)
		up := access.Step{From: g.named(access.Team, gr.Principal.ID), To: org, Privilege: gr.Privilege, Role: role, Source: access.ByOrgRole}
		down := access.Step{From: org, To: g.named(access.Repo, repo), Privilege: gr.Privilege, Role: role, Source: access.ByOrgRole}
		found = append(found, way{g.levelOf(gr.Privilege), append(g.parents(chain[:top+1]), up, down)})
	}
	slices.SortStableFunc(found, strongestWay)
	return found
}

// approvesByTeam tells of a team that is named as a reviewer, or is below one.
// Its members can approve if they can read the repository, as [Graph.Approvers]
// has it; where it has members and none of them can, there is no row.
func (g *Graph) approvesByTeam(who access.Ref, e access.Environment) []EnvAccess {
	t, ok := index(g.teams, who.ID)
	if !ok {
		return nil
	}
	chain := g.team[t].chain
	var ways []access.Path
	for _, gr := range g.reviewers(e.ID) {
		named, ok := index(g.teams, gr.Principal.ID)
		if top := slices.Index(chain, named); gr.Principal.Kind == access.Team && ok && top >= 0 {
			ways = append(ways, append(g.parents(chain[:top+1]), g.reviews(gr)))
		}
	}
	reads := func(u int32) bool { return g.canRead(g.users[u], e.Repo) }
	if people := g.team[t].people; len(ways) == 0 || len(people) > 0 && !slices.ContainsFunc(people, reads) {
		return nil
	}
	return []EnvAccess{g.approver(who, ways)}
}
