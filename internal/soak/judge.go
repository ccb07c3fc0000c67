package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/internal/witness"
)

// sound wants of a store, whose daemon has just died, that it opens, that its pages
// are sound and that its journal verifies.
func (r *run) sound(ctx context.Context, when string) {
	for _, words := range [][]string{{"store", "check"}, {"journal", "verify"}} {
		if o := r.ajar(ctx, nil, words...); o.code != 0 {
			r.brokef("%s, ajar %s: %v", when, strings.Join(words, " "), o)
		}
	}
}

// calmDown lets what is left over come to its end, with everything in order.
func (r *run) calmDown() {
	ctx, cancel := context.WithTimeout(context.Background(), goodWithin)
	defer cancel()
	r.sim.ClearFaults()
	r.gone.Store(false)
	from := time.Now()
	for range 3 {
		if o := r.ajar(ctx, nil, "apply", "--settle"); o.code == 0 {
			break
		}
	}
	for {
		st, err := r.d.status(ctx)
		if err == nil && len(st.Orgs) > 0 && st.Orgs[0].Last != nil && st.Orgs[0].Last.Began.After(from) && st.Orgs[0].Last.Result == "ok" {
			break
		}
		if !rest(ctx, 200*time.Millisecond) {
			r.brokef("with everything in order, no audit saw everything within %s: %+v, %v", goodWithin, st.Orgs, err)
			break
		}
	}
	took, err := r.d.terminate()
	if err != nil {
		r.broke(err.Error())
	}
	r.samples.stops = append(r.samples.stops, took)
}

// judge looks at all that is left.
func (r *run) judge(ctx context.Context) {
	r.sound(ctx, "at the end")
	if err := r.keep(ctx); err != nil {
		r.brokef("reading the passes: %v", err)
	}
	r.journal(ctx)
	for _, complaint := range r.watch.Complaints() {
		r.broke(complaint)
	}
	r.lateness()
	r.logs()
	for what, t := range map[string]struct {
		trend
		least float64
	}{
		"the heap after a collection": {r.heap(), 2 << 20}, "memory": {r.resident(), 16 << 20},
		"descriptors": {trendOf(minima(r.samples.descriptors, r.window())), 3}, "goroutines": {trendOf(minima(r.samples.goroutines, r.window())), 3},
	} {
		if t.grows(t.least) {
			r.brokef("%s grows: %s, from %.0f to %.0f", what, t.trend, t.first, t.last)
		}
	}
}

// window is over how long a minimum is taken: some passes long.
func (r *run) window() time.Duration { return max(r.scale(30*time.Second), 2*time.Second) }

func (r *run) heap() trend { return trendOf(minima(r.samples.heap, r.window())) }

func (r *run) resident() trend { return trendOf(minima(r.samples.rss, r.window())) }

func (r *run) lateness() {
	r.samples.late = r.punctual()
	if len(r.samples.late) == 0 {
		r.broke("there were no audits one after the other")
	}
}

// journal compares the journal with GitHub's own log.
func (r *run) journal(ctx context.Context) {
	s, err := store.Open(ctx, r.store(), store.Options{ReadOnly: true})
	if err != nil {
		r.brokef("the store does not open: %v", err)
		return
	}
	defer func() { _ = s.Close() }() //nolint:contextcheck // it was read
	runs, err := witness.Runs(ctx, s)
	if err != nil {
		r.brokef("reading the journal: %v", err)
		return
	}
	changes := r.sim.Mutations()
	for _, wrong := range append(witness.Unaccounted(changes, runs), witness.Repeated(changes, runs)...) {
		r.broke(wrong)
	}
	if open, err := s.OpenRuns(ctx, 0); err != nil || len(open) > 0 {
		r.brokef("runs are open at the end: %v %v", open, err)
	}
	r.samples.runs, r.samples.changes = len(runs), len(changes)
}

// logs wants no accident in what the daemon said.
func (r *run) logs() {
	f, err := os.Open(r.path("daemon.log"))
	if err != nil {
		r.broke(err.Error())
		return
	}
	defer func() { _ = f.Close() }() // it was read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		for _, bad := range []string{"panic:", "fatal error:", "DATA RACE", readToken, writeToken} {
			if strings.Contains(lines.Text(), bad) {
				r.brokef("the daemon said: %s", lines.Text())
			}
		}
	}
	if err := lines.Err(); err != nil {
		r.brokef("reading the daemon's log: %v", err)
	}
}

// figures is everything in one line.
func (r *run) figures() string {
	s := &r.samples
	mib := func(v float64) string { return fmt.Sprintf("%.1f MiB", v/(1<<20)) }
	heap, rss := r.heap(), r.resident()
	descriptors, goroutines := trendOf(minima(s.descriptors, r.window())), trendOf(minima(s.goroutines, r.window()))
	audits := r.passes.ordered(func(p store.JobPass) bool { return p.Job == "audit" })
	grown := 0.0
	if n := len(s.store); n > 0 {
		grown = s.store[n-1].value - s.store[0].value
	}
	return strings.Join([]string{
		fmt.Sprintf("%s on %s", r.o.length, sentence(r.world)),
		fmt.Sprintf("%d audits, late by %v (p99)", len(audits), quantile(s.late, 0.99).Round(10*time.Millisecond)),
		fmt.Sprintf("%d kills, %d stops (%v at most), %d freezes, %d full disks, %d outages, %d broken files, %d reloads, %d second daemons", r.count["kill"],
			len(s.stops), quantile(s.stops, 1).Round(10*time.Millisecond), r.count["freeze"], r.count["full disk"], r.count["outage"],
			r.count["broken config"]+r.count["broken baseline"]+r.count["empty baseline"], r.count["reload"], r.count["second daemon"]),
		fmt.Sprintf("%d edits, %d commands, %d runs (%d killed), %d changes", r.count["drift"], r.count["command"], s.runs, r.count["apply killed"], s.changes),
		fmt.Sprintf("%d scrapes (p50 %v, p99 %v)", s.scrapes, quantile(s.took, 0.5).Round(100*time.Microsecond), quantile(s.took, 0.99).Round(100*time.Microsecond)),
		fmt.Sprintf("heap %s to %s (%s)", mib(heap.first), mib(heap.last), heap),
		fmt.Sprintf("memory %s to %s, peak %s", mib(rss.first), mib(rss.last), mib(s.peak)),
		fmt.Sprintf("descriptors %.0f to %.0f, goroutines %.0f to %.0f", descriptors.first, descriptors.last, goroutines.first, goroutines.last),
		fmt.Sprintf("store grown by %s", mib(grown)),
		r.notices.String(),
	}, "; ")
}
