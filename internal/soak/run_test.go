package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/internal/witness"
	engine "github.com/eb661601/ajar/remediate/run"
)

// carrying is a daemon in mode auto that is about to carry something out.
type carrying struct {
	t *testing.T
	*stage
	d *daemon
}

func newCarrying(t *testing.T) *carrying {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the program")
	}
	s, err := newStage(t.Context(), options{every: time.Second, mode: "auto", seed: 1, out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	c := &carrying{t: t, stage: s}
	if c.d, err = newDaemon(s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.d.log.Close() })
	s.watch.Edit(func(w *githubsim.World) {
		n := 0
		for _, r := range w.Orgs[0].Repos {
			for _, g := range r.Collaborators {
				if (g.Permission == "pull" || g.Permission == "triage") && n < 4 {
					g.Permission = "maintain"
					n++
				}
			}
		}
		if n == 0 {
			t.Fatal("nobody has a grant that could be raised")
		}
	})
	return c
}

// start starts the daemon; where it ends by itself the test fails.
func (c *carrying) start() {
	c.t.Helper()
	if err := c.d.start(c.t.Context(), func(what string) { c.t.Error(what) }); err != nil {
		c.t.Fatalf("%v\n%s", err, tail(c.path("daemon.log")))
	}
}

// runs waits until the journal is as it is asked for, and gives its runs.
func (c *carrying) runs(what string, ok func(map[string]*engine.Run) bool) map[string]*engine.Run {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for rest(ctx, 50*time.Millisecond) {
		s, err := store.Open(ctx, c.store(), store.Options{ReadOnly: true})
		if err != nil {
			continue
		}
		all, err := witness.Runs(ctx, s)
		_ = s.Close()
		if err == nil && ok(all) {
			return all
		}
	}
	c.t.Fatalf("%s: it did not come to that\n%s", what, tail(c.path("daemon.log")))
	return nil
}

func ended(all map[string]*engine.Run) bool {
	for _, r := range all {
		if r.Ended == nil {
			return false
		}
	}
	return len(all) > 0
}

// settled wants the daemon, started again, to end what was begun, with everything in
// its record and nothing done twice.
func (c *carrying) settled() {
	c.t.Helper()
	c.start()
	c.runs("every run ends", ended)
	if _, err := c.d.terminate(); err != nil {
		c.t.Error(err)
	}
	all := c.runs("the journal of the end", func(all map[string]*engine.Run) bool { return len(all) > 0 })
	changes := c.sim.Mutations()
	for _, wrong := range append(witness.Unaccounted(changes, all), witness.Repeated(changes, all)...) {
		c.t.Error(wrong)
	}
	for _, wrong := range c.watch.Complaints() {
		c.t.Error(wrong)
	}
}

// first has something happen as the first request for a change arrives.
func (c *carrying) first(do func()) (arrived <-chan struct{}) {
	ch := make(chan struct{})
	var once sync.Once
	f := func(*http.Request) { once.Do(func() { close(ch); do() }) }
	c.before.Store(&f)
	return ch
}

func (c *carrying) await(ch <-chan struct{}, what string) {
	c.t.Helper()
	select {
	case <-ch:
	case <-time.After(2 * time.Minute):
		c.t.Fatalf("%s\n%s", what, tail(c.path("daemon.log")))
	}
}

func TestDaemonThatIsToldToEndDuringItsRunFinishesTheActionInFlight(t *testing.T) {
	c := newCarrying(t)
	release := make(chan struct{})
	arrived := c.first(func() { <-release })
	c.start()
	c.await(arrived, "the daemon changes nothing")
	done := make(chan error)
	go func() {
		_, err := c.d.terminate()
		done <- err
	}()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until) && !strings.Contains(c.said(), `"msg":"stopping"`); {
		rest(t.Context(), 20*time.Millisecond)
	}
	close(release)
	if err := <-done; err != nil {
		t.Errorf("%v\n%s", err, tail(c.path("daemon.log")))
	}
	if n := len(c.sim.Mutations()); n != 1 {
		t.Errorf("%d changes were sent, and one was in flight", n)
	}
	for id, r := range c.runs("the run has begun", func(all map[string]*engine.Run) bool { return len(all) > 0 }) {
		if a := r.Actions[0]; len(a.Sends) != 1 || a.Sends[0].Answer == nil {
			t.Errorf("run %s: the answer of what was in flight is not in the journal: %s %s", id, a.State, a.Why)
		}
	}
	c.settled()
}

func (c *carrying) said() string {
	text, _ := os.ReadFile(c.path("daemon.log")) // what cannot be read says nothing
	return string(text)
}

func TestDaemonThatIsKilledDuringItsRunSettlesItAtTheNextStart(t *testing.T) {
	c := newCarrying(t)
	arrived := c.first(func() {
		if err := c.d.kill(); err != nil { // GitHub makes the change, and nobody hears the answer
			t.Error(err)
		}
	})
	c.start()
	c.await(arrived, "the daemon changes nothing")
	c.sound(t)
	c.settled()
}

func (c *carrying) sound(t *testing.T) {
	t.Helper()
	<-c.d.gone()
	for _, words := range [][]string{{"store", "check"}, {"journal", "verify"}} {
		if o := c.ajar(t.Context(), nil, words...); o.code != 0 {
			t.Errorf("ajar %v: %v", words, o)
		}
	}
}

// TestDaemonThatIsFrozenDuringItsRunKeepsOthersOut holds that nobody takes the store
// of a daemon that still may send, and that it goes on where it stood.
func TestDaemonThatIsFrozenDuringItsRunKeepsOthersOut(t *testing.T) {
	c := newCarrying(t)
	arrived := c.first(func() {
		if err := freeze(c.d.process()); err != nil {
			t.Error(err)
		}
	})
	c.start()
	c.await(arrived, "the daemon changes nothing")
	rest(t.Context(), 200*time.Millisecond)
	o := c.ajar(t.Context(), nil, "apply", "--settle", "--wait", "1s")
	if o.code != 1 || !strings.Contains(o.errs, "another ajar is writing to it") {
		t.Errorf("it was to be refused: %v", o)
	}
	if err := thaw(c.d.process()); err != nil {
		t.Error(err)
	}
	c.runs("the run ends", ended)
	if _, err := c.d.terminate(); err != nil {
		t.Error(err)
	}
	c.settled()
}
