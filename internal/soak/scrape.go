package main

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"time"
)

// samples are what was measured.
type samples struct {
	scrapes int
	took    []time.Duration
	stops   []time.Duration

	// Of the time in which the daemon is left alive:
	heap, descriptors, goroutines []point // heap: what is left after a collection
	rss, store                    []point
	peak                          float64 // of the memory that the system gave, ever

	late          []time.Duration // audits, beyond what was in their way
	runs, changes int
}

// openMetrics is how Prometheus asks.
const openMetrics = "application/openmetrics-text;version=1.0.0"

// scrapes asks for the metrics and the state once a second, in both formats by turns.
func (r *run) scrapes(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		idle := time.Now().After(r.calm.Add(r.scale(2*time.Minute))) && r.idle(ctx)
		collected := false
		if idle {
			_, err := r.d.get(ctx, "/debug/pprof/heap?gc=1", "")
			collected = err == nil
		}
		r.scrape(ctx, n%2 == 0, collected)
		r.stuck(ctx)
	}
}

// idle reports whether no pass is under way: what one holds is no measure of what is
// kept, and one that waits for GitHub may take minutes. Notices are told all the time.
func (r *run) idle(ctx context.Context) bool {
	st, err := r.d.status(ctx)
	return err == nil && (st.Working == nil || st.Working.Job == "deliver")
}

func (r *run) scrape(ctx context.Context, open, collected bool) {
	accept := "text/plain"
	if open {
		accept = openMetrics
	}
	start := time.Now()
	body, err := r.d.get(ctx, "/metrics", accept)
	took := time.Since(start)
	if err != nil {
		return // it is away: [run.stuck] knows for how long it may be
	}
	s := &r.samples
	s.scrapes++
	s.took = append(s.took, took)
	if open && !bytes.HasSuffix(body, []byte("# EOF\n")) {
		r.brokef("a scrape does not end as OpenMetrics does: %q", body[max(0, len(body)-80):])
	}
	m := plain(string(body))
	s.peak = max(s.peak, m["process_resident_memory_bytes"])
	at := time.Since(r.start)
	if !collected {
		return
	}
	s.descriptors = append(s.descriptors, point{at, m["process_open_fds"]})
	s.goroutines = append(s.goroutines, point{at, m["go_goroutines"]})
	s.rss = append(s.rss, point{at, m["process_resident_memory_bytes"]})
	s.heap = append(s.heap, point{at, m["go_memstats_heap_alloc_bytes"]})
	r.log.Printf("idle: heap %.0f, memory %.0f, %.0f descriptors, %.0f goroutines", m["go_memstats_heap_alloc_bytes"], m["process_resident_memory_bytes"], m["process_open_fds"], m["go_goroutines"])
	if info, err := os.Stat(r.store()); err == nil {
		s.store = append(s.store, point{at, float64(info.Size())})
	}
}

// plain reads the metrics without labels.
func plain(text string) map[string]float64 {
	out := map[string]float64{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") || strings.Contains(name, "{") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = v
		}
	}
	return out
}

// goodWithin is how long after everything is in order again a pass has to have come
// to a good end.
const goodWithin = 3 * time.Minute

// stuck wants audits to come to a good end once nothing is in their way.
func (r *run) stuck(ctx context.Context) {
	st, err := r.d.status(ctx)
	if err != nil || len(st.Orgs) == 0 {
		return
	}
	r.mu.Lock()
	since, troubles := r.trouble, r.count["troubles now"]
	r.mu.Unlock()
	if since.Before(st.Orgs[0].Good) {
		since = st.Orgs[0].Good
	}
	if since.Before(r.start) {
		since = r.start
	}
	if age := time.Since(since); troubles == 0 && age > goodWithin && r.happened("stuck") == 0 {
		r.tally("stuck")
		r.brokef("no audit came to a good end for %s with everything in order: working %+v, last %+v", age.Round(time.Second), st.Working, st.Orgs[0].Last)
	}
}
