package github

import (
	"slices"
	"time"
)

// What GitHub lets one credential do in a minute, with a margin (GitHub Docs,
// secondary limits: 60 s of GraphQL response time and 90 s in all, 2 000 GraphQL
// points and 900 REST points a minute).
const (
	graphqlTime  = 55 * time.Second
	totalTime    = 78 * time.Second
	graphqlCalls = 1900
	restCalls    = 850
)

// budget spreads requests over the minutes. A request books what one of its
// kind took lately, and corrects that once it was answered, so that requests
// under way count as well.
type budget struct {
	calls   map[bool]*window // requests: true GraphQL, false REST
	graphql window           // response time
	total   window           // response time
	lately  map[bool]time.Duration
}

func newBudget() *budget {
	return &budget{
		calls:   map[bool]*window{true: {most: graphqlCalls}, false: {most: restCalls}},
		graphql: window{most: int64(graphqlTime)}, total: window{most: int64(totalTime)},
		lately: map[bool]time.Duration{},
	}
}

func (b *budget) book(now time.Time, graphql bool) (wait time.Duration, correct func(time.Time, time.Duration)) {
	guess := int64(b.lately[graphql])
	wait = max(b.calls[graphql].wait(now, 1), b.total.wait(now, guess))
	if graphql {
		wait = max(wait, b.graphql.wait(now, guess))
	}
	spend := func(at time.Time, n int64) {
		b.total.add(at, n)
		if graphql {
			b.graphql.add(at, n)
		}
	}
	b.calls[graphql].add(now.Add(wait), 1)
	spend(now.Add(wait), guess)
	return wait, func(now time.Time, took time.Duration) {
		spend(now, int64(took)-guess)
		b.lately[graphql] = (3*b.lately[graphql] + took) / 4
		if guess == 0 {
			b.lately[graphql] = max(b.lately[graphql], took)
		}
	}
}

// window adds up what happens in a minute.
type window struct {
	most    int64
	sum     int64
	entries []entry // oldest first; the newest may lie ahead
}

type entry struct {
	at time.Time
	n  int64
}

// add notes that n happens at t.
func (w *window) add(t time.Time, n int64) {
	i := len(w.entries)
	for i > 0 && w.entries[i-1].at.After(t) {
		i--
	}
	w.entries = slices.Insert(w.entries, i, entry{t, n})
	w.sum += n
}

// wait says how long after now there is room for n more.
func (w *window) wait(now time.Time, n int64) time.Duration {
	w.forget(now)
	over := w.sum + n - w.most
	for _, e := range w.entries {
		if over <= 0 {
			break
		}
		over -= e.n
		if over <= 0 {
			return max(e.at.Add(time.Minute).Sub(now), 0)
		}
	}
	return 0
}

// forget drops what is older than a minute.
func (w *window) forget(now time.Time) {
	old := 0
	for old < len(w.entries) && !w.entries[old].at.After(now.Add(-time.Minute)) {
		w.sum -= w.entries[old].n
		old++
	}
	w.entries = slices.Delete(w.entries, 0, old)
}
