package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// The tokens of the proofs; both belong to botName.
const (
	readToken  = "ghp_provereadprovereadprovereadproveread"
	writeToken = "ghp_provewriteprovewriteprovewriteprovew"
)

// clock moves when somebody sleeps on it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.move(d)
	return ctx.Err()
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// failer is a test of any kind, rapid's too.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// lab is an organization on a simulated GitHub, a store, and all parts of ajar
// between them, in one process with made-up time.
type lab struct {
	t      failer
	clock  *clock
	sim    *githubsim.Server
	front  *front
	url    string
	dir    string
	store  *store.Store
	client *github.Client
	base   string // the baseline
	guards remediate.Guards
	last   audit.Result // what was planned from
	close  []func()
}

// front stands before the simulator and can be taken for something else.
type front struct {
	mu sync.Mutex
	h  http.Handler
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	h := f.h
	f.mu.Unlock()
	h.ServeHTTP(w, r)
}

func (f *front) put(h http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.h = h
}

// newLab takes a world over.
func newLab(t failer, w *githubsim.World, base string, o githubsim.Options) *lab {
	t.Helper()
	l := &lab{t: t, clock: &clock{t: noon}, base: base, guards: loose()}
	o.Now, o.Sleep, o.PrimaryLimit, o.Writable = l.clock.now, l.clock.sleep, githubsim.Unlimited, true
	o.Tokens = []githubsim.Token{
		{Value: readToken, Login: botName, Scope: githubsim.OwnerScope}, {Value: writeToken, Login: botName, Scope: githubsim.OwnerScope},
	}
	l.sim = githubsim.New(w, o)
	l.front = &front{h: l.sim}
	srv := httptest.NewServer(l.front)
	l.url = srv.URL
	l.close = append(l.close, func() { srv.CloseClientConnections(); srv.Close() })
	l.dir = scratch(t)
	l.close = append(l.close, func() { _ = os.RemoveAll(l.dir) })
	l.open()
	l.client = l.reader(readToken)
	return l
}

// scratch makes a folder where files cost little: proofs make thousands.
func scratch(t failer) string {
	t.Helper()
	at := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		at = "/dev/shm"
	}
	dir, err := os.MkdirTemp(at, "ajar-prove-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (l *lab) path() string { return filepath.Join(l.dir, "ajar.db") }

// open opens the store, which is made where there is none.
func (l *lab) open() {
	l.t.Helper()
	s, err := store.Open(context.Background(), l.path(), store.Options{Now: l.clock.now})
	if err != nil {
		l.t.Fatal(err)
	}
	l.store = s
}

func (l *lab) end() {
	l.client.CloseIdleConnections()
	_ = l.store.Close() // a store that was meant to break may say so again
	for i := len(l.close) - 1; i >= 0; i-- {
		l.close[i]()
	}
}

func (l *lab) reader(token string) *github.Client {
	l.t.Helper()
	c, err := github.New(github.Options{
		APIURL: l.url, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Now: l.clock.now, Sleep: l.clock.sleep, Unpaced: true,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

func (l *lab) pass() audit.Pass {
	l.t.Helper()
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(l.base)}})
	if err != nil {
		l.t.Fatalf("%v\n%s", err, l.base)
	}
	return audit.Pass{Org: orgName, Client: l.client, Store: l.store, Baseline: b, Collect: collector.Options{Now: l.clock.now}, Now: l.clock.now}
}

// audit reads the organization and judges it.
func (l *lab) audit() audit.Result {
	l.t.Helper()
	l.clock.move(time.Second) // a snapshot is newer than the one before
	r, err := l.pass().Run(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

// loose are guards that let everything pass but what would lock somebody out.
func loose() remediate.Guards {
	return remediate.Guards{MaxChanges: 10_000, MaxFraction: 1, MinOwners: 2, Expel: true, AllowOwnerOnly: true}
}

// plan plans what would bring the organization back.
func (l *lab) plan(r audit.Result) remediate.Plan {
	l.last = r
	return remediate.NewPlan(l.input(r))
}

func (l *lab) input(r audit.Result) remediate.Input {
	var self []access.Ref
	for _, p := range r.Snapshot.People {
		if p.Login == botName {
			self = append(self, access.Ref{Kind: access.User, ID: p.ID})
		}
	}
	return remediate.Input{
		Snapshot: r.Snapshot, Graph: r.Graph, Baseline: r.Baseline, Findings: r.Findings, At: l.clock.now(), Guards: l.guards, Self: self,
	}
}

// lines are the actions of a plan, for people who look for a mistake.
func lines(p remediate.Plan) string {
	var b strings.Builder
	for _, a := range p.Actions {
		fmt.Fprintf(&b, "  %s %s\n", a.Kind, a.Title)
	}
	for _, r := range p.Refused {
		fmt.Fprintf(&b, "  refused by %s: %s (%s)\n", r.Guard, r.Title, r.Why)
	}
	for _, s := range p.Stopped {
		fmt.Fprintf(&b, "  stopped: %s\n", s)
	}
	return b.String()
}

var _ failer = testing.TB(nil)
