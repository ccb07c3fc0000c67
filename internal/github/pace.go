package github

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// What GitHub lets one credential do in a minute, with a margin (GitHub Docs,
// secondary limits: 60 s of GraphQL response time, 2 000 GraphQL points and 900
// REST points a minute).
const (
	graphqlTime  = 55 * time.Second
	graphqlCalls = 1900
	restCalls    = 850
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
	replys window           // GraphQL response time
	calls  map[bool]*window // requests: true GraphQL, false REST
}

// pace waits for a request's turn, obeys the limits that answers state, and
// spreads requests so that GitHub has no reason to state one.
func pace(o Options, graphql *url.URL) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		p := &pacer{
			o: o, graphql: graphql, slots: newSlots(o.InFlight), closed: map[string]limit{},
			replys: window{most: int64(graphqlTime)},
			calls:  map[bool]*window{true: {most: graphqlCalls}, false: {most: restCalls}},
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
		done(p.o.Now().Sub(start))
		if err != nil {
			return nil, err
		}
		l := readLimit(resp, p.o.Now(), n, p.o.Reserve)
		p.close(resource, l)
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
	if d := p.spread(graphql); d > 0 {
		if err := p.o.Sleep(ctx, d); err != nil {
			free()
			return nil, err
		}
	}
	return func(took time.Duration) {
		free()
		p.answered(graphql, took)
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
		if err := p.o.Sleep(ctx, d); err != nil {
			return err
		}
		waited = l.until
	}
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

// spread says how long the request should wait so that the minute's budget of
// requests and of response time is kept.
func (p *pacer) spread(graphql bool) time.Duration {
	if p.o.Unpaced {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	d := p.calls[graphql].wait(now, 1)
	if graphql {
		d = max(d, p.replys.wait(now, p.replys.mean()))
	}
	p.calls[graphql].add(now.Add(d), 1)
	return d
}

func (p *pacer) answered(graphql bool, took time.Duration) {
	if !graphql || p.o.Unpaced {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replys.add(p.o.Now(), int64(took))
}
