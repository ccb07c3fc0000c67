package run

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate/act"
)

// mute are hands whose requests GitHub has and does not answer.
type mute struct{ Hands }

func (m mute) Send(ctx context.Context, s act.Step) (act.Answer, error) {
	if _, err := m.Hands.Send(ctx, s); err != nil {
		return act.Answer{}, err
	}
	return act.Answer{}, errors.New("the connection broke before the answer")
}

// belated is a world in which the first change is not answered, and takes effect
// later than ajar looks for it.
func belated(t *testing.T) (*bench, *Run) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{after(githubsim.AppliedLater, 10*time.Minute, 1)}})
	whole := b.hands
	b.hands = mute{whole}
	r := b.carry(guestOff(boat), guestOff(ship))
	b.hands = whole
	b.expect(r, Stopped, "failed not-tried")
	if lost := Recent([]*Run{r}, time.Time{}).all(); len(lost) != 0 {
		t.Fatalf("it counts already: %v", lost)
	}
	return b, r
}

func (b *bench) again(id string) *Run {
	b.t.Helper()
	if _, err := b.engine().Settle(b.t.Context(), ""); err != nil {
		b.t.Fatal(err)
	}
	r, err := Load(b.t.Context(), b.store, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func TestWhatTakesEffectLaterThanItWasLookedForIsFoundCountedAndPutBack(t *testing.T) {
	b, r := belated(t)
	b.expect(b.again(r.ID), Stopped, "failed not-tried") // it does not show yet
	b.pass(15 * time.Minute)
	if all, err := Unsure(t.Context(), b.store, 100, b.now()); err != nil || len(all) != 1 {
		t.Fatalf("%v %v", err, all)
	}
	found := b.again(r.ID)
	b.expect(found, Stopped, "verified/late not-tried")
	if lost := Recent([]*Run{found}, time.Time{}).all(); !lost[access.Ref{Kind: access.User, ID: 14}] {
		t.Errorf("it does not count: %v", lost)
	}
	n := len(b.kinds(r.ID))
	if b.again(r.ID); len(b.kinds(r.ID)) != n {
		t.Error("it is told once more")
	}
	back, err := NewRestore(found, everything, "", "")
	if err != nil || len(back.Actions) != 1 {
		t.Errorf("it is not put back: %v %+v", err, back)
	}
	if got := b.writes(false); len(got) != 1 {
		t.Errorf("sent was %q", got)
	}
}

func TestWhatALaterRunDidIsNoLateEffect(t *testing.T) {
	b, r := belated(t)
	two, err := b.engine().Carry(t.Context(), order("another", guestOff(boat)))
	if err != nil {
		t.Fatal(err)
	}
	b.expect(two, Done, "verified/carried-out")
	b.expect(b.again(r.ID), Stopped, "failed not-tried")
	if all, err := Unsure(t.Context(), b.store, 100, b.now()); err != nil || len(all) != 0 {
		t.Errorf("%v %v", err, all)
	}
}

func TestNobodyLooksForALateEffectAfterADay(t *testing.T) {
	b, r := belated(t)
	b.pass(25 * time.Hour)
	b.expect(b.again(r.ID), Stopped, "failed not-tried")
}

// A run that goes on finds it too, and does not take it for somebody else's.
func TestAResumedRunFindsItsOwnLateEffect(t *testing.T) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{after(githubsim.AppliedLater, 10*time.Minute, 1)}})
	whole := b.hands
	b.hands = &dying{Hands: whole, at: 1, after: true}
	o := order("plan", guestOff(boat), guestOff(ship))
	die(t, func() { _, _ = b.engine().Carry(t.Context(), o) })
	b.hands = whole
	b.expect(b.again(o.ID), Interrupted, "not-tried not-tried")
	b.pass(15 * time.Minute)
	e := b.engine()
	r, err := e.Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Done, "verified/late verified/carried-out")
}
