package collector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// budget is how many queries, and how many points, a repository may cost.
const budget = 0.08

// void is a sink that keeps nothing.
type void struct{ rows int }

func (v *void) People(context.Context, []access.Person) error { return nil }
func (v *void) Put(_ context.Context, _ access.Area, _ int64, r access.Rows) error {
	v.rows += len(r.Grants)
	return nil
}
func (v *void) Add(_ context.Context, _ access.Area, _ int64, r access.Rows) error {
	v.rows += len(r.Grants)
	return nil
}
func (v *void) Cover(context.Context, access.Cover) error { return nil }

// core leaves out what the budget counts apart: contributions.
func core(m githubsim.Meters) (c githubsim.Count) {
	for shape, n := range m.GraphQL {
		if shape != "nodes(User)" {
			c.Requests += n.Requests
			c.Points += n.Points
		}
	}
	return c
}

// bill lists what was asked, by kind.
func bill(m githubsim.Meters) string {
	var b strings.Builder
	for _, by := range []map[string]githubsim.Count{m.GraphQL, m.REST} {
		for _, k := range slices.Sorted(maps.Keys(by)) {
			fmt.Fprintf(&b, "\n  %-75s %6d requests %6d points", k, by[k].Requests, by[k].Points)
		}
	}
	return b.String()
}

func TestFullReadKeepsItsBudget(t *testing.T) {
	asked := map[string]int{}
	for name, o := range map[string]githubsim.GenOptions{"sparse": {Seed: 1}, "base permission read": {Seed: 1, BasePermission: "read"}, "dense": {Seed: 1, Dense: true}} {
		// Batches grow with the answers that came, so that a machine which has no time for
		// the answers makes for a few more of them: the least of three counts.
		least := 1 << 30
		for range 3 {
			m := budgeted(t, name, o)
			c := core(m)
			t.Logf("%s: %d queries, %d points%s", name, c.Requests, c.Points, bill(m))
			if n := max(c.Requests, c.Points); n < least {
				least, asked[name] = n, m.Total.Requests
			}
			if float64(least)/float64(githubsim.S.Repositories) <= budget {
				break
			}
		}
		if n := float64(least) / float64(githubsim.S.Repositories); n > budget {
			t.Errorf("%s: %.4f queries or points a repository, want at most %.2f of each", name, n, budget)
		}
	}
	if none, read := asked["sparse"], asked["base permission read"]; max(none, read)*100 > min(none, read)*101 {
		t.Errorf("%d requests without a base permission, %d with one", none, read)
	}
}

// budgeted reads a generated organization once, and gives what the server counted.
func budgeted(t *testing.T, name string, o githubsim.GenOptions) githubsim.Meters {
	t.Helper()
	h := start(t, githubsim.Generate(githubsim.S, o))
	if err := h.into(&void{}, "acme"); err != nil {
		t.Fatal(err)
	}
	m := h.sim.Meters()
	if own := h.client.Meter(); own.GraphQL != int64(sum(m.GraphQL).Requests) || own.Points != int64(sum(m.GraphQL).Points) || own.REST != int64(sum(m.REST).Requests) {
		t.Errorf("%s: the client counts %+v, the server%s", name, own, bill(m))
	}
	return m
}

func sum(by map[string]githubsim.Count) (c githubsim.Count) {
	for _, n := range by {
		c.Requests += n.Requests
		c.Points += n.Points
	}
	return c
}

// With one answer in a hundred failing and one in a hundred cut short, the read
// is whole and costs a twentieth more at most.
func TestRecoveryCostsLittle(t *testing.T) {
	points := func(seed uint64, faults ...githubsim.Fault) (n int) {
		w := githubsim.Generate(githubsim.S, githubsim.GenOptions{Seed: 1})
		h := start(t, w, faulty(faults...), func(o *setup) { o.sim.Seed = seed })
		s := h.collect(t, "acme", func(o *Options) {
			o.Without = []access.Area{access.AreaPolicies, access.AreaDeployKeys, access.AreaTeamGrants}
		})
		checkSound(t, s, w, w.Orgs[0])
		for _, line := range s.ledger.Gaps() {
			if line.Reason != "left out by [collect] without" && line.Area != access.AreaContributions {
				t.Errorf("%+v", line)
			}
		}
		return sum(h.sim.Meters().GraphQL).Points
	}
	clean, runs, total := points(0), 6, 0
	for seed := range runs {
		total += points(uint64(seed),
			githubsim.Fault{Kind: githubsim.GraphQL, Action: githubsim.AnswerStatus, Status: 502, Probability: 0.01},
			githubsim.Fault{Kind: githubsim.GraphQL, Action: githubsim.PartialData, Probability: 0.01})
	}
	if more := float64(total)/float64(clean*runs) - 1; more > 0.05 {
		t.Errorf("%.1f %% more points than a clean read", 100*more)
	} else {
		t.Logf("%.1f %% more points than a clean read of %d", 100*more, clean)
	}
}
