package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate/run"
)

// mishaps are what may go wrong with a request for a change, or with any.
var mishaps = []githubsim.Action{
	githubsim.AnswerStatus, githubsim.StatusAfter, githubsim.Denied, githubsim.Unauthenticated, githubsim.SecondaryLimited, githubsim.PrimaryLimited,
	githubsim.Redirected, githubsim.NotReady, githubsim.Truncated, githubsim.CutJSON, githubsim.Reset, githubsim.HTMLPage, githubsim.EmptyBody,
	githubsim.NoJSON, githubsim.BadGzip, githubsim.NoEffect, githubsim.AppliedLater, githubsim.Lagged, githubsim.DataNull, githubsim.ShortPage,
	githubsim.NullNodes, githubsim.SSORequired, githubsim.MissingField, githubsim.UnknownEnum,
}

func drawMishaps(t *rapid.T) (out []githubsim.Fault) {
	for range rapid.IntRange(1, 3).Draw(t, "mishaps") {
		f := githubsim.Fault{
			Action: rapid.SampledFrom(mishaps).Draw(t, "mishap"), Writes: rapid.Bool().Draw(t, "of changes"),
			Status: rapid.SampledFrom([]int{403, 404, 409, 410, 422, 429, 451, 500, 502, 503, 504}).Draw(t, "status"),
			After:  rapid.SampledFrom([]time.Duration{0, time.Second, 20 * time.Second, 59 * time.Second, 90 * time.Second}).Draw(t, "after"),
			Field:  rapid.SampledFrom([]string{"id", "role", "role_name", "permissions", "state", "login", "reviewers", "databaseId"}).Draw(t, "field"),
			URL:    "/user",
		}
		switch f.Action {
		case githubsim.Redirected, githubsim.SecondaryLimited, githubsim.PrimaryLimited, githubsim.AppliedLater:
			f.Status = 0
		}
		if f.Action == githubsim.ShortPage {
			f.Kind = githubsim.GraphQL // REST states no total, so nobody could tell
		}
		if f.Action != githubsim.MissingField {
			f.Field = ""
		}
		if f.Writes || rapid.Bool().Draw(t, "once") { // changes are made one after the other
			f.Nth, f.Times = rapid.IntRange(1, 8).Draw(t, "nth"), rapid.IntRange(1, 3).Draw(t, "times")
		} else {
			f.Probability = rapid.SampledFrom([]float64{0.02, 0.1, 0.4}).Draw(t, "chance")
		}
		out = append(out, f)
	}
	return out
}

// TestWhateverGoesWrongNobodyIsLockedOutAndNothingIsForgotten carries plans out
// while others change the organization and GitHub misbehaves: the properties (c) and
// (d) at every instant, and in the end what the crash harness wants of a journal.
func TestWhateverGoesWrongNobodyIsLockedOutAndNothingIsForgotten(t *testing.T) {
	n := cases(t, size(40, 4000, 40000))
	ended := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, drawWorld(rt), drawBaseline(rt), githubsim.Options{Seed: rapid.Uint64().Draw(rt, "seed")})
		defer l.end()
		w := l.watching(drawGuards(rt, l))
		p := l.plan(l.audit())
		if len(p.Actions) == 0 || len(p.Stopped) > 0 {
			return
		}
		in := drawInterference(rt, 3, 40)
		faults := drawMishaps(rt)
		for _, f := range faults {
			l.sim.AddFault(f)
		}
		w.Interfere(in.before)
		told := fmt.Sprintf("%s\n%s\n%s", strings.Join(in.names, ", "), told(faults), l.base)
		for try := range 4 { // as somebody does who types it again
			if try > 0 {
				l.clock.move(10 * time.Minute)
			}
			if try == 3 {
				l.sim.ClearFaults()
			}
			r, err := l.apply(context.Background(), p)
			if err == nil || r != nil && r.Ended != nil && r.Ended.How == run.Stopped {
				break
			}
		}
		l.sim.ClearFaults()
		l.clock.move(10 * time.Minute)
		l.settled(rt, told)
		if wrong := append(w.Complaints(), l.unaccounted(run.RunID(p.Hash))...); len(wrong) > 0 {
			rt.Fatalf("%s\n%s\n%s", strings.Join(wrong, "\n"), states(l.run(rt, run.RunID(p.Hash))), told)
		}
		ended[how(l.run(rt, run.RunID(p.Hash)))]++
	})
	figures(t, "%d cases of interference and faults, runs that ended: %v", n, ended)
}

// settled ends what is open, by looking, with everything in order again.
func (l *lab) settled(rt *rapid.T, told string) {
	for range 3 {
		e, err := l.engine(context.Background())
		if err == nil {
			_, err = e.Settle(context.Background(), "")
		}
		if err != nil {
			rt.Fatalf("settling: %v\n%s", err, told)
		}
	}
	open, err := l.store.OpenRuns(context.Background(), 0)
	if err != nil || len(open) > 0 {
		rt.Fatalf("runs are open for ever: %v %v\n%s\n%s", open, err, states(l.run(rt, open[0])), told)
	}
}

func (l *lab) run(rt *rapid.T, id string) *run.Run {
	r, err := run.Load(context.Background(), l.store, id)
	if err != nil {
		rt.Fatal(err)
	}
	return r
}

func how(r *run.Run) string {
	if r.Ended == nil {
		return "never begun"
	}
	return r.Ended.How
}

// unaccounted compares the journal with the simulator's own log: no change without
// its record, none sent twice that cannot be repeated, an end of every action.
func (l *lab) unaccounted(id string) (wrong []string) {
	r, err := run.Load(context.Background(), l.store, id)
	if err != nil {
		return []string{err.Error()}
	}
	return witness.Unaccounted(l.sim.Mutations(), map[string]*run.Run{id: r})
}
