package main

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// loss is somebody who lost something by a request, as the simulator shows it.
type loss struct {
	at  time.Time
	who string
}

// TestLimitsHoldForARunAndForADay is property (g): whatever the sequence of plans
// and runs, and whatever others do between them, no more people, keys and
// invitations lose something within 24 hours than max_changes says.
func TestLimitsHoldForARunAndForADay(t *testing.T) {
	n := cases(t, size(15, 1000, 10000))
	reached, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, drawWorld(rt), drawBaseline(rt), githubsim.Options{})
		defer l.end()
		l.guards.MaxChanges = rapid.IntRange(1, 4).Draw(rt, "max changes")
		var all []loss
		for range rapid.IntRange(2, 5).Draw(rt, "runs") {
			l.clock.move(time.Duration(rapid.IntRange(0, 14).Draw(rt, "hours")) * time.Hour)
			l.sim.Mutate(func(w *githubsim.World) {
				e := rapid.SampledFrom(edits).Draw(rt, "edit")
				e.do(w.Orgs[0], w, rapid.IntRange(0, 11).Draw(rt, "of"))
			})
			l.last = l.audit()
			in := l.input(l.last)
			in.Max = rapid.IntRange(0, 3).Draw(rt, "at most")
			p := remediate.NewPlan(in)
			if len(p.Actions) == 0 {
				continue
			}
			if why := l.decided(rt, p); why != nil {
				refused++
				continue
			}
			before := l.sim.Snapshot()
			done, err := l.apply(context.Background(), p)
			if done == nil {
				rt.Fatal(err)
			}
			all = append(all, lost(l.clock.now(), before, l.sim.Snapshot())...)
			if worst := within(all, 24*time.Hour-time.Minute); worst > l.guards.MaxChanges {
				rt.Fatalf("%d lost something within a day, max_changes is %d\n%s", worst, l.guards.MaxChanges, lines(p))
			} else if worst == l.guards.MaxChanges {
				reached++
			}
		}
	})
	figures(t, "%d sequences of runs kept the limits (reached %d times, %d plans refused)", n, reached, refused)
}

// decided keeps a plan and asks whether it may be carried out, as `ajar apply` does.
func (l *lab) decided(rt *rapid.T, p remediate.Plan) error {
	ctx := context.Background()
	body, err := json.Marshal(p)
	if err == nil {
		err = l.store.SavePlan(ctx, p.Hash, p.Org.ID, body, p.MadeAt)
	}
	c := run.Case{Plan: p, Now: l.clock.now(), TTL: 24 * time.Hour, Mode: run.ModeApprove, Baseline: p.BaselineHash, Guards: l.guards, By: me}
	if err == nil {
		err = run.Gather(ctx, l.store, &c)
	}
	if err != nil {
		rt.Fatal(err)
	}
	c.Held = nil // small organizations lose a fifth of something easily, and nobody is here to say that it was meant
	c.Approvals = []run.Approval{run.Agree(run.Person{ID: 1, Login: "boss1"}, l.clock.now(), 0, "", "prove")}
	if r := c.Decide(); r != nil {
		return r
	}
	return nil
}

// lost compares an organization before and after a run: who can do less somewhere,
// and which keys and invitations are gone.
func lost(at time.Time, before, after *githubsim.World) (out []loss) {
	b, a := before.Index(), after.Index()
	bo, ao := before.Orgs[0], after.Orgs[0]
	for _, u := range before.Users {
		for _, r := range bo.Repos {
			if witness.Level(a, ao, r.Name, u.Login) < witness.Level(b, bo, r.Name, u.Login) {
				out = append(out, loss{at, u.Login})
				break
			}
		}
	}
	have := map[string]bool{}
	for _, l := range witness.Essence(after) {
		have[l] = true
	}
	for _, r := range bo.Repos {
		for _, k := range r.DeployKeys {
			if !have[fmt.Sprintf("%s/%s key %s %q read-only=%t", bo.Login, r.Name, k.Key, k.Title, k.ReadOnly)] {
				out = append(out, loss{at, "key " + k.Key})
			}
		}
	}
	return out
}

// within is the most that lost something in any span of time of that length.
func within(all []loss, d time.Duration) (most int) {
	for _, end := range all {
		who := map[string]bool{}
		for _, l := range all {
			if !l.at.After(end.at) && l.at.After(end.at.Add(-d)) {
				who[l.who] = true
			}
		}
		most = max(most, len(who))
	}
	return most
}
