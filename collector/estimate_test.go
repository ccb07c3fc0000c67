package collector

import (
	"math"
	"testing"

	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/githubsim"
)

// What the estimate says beforehand is what the collection then costs: within a
// seventh, or ten requests where there are few.
func TestEstimateIsCloseToWhatTheCollectionThenCosts(t *testing.T) {
	for name, w := range map[string]*githubsim.World{
		"kubernetes": world(t, "kubernetes.json"), "demo": githubsim.Demo(),
		"S":       githubsim.Generate(githubsim.S, githubsim.GenOptions{Seed: 1}),
		"S dense": githubsim.Generate(githubsim.S, githubsim.GenOptions{Seed: 2, Dense: true}),
	} {
		for _, o := range w.Orgs {
			h := start(t, w)
			e, err := Weigh(t.Context(), h.client, o.Login, Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := h.client.Meter()
			if before.Points > 3 || before.Requests != 1 {
				t.Errorf("%s, %s: the estimate itself cost %d requests and %d points", name, o.Login, before.Requests, before.Points)
			}
			h.collect(t, o.Login)
			m := h.client.Meter()
			calls, more := e.Calls()
			queries, moreQueries := e.Queries()
			made, called := int(m.GraphQL-before.GraphQL), int(m.REST-before.REST)
			t.Logf("%s, %s: foreseen %d queries and %d more, %d calls and %d more; then %d queries, %d calls",
				name, o.Login, queries, moreQueries, calls, more, made, called)
			near(t, name+", "+o.Login+": queries", queries, made)
			near(t, name+", "+o.Login+": calls", calls, min(called, max(called-more, calls)))
			if made > queries+moreQueries || called > calls+more {
				t.Errorf("%s, %s: the collection cost more than the estimate has at most", name, o.Login)
			}
			if e.Repositories != len(o.Repos) || e.Members != len(o.Members) || e.Teams != len(o.Teams) {
				t.Errorf("%s, %s: counted %+v", name, o.Login, e)
			}
		}
	}
}

func TestEstimateCountsTheKeysAndNotTheRepositoriesThatHaveSome(t *testing.T) {
	w := githubsim.Demo()
	keys := 0
	for _, r := range w.Orgs[0].Repos {
		keys += len(r.DeployKeys)
	}
	h := start(t, w)
	for _, known := range []*Counts{nil, {Keys: keys, WithKeys: keys - 1, Outside: 3}} {
		e, err := Weigh(t.Context(), h.client, "acme-robotics", Options{}, known)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"deploy keys": keys, "outside collaborators": -1} // only a snapshot tells those
		if known != nil {
			want["outside collaborators"] = 3
		}
		for _, k := range e.Kinds {
			if n, asked := want[k.Kind]; asked && k.Things != n {
				t.Errorf("%s: %d, want %d", k.Kind, k.Things, n)
			}
		}
	}
}

func near(t *testing.T, what string, want, got int) {
	t.Helper()
	if off := math.Abs(float64(want - got)); off > 10 && off > float64(got)/7 {
		t.Errorf("%s: %d were foreseen and %d were made", what, want, got)
	}
}

func TestEstimateAsksWhatGitHubsSchemasHave(t *testing.T) {
	h := start(t, githubsim.Demo())
	if _, err := Weigh(t.Context(), h.client, "acme-robotics", Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range h.sim.Requests() {
		if _, errs := contract.Query(contract.Schema(t), r.Query); len(errs) > 0 {
			t.Errorf("%v\n%s", errs, r.Query)
		}
	}
}
