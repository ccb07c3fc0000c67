//go:build unix

package reach_test

import (
	"slices"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// BenchmarkOneChange keeps a graph of size L up to date: one repository with its
// levels worked out again, one team's members, one team's grants, each back and
// forth between what is there and something else. In the dense organization it is
// the worst of them: a repository with all ten teams of 2 500 people, and one of
// those teams.
func BenchmarkOneChange(b *testing.B) {
	for _, dense := range []bool{false, true} {
		s := large(dense)
		on, who := repo(6_780), team(500)
		if dense {
			who = team(1_003)
		}
		onRepo := slices.Clone(s.GrantsOn(on))
		fewer := slices.Clone(onRepo)
		for i := range fewer {
			fewer[i].Privilege = access.Triage // everybody's grant changes
		}
		members := slices.Clone(s.GrantsOn(who))
		var held []access.Grant
		for _, g := range s.Grants {
			if g.Principal == who {
				held = append(held, g)
			}
		}
		for _, c := range []struct {
			name   string
			change func(g *reach.Graph, odd bool)
		}{
			{"repository", func(g *reach.Graph, odd bool) {
				g.SetRepository(on.ID, pick(odd, fewer, onRepo))
				g.Levels(on.ID)
			}},
			{"team-members", func(g *reach.Graph, odd bool) { g.SetTeam(who.ID, pick(odd, members[1:], members)) }},
			{"team-grants", func(g *reach.Graph, odd bool) { g.SetTeamGrants(who.ID, pick(odd, held[1:], held)) }},
			{"clone", func(g *reach.Graph, _ bool) { g.Clone() }},
		} {
			b.Run(pick(dense, "dense/", "sparse/")+c.name, func(b *testing.B) {
				g := reach.New(s)
				from, odd := cpu(b), false
				for b.Loop() {
					odd = !odd
					c.change(g, odd)
				}
				b.ReportMetric(float64((cpu(b)-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				b.ReportMetric(1, "goal-cpu-ms/op")
			})
		}
	}
}

func pick[T any](odd bool, a, b T) T {
	if odd {
		return a
	}
	return b
}
