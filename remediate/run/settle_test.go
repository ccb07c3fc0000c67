package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

// dying are hands whose process dies at a step: before it leaves, or after GitHub
// has it.
type dying struct {
	Hands
	at    int // 1: the first step
	after bool
	sent  int
}

type death struct{}

func (d *dying) Send(ctx context.Context, s act.Step) (act.Answer, error) {
	if d.sent++; d.sent != d.at {
		return d.Hands.Send(ctx, s)
	}
	if d.after {
		if _, err := d.Hands.Send(ctx, s); err != nil {
			return act.Answer{}, err
		}
	}
	panic(death{})
}

// die runs what dies; the store stays as it was at that instant.
func die(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if got := recover(); got != (death{}) {
			t.Fatalf("it did not die: %v", got)
		}
	}()
	f()
}

func TestRunThatDiedIsSettledByLookingAndFinished(t *testing.T) {
	for _, c := range []struct {
		name  string
		after bool
		want  string
		sent  int // over both processes
	}{
		{"after GitHub had the request", true, "verified/settled verified/carried-out", 2},
		{"before the request left", false, "verified/carried-out verified/carried-out", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{})
			whole := b.hands
			b.hands = &dying{Hands: whole, at: 1, after: c.after}
			o := order("plan", guestOff(boat), guestOff(ship))
			die(t, func() { _, _ = b.engine().Carry(t.Context(), o) })
			b.hands = whole
			e := b.engine()
			open, err := e.Settle(t.Context(), o.ID)
			if err != nil || len(open) != 1 {
				t.Fatal(open, err)
			}
			if n := len(b.writes(false)); c.after && n != 1 || !c.after && n != 0 {
				t.Errorf("settling sent something: %q", b.writes(false))
			}
			r, err := e.Carry(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			b.expect(r, Done, c.want)
			if n := len(b.writes(false)); n != c.sent || n != len(b.writes(true)) {
				t.Errorf("%d requests were sent, not %d: %q", n, c.sent, b.writes(false))
			}
			if !r.Begun.Resumed && r.Resumes != 1 {
				t.Errorf("it was taken up %d times", r.Resumes)
			}
		})
	}
}

func TestSettledRunThatNobodyTakesUpEndsWithEveryActionAccountedFor(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	whole := b.hands
	b.hands = &dying{Hands: whole, at: 1}
	die(t, func() { _, _ = b.engine().Carry(t.Context(), order("plan", guestOff(boat), guestOff(ship))) })
	b.hands = whole
	if _, err := b.engine().Settle(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r, err := Load(t.Context(), b.store, RunID("plan"))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Interrupted, "not-tried not-tried")
	if !r.Finishable() || len(b.writes(false)) != 0 {
		t.Errorf("it cannot be finished, or something was sent: %q", b.writes(false))
	}
}

func TestStateOfBeforeIsBelievedOnlyAfterGitHubHadItsTime(t *testing.T) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{after(githubsim.AppliedLater, 40*time.Second, 1)}})
	whole := b.hands
	b.hands = &dying{Hands: whole, at: 1, after: true}
	die(t, func() { _, _ = b.engine().Carry(t.Context(), order("plan", guestOff(boat))) })
	b.hands = whole
	if _, err := b.engine().Settle(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r, err := Load(t.Context(), b.store, RunID("plan"))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Interrupted, "verified/settled")
}

func TestReplacedKeyIsFinishedAfterADeathBetweenItsSteps(t *testing.T) {
	c := robot(key(false), key(true))
	for name, d := range map[string]*dying{
		"the first was carried out":   {at: 1, after: true},
		"the second was not sent":     {at: 2},
		"the second was carried out":  {at: 2, after: true},
		"the first never left at all": {at: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{})
			d.Hands = b.hands
			b.hands = d
			o := order("plan", c)
			die(t, func() { _, _ = b.engine().Carry(t.Context(), o) })
			b.hands = d.Hands
			e := b.engine()
			if _, err := e.Settle(t.Context(), o.ID); err != nil {
				t.Fatal(err)
			}
			r, err := e.Carry(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if r.Ended.How != Done || r.Actions[0].State != journal.Verified {
				t.Fatalf("%s %s: %s", r.Ended.How, states(r), r.Actions[0].Why)
			}
			if got := b.writes(true); len(got) != 2 {
				t.Errorf("changed was %q", got)
			}
		})
	}
}

