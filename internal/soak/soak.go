package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// options say how long and on what the daemon is soaked.
type options struct {
	length  time.Duration
	world   string // file; "" = an invented organization
	every   time.Duration
	mode    string
	seed    uint64
	dir     string // "" = one that is removed
	binary  string // built with the tag crash; "" = it is built
	unpaced bool   // the program spares its pauses: a real half hour has them
	out     io.Writer
}

// result is what a soak came to.
type result struct {
	figures string
	broken  []string
	took    time.Duration
}

// run is a soak that goes on.
type run struct {
	*stage
	d     *daemon
	log   *log.Logger
	start time.Time
	calm  time.Time // from then on the daemon is not ended any more: what it holds is measured
	end   time.Time

	mu      sync.Mutex
	rng     *rand.Rand
	broken  []string
	count   map[string]int
	away    []span    // the daemon was not there, or frozen
	busy    []span    // something else kept a pass from its time
	trouble time.Time // when something was wrong last that keeps a pass from its end

	samples samples
	passes  passes
	commands
}

// span is a length of time.
type span struct{ from, to time.Time }

// warm is how much of a soak the daemon is ended in again and again; in the rest it is
// left alive, and measured.
const warm = 0.4

func soak(ctx context.Context, o options) (result, error) {
	start := time.Now()
	st, err := newStage(ctx, o)
	if err != nil {
		return result{}, err
	}
	defer st.close()
	f, err := os.OpenFile(st.path("soak.log"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = f.Close() }() // for people, while it goes on
	r := newRun(st, f)
	fmt.Fprintf(o.out, "soaking the daemon on %s for %s, seed %d, in %s\n", sentence(st.world), o.length, o.seed, st.dir)
	if r.d, err = newDaemon(st); err != nil {
		return result{}, err
	}
	defer func() { _ = r.d.log.Close() }()
	r.start = time.Now()
	r.calm, r.end = r.start.Add(time.Duration(warm*float64(o.length))), r.start.Add(o.length)
	if err := r.d.start(ctx, r.broke); err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, tail(st.path("daemon.log")))
	}
	defer func() { _ = r.d.kill() }() // it has ended, unless something went wrong
	r.live(ctx)
	if ctx.Err() == nil {
		r.judge(ctx)
	}
	return result{figures: r.figures(), broken: r.broken, took: time.Since(start)}, ctx.Err()
}

func newRun(st *stage, f io.Writer) *run {
	return &run{
		stage: st, log: log.New(f, "", log.Ltime|log.Lmicroseconds|log.LUTC), count: map[string]int{},
		rng:    rand.New(rand.NewPCG(st.o.seed, 0x50a4)), //nolint:gosec // what happens when is to be the same again with the same seed
		passes: passes{all: map[passKey]store.JobPass{}},
	}
}

// live lets everything happen until the time is up.
func (r *run) live(ctx context.Context) {
	ctx, cancel := context.WithDeadline(ctx, r.end)
	defer cancel()
	var all sync.WaitGroup
	for _, do := range []func(context.Context){r.scrapes, r.mishaps, r.faults, r.drifts, r.people, r.keeps} {
		all.Go(func() { do(ctx) })
	}
	all.Wait()
	r.calmDown() //nolint:contextcheck // the time is up, and what is under way is to come to its end
}

// broke notes that a promise was broken.
func (r *run) broke(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log.Print("BROKEN: " + what)
	fmt.Fprintf(r.o.out, "broken after %s: %s\n", time.Since(r.start).Round(time.Second), what)
	r.broken = append(r.broken, what)
}

func (r *run) brokef(format string, args ...any) { r.broke(fmt.Sprintf(format, args...)) }

// tally counts what happened.
func (r *run) tally(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count[what]++
}

func (r *run) happened(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count[what]
}

// chance draws a number below n.
func (r *run) chance(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.IntN(n)
}

// pause waits about that long; false where the time is up.
func (r *run) pause(ctx context.Context, about time.Duration) bool {
	return rest(ctx, about/2+time.Duration(r.chance(int(about))))
}

// rest waits; the processes around it work by the clock of the machine.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// troubled notes that something is wrong that may keep a pass from its end, until the
// function is called.
func (r *run) troubled(what string) (over func()) {
	r.log.Print("begins: " + what)
	from := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count["troubles now"]++
	return func() {
		r.log.Print("ends: " + what)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.count["troubles now"]--
		r.trouble = time.Now()
		r.busy = append(r.busy, span{from, r.trouble})
	}
}

// scale makes a length of time that is right for half an hour right for this soak.
func (r *run) scale(d time.Duration) time.Duration {
	part := min(1, max(r.o.length.Seconds()/1800, 1.0/40))
	return time.Duration(part * float64(d))
}

func tail(path string) string {
	text, _ := os.ReadFile(path) // what cannot be read tells nothing
	return string(text[max(0, len(text)-4000):])
}
