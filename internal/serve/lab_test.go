package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/eb661601/ajar/internal/schedule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab runs daemons in a bubble of time, over a ledger that outlives them.
type lab struct {
	t *testing.T

	mu    sync.Mutex
	skew  time.Duration // of the clock of the machine
	last  map[key]Pass
	good  map[key]Pass
	runs  []run
	told  []string // to systemd
	full  bool     // the ledger takes nothing
	load  func() (*Setup, error)
	ask   chan struct{}
	d     *Daemon
	busy  map[bool]int
	most  int // jobs of the main worker at once
	waits map[Name]time.Duration
	fails map[Name]error
}

type run struct {
	job Name
	org string
	at  time.Time // by the true clock
}

func newLab(t *testing.T) *lab {
	return &lab{t: t, last: map[key]Pass{}, good: map[key]Pass{}, ask: make(chan struct{}, 1), busy: map[bool]int{}, waits: map[Name]time.Duration{}, fails: map[Name]error{}}
}

func (l *lab) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.skew).UTC()
}

// set moves the clock of the machine.
func (l *lab) set(skew time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.skew = skew
}

// Last is the ledger's.
func (l *lab) Last(context.Context) (last, good []Pass, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.last {
		last = append(last, p)
	}
	for _, p := range l.good {
		good = append(good, p)
	}
	return last, good, nil
}

// Keep is the ledger's.
func (l *lab) Keep(_ context.Context, p Pass) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return errors.New("no space is left")
	}
	l.last[key{p.Job, p.Org}] = p
	if p.Result.Good() {
		l.good[key{p.Job, p.Org}] = p
	}
	return nil
}

func every(t *testing.T, line string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fail makes a job fail from now on; nil: no longer.
func (l *lab) fail(name Name, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails[name] = err
}

// job is one that takes its time and fails as the lab says.
func (l *lab) job(name Name, org, line string, offset time.Duration) Job {
	s := every(l.t, line)
	return Job{
		Name: name, Org: org,
		Due: func(context.Context) (time.Time, string, error) {
			at, why := Planned(s, offset, l.d.Last(name, org), l.now())
			return at, why, nil
		},
		Run: func(ctx context.Context) (Outcome, error) {
			l.mu.Lock()
			l.runs = append(l.runs, run{name, org, time.Now().UTC()})
			lane := name == Deliver
			l.busy[lane]++
			l.most = max(l.most, l.busy[false])
			wait, err := l.waits[name], l.fails[name]
			l.mu.Unlock()
			defer func() {
				l.mu.Lock()
				l.busy[lane]--
				l.mu.Unlock()
			}()
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return Outcome{}, ctx.Err()
			}
			return Outcome{}, err
		},
	}
}

// boot makes a daemon as after a start of the process.
func (l *lab) boot(jobs ...Job) *Daemon {
	l.t.Helper()
	if l.load == nil {
		l.load = func() (*Setup, error) { return &Setup{Jobs: jobs, Orgs: []string{"acme"}}, nil }
	}
	d, err := New(l.t.Context(), Options{
		Load: func(context.Context) (*Setup, error) { return l.load() }, Ledger: l, Now: l.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Notify: func(s string) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.told = append(l.told, s)
		},
		Reload: l.ask, Watchdog: time.Minute,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.d = d
	return d
}

// during runs a daemon for so long, and stops it.
func (l *lab) during(d time.Duration, jobs ...Job) {
	l.t.Helper()
	stop := l.start(jobs...)
	time.Sleep(d)
	if err := stop(); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) start(jobs ...Job) (stop func() error) {
	l.t.Helper()
	daemon := l.boot(jobs...)
	ctx, cancel := context.WithCancel(l.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- daemon.Run(ctx) }()
	synctest.Wait()
	return func() error {
		cancel()
		return <-ended
	}
}

// ran lists when a job ran, in the zone of the bubble's clock.
func (l *lab) ran(job Name, org string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, r := range l.runs {
		if r.job == job && r.org == org {
			out = append(out, r.at.Format("02 15:04:05"))
		}
	}
	return out
}

func (l *lab) want(job Name, org string, want ...string) {
	l.t.Helper()
	if got := l.ran(job, org); strings.Join(got, ", ") != strings.Join(want, ", ") {
		l.t.Errorf("%s of %q ran at\n  %s, want\n  %s", job, org, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func (l *lab) said(word string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.told {
		n += strings.Count(s, word)
	}
	return n
}
