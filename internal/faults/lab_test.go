package faults

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

const token = "ghp_faultsfaultsfaultsfaultsfaults"

// noon is when the first pass of a test begins; the second does an hour later.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// clock moves when somebody sleeps on it.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	c.slept += d
	return ctx.Err()
}

// trouble is what disturbs a pass.
type trouble struct {
	sim    githubsim.Options
	client github.Options
	front  func(sim *httptest.Server) (url string) // what stands before the simulator
	at     time.Time                               // when the pass begins
	change func(*collector.Options)
	tape   string // where its answers are kept for the pass that takes it up; "": nowhere
	brisk  bool   // time is not made up, and pauses take a thousandth of it
}

// pass is one pass over a world and what came of it.
type pass struct {
	sim    *githubsim.Server
	clock  *clock
	client *github.Client
	info   store.SnapshotInfo
	err    error
	ledger access.Coverage
	stored state
	stop   func() // the server and the connections to it
}

// lab is a store that passes go into.
type lab struct {
	t     testing.TB
	path  string
	store *store.Store
}

func newLab(t testing.TB) *lab {
	t.Helper()
	if testing.Short() && !strings.HasPrefix(t.Name(), "TestNoMix") {
		t.Skip("short: of the faults only their mix is played")
	}
	l := &lab{t: t, path: filepath.Join(t.TempDir(), "ajar.db")}
	l.open()
	return l
}

func (l *lab) open() {
	l.t.Helper()
	s, err := store.Open(context.Background(), l.path, store.Options{})
	if err != nil {
		l.t.Fatal(err)
	}
	l.store = s
	l.t.Cleanup(func() { _ = s.Close() }) // a store that is meant to break may say so again
}

// pass reads a world into the store. Time is made up: it moves only when
// somebody waits.
func (l *lab) pass(w *githubsim.World, d trouble) *pass {
	l.t.Helper()
	if d.at.IsZero() {
		d.at = noon
	}
	p := &pass{clock: &clock{t: d.at}}
	s, o := d.sim, d.client
	s.Now, s.Sleep = p.clock.now, p.clock.sleep
	if s.Tokens == nil {
		s.Tokens = []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}}
	}
	if s.PrimaryLimit == 0 {
		s.PrimaryLimit = githubsim.Unlimited
	}
	p.sim = githubsim.New(w, s)
	srv := httptest.NewServer(p.sim)
	if o.APIURL = srv.URL; d.front != nil {
		o.APIURL = d.front(srv)
	}
	o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
	o.Now, o.Sleep, o.Unpaced = p.clock.now, p.clock.sleep, s.Secondary == githubsim.Secondary{}
	if d.brisk {
		o.Now, o.Sleep = nil, func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
			case <-time.After(d / 1000):
			}
			return ctx.Err()
		}
	}
	var err error
	if p.client, err = github.New(o); err != nil {
		l.t.Fatal(err)
	}
	p.stop = func() { p.client.CloseIdleConnections(); srv.CloseClientConnections(); srv.Close() }
	l.t.Cleanup(p.stop)
	options := collector.Options{Now: func() time.Time { return d.at }}
	if d.change != nil {
		d.change(&options)
	}
	ctx := context.Background()
	p.info, p.err = audit.Pass{Org: "acme", Client: p.client, Store: l.store, Collect: options, Now: func() time.Time { return d.at },
		Answers: d.tape, Resume: 24 * time.Hour}.Take(ctx)
	if p.err == nil {
		p.stored, p.ledger = l.show(p.info)
	}
	return p
}

// show gives what the store shows at a snapshot.
func (l *lab) show(info store.SnapshotInfo) (state, access.Coverage) {
	l.t.Helper()
	snap, err := l.store.Load(context.Background(), info)
	if err != nil {
		l.t.Fatal(err)
	}
	return read(l.t, l.path, info.ID), snap.Coverage
}

// readOnce are stores in which a place was read once, undisturbed, by its name.
var readOnce struct {
	sync.Mutex
	files map[string]map[string][]byte
	info  map[string]store.SnapshotInfo
}

