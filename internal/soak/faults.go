package main

import (
	"context"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// outages are how GitHub fails for a while.
var outages = []struct {
	name   string
	early  bool // it is remembered for long by who met it: only while the daemon is ended again and again
	faults []githubsim.Fault
}{
	{name: "all 503", faults: []githubsim.Fault{{Action: githubsim.AnswerStatus, Status: 503}}},
	{name: "some 502", faults: []githubsim.Fault{{Action: githubsim.AnswerStatus, Status: 502, Probability: 0.2}}},
	{name: "timeouts", faults: []githubsim.Fault{{Action: githubsim.TimedOut, After: 3 * time.Second, Probability: 0.1}}},
	{name: "silence", faults: []githubsim.Fault{{Action: githubsim.TimedOut, Probability: 0.05}}},
	{name: "secondary limits", faults: []githubsim.Fault{{Action: githubsim.SecondaryLimited, After: 3 * time.Second, Probability: 0.05}}},
	{name: "primary limit", early: true, faults: []githubsim.Fault{{Action: githubsim.PrimaryLimited}}},
	{name: "partial answers", faults: []githubsim.Fault{
		{Action: githubsim.PartialData, Kind: githubsim.GraphQL, Probability: 0.1}, {Action: githubsim.NullNodes, Kind: githubsim.GraphQL, Probability: 0.1},
		{Action: githubsim.ShortPage, Kind: githubsim.GraphQL, Probability: 0.1},
	}},
	{name: "broken answers", faults: []githubsim.Fault{
		{Action: githubsim.Truncated, Probability: 0.1}, {Action: githubsim.CutJSON, Probability: 0.1}, {Action: githubsim.Reset, Probability: 0.1},
		{Action: githubsim.HTMLPage, Probability: 0.1}, {Action: githubsim.EmptyBody, Probability: 0.1}, {Action: githubsim.BadGzip, Probability: 0.1},
	}},
	{name: "no access", faults: []githubsim.Fault{{Action: githubsim.Unauthenticated}}},
	{name: "missing permissions", faults: []githubsim.Fault{{Action: githubsim.Denied, Kind: githubsim.REST, Probability: 0.3}}},
	{name: "changes in doubt", faults: []githubsim.Fault{
		{Action: githubsim.StatusAfter, Status: 502, Writes: true, Probability: 0.3}, {Action: githubsim.AnswerStatus, Status: 500, Writes: true, Probability: 0.2},
		{Action: githubsim.TimeoutAfter, After: 2 * time.Second, Writes: true, Probability: 0.2},
	}},
	{name: "changes that show late", faults: []githubsim.Fault{
		{Action: githubsim.Lagged, After: 5 * time.Second, Writes: true, Probability: 0.5}, {Action: githubsim.NoEffect, Writes: true, Probability: 0.2},
	}},
	{name: "unreachable"},
}

// faults has GitHub fail now and then.
func (r *run) faults(ctx context.Context) {
	for i := r.chance(len(outages)); r.pause(ctx, r.scale(20*time.Second)); {
		i += 1 + r.chance(3)
		o := outages[i%len(outages)]
		if o.early && time.Now().After(r.calm.Add(-r.scale(time.Minute))) {
			continue
		}
		over := r.troubled("GitHub: " + o.name)
		if len(o.faults) == 0 {
			r.gone.Store(true)
			r.github.CloseClientConnections()
		}
		for _, f := range o.faults {
			r.sim.AddFault(f)
		}
		r.pause(ctx, r.scale(20*time.Second))
		r.sim.ClearFaults()
		r.gone.Store(false)
		over()
		r.tally("outage")
	}
}

// drifts has people change what they should not, and put right what nobody else does:
// some of it ajar tells people to do by hand.
func (r *run) drifts(ctx context.Context) {
	for n := uint64(1); r.pause(ctx, r.scale(15*time.Second)); n++ {
		if n%12 == 0 {
			r.watch.Edit(func(w *githubsim.World) {
				was := r.world.Clone().Orgs[0]
				was.AuditLog = w.Orgs[0].AuditLog
				w.Orgs[0] = was
			})
			r.log.Print("everything is put right by hand")
			continue
		}
		var edits []githubsim.Edit
		r.watch.Edit(func(w *githubsim.World) { edits = githubsim.Drift(w, r.org, r.o.seed+n, 1+r.chance(3)) })
		for _, e := range edits {
			r.log.Print("drift: " + e.What)
			r.tally("drift")
		}
	}
}
