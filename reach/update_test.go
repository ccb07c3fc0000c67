package reach_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// answers is all that a graph says about a small organization.
type answers struct {
	Repositories []int64
	Cut          []int64
	Effective    map[int64][]reach.Access
	Levels       map[int64][]reach.Level
	Paths        map[[2]int64][]access.Path
	On           map[[2]int64]reach.Access
	Of           map[int64][]reach.Access
	Highest      map[int64]access.Privilege
	InOrg        map[int64][2]bool
	TeamsOf      map[int64][]int64
	Teams        map[int64][3][]int64
	Environment  [][]reach.EnvAccess
}

func ask(g *reach.Graph) answers {
	a := answers{
		Repositories: slices.Collect(g.Repositories()), Cut: g.Cut(),
		Effective: map[int64][]reach.Access{}, Levels: map[int64][]reach.Level{}, Paths: map[[2]int64][]access.Path{},
		On: map[[2]int64]reach.Access{}, Of: map[int64][]reach.Access{}, Highest: map[int64]access.Privilege{},
		InOrg: map[int64][2]bool{}, TeamsOf: map[int64][]int64{}, Teams: map[int64][3][]int64{},
		Environment: [][]reach.EnvAccess{g.Approvers(91), g.CanDeploy(91), g.CanBypass(91), g.CanConfigure(91)},
	}
	for r := int64(1); r <= 7; r++ {
		a.Effective[r], a.Levels[r] = g.Effective(r), g.Levels(r)
		for u := int64(1); u <= 12; u++ {
			a.Paths[[2]int64{u, r}], a.On[[2]int64{u, r}] = g.Paths(u, r), g.On(u, r)
		}
	}
	for u := int64(1); u <= 12; u++ {
		for _, x := range g.Of(u) {
			a.Of[u] = append(a.Of[u], x)
		}
		a.Highest[u], a.InOrg[u], a.TeamsOf[u] = g.Highest(u), [2]bool{g.Member(u), g.Owner(u)}, g.TeamsOf(u)
	}
	for t := int64(1); t <= 9; t++ {
		a.Teams[t] = [3][]int64{g.Members(t), g.Immediate(t), g.Ancestors(t)}
	}
	return a
}

// drawChange draws one update: the grants that it replaces, those that come
// instead, and the call. Some are of people, teams and repositories never seen.
func drawChange(t *rapid.T) (gone func(access.Grant) bool, come []access.Grant, apply func(*reach.Graph)) {
	id := func(n int64) int64 { return rapid.Int64Range(1, n).Draw(t, "id") }
	strength := rapid.SampledFrom([]access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin})
	role := rapid.SampledFrom([]int64{0, 0, 0, 71, 72, 73})
	on := func(holder, on access.Ref) access.Grant {
		g := access.Grant{Principal: holder, Resource: on, Privilege: strength.Draw(t, "p"), Source: access.Direct, Role: role.Draw(t, "role")}
		if holder.Kind == access.Team {
			g.Source = access.ByTeam
		}
		return g
	}
	n := rapid.IntRange(0, 5).Draw(t, "how many")
	switch which := id(7); rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		for range n {
			come = append(come, on(rapid.SampledFrom([]access.Ref{user(id(11)), team(id(8))}).Draw(t, "holder"), repo(which)))
		}
		return func(g access.Grant) bool { return g.Resource == repo(which) && g.Source != access.ByKey }, come,
			func(g *reach.Graph) { g.SetRepository(which, come) }
	case 1:
		for range n {
			g := access.Grant{Principal: user(id(11)), Resource: team(which), Privilege: access.Member, Source: access.Direct}
			if rapid.Bool().Draw(t, "maintainer") {
				g.Privilege = access.Maintain
			}
			come = append(come, g)
		}
		return func(g access.Grant) bool { return g.Resource == team(which) }, come, func(g *reach.Graph) { g.SetTeam(which, come) }
	default:
		for range n {
			come = append(come, on(team(which), repo(id(7))))
		}
		return func(g access.Grant) bool { return g.Source == access.ByTeam && g.Principal == team(which) }, come,
			func(g *reach.Graph) { g.SetTeamGrants(which, come) }
	}
}

func TestAnUpdatedGraphAnswersAsANewOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		s.People = []access.Person{{ID: 10, Login: "ten"}}
		s.CustomRoles = []access.CustomRole{{ID: 71, Name: "r71", Base: access.Write}}
		s.Environments = []access.Environment{{ID: 91, Repo: 1, Name: "production"}}
		s.Grants = append(s.Grants,
			access.Grant{Principal: team(2), Resource: access.Ref{Kind: access.Env, ID: 91}, Privilege: access.Approve, Source: access.Reviewer},
			access.Grant{Principal: access.Ref{Kind: access.Key, ID: 95}, Resource: repo(6), Privilege: access.Read, Source: access.ByKey})
		sortSnapshot(s)
		g := reach.New(s)
		for range rapid.IntRange(1, 6).Draw(t, "updates") {
			gone, come, apply := drawChange(t)
			next := *s
			next.Grants = slices.DeleteFunc(slices.Clone(s.Grants), gone)
			for _, c := range come {
				if !slices.Contains(next.Grants, c) {
					next.Grants = append(next.Grants, c)
				}
			}
			sortSnapshot(&next)
			before, old := ask(g), g
			if rapid.Bool().Draw(t, "clone") {
				g = g.Clone()
			}
			apply(g)
			if d := gocmp.Diff(ask(reach.New(&next)), ask(g), cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("the updated graph answers otherwise than a new one (-new +updated):\n%s", d)
			}
			if g != old {
				if d := gocmp.Diff(before, ask(old)); d != "" {
					t.Fatalf("a change of the clone changed the graph:\n%s", d)
				}
			}
			s = &next
		}
	})
}
