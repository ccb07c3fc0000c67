package ends

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	"github.com/eb661601/ajar/remediate/run"
)

const acmeWorld = `{"meta":{"source":"invented","now":"2026-09-15T09:00:00Z"},
"users":[
 {"login":"root","id":1,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"second","id":2,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"third","id":3,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"annika","id":11,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"bodil","id":12,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"chris","id":13,"type":"User","createdAt":"2020-01-01T00:00:00Z"}],
"orgs":[{"login":"acme","id":100,"createdAt":"2020-01-01T00:00:00Z","plan":"enterprise",
 "settings":{"defaultRepositoryPermission":"none","defaultWorkflowPermissions":"read"},
 "members":[{"login":"root","role":"admin","twoFactor":true},{"login":"second","role":"admin","twoFactor":true},{"login":"third","role":"admin","twoFactor":true},
  {"login":"annika","role":"member","twoFactor":true},{"login":"bodil","role":"member","twoFactor":true},{"login":"chris","role":"member","twoFactor":true}],
 "repos":[{"name":"boat","id":41,"visibility":"private","createdAt":"2020-01-01T00:00:00Z","defaultBranch":"main",
  "collaborators":[{"login":"annika","permission":"push"},{"login":"bodil","permission":"push"},{"login":"chris","permission":"push"}]}]}]}`

const roles = "[roles.writer]\nrepository = \"write\"\n[roles.reader]\nrepository = \"read\"\n"

var start = time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)

// assign lets somebody write to the boat.
func assign(who, role string, from, to time.Time) string {
	out := fmt.Sprintf("[[assign]]\nrole = %q\nto = [\"user:%s\"]\non = [\"repo:acme/boat\"]\nreason = \"the season\"\nexpires = %s\n", role, who, to.Format(time.RFC3339))
	if !from.IsZero() {
		out += "starts = " + from.Format(time.RFC3339) + "\n"
	}
	return out
}

// lab is an organization at a simulated GitHub, and a machine whose clock is another.
type lab struct {
	t     *testing.T
	base  string
	sim   *githubsim.Server
	url   string
	dir   string
	spoil func(http.ResponseWriter, *http.Request) bool // answers in place of GitHub

	mu         sync.Mutex
	github     time.Time // GitHub's clock
	wall       time.Time // the machine's
	mono       time.Duration
	suspended  bool // the monotonic clock stands still
	frozen     bool // the wall clock does
	clock      *clock.Clock
	store      *store.Store
	read       *github.Client
	hands      *act.Hands
	changes    []run.Event
	lastResult audit.Result
	lastPlan   remediate.Plan
}

func newLab(t *testing.T, base string) *lab {
	t.Helper()
	w, err := githubsim.Load(strings.NewReader(acmeWorld))
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, base: roles + base, dir: t.TempDir(), github: start, wall: start}
	l.sim = githubsim.New(w, githubsim.Options{Now: l.truth, Sleep: l.sleep, Writable: true, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{
		{Value: "ajar-ends-read-token", Login: "root", Scope: githubsim.OwnerScope}, {Value: "ajar-ends-write-token", Login: "third", Scope: githubsim.OwnerScope},
	}})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.spoil == nil || !l.spoil(w, r) {
			l.sim.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	l.url = srv.URL
	l.boot()
	t.Cleanup(func() { _ = l.store.Close() })
	return l
}

func (l *lab) truth() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.github
}

func (l *lab) local() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wall
}

// pass lets time go by.
func (l *lab) pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.github = l.github.Add(d)
	if !l.frozen {
		l.wall = l.wall.Add(d)
	}
	if !l.suspended {
		l.mono += d
	}
}

func (l *lab) sleep(ctx context.Context, d time.Duration) error {
	l.pass(d)
	return ctx.Err()
}

// until lets time go by up to an instant of GitHub's.
func (l *lab) until(at time.Time) { l.pass(at.Sub(l.truth())) }

