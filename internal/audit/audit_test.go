package audit

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// now is when the tests run; the demo world is moved there.
var now = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

// newPass sets a pass up against the demo organization; wrap may stand between
// GitHub and ajar.
func newPass(t *testing.T, wrap func(http.Handler) http.Handler) (Pass, *clock) {
	t.Helper()
	p, c, _ := newPassOver(t, wrap)
	return p, c
}

// newPassOver gives the server too, for its world to be changed.
func newPassOver(t *testing.T, wrap func(http.Handler) http.Handler) (Pass, *clock, *githubsim.Server) {
	t.Helper()
	c := &clock{at: now}
	w := githubsim.Demo()
	w.ShiftTo(now)
	server := githubsim.New(w, githubsim.Options{Now: c.now, PrimaryLimit: 1_000_000, Tokens: []githubsim.Token{
		{Value: "t", Scope: githubsim.OwnerScope}, {Value: "another-token", Scope: githubsim.OwnerScope},
	}})
	var sim http.Handler = server
	if wrap != nil {
		sim = wrap(sim)
	}
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	client, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: c.now, Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	s := freshStore(t, c)
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: githubsim.DemoBaseline(now)}})
	if err != nil {
		t.Fatal(err)
	}
	return Pass{Org: "acme-robotics", Client: client, Store: s, Baseline: b, Collect: collector.Options{Now: c.now}, Now: c.now}, c, server
}

// replace lets the pass ask another world.
func replace(t *testing.T, p *Pass, w *githubsim.World, c *clock, faults ...githubsim.Fault) {
	t.Helper()
	sim := githubsim.New(w, githubsim.Options{
		Now: c.now, PrimaryLimit: githubsim.Unlimited, Faults: faults, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}},
	})
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	client, err := github.New(github.Options{
		APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: c.now, Unpaced: true,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	p.Client = client
}

// clock is moved by hand. A server may ask for the time while it is moved: a pass
// that broke off leaves requests behind.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

func (c *clock) move(d time.Duration) { c.set(c.now().Add(d)) }

func ids(fs []access.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Fingerprint)
	}
	slices.Sort(out)
	return out
}

func TestSecondPassOverTheSameOrganizationChangesNothing(t *testing.T) {
	p, c := newPass(t, nil)
	first, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Findings) == 0 || first.Info.Stats.GrantsAdded == 0 || first.Info.Stats.Requests == 0 {
		t.Fatalf("the first pass saw nothing: %d findings, %+v", len(first.Findings), first.Info.Stats)
	}
	c.move(time.Hour)
	second, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ids(first.Findings), ids(second.Findings)); diff != "" {
		t.Errorf("findings (-first +second):\n%s", diff)
	}
	if s := second.Info.Stats; s.GrantsAdded != 0 || s.GrantsClosed != 0 {
		t.Errorf("the second pass added %d grants and closed %d", s.GrantsAdded, s.GrantsClosed)
	}
	for _, f := range second.Findings {
		if f.State == access.Open && !f.FirstSeen.Equal(now) {
			t.Errorf("%s: first seen %s, want %s", f.Rule, f.FirstSeen, now)
		}
	}
}

func TestPassThatBreaksOffLeavesNoSnapshot(t *testing.T) {
	var asked atomic.Int32
	p, _ := newPass(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 5 { // the token is revoked while the pass is under way
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	if _, err := p.Run(t.Context()); !errors.Is(err, github.ErrUnauthenticated) {
		t.Fatalf("got %v", err)
	}
	if _, err := p.Store.Latest(t.Context(), p.Org); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("got %v, want no snapshot", err)
	}
}

func TestInterruptedPassLeavesNoSnapshotAndAUsableStore(t *testing.T) {
	var asked atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	p, _ := newPass(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == 4 {
				cancel()
			}
			next.ServeHTTP(w, r)
		})
	})
	if _, err := p.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := p.Store.Latest(t.Context(), p.Org); !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("got %v, want no snapshot", err)
	}
	if _, err := p.Run(t.Context()); err != nil {
		t.Errorf("the next pass: %v", err)
	}
}

func TestReviewKeepsNothing(t *testing.T) {
	p, _ := newPass(t, nil)
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Review(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := p.Store.Findings(t.Context(), p.Org, store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) == 0 || len(kept) != 0 {
		t.Errorf("a review found %d and kept %d", len(r.Findings), len(kept))
	}
}

func TestSelfIsThePersonBehindTheToken(t *testing.T) {
	p, _ := newPass(t, nil)
	me, err := Self(t.Context(), p.Client)
	if err != nil || me.Kind != access.User || me.ID == 0 {
		t.Errorf("got %v, %v", me, err)
	}
}
