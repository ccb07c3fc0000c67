package audit

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// A server that bears little today bears little tomorrow: the second pass does
// not run into the same wall.
func TestPageSizesAreRememberedFromOnePassToTheNext(t *testing.T) {
	x := newTiered(t)
	x.fault = githubsim.Fault{Kind: githubsim.GraphQL, Match: "nodes(Repository)", Action: githubsim.AnswerStatus, Status: 502, Nth: 1, Times: 8}
	x.take()
	org := x.world.Orgs[0].ID
	first, err := x.p.Store.PageSizes(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	if first["details"] >= 25 || first["details"] < 1 || first["repositories"] != 100 {
		t.Fatalf("the sizes are %v, want fewer details than 25", first)
	}
	x.fault = githubsim.Fault{}
	x.c.move(time.Hour)
	x.take()
	if n := x.sim.Meters().GraphQL["nodes(Repository)"].Requests; n < 60/(first["details"]+4) {
		t.Errorf("the second pass asked for 60 repositories in %d batches, and began with %d", n, first["details"])
	}
	second, err := x.p.Store.PageSizes(t.Context(), org)
	if err != nil || second["details"] <= first["details"] {
		t.Errorf("the sizes are %v after a pass without trouble, %v", second, err)
	}
}
