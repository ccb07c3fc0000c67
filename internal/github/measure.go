package github

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Meter counts what a client has asked and been answered.
type Meter struct {
	Requests int64 // sent, retries included
	GraphQL  int64 // of them GraphQL queries
	REST     int64 // of them REST calls
	Points   int64 // GraphQL points, as GitHub states them, else 1 a query
	Bytes    int64 // of bodies received, decompressed
	Retries  int64 // requests sent again after a failure

	NotModified int64 // of Requests: GitHub confirmed the answer of a former pass (304)
	Replayed    int64 // answers taken from a broken-off pass, for which nothing was sent

	Waited   time.Duration // for limits, pacing and between retries, summed over goroutines
	Answered time.Duration // summed response time of GraphQL
}

// meter is a Meter that goroutines share.
type meter struct {
	mu sync.Mutex
	m  Meter
}

func (m *meter) read() Meter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.m
}

func (m *meter) add(f func(*Meter)) {
	m.mu.Lock()
	f(&m.m)
	m.mu.Unlock()
}

func (m *meter) points(n int64) { m.add(func(t *Meter) { t.Points += n }) }

// timed counts what a sleep was asked for.
func (m *meter) timed(sleep func(context.Context, time.Duration) error) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		m.add(func(t *Meter) { t.Waited += d })
		return sleep(ctx, d)
	}
}

// measure counts each request that goes out and what comes back.
func measure(o Options, rest, graphql *url.URL, m *meter) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			start := o.Now()
			resp, err := next.RoundTrip(req)
			took := o.Now().Sub(start)
			confirmed := false
			if s := sentOf(req.Context()); s != nil {
				confirmed = s.notModified
			}
			m.add(func(t *Meter) {
				t.Requests++
				if isGraphQL(req, graphql) {
					t.GraphQL++
					t.Answered += took
				} else {
					t.REST++
				}
				if err == nil && !confirmed {
					t.Bytes += resp.ContentLength
				}
			})
			if err == nil && !confirmed {
				o.Observe.Answered("miss")
			}
			o.tell(req, resp, rest, graphql, took, confirmed)
			return resp, err
		})
	}
}

// tell passes one request on to the observer. resp is nil where there was no answer.
func (o *Options) tell(req *http.Request, resp *http.Response, rest, graphql *url.URL, took time.Duration, confirmed bool) {
	api, route := routed(req, rest, graphql)
	status := 0
	switch {
	case confirmed:
		status = http.StatusNotModified
	case resp != nil:
		status = resp.StatusCode
	}
	o.Observe.Request(api, route, status, took)
}