// labAfter is a lab whose store already holds a first pass over the place.
func labAfter(t testing.TB, where place) (*lab, store.SnapshotInfo) {
	t.Helper()
	readOnce.Lock()
	defer readOnce.Unlock()
	if readOnce.files == nil {
		readOnce.files, readOnce.info = map[string]map[string][]byte{}, map[string]store.SnapshotInfo{}
	}
	if readOnce.files[where.name] == nil {
		l := newLab(t)
		p := l.pass(where.make(), trouble{})
		if err := errors.Join(p.err, l.store.Close()); err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for _, suffix := range []string{"", ".generation"} {
			raw, err := os.ReadFile(l.path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			files[suffix] = raw
		}
		readOnce.files[where.name], readOnce.info[where.name] = files, p.info
	}
	l := &lab{t: t, path: filepath.Join(t.TempDir(), "ajar.db")}
	for suffix, raw := range readOnce.files[where.name] {
		if err := os.WriteFile(l.path+suffix, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l.open()
	return l, readOnce.info[where.name]
}

// clean gives the state that an undisturbed pass over a world stores.
func clean(t testing.TB, w *githubsim.World, at time.Time) state {
	t.Helper()
	l := newLab(t)
	p := l.pass(w, trouble{at: at})
	if p.err != nil {
		t.Fatal(p.err)
	}
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	return p.stored
}

// before and after are the states of the village and the town before and after
// their drift, by name; they are read once.
var known struct {
	sync.Mutex
	states map[string]state
}

func cleanOnce(t testing.TB, name string, make func() *githubsim.World, at time.Time) state {
	t.Helper()
	known.Lock()
	defer known.Unlock()
	if known.states == nil {
		known.states = map[string]state{}
	}
	if known.states[name] == nil {
		known.states[name] = clean(t, make(), at)
	}
	return known.states[name]
}

// place is a kind of organization.
type place struct {
	name string
	make func() *githubsim.World
}

var (
	aVillage = place{"village", village}
	aTown    = place{"town", town}
)

// then is an hour after noon.
var then = noon.Add(time.Hour)

// disturbed reads a place undisturbed, lets an hour drift by, and reads it again
// with trouble. What is stored then has to be true, or marked as not seen.
func disturbed(t *testing.T, where place, d trouble) (*lab, *pass) {
	t.Helper()
	l, first := labAfter(t, where)
	d.at = then
	p := l.pass(drift(where.make()), d)
	old := cleanOnce(t, where.name, where.make, noon)
	now := cleanOnce(t, where.name+" after", func() *githubsim.World { return drift(where.make()) }, then)
	if p.err == nil {
		truth{old, now, now}.check(t, p.stored, p.ledger)
		return l, p
	}
	oneLine(t, p.err)
	if latest, err := l.store.Latest(t.Context(), "acme"); err != nil || latest.ID != first.ID {
		t.Errorf("a pass that ended with an error left snapshot %d (%v), want the first, %d", latest.ID, err, first.ID)
	} else if stored, ledger := l.show(latest); len(truth{old, old, old}.complaints(stored, ledger)) > 0 {
		t.Error("a pass that ended with an error changed the snapshot before it")
	}
	return l, p
}

// oneLine wants an error that people can read and do something about.
func oneLine(t *testing.T, err error) {
	t.Helper()
	line, hint := github.Explain(err)
	if line == "" || hint == "" || strings.ContainsAny(line+hint, "\r\n\x1b") || strings.Contains(line, token) {
		t.Errorf("the error is told as %q, with %q to do", line, hint)
	}
}

// gaps are the areas with a gap, but for contributions, of which the simulator
// never tells all.
func (p *pass) gaps() map[access.Area]string {
	out := map[access.Area]string{}
	for _, line := range p.ledger.Gaps() {
		if line.Area != access.AreaContributions {
			out[line.Area] = line.Reason
		}
	}
	return out
}

// whole wants a pass without a gap.
func (p *pass) whole(t *testing.T) {
	t.Helper()
	if p.err != nil {
		t.Errorf("the pass ended: %v", p.err)
	} else if gaps := p.gaps(); len(gaps) > 0 {
		t.Errorf("there are gaps: %v", gaps)
	}
}
