package github

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// clock is a time that moves only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{t: time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// canary is a token that must never be seen outside an Authorization header.
const canary = "ghp_canarycanarycanarycanarycanary42"

func testClient(t *testing.T, handler http.HandlerFunc, change ...func(*Options)) (*Client, *clock) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	c := newClock()
	o := Options{
		APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canary}),
		Now: c.Now, Sleep: c.Sleep, Rand: func() float64 { return 0.5 },
	}
	for _, f := range change {
		f(&o)
	}
	client, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client, c
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

// get asks for one path by REST.
func get(c *Client, path string) error {
	req, err := c.REST().NewRequest(context.Background(), "GET", path, nil)
	if err != nil {
		return err
	}
	_, err = c.REST().Do(req, nil)
	return err
}

type viewerQuery struct {
	Viewer struct {
		Login string
	}
	RateLimit *RateLimit
}

const viewerAnswer = `{"data":{"viewer":{"login":"octocat"},"rateLimit":{"cost":3,"remaining":4000,"resetAt":"2026-08-21T09:00:00Z"}}}`
