package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const secondaryBody = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest#secondary-rate-limits"}`

func TestLimitIsWaitedForAsGitHubAsks(t *testing.T) {
	at := func(c *clock, d time.Duration) string { return strconv.FormatInt(c.Now().Add(d).Unix(), 10) }
	limited := `{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`
	for name, tc := range map[string]struct {
		answer func(w http.ResponseWriter, c *clock)
		want   time.Duration
	}{
		"retry-after before reset": {func(w http.ResponseWriter, c *clock) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", at(c, time.Minute))
			reply(w, 403, secondaryBody)
		}, 7 * time.Second},
		"reset when nothing is left": {func(w http.ResponseWriter, c *clock) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", at(c, 5*time.Minute))
			reply(w, 403, `{"message":"API rate limit exceeded for user"}`)
		}, 5*time.Minute + time.Second},
		"429 without headers":       {func(w http.ResponseWriter, c *clock) { reply(w, 429, `{"message":"slow down"}`) }, time.Minute},
		"secondary without headers": {func(w http.ResponseWriter, c *clock) { reply(w, 403, secondaryBody) }, time.Minute},
		"RATE_LIMITED in a 200":     {func(w http.ResponseWriter, c *clock) { reply(w, 200, limited) }, time.Minute},
		"RATE_LIMIT in a 200":       {func(w http.ResponseWriter, c *clock) { reply(w, 200, strings.ReplaceAll(limited, "LIMITED", "LIMIT")) }, time.Minute},
		"secondary words in a 200, no type": {func(w http.ResponseWriter, c *clock) {
			reply(w, 200, `{"errors":[{"message":"You have exceeded a secondary rate limit. Wait."}]}`)
		}, time.Minute},
		"RATE_LIMITED with a reset": {func(w http.ResponseWriter, c *clock) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", at(c, 90*time.Second))
			reply(w, 200, limited)
		}, 91 * time.Second},
		"reset in the past": {func(w http.ResponseWriter, c *clock) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", at(c, -time.Minute))
			reply(w, 403, `{"message":"API rate limit exceeded"}`)
		}, time.Second},
	} {
		var n atomic.Int64
		var c *clock
		client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				tc.answer(w, c)
				return
			}
			reply(w, 200, viewerAnswer)
		})
		start := c.Now()
		var q viewerQuery
		if err := client.Query(context.Background(), &q, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := c.Now().Sub(start); got != tc.want || client.Meter().Waited != tc.want {
			t.Errorf("%s: waited %s (metered %s), want %s", name, got, client.Meter().Waited, tc.want)
		}
	}
}

func TestRefusalsInARowDoubleTheWaitAndEnd(t *testing.T) {
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) { reply(w, 429, `{}`) },
		func(o *Options) { o.MaxWait = time.Hour })
	err := get(client, "orgs/acme")
	if !errors.Is(err, ErrLimited) {
		t.Fatalf("got %v", err)
	}
	want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute}
	if fmt.Sprint(c.slept) != fmt.Sprint(want) {
		t.Errorf("waited %v, want %v", c.slept, want)
	}
}

func TestRetryAfterThatIsOverStillWaitsLongerEachTime(t *testing.T) {
	for _, after := range []string{"0", "1", "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 21 Aug 2026 08:00:00 GMT"} {
		for _, status := range []int{403, 429} {
			var n atomic.Int64
			client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
				n.Add(1)
				w.Header().Set("Retry-After", after)
				reply(w, status, secondaryBody)
			})
			err := get(client, "orgs/acme")
			if !errors.Is(err, ErrLimited) || n.Load() != refusals {
				t.Errorf("%s: %v after %d requests", after, err, n.Load())
			}
			if want := "[1s 2s 4s 8s]"; fmt.Sprint(c.slept) != want {
				t.Errorf("%s: waited %v, want %s", after, c.slept, want)
			}
		}
	}
}

func TestLongWaitIsAnErrorThatSaysWhenToComeBack(t *testing.T) {
	var n atomic.Int64
	var c *clock
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(c.Now().Add(30*time.Minute).Unix(), 10))
		reply(w, 403, `{"message":"API rate limit exceeded"}`)
	})
	for range 3 {
		err := get(client, "orgs/acme")
		line, hint := Explain(err)
		if !errors.Is(err, ErrLimited) || !strings.Contains(line, "08:30:01 UTC") || !strings.Contains(hint, "2026-08-21T08:30:01Z") {
			t.Errorf("%v: %s (%s)", err, line, hint)
		}
	}
	if n.Load() != 1 || len(c.slept) != 0 {
		t.Errorf("%d requests went out and %d waits were made though GitHub had said when to come back", n.Load(), len(c.slept))
	}
}

func TestReserveIsLeftForOthers(t *testing.T) {
	var c *clock
	left := 202
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		left--
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(c.Now().Add(time.Minute).Unix(), 10))
		reply(w, 200, `[]`)
	}, func(o *Options) { o.Reserve = func(int) int { return 200 } })
	for range 3 {
		if err := get(client, "orgs/acme"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.slept) != 1 || c.slept[0] != 61*time.Second {
		t.Errorf("waited %v, want once for the reset", c.slept)
	}
}

func TestServerWithoutLimitsNeedsNoHeaders(t *testing.T) {
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			reply(w, 200, `{"data":{"viewer":{"login":"octocat"},"rateLimit":null}}`)
			return
		}
		reply(w, 403, `{"message":"Must be an owner"}`)
	})
	var q viewerQuery
	if err := client.Query(context.Background(), &q, nil); err != nil {
		t.Error(err)
	}
	if err := get(client, "orgs/acme"); !errors.Is(err, ErrForbidden) || len(c.slept) != 0 {
		t.Errorf("%v after waiting %v", err, c.slept)
	}
}

