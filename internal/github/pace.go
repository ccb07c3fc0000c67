package github

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// refusals is how often in a row a request waits for a limit before it gives up.
const refusals = 5

// pacer lets requests go out when it is their turn.
type pacer struct {
	o       Options
	graphql *url.URL
	slots   *slots

	mu     sync.Mutex
	closed map[string]limit // by resource: nothing goes out before limit.until
	serial time.Time        // until then one request at a time
	budget *budget
	left   *budgets
}

// pace waits for a request's turn, obeys the limits that answers state, and
// spreads requests so that GitHub has no reason to state one.
func pace(o Options, graphql *url.URL, left *budgets) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		p := &pacer{
			o: o, graphql: graphql, slots: newSlots(o.InFlight), closed: map[string]limit{}, budget: newBudget(), left: left,
		}
		return trip(func(req *http.Request) (*http.Response, error) { return p.send(next, req) })
	}
}

func (p *pacer) send(next http.RoundTripper, req *http.Request) (*http.Response, error) {
	resource := p.resource(req)
	for n := 0; ; n++ {
		done, err := p.turn(req.Context(), resource)
		if err != nil {
			return nil, err
		}
		start := p.o.Now()
		resp, err := next.RoundTrip(req)
		took := p.o.Now().Sub(start)
		if err != nil {
			done(took)
			return nil, err
		}
		// Whoever takes the place next must find what this answer says.
		if b, ok := p.left.note(resource, resp, p.o.Now()); ok {
			p.o.Observe.Limit(resource, b)
		}
		l := readLimit(resp, p.o.Now(), n, reserved(resp, p.o.Reserve))
		p.close(resource, l)
		done(took)
		switch {
		case !l.refused:
			return resp, nil
		case n+1 >= refusals:
			return nil, &LimitedError{Until: l.until, Why: l.why}
		}
		if err := rewind(req); err != nil {
			return nil, err
		}
	}
}

// resource is the limit that a request counts against.
func (p *pacer) resource(req *http.Request) string {
	switch {
	case isGraphQL(req, p.graphql):
		return "graphql"
	case strings.HasSuffix(req.URL.Path, "/audit-log"):
		return "audit_log"
	}
	return "core"
}

// turn returns when the request may go out; the caller reports how long the
// answer took.
func (p *pacer) turn(ctx context.Context, resource string) (done func(time.Duration), err error) {
	if err := p.opened(ctx, resource); err != nil {
		return nil, err
	}
	graphql := resource == "graphql"
	free, err := p.slots.take(ctx, graphql, p.alone())
	if err != nil {
		return nil, err
	}
	// The limit may have been reached while this request stood in line.
	if err := p.opened(ctx, resource); err != nil {
		free()
		return nil, err
	}
	if p.drained(resource) {
		free()
		return p.turn(ctx, resource)
	}
	d, answered := p.book(graphql)
	if d > 0 {
		if err := p.o.watched(ctx, "pace", d); err != nil {
			free()
			return nil, err
		}
	}
	return func(took time.Duration) {
		free()
		answered(took)
	}, nil
}

// opened waits until no limit keeps the resource closed.
func (p *pacer) opened(ctx context.Context, resource string) error {
	var waited time.Time
	for {
		l, now := p.state(resource), p.o.Now()
		if !l.until.After(now) || !l.until.After(waited) {
			return nil
		}
		d := l.until.Sub(now)
		if d > p.o.MaxWait {
			return &LimitedError{Until: l.until, Why: l.why}
		}
		p.o.Log.InfoContext(ctx, "waiting for GitHub", "why", l.why, "resource", resource, "for", d.Round(time.Second))
		p.o.Waiting(l.why, l.until)
		if err := p.o.watched(ctx, whyWord(l.why), d); err != nil {
			return err
		}
		waited = l.until
	}
}

// drained closes a resource of which those under way, this request among them, may
// use up more than is left: what GitHub said of it last may not count them yet.
func (p *pacer) drained(resource string) bool {
	b, known := p.left.read()[resource]
	if !known || !b.Reset.After(p.o.Now()) || b.Remaining >= int64(p.slots.taken()) {
		return false
	}
	p.close(resource, limit{until: b.Reset, why: primary})
	return true
}

// state is the limit that holds for a resource now: its own, or the secondary
// one, which holds for all of them.
func (p *pacer) state(resource string) limit {
	p.mu.Lock()
	defer p.mu.Unlock()
	own, all := p.closed[resource], p.closed[secondary]
	if all.until.After(own.until) {
		return all
	}
	return own
}

func (p *pacer) close(resource string, l limit) {
	if l.until.IsZero() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.slow {
		resource = secondary
		p.serial = l.until.Add(5 * time.Minute)
	}
	if l.until.After(p.closed[resource].until) {
		p.closed[resource] = l
	}
}

// alone reports whether one request is to be under way at a time, which it is
// for a while after a secondary limit.
func (p *pacer) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.o.Now().Before(p.serial)
}

// book takes a place in the minute's budget: how long to wait for it, and where
// to say what the request really took.
func (p *pacer) book(graphql bool) (wait time.Duration, answered func(time.Duration)) {
	if p.o.Unpaced {
		return 0, func(time.Duration) {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	wait, correct := p.budget.book(p.o.Now(), graphql)
	return wait, func(took time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		correct(p.o.Now(), took)
	}
}
