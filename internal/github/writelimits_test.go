package github

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// TestLimitsAreWaitedForBeforeAChange states a limit in the answer to the first
// change, and sees when the second may go out.
func TestLimitsAreWaitedForBeforeAChange(t *testing.T) {
	begin := newClock().Now()
	reset := strconv.FormatInt(begin.Add(5*time.Minute).Unix(), 10)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		wait    time.Duration
	}{
		"nothing stated":        {answers(200, `{}`), time.Second},
		"far from the limit":    {answers(200, `{}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "501", "X-RateLimit-Reset", reset), time.Second},
		"a tenth is left":       {answers(200, `{}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "500", "X-RateLimit-Reset", reset), 5*time.Minute + time.Second},
		"of few, 200 are left":  {answers(200, `{}`, "X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", "200", "X-RateLimit-Reset", reset), 5*time.Minute + time.Second},
		"nothing is left":       {answers(403, `{}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset), 5*time.Minute + time.Second},
		"Retry-After":           {answers(429, `{}`, "Retry-After", "90"), 90 * time.Second},
		"a secondary limit":     {answers(403, `{"message":"You have exceeded a secondary rate limit."}`), time.Minute},
		"GraphQL, a 200 of one": {answers(200, `{"errors":[{"type":"RATE_LIMITED","message":"x"}]}`), time.Minute},
	} {
		w, clock, came := testWriter(t, c.handler)
		m := someWrite
		if name == "GraphQL, a 200 of one" {
			m = Mutation{Method: "POST", Body: []byte(`{"query":"mutation{updateEnvironment(input:{}){environment{id}}}"}`)}
		}
		ctx := context.Background()
		_, _ = w.Send(ctx, m) // what it comes to is told elsewhere
		if _, err := w.Send(ctx, m); !errors.Is(err, ErrNotSent) || came.Load() != 1 {
			t.Errorf("%s: a change went out before its time: %v", name, err)
		}
		if err := w.Ready(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if waited := clock.Now().Sub(begin); waited != c.wait {
			t.Errorf("%s: waited %s, not %s", name, waited, c.wait)
		}
	}
}

func TestSecondaryLimitsDouble(t *testing.T) {
	w, c, _ := testWriter(t, answers(403, `{"message":"You have exceeded a secondary rate limit."}`))
	ctx := context.Background()
	for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
		_, err := w.Send(ctx, someWrite)
		begin := c.Now()
		if ready := w.Ready(ctx); sortOf(err) != isLimited || ready != nil || c.Now().Sub(begin) != want {
			t.Errorf("waited %s, not %s: %v %v", c.Now().Sub(begin), want, err, ready)
		}
	}
	_, _ = w.Send(ctx, someWrite)
	if err := w.Ready(ctx); !errors.Is(err, ErrLimited) {
		t.Errorf("a wait of 16 minutes: %v", err)
	}
}

// TestReadsCountAgainstTheSameLimit has the reader hear that little is left.
func TestReadsCountAgainstTheSameLimit(t *testing.T) {
	w, c, _ := testWriter(t, answers(200, `{}`))
	begin := c.Now()
	w.Heed(map[string]Budget{"core": {Limit: 5000, Remaining: 501, Reset: begin.Add(time.Hour)}, "graphql": {Limit: 5000, Remaining: 1, Reset: begin.Add(time.Hour)}})
	if err := w.Ready(context.Background()); err != nil || c.Now() != begin {
		t.Errorf("%v after %s", err, c.Now().Sub(begin))
	}
	w.Heed(map[string]Budget{"core": {Limit: 5000, Remaining: 500, Reset: begin.Add(3 * time.Minute)}})
	if err := w.Ready(context.Background()); err != nil || c.Now().Sub(begin) != 3*time.Minute {
		t.Errorf("%v after %s", err, c.Now().Sub(begin))
	}
}

func TestRefusedTokenIsNotUsedForTheNextChange(t *testing.T) {
	s := &renewing{"ghp_stalestalestalestale", "ghp_freshfreshfreshfresh"}
	var used []string
	w, _, _ := testWriter(t, func(w http.ResponseWriter, r *http.Request) {
		used = append(used, r.Header.Get("Authorization"))
		if len(used) == 1 {
			reply(w, 401, `{"message":"Bad credentials"}`)
			return
		}
		w.WriteHeader(204)
	}, func(o *Options) { o.Source = s })
	ctx := context.Background()
	if _, err := w.Send(ctx, someWrite); !errors.Is(err, ErrUnauthenticated) || len(used) != 1 {
		t.Errorf("%v after %v", err, used)
	}
	if err := w.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Send(ctx, someWrite); err != nil || used[1] != "Bearer "+s.fresh {
		t.Errorf("%v with %v", err, used)
	}
}

func TestWriterNeedsASoundToken(t *testing.T) {
	w, _, came := testWriter(t, answers(200, `{}`), func(o *Options) { o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "a\nb"}) })
	if err := w.Ready(context.Background()); !errors.Is(err, ErrUnauthenticated) || came.Load() != 0 {
		t.Error(err)
	}
}
