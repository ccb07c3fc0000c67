package run

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

func (b *bench) ask(org int64) store.Stop {
	b.t.Helper()
	s, err := store.AskToStop(b.store.Path(), store.Stop{Org: org, Login: "acme", Reason: "migration", Who: "account erin on host", At: b.now()})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func TestRunStopsBeforeItsNextChangeWhereSomebodyAsks(t *testing.T) {
	for _, c := range []struct {
		name, how, want, why string
		ask                  func(*bench)
	}{
		{"about the organization", Stopped, "verified/carried-out not-tried", "account erin on host asked to stop: migration", func(b *bench) { b.ask(100) }},
		{"about all", Stopped, "verified/carried-out not-tried", "migration", func(b *bench) { b.ask(0) }},
		{"about another one", Done, "verified/carried-out verified/carried-out", "", func(b *bench) { b.ask(7) }},
		{"what cannot be read", Stopped, "verified/carried-out not-tried", "cannot be read", func(b *bench) {
			if err := os.WriteFile(b.store.Path()+".stop-x", []byte("stop!"), 0o600); err != nil {
				b.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{})
			o := b.options()
			o.Tell = func(e Event) {
				if e.Place == 1 && e.Action.State == journal.Verified {
					c.ask(b)
				}
			}
			e, err := New(t.Context(), "test", o)
			if err != nil {
				t.Fatal(err)
			}
			r, err := e.Carry(t.Context(), order("plan", guestOff(boat), guestOff(ship)))
			if err != nil {
				t.Fatal(err)
			}
			b.expect(r, c.how, c.want)
			if c.why != "" && (!strings.Contains(r.Ended.Why, c.why) || !strings.Contains(r.Actions[1].Why, c.why) || len(b.writes(false)) != 1 || r.Finishable()) {
				t.Errorf("%s; %s; sent was %q", r.Ended.Why, r.Actions[1].Why, b.writes(false))
			}
		})
	}
}

// abed are hands that wait for their turn for ever, as behind an hourly limit.
type abed struct {
	Hands
	waits chan struct{}
}

func (a abed) Ready(ctx context.Context) error {
	close(a.waits)
	<-ctx.Done()
	return ctx.Err()
}

func TestRunStopsWhileItWaitsWhereSomebodyAsks(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := b.options()
	waits := make(chan struct{})
	o.Hands = abed{b.hands, waits}
	o.Poll = func(ctx context.Context) error {
		select {
		case <-waits:
			b.ask(100)
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	e, err := New(t.Context(), "test", o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Carry(t.Context(), order("plan", guestOff(boat), guestOff(ship)))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Stopped, "not-tried not-tried")
	if !strings.Contains(r.Ended.Why, "asked to stop: migration") {
		t.Error(r.Ended.Why)
	}
}

// keep stores an empty snapshot, so that the organization can be held.
func (b *bench) keep() {
	b.t.Helper()
	p, err := b.store.Begin(b.t.Context(), access.Organization{ID: 100, NodeID: acme.NodeID, Login: "acme", CreatedAt: b.now()}, b.now())
	if err == nil {
		_, err = p.Finish(b.t.Context(), store.PassStats{})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestRequestToStopBecomesAHold(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	b.keep()
	epoch, err := b.store.TakeOver(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	s := b.ask(100)
	c := Case{}
	c.Plan.Org.ID = 100
	c.Plan.Hash = strings.Repeat("a", 64)
	if err := Gather(t.Context(), b.store, &c); err != nil || len(c.Held) != 1 || c.Held[0] != "migration" {
		t.Errorf("before it is a hold no plan may run either: %v %q", err, c.Held)
	}
	for range 2 { // a process that died before it removed the file does it again
		text, err := os.ReadFile(s.File)
		if err != nil {
			t.Fatal(err)
		}
		if entered, err := EnterStops(t.Context(), b.store, epoch, b.now()); err != nil || len(entered) != 1 {
			t.Fatalf("%v %+v", err, entered)
		}
		if _, err := os.Stat(s.File); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("the request stands still: %v", err)
		}
		if err := os.WriteFile(s.File, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(s.File); err != nil { // by hand: what was entered stays
		t.Fatal(err)
	}
	all, err := b.store.Holds(t.Context(), 100)
	if err != nil || len(all) != 1 || all[0].Kind != store.HeldByHand || all[0].Reason != "migration" || all[0].SetBy != "account erin on host" {
		t.Errorf("%v %+v", err, all)
	}
	n := 0
	for e, err := range b.store.Journal(t.Context(), 1, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == journal.Hold && e.Org == 100 && e.Who == "account erin on host" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d entries of the hold", n)
	}
}

func TestRequestToStopAboutNobodyKnownHoldsAll(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	epoch, err := b.store.TakeOver(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	b.ask(7)
	if entered, err := EnterStops(t.Context(), b.store, epoch, b.now()); err != nil || len(entered) != 0 {
		t.Fatalf("nothing is there to be held: %v %+v", err, entered)
	}
	b.keep()
	if entered, err := EnterStops(t.Context(), b.store, epoch, b.now()); err != nil || len(entered) != 1 {
		t.Fatalf("%v %+v", err, entered)
	}
	if all, err := b.store.Holds(t.Context(), 100); err != nil || len(all) != 1 {
		t.Errorf("%v %+v", err, all)
	}
}
