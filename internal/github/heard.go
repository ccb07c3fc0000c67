package github

import (
	"net/http"
	"sync"
	"time"
)

// Heard is what GitHub's answers say beside what was asked for: of the
// credential, and of the time.
type Heard struct {
	Scoped  bool      // GitHub states scopes, as it does for classic tokens and those of OAuth apps
	Scopes  string    // them, as "read:org, repo"
	Expires time.Time // end of a personal access token; zero: none is stated
	Date    time.Time // GitHub's clock in its newest answer; zero: not stated
	At      time.Time // the clock of this machine when that came
}

// Skew is GitHub's clock less that of this machine, to about a second; 0 where
// GitHub has not told the time.
func (h Heard) Skew() time.Duration {
	if h.Date.IsZero() {
		return 0
	}
	return h.Date.Sub(h.At)
}

// Heard gives what was heard so far.
func (c *Client) Heard() Heard { return c.ear.read() }

// ear keeps what answers say.
type ear struct {
	now func() time.Time
	mu  sync.Mutex
	all Heard
}

func (e *ear) read() Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all
}

// note takes what an answer says. Scopes are believed to answers that are none of
// a refusal alone: those speak of another credential, or of none.
func (e *ear) note(resp *http.Response) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.all.Date, e.all.At = at, e.now()
	}
	if resp.StatusCode == http.StatusUnauthorized {
		return
	}
	if s := resp.Header.Values("X-Oauth-Scopes"); len(s) > 0 {
		e.all.Scoped, e.all.Scopes = true, s[0]
	}
	if at, ok := expiration(resp.Header); ok {
		e.all.Expires = at
	}
}

// dated tells the Date of each answer as it comes, before its body: what lies
// above may wait for that, or give an older answer back. What a cache on the way
// kept (it says so by Age) tells nothing of the time.
func dated(hear func(time.Time)) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		if hear == nil {
			return next
		}
		return trip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil || resp.Header.Get("Age") != "" {
				return resp, err
			}
			if at, bad := http.ParseTime(resp.Header.Get("Date")); bad == nil {
				hear(at)
			}
			return resp, nil
		})
	}
}

// expiration reads the header that states the end of a personal access token. It
// comes in two spellings.
func expiration(h http.Header) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
		if at, err := time.Parse(layout, h.Get("GitHub-Authentication-Token-Expiration")); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