func TestSameRunTwiceSendsNothingTheSecondTime(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	b.expect(b.carry(guestOff(boat)), Done, "verified/carried-out")
	r, err := b.engine().Carry(t.Context(), order("another plan", guestOff(boat), guestOff(ship)))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Done, "verified/already-done verified/carried-out")
	if got := b.writes(false); len(got) != 2 {
		t.Errorf("sent was %q", got)
	}
}

func TestOldOwnerOfTheJournalCannotSend(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	old := b.engine()
	b.engine()
	_, err := old.Carry(t.Context(), order("plan", guestOff(boat)))
	if !errors.Is(err, store.ErrFenced) || len(b.writes(false)) != 0 {
		t.Errorf("%v; sent was %q", err, b.writes(false))
	}
}

func TestTakeOverWaitsForWhatTheFormerOwnerMayStillSend(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	whole := b.hands
	b.hands = &dying{Hands: whole, at: 1}
	die(t, func() { _, _ = b.engine().Carry(t.Context(), order("plan", guestOff(boat))) })
	b.hands = whole
	r, err := Load(t.Context(), b.store, RunID("plan"))
	if err != nil {
		t.Fatal(err)
	}
	b.engine()
	if passed := b.now().Sub(r.Actions[0].Sends[0].At); passed <= 10*time.Second {
		t.Errorf("only %s after it was sent", passed)
	}
}

func TestInterruptedRunFinishesTheActionInFlight(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	b.hands = &cutting{Hands: b.hands, cancel: cancel}
	r, err := b.engine().Carry(ctx, order("plan", guestOff(boat), guestOff(ship)))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Interrupted, "verified/carried-out not-tried")
	b.hands = b.hands.(*cutting).Hands
	if r, err = b.engine().Carry(t.Context(), order("plan", guestOff(boat), guestOff(ship))); err != nil {
		t.Fatal(err)
	}
	b.expect(r, Done, "verified/carried-out verified/carried-out")
}

// cutting are hands during whose step somebody presses Ctrl-C.
type cutting struct {
	Hands
	cancel context.CancelFunc
}

func (c *cutting) Send(ctx context.Context, s act.Step) (act.Answer, error) {
	c.cancel()
	return c.Hands.Send(ctx, s)
}

func TestInDoubtIsToldOnceMoreAndThenLeftToAPerson(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	whole := b.hands
	b.hands = &dying{Hands: whole, at: 1}
	c := direct(user(14, "guest"), boat, "write", "read")
	die(t, func() { _, _ = b.engine().Carry(t.Context(), order("plan", c)) })
	b.hands = whole
	// Somebody else makes it a third thing.
	if _, err := b.engine().Carry(t.Context(), order("else", direct(user(14, "guest"), boat, "write", "maintain"))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in-doubt", "failed"} {
		if _, err := b.engine().Settle(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		r, err := Load(t.Context(), b.store, RunID("plan"))
		if err != nil {
			t.Fatal(err)
		}
		if got := states(r); !strings.HasPrefix(got, want) {
			t.Fatalf("it is %s, not %s", got, want)
		}
	}
}

// full are hands whose store cannot be written to any more by the time the change
// would be sent.
type full struct {
	Hands
	b    *bench
	sent int
}

func (f *full) Owners(ctx context.Context) ([]remediate.Label, error) {
	_ = f.b.store.Close() // the disk is gone
	return f.Hands.Owners(ctx)
}

func (f *full) Send(ctx context.Context, s act.Step) (act.Answer, error) {
	f.sent++
	return f.Hands.Send(ctx, s)
}

func TestNothingIsSentThatCannotBeWrittenDown(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	f := &full{Hands: b.hands, b: b}
	b.hands = f
	if _, err := b.engine().Carry(t.Context(), order("plan", guestOff(boat))); err == nil {
		t.Error("it went on without a journal")
	}
	if f.sent != 0 || len(b.writes(false)) != 0 {
		t.Errorf("sent was %q", b.writes(false))
	}
}

func TestRunThatASurpriseStoppedIsNotTakenUpAgain(t *testing.T) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{after(githubsim.Lagged, 3*time.Minute, 1)}})
	o := order("plan", guestOff(boat), guestOff(ship))
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, "open", "in-doubt not-tried")
	b.pass(5 * time.Minute)
	if _, err := b.engine().Settle(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	if r, err = Load(t.Context(), b.store, o.ID); err != nil {
		t.Fatal(err)
	}
	b.expect(r, Stopped, "verified/settled not-tried")
	if r.Finishable() {
		t.Error("it can be finished: a new plan has to be made")
	}
}
