package audit

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// appPass sets up a pass of an app, whose permission to see keys and protection may
// be taken while it is under way.
func appPass(t *testing.T) (p Pass, c *clock, g *gate, less *atomic.Bool) {
	t.Helper()
	c, g, less = &clock{at: now}, &gate{}, &atomic.Bool{}
	g.left.Store(1 << 40)
	w := githubsim.Demo()
	w.ShiftTo(now)
	sim := githubsim.New(w, githubsim.Options{Now: c.now, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{
		{Value: "t", Scope: githubsim.AppScope}, {Value: "less", Scope: githubsim.AppScope.Without("administration:read")},
	}})
	srv := httptest.NewServer(g.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if less.Load() {
			r.Header.Set("Authorization", "Bearer less")
		}
		sim.ServeHTTP(w, r)
	})))
	t.Cleanup(srv.Close)
	client, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: c.now, Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return Pass{
		Org: "acme-robotics", Client: client, Store: freshStore(t, c), Collect: collector.Options{Now: c.now}, Now: c.now,
		Answers: filepath.Join(t.TempDir(), "ajar.db.answers"), Resume: 2 * time.Hour, Version: "test",
	}, c, g, less
}

// What is on the tape confirms nothing: rights are asked for anew in each run.
func TestRightsThatGoOrComeBetweenTwoRunsOfOnePassMakeNothingLookGone(t *testing.T) {
	p, _, all, _ := appPass(t)
	take(t, p)
	for name, lessAt := range map[string]int{"go": 2, "come": 1} {
		for after := 6; after < all.asked()*2/3; after += all.asked() / 7 { // the lesser asks less
			p, c, g, less := appPass(t)
			first := content(t, p, take(t, p))
			c.move(time.Hour)
			less.Store(lessAt == 1)
			breakOff(t, p, g, int64(after))
			c.move(time.Minute)
			less.Store(lessAt == 2)
			second := content(t, p, take(t, p))
			if n, had := len(second.DeployKeys), len(first.DeployKeys); n != had || had == 0 {
				t.Errorf("rights %s after %d requests: %d keys are stored of %d", name, after, n, had)
			}
			if whole := second.Coverage.Of(access.AreaDeployKeys).Status == access.Complete; whole != (lessAt == 1) {
				t.Errorf("rights %s after %d requests: %+v", name, after, second.Coverage.Of(access.AreaDeployKeys))
			}
		}
	}
}