// boot starts the program: nothing is known but what is stored.
func (l *lab) boot() {
	l.t.Helper()
	if l.store != nil {
		_ = l.store.Close()
	}
	l.clock = clock.New(l.local, func() time.Duration {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.mono
	})
	var err error
	if l.store, err = store.Open(l.t.Context(), filepath.Join(l.dir, "ajar.db"), store.Options{Now: l.local}); err != nil {
		l.t.Fatal(err)
	}
	highest, err := l.store.HighestTime(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	l.clock.Restore(highest)
	options := func(token string) github.Options {
		return github.Options{APIURL: l.url, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
			Now: l.measured, Dated: l.clock.Hear, Sleep: l.sleep, Unpaced: true, Rand: func() float64 { return 0.5 }}
	}
	if l.read, err = github.New(options("ajar-ends-read-token")); err != nil {
		l.t.Fatal(err)
	}
	with, err := github.New(options("ajar-ends-write-token"))
	if err != nil {
		l.t.Fatal(err)
	}
	write, err := github.NewWriter(options("ajar-ends-write-token"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(l.read.CloseIdleConnections)
	l.t.Cleanup(with.CloseIdleConnections)
	l.hands = act.New(act.Options{Read: with, Write: write, Org: remediate.Label{ID: 100, Name: "acme", NodeID: "O_kwDOAAAAAAAAAGQ"}, Now: l.local})
}

var guards = remediate.Guards{MaxChanges: 100, MaxFraction: 1, MinOwners: 1}

// minute is one pass: collect, judge, plan, and carry out what is planned. It gives
// the run, nil where there was nothing to do or nothing might be done.
func (l *lab) minute() *run.Run {
	l.t.Helper()
	ctx := l.t.Context()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(l.base)}})
	if err != nil {
		l.t.Fatal(err)
	}
	p := audit.Pass{Org: "acme", Client: l.read, Store: l.store, Baseline: b, Collect: collector.Options{Now: l.local}, Now: l.clock.Now, Highest: l.clock.Highest}
	if l.lastResult, err = p.Run(ctx); err != nil {
		l.t.Fatal(err)
	}
	r := l.lastResult
	in := remediate.Input{Snapshot: r.Snapshot, Graph: r.Graph, Baseline: r.Baseline, Findings: r.Findings, At: l.clock.Now(), Guards: guards,
		Version: "test", Self: []access.Ref{{Kind: access.User, ID: 1}, {Kind: access.User, ID: 3}}}
	for _, h := range r.Holds {
		in.Held = append(in.Held, h.Reason)
	}
	if why := l.clock.Doubt(); why != "" {
		in.Held = append(in.Held, "clock: "+why)
	}
	l.lastPlan = remediate.NewPlan(in)
	if len(l.lastPlan.Actions) == 0 || len(l.lastPlan.Stopped) > 0 {
		return nil
	}
	e, err := run.New(ctx, "the test", run.Options{Store: l.store, Hands: l.hands, Org: remediate.Label{ID: 100, Name: "acme", NodeID: r.Snapshot.Org.NodeID},
		Guards: guards, Version: "test", Now: l.measured, Clock: l.clock.Now, Sleep: l.sleep, Tell: func(e run.Event) { l.changes = append(l.changes, e) }})
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := e.Settle(ctx, ""); err != nil {
		l.t.Fatal(err)
	}
	c := run.Case{Plan: l.lastPlan, Now: l.clock.Now(), Mode: run.ModeApprove, Version: "test", Baseline: r.Baseline.Hash(), Guards: guards}
	done, err := e.Carry(ctx, run.OrderOf(c, nil, nil))
	if done == nil {
		l.t.Fatal(err)
	}
	for _, a := range done.Actions {
		l.t.Logf("%s: %s: %s %s %s", l.truth().Format("15:04:05"), a.Title, a.State, a.How, a.Why)
	}
	return done
}

// monotonic is a clock of this machine that measures: it cannot be set.
func (l *lab) monotonic() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return start.Add(l.mono)
}

// measured is what time.Now is to those who measure with it: they go by its monotonic
// part, so that a wall clock that stands still stops nobody.
func (l *lab) measured() time.Time {
	if l.frozen {
		return l.monotonic()
	}
	return l.local()
}

// overdue names who is overdue by the last judgement, with since when.
func (l *lab) overdue() (out []string) {
	for _, f := range l.lastResult.Findings {
		if f.Overdue(l.lastResult.At) {
			out = append(out, f.Principal.Name+" since "+f.Ended.Format("15:04:05"))
		}
	}
	slices.Sort(out)
	return out
}

// gone tells when somebody's access was taken at GitHub, by its clock; zero: never.
func (l *lab) gone(login string) time.Time {
	for _, m := range l.sim.Mutations() {
		if m.Changed && strings.HasSuffix(m.Path, "/collaborators/"+login) {
			return m.At
		}
	}
	return time.Time{}
}
