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
func measure(m *meter, graphql *url.URL, now func() time.Time) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			start := now()
			resp, err := next.RoundTrip(req)
			took := now().Sub(start)
			m.add(func(t *Meter) {
				t.Requests++
				if isGraphQL(req, graphql) {
					t.GraphQL++
					t.Answered += took
				} else {
					t.REST++
				}
				if s := sentOf(req.Context()); err == nil && (s == nil || !s.notModified) {
					t.Bytes += resp.ContentLength
				}
			})
			return resp, err
		})
	}
}