func TestMinuteIsNotOverdrawn(t *testing.T) {
	var c *clock
	type sent struct {
		at   time.Time
		took time.Duration
	}
	var mu sync.Mutex
	var log []sent
	client, c := testClient(t, nil, func(o *Options) {
		o.Base = trip(func(r *http.Request) (*http.Response, error) {
			start := c.Now()
			c.Sleep(context.Background(), 1300*time.Millisecond)
			mu.Lock()
			log = append(log, sent{start, 1300 * time.Millisecond})
			mu.Unlock()
			return answerOf(r, viewerAnswer), nil
		})
		o.APIURL = "https://api.github.com"
	})
	for range 300 {
		var q viewerQuery
		if err := client.Query(context.Background(), &q, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range log {
		var sum time.Duration
		for _, s := range log[i:] {
			if s.at.Add(s.took).Sub(log[i].at.Add(log[i].took)) < time.Minute {
				sum += s.took
			}
		}
		if sum > graphqlTime {
			t.Fatalf("%s of response time in the minute after request %d", sum, i)
		}
	}
	if total := c.Now().Sub(log[0].at); total > 300*1300*time.Millisecond*110/100*60/55 {
		t.Errorf("300 queries took %s, far more than the budget asks for", total)
	}
}

func TestNoMoreThanTheConfiguredNumberIsUnderWay(t *testing.T) {
	var now, most atomic.Int64
	client, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(time.Millisecond)
		reply(w, 200, `[]`)
	}, func(o *Options) { o.InFlight = 3 })
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { get(client, "orgs/acme") })
	}
	wg.Wait()
	if most.Load() > 3 {
		t.Errorf("%d requests were under way at once, want at most 3", most.Load())
	}
}

func TestAfterASecondaryLimitOneRequestIsUnderWayAtATime(t *testing.T) {
	var n, now, most atomic.Int64
	client, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			reply(w, 403, secondaryBody)
			return
		}
		if k := now.Add(1); k > most.Load() {
			most.Store(k)
		}
		time.Sleep(time.Millisecond)
		now.Add(-1)
		reply(w, 200, `[]`)
	})
	if err := get(client, "orgs/acme"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { get(client, "orgs/acme") })
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests were under way at once", most.Load())
	}
}

func TestResetThatNoHourCanHaveIsNotWaitedFor(t *testing.T) {
	for _, limit := range []string{"5000", "0"} {
		for _, reset := range []time.Duration{150 * time.Minute, 24 * time.Hour, 1 << 62} {
			var n atomic.Int32
			client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-RateLimit-Limit", limit)
				w.Header().Set("X-RateLimit-Remaining", "0")
				w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(newClock().Now().Add(reset).Unix(), 10))
				if n.Add(1) == 2 {
					reply(w, 403, `{"message":"API rate limit exceeded"}`)
					return
				}
				reply(w, 200, `[]`)
			})
			for range 2 {
				if err := get(client, "orgs/acme"); err != nil {
					t.Errorf("limit %s, reset in %s: %v", limit, reset, err)
				}
			}
			waited := c.Now().Sub(newClock().Now())
			if b := client.Budgets()["core"]; !b.Reset.IsZero() || waited < time.Minute || waited > 2*time.Minute {
				t.Errorf("limit %s, reset in %s: it waited %v, and takes the limit to begin anew at %s", limit, reset, c.slept, b.Reset)
			}
		}
	}
}

func FuzzLimitHeaders(f *testing.F) {
	f.Add(403, "60", "0", "1790000000", secondaryBody)
	f.Add(200, "Fri, 21 Aug 2026 09:00:00 GMT", "-1", "99999999999999999999", `{"errors":[{"type":"RATE_LIMIT"}]}`)
	now := time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, after, remaining, reset, body string) {
		resp := answerOf(&http.Request{Method: http.MethodPost}, body)
		resp.StatusCode = status
		resp.Header = http.Header{"Retry-After": {after}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}}
		l := readLimit(resp, now, 3, 10)
		if l.refused && (l.until.Before(now.Add(8*time.Second)) || after == "" && l.until.After(now.Add(mostReset+time.Second))) {
			t.Errorf("refused the fourth time, and to come back at %s", l.until)
		}
		if l.refused && status == 404 {
			t.Error("a 404 was taken for a limit")
		}
	})
}

func answerOf(req *http.Request, body string) *http.Response {
	b := &fullBody{raw: []byte(body)}
	b.Reset(b.raw)
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: b, Request: req, ContentLength: int64(len(body))}
}

func TestReserveThatWouldTakeTooLongToWaitForEndsTheRun(t *testing.T) {
	var c *clock
	var n atomic.Int32
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Remaining", "499")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(c.Now().Add(40*time.Minute).Unix(), 10))
		reply(w, 200, `[]`)
	}, func(o *Options) { o.Reserve = func(limit int) int { return limit / 10 } })
	if err := get(client, "orgs/acme"); err != nil {
		t.Fatal(err)
	}
	err := get(client, "orgs/acme")
	line, hint := Explain(err)
	if !errors.Is(err, ErrLimited) || n.Load() != 1 || len(c.slept) != 0 || !strings.Contains(line, "left for others") || !strings.Contains(hint, "[collect] reserve") {
		t.Errorf("%d asked, waited %v: %s (%s)", n.Load(), c.slept, line, hint)
	}
}
