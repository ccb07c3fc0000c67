package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit/github_secondary_ratelimit"
)

// limit is what an answer says about GitHub's limits.
type limit struct {
	refused bool      // the request was not carried out because of a limit
	until   time.Time // nothing of this resource may be sent before; zero: go on
	why     string
	slow    bool // a secondary limit: send less at once from now on
}

// Words for the two kinds of limits.
const (
	primary   = "GitHub's hourly limit"
	secondary = "GitHub's secondary limit"
	shared    = "GitHub's hourly limit, less what is left for others,"
)

// readLimit reads the limits off an answer. The order of decision is GitHub's:
// Retry-After; no requests left → the reset; else a minute, doubling with each
// refusal in a row (GitHub Docs: "Rate limits for the REST API", "… for the
// GraphQL API"). However soon GitHub says to come back, the wait is at least a
// second, doubling likewise. reserve is how much must be left for others.
func readLimit(resp *http.Response, now time.Time, refusals, reserve int) limit {
	remaining, known := number(resp.Header, "X-RateLimit-Remaining")
	reset := resetTime(resp.Header, now)
	refused := resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusTooManyRequests
	said := saysLimited(resp, refused)
	refused = refused || said
	after, hasAfter := retryAfter(resp.Header, now)
	least := now.Add(time.Second << min(refusals, 10)) // clocks may differ
	switch {
	case refused && hasAfter:
		// A Retry-After of 0, or a date that this clock has passed, would let all
		// tries go out at once.
		return limit{refused: true, until: later(now.Add(after), least), why: secondary, slow: true}
	case known && remaining == 0 && refused:
		if reset.IsZero() {
			least = now.Add(time.Minute << min(refusals, 10))
		}
		return limit{refused: true, until: later(reset, least), why: primary}
	case said || resp.StatusCode == http.StatusTooManyRequests:
		return limit{refused: true, until: now.Add(time.Minute << min(refusals, 10)), why: secondary, slow: true}
	case known && remaining <= int64(reserve) && reset.After(now) && !refused:
		if remaining > 0 {
			return limit{until: reset, why: shared}
		}
		return limit{until: reset, why: primary}
	}
	return limit{}
}

// reserved is what must be left of the limit that an answer states; nothing
// where it states none, as a GHES without limits does.
func reserved(resp *http.Response, of func(int) int) int {
	n, known := number(resp.Header, "X-RateLimit-Limit")
	if of == nil || !known || n > 1<<31 {
		return 0
	}
	return of(int(n))
}

// saysLimited reports whether the body itself speaks of a limit: a refusal with
// GitHub's words for the secondary limit, or a GraphQL error of that type in an
// answer that calls itself a success.
func saysLimited(resp *http.Response, refused bool) bool {
	raw := bodyOf(resp)
	if refused {
		var b github_secondary_ratelimit.SecondaryRateLimitBody
		return json.Unmarshal(raw, &b) == nil && b.IsSecondaryRateLimit()
	}
	if resp.Request == nil || resp.Request.Method != http.MethodPost || !bytes.Contains(raw, []byte(`"errors"`)) {
		return false
	}
	var out struct {
		Errors []GraphQLErrorItem `json:"errors"`
	}
	if json.Unmarshal(raw, &out) != nil {
		return false
	}
	for _, e := range out.Errors {
		b := github_secondary_ratelimit.SecondaryRateLimitBody{Message: e.Message}
		if errors.Is(e.Class(), ErrLimited) || b.IsSecondaryRateLimit() {
			return true
		}
	}
	return false
}

// retryAfter reads Retry-After: seconds, or a date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if text == "" {
		return 0, false
	}
	if n, ok := number(h, "Retry-After"); ok {
		return time.Duration(min(n, 1<<20)) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// mostReset is how far ahead a limit may start anew: GitHub's hour (GitHub Docs:
// "Rate limits for the REST API"), and as much again for clocks that differ.
const mostReset = 2 * time.Hour

// resetTime reads X-RateLimit-Reset, seconds since 1970; zero where it is
// missing or makes no sense. A second is added, since GitHub rounds down.
func resetTime(h http.Header, now time.Time) time.Time {
	n, ok := number(h, "X-RateLimit-Reset")
	if !ok || n == 0 || n > 1<<40 {
		return time.Time{}
	}
	if t := time.Unix(n+1, 0); t.Sub(now) <= mostReset {
		return t
	}
	return time.Time{}
}

// number reads a header that holds a whole number that is not negative.
func number(h http.Header, key string) (int64, bool) {
	n, err := strconv.ParseInt(h.Get(key), 10, 64)
	return n, err == nil && n >= 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
