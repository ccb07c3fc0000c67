package github

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

// hourly answers within an hourly limit, each request after a while, and refuses
// what is more.
type hourly struct {
	mu            sync.Mutex
	limit, used   int
	until         time.Time
	sent, refused int
}

func (h *hourly) RoundTrip(req *http.Request) (*http.Response, error) {
	h.mu.Lock()
	if now := time.Now(); !now.Before(h.until) {
		h.used, h.until = 0, now.Truncate(time.Second).Add(time.Hour)
	}
	h.sent++
	h.used++
	left, status, body := h.limit-h.used, 200, "[]"
	if left < 0 {
		left, status, body = 0, 403, `{"message":"API rate limit exceeded for user ID 1."}`
		h.refused++
	}
	until := h.until
	h.mu.Unlock()
	time.Sleep(200 * time.Millisecond)
	return &http.Response{StatusCode: status, Request: req, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Header: http.Header{
		"Content-Type": {"application/json"}, "X-Ratelimit-Limit": {strconv.Itoa(h.limit)},
		"X-Ratelimit-Remaining": {strconv.Itoa(left)}, "X-Ratelimit-Reset": {strconv.FormatInt(until.Unix(), 10)},
	}}, nil
}

// With nothing set aside for others, those under way must not run into the end of
// the hour's limit either.
func TestRequestsUnderWayDoNotOverdrawTheHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hourly{limit: 101}
		client, err := New(Options{
			APIURL: "http://127.0.0.1", Base: h, MaxWait: 2 * time.Hour, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}),
		})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					if err := get(client, "orgs/acme"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if h.refused > 0 || h.sent != 400 {
			t.Errorf("%d of %d requests were refused", h.refused, h.sent)
		}
	})
}
