package collector

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// lowest notes the least that any answer says is left of an hourly limit.
type lowest struct {
	next http.RoundTripper
	mu   sync.Mutex
	left map[string]int // by the limit's name
}

func (l *lowest) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	if n, bad := strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining")); bad == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		of := resp.Header.Get("X-RateLimit-Resource")
		if was, seen := l.left[of]; !seen || n < was {
			l.left[of] = n
		}
	}
	return resp, err
}

// What is configured to be left for others of an hourly limit is never touched but by
// what was under way already, through a read that takes several hours for it, at the
// pace that GitHub's secondary limits ask for.
func TestTheReserveIsLeftThroughAReadOfSeveralHours(t *testing.T) {
	const limit, reserve, inFlight = 1000, 200, 8
	synctest.Test(t, func(t *testing.T) {
		sim := githubsim.New(githubsim.Generate(githubsim.S, githubsim.GenOptions{Seed: 1, Now: time.Now()}), githubsim.Options{
			Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}}, PrimaryLimit: limit, Secondary: githubsim.GitHubSecondary,
			Latency: func(githubsim.Kind) time.Duration { return 100 * time.Millisecond },
		})
		wire := &lowest{next: inside{sim}, left: map[string]int{}}
		client, err := github.New(github.Options{
			APIURL: "http://127.0.0.1", Base: wire, MaxWait: 2 * time.Hour, InFlight: inFlight,
			Source:  oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
			Reserve: func(of int) int { return max(of/10, reserve) },
		})
		if err != nil {
			t.Fatal(err)
		}
		org, err := Identify(t.Context(), client, "acme")
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := Collect(t.Context(), client, org, &void{}, Options{}); err != nil {
			t.Fatal(err)
		}
		m := sim.Meters()
		t.Logf("%d requests in %s; least left %v", m.Total.Requests, time.Since(start), wire.left)
		if m.Total.Requests < 2*(limit-reserve) || time.Since(start) < time.Hour {
			t.Fatalf("%d requests in %s: the limit did not bind", m.Total.Requests, time.Since(start))
		}
		if m.Limited > 0 || m.InFlightMax > inFlight {
			t.Errorf("limited %d times, %d in flight", m.Limited, m.InFlightMax)
		}
		for of, left := range wire.left {
			if left < reserve-inFlight {
				t.Errorf("%s: %d were left, want %d", of, left, reserve)
			}
		}
	})
}
