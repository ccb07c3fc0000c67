package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// passes are the records that the daemon kept of its passes.
type passes struct {
	all map[passKey]store.JobPass
}

type passKey struct {
	job, org string
	began    int64
}

// keeps reads the records before the store forgets them.
func (r *run) keeps(ctx context.Context) {
	for rest(ctx, time.Minute) {
		_ = r.keep(ctx) // the last look is judged
	}
}

func (r *run) keep(ctx context.Context) error {
	s, err := store.Open(ctx, r.store(), store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() //nolint:contextcheck // it was read
	recent, err := s.RecentJobPasses(ctx, 5000)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range recent {
		r.passes.all[passKey{p.Job, p.Org, p.Began.UnixMilli()}] = p
	}
	return nil
}

// add adds a record.
func (p passes) add(job string, began, ended time.Time, result string) {
	p.all[passKey{job, "", began.UnixMilli()}] = store.JobPass{Job: job, Began: began, Ended: ended, Result: result}
}

// ordered gives the records of one worker, or of one job, in order.
func (p passes) ordered(mind func(store.JobPass) bool) (out []store.JobPass) {
	for _, one := range p.all {
		if mind(one) && one.Result != "planned" {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b store.JobPass) int { return cmp.Or(a.Began.Compare(b.Began), a.Ended.Compare(b.Ended)) })
	return out
}

// lateness is how late an audit may begin beyond what was in its way. The daemon looks
// at the clock every 15 s at the least: whoever misses an alarm is later than this.
const lateness = 12 * time.Second

// punctual judges the records: no two passes at once, none earlier than its rule, none
// later. It gives how late audits began.
func (r *run) punctual() (late []time.Duration) {
	work := r.passes.ordered(func(p store.JobPass) bool { return p.Job != "deliver" })
	for i := 1; i < len(work); i++ {
		if a, b := work[i-1], work[i]; b.Began.Before(a.Ended) {
			r.brokef("two passes at once: %s %s from %s to %s, %s %s at %s", a.Job, a.Org, a.Began, a.Ended, b.Job, b.Org, b.Began)
		}
	}
	audits := r.passes.ordered(func(p store.JobPass) bool { return p.Job == "audit" })
	var spans []span
	for _, p := range work {
		spans = append(spans, span{p.Began, p.Ended})
	}
	spans = append(spans, r.busy...)
	for i := 1; i < len(audits); i++ {
		a, b := audits[i-1], audits[i]
		due := r.due(a)
		if b.Began.Before(due.Add(-time.Millisecond)) {
			r.brokef("an audit began at %s, and the one before (%s, %s) makes it due at %s", b.Began, a.Began, a.Result, due)
		}
		d := r.late(due, b.Began, spans)
		late = append(late, d)
		if d > lateness {
			r.brokef("an audit was due at %s and began at %s: nothing was in its way for %s", due, b.Began, d)
		}
	}
	return late
}

// due is when the next audit may begin after one.
func (r *run) due(p store.JobPass) time.Time {
	switch {
	case p.Result == "interrupted":
		return p.Ended
	case p.Failures > 0: // it backs off, by no more than its schedule
		return p.Ended.Add(min(time.Minute, r.o.every))
	}
	every := r.o.every.Milliseconds()
	return time.UnixMilli((p.Began.UnixMilli()/every + 1) * every) // counted from midnight, which a day is a multiple of
}

// late is for how long of the time from due to began nothing was in the way.
func (r *run) late(due, began time.Time, spans []span) time.Duration {
	if began.Before(due) {
		return 0
	}
	from := due
	for _, s := range r.away { // what was under way when it ended has no record
		if s.to.After(from) && s.from.Before(began) {
			from = s.to
		}
	}
	if from.After(began) { // it begins before anybody sees that it is there
		from = began
	}
	free := began.Sub(from)
	taken := from
	ordered := slices.SortedFunc(slices.Values(spans), func(a, b span) int { return a.from.Compare(b.from) })
	for _, s := range ordered {
		lo, hi := s.from, s.to
		if lo.Before(taken) {
			lo = taken
		}
		if hi.After(began) {
			hi = began
		}
		if hi.After(lo) {
			free -= hi.Sub(lo)
			taken = hi
		}
	}
	return max(free, 0)
}
