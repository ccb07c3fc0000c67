package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Setup is what a configuration makes of the daemon: everything that a reload
// swaps, at once or not at all.
type Setup struct {
	Jobs     []Job
	Orgs     []string      // logins, in the order that they are shown in
	Watch    []string      // files and folders whose change means a reload
	Path     string        // of the configuration; "" = none
	Baseline string        // hash; "" = none
	Mode     string        // of remediation
	MaxAge   time.Duration // how old the last good audit may be; 0: any
	Close    func()        // once it is out of use; nil: nothing to do
}

// Meter hears what happens. A nil one hears nothing.
type Meter interface {
	Pass(org, kind, result string, took time.Duration, at time.Time)
	Reloaded(ok bool, at time.Time)
	Due(job string, late time.Duration)
}

// Options say with what a daemon works.
type Options struct {
	// Load reads and checks the configuration and makes a setup of it. An error means
	// that nothing of it is used.
	Load   func(ctx context.Context) (*Setup, error)
	Ledger Ledger
	Now    func() time.Time // of this machine
	Log    *slog.Logger
	Meter  Meter
	Notify func(state string) // tells systemd; nil: nobody
	// Tick is called now and then, between two passes; nil: never.
	Tick func(ctx context.Context)
	// Fixed is what the status says that never changes: version, process, store.
	Fixed Status

	Reload   <-chan struct{} // asks for a reload
	Watchdog time.Duration   // how often systemd wants to hear; 0: never
	Stall    time.Duration   // how long a pass may show no progress before it is not heard; 0: 15 minutes
	Grace    time.Duration   // how long a pass may take to end in order; 0: 28 seconds
}

// Daemon runs jobs on a clock. Its methods may be used by several goroutines.
type Daemon struct {
	o     Options
	board board
	wake  map[bool]chan struct{} // by lane
	beat  atomic.Int64           // since start, when there was progress last
	start time.Time
	stops context.CancelCauseFunc

	mu      sync.Mutex
	setup   *Setup
	pending *Setup // loaded, and not swapped in yet
	last    map[key]Pass
	good    map[key]Pass
}

type key struct {
	job Name
	org string
}

// tick is how long the daemon sleeps at most before it looks at the clock again: a
// machine that was suspended, or a clock that was set, is noticed after it.
const tick = 5 * time.Second

// New makes a daemon that does nothing yet. It loads the configuration and the
// ledger: what is wrong with them is an error.
func New(ctx context.Context, o Options) (*Daemon, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notify == nil {
		o.Notify = func(string) {}
	}
	if o.Tick == nil {
		o.Tick = func(context.Context) {}
	}
	if o.Meter == nil {
		o.Meter = deaf{}
	}
	if o.Stall == 0 {
		o.Stall = 15 * time.Minute
	}
	if o.Grace == 0 {
		o.Grace = 28 * time.Second
	}
	d := &Daemon{
		o: o, start: time.Now(), last: map[key]Pass{}, good: map[key]Pass{},
		wake: map[bool]chan struct{}{true: make(chan struct{}, 1), false: make(chan struct{}, 1)},
	}
	d.board.begin(o.Fixed, o.Now())
	last, good, err := o.Ledger.Last(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range last {
		d.last[key{p.Job, p.Org}] = p
	}
	for _, p := range good {
		d.good[key{p.Job, p.Org}] = p
	}
	setup, err := o.Load(ctx)
	if err != nil {
		return nil, err
	}
	d.swap(setup)
	o.Meter.Reloaded(true, o.Now())
	return d, nil
}

// Last gives the newest pass of a job, as far as is known; the zero Pass: none.
func (d *Daemon) Last(job Name, org string) Pass {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last[key{job, org}]
}

// Good gives the newest pass of a job that did what it is for.
func (d *Daemon) Good(job Name, org string) Pass {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.good[key{job, org}]
}

// Beat says that there is progress: a pass that shows none for long is not vouched
// for to the watchdog.
func (d *Daemon) Beat() {
	if d != nil { // it may not be made yet
		d.beat.Store(int64(time.Since(d.start)))
	}
}

// Wake has the daemon look at once whether a job is due.
func (d *Daemon) Wake(job Name) {
	select {
	case d.wake[job == Deliver] <- struct{}{}:
	default: // it is going to look anyway
	}
}

// Run serves until the context ends, and then ends in order: the pass under way is
// told to stop and has [Options.Grace] for it. Its error is nil where that was in
// time.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	d.stops = stop
	d.Beat()
	var all sync.WaitGroup
	for _, do := range []func(context.Context){
		func(ctx context.Context) { d.lane(ctx, false) },
		func(ctx context.Context) { d.lane(ctx, true) },
		d.reloads, d.watchdog,
	} {
		all.Go(func() { do(ctx) })
	}
	d.board.state(Running)
	d.o.Notify("READY=1\nSTATUS=" + d.board.line())
	<-ctx.Done()
	d.board.state(Stopping)
	d.o.Notify("STOPPING=1\nSTATUS=ending in order")
	d.o.Log.Info("stopping", "why", why(ctx))
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	grace := time.NewTimer(d.o.Grace)
	defer grace.Stop()
	var f FatalError
	select {
	case <-ended:
	case <-grace.C:
		return fmt.Errorf("the pass under way did not end within %s: %s", d.o.Grace, d.board.line())
	}
	if errors.As(context.Cause(ctx), &f) {
		return f.Err
	}
	return nil
}

func why(ctx context.Context) string {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause.Error()
	}
	return "it was told to"
}

// Once runs what is due, each job at most once, and gives how they ended.
func (d *Daemon) Once(ctx context.Context) ([]Pass, error) {
	var out []Pass
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	d.stops = stop
	d.board.state(Running)
	done := map[key]bool{}
	for ctx.Err() == nil {
		j, due, ok := d.next(ctx, func(j Job) bool { return !done[key{j.Name, j.Org}] })
		if !ok || due.at.After(d.o.Now()) {
			break
		}
		done[key{j.Name, j.Org}] = true
		out = append(out, d.pass(ctx, j, due))
	}
	var f FatalError
	if errors.As(context.Cause(ctx), &f) {
		return out, f.Err
	}
	return out, nil
}

// deaf is a meter that hears nothing.
type deaf struct{}

func (deaf) Pass(string, string, string, time.Duration, time.Time) {}
func (deaf) Reloaded(bool, time.Time)                              {}
func (deaf) Due(string, time.Duration)                             {}
