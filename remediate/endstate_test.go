package remediate_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

// TestTheSimulatedEndStateIsTheOneThatCarryingOutLeaves compares what a plan was
// verified on with what the tests' own account of GitHub makes of the same actions,
// for any part of a plan, and back again.
func TestTheSimulatedEndStateIsTheOneThatCarryingOutLeaves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base, guards := drawWorld(rt), drawBaseline(rt), drawGuards(rt)
		in := w.input(t, base, guards)
		part := slices.DeleteFunc(remediate.NewPlan(in).Actions, func(remediate.Action) bool { return rapid.Bool().Draw(rt, "left out") })
		var there, back []remediate.Change
		for _, a := range part {
			there = append(there, a.Change)
			if len(a.Irreversible) == 0 {
				back = append(back, a.Change.Inverse())
			}
		}
		simulated := remediate.EndState(in.Snapshot, there)
		end := w.twin()
		carryOut(end, part)
		if diff := cmp.Diff(access1(end.seal()), access1(simulated)); diff != "" {
			rt.Fatalf("want -, have +:\n%s", diff)
		}
		if len(back) == len(part) {
			if diff := cmp.Diff(access1(in.Snapshot), access1(remediate.EndState(simulated, back))); diff != "" {
				rt.Fatalf("not undone: want -, have +:\n%s", diff)
			}
		}
	})
}

// access1 is everybody's access to everything, and who can approve.
func access1(s *access.Snapshot) map[int64]any {
	g := reach.New(s)
	out := map[int64]any{}
	for _, r := range s.Repositories {
		out[r.ID] = g.Levels(r.ID)
	}
	for _, e := range s.Environments {
		out[e.ID] = g.MayApprove(e.ID)
	}
	return out
}

func TestAPlanSaysWhoCanStillApprove(t *testing.T) {
	const rule = roles + "[[environment]]\nmatch = [\"env:acme/*/production\"]\nreviewers = [\"user:kim\", \"team:acme/dev\"]\n"
	w := house()
	w.reviewer("user:ann", "api/production")
	p := w.plan(t, rule, loose())
	dan, dora, kim := w.named("user:dan"), w.named("user:dora"), w.named("user:kim")
	want := []remediate.GateLeft{{Env: w.named("env:api/production"), Before: 1, After: 3, Sample: []access.Named{dan, dora, kim}}}
	want[0].Env.Name = "env:acme/api/production"
	if diff := cmp.Diff(want, p.Gates); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func (w *world) named(name string) access.Named { return access.Named{Ref: w.ref(name), Name: name} }
