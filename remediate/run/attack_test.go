package run

import (
	"context"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate"
)

func interruptedCase() Case {
	c := approvedCase()
	c.Former = &Run{ID: "run-x", Ended: &Ended{How: Interrupted}, Begun: Begun{By: Person{1, "mirela"}, Approvals: c.Approvals},
		Actions: []*Past{{ID: "a", State: journal.Intended}}}
	c.Approvals = nil
	return c
}

func TestLimitsAreNotLiftedForARunThatWasBegunWithinThem(t *testing.T) {
	c := interruptedCase()
	if r := c.Decide(); r != nil {
		t.Fatal(r)
	}
	c.Lost = Losses{}
	c.Lost.add([]remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{1, 2, 3}}})
	if r := c.Decide(); r == nil || r.Code != OverLimit {
		t.Errorf("over the limit meanwhile: %v", r)
	}
	c.Allow, c.Reason = 1, "I say so"
	if r := c.Decide(); r == nil || r.Code != NoApproval {
		t.Errorf("lifted by one person alone: %v", r)
	}
	if _, r := c.Authorize(t.Context(), says{ok: true}); r == nil || r.Code != NoApproval {
		t.Errorf("lifted by one person alone: %v", r)
	}
	c.Former.Begun.Allowed = 1
	if r := c.Decide(); r != nil {
		t.Errorf("it was begun on the word for exactly that: %v", r)
	}
}

func TestWhoApprovedARunDoesNotFinishIt(t *testing.T) {
	c := interruptedCase()
	c.By = Person{2, "tendai-under-another-name"}
	if r := c.Decide(); r == nil || r.Code != OwnApproval {
		t.Errorf("%v", r)
	}
	if _, r := c.Authorize(t.Context(), says{ok: true}); r == nil || r.Code != OwnApproval {
		t.Errorf("%v", r)
	}
	if c.By = (Person{3, "somebody"}); c.Decide() != nil {
		t.Errorf("a third person may: %v", c.Decide())
	}
	back := RestoreCase{Restore: Restore{Hash: "h", Above: []string{"a"}}, Now: noon, Mode: ModeApprove, By: Person{2, "tendai"}, Former: c.Former}
	if r := back.Allowed(); r == nil || r.Code != OwnApproval {
		t.Errorf("of a restore: %v", r)
	}
}

func TestRecordNamesWhoFinishesARunAndNotWhoBeganIt(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := order("plan", guestOff(boat), guestOff(ship))
	ctx, stop := context.WithCancel(t.Context())
	e := b.engine()
	e.o.Tell = func(Event) { stop() }
	if _, err := e.Carry(ctx, o); err != nil {
		t.Fatal(err)
	}
	seen, err := b.store.JournalOf(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	o.Begun.By = Person{2, "second"}
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Done, "verified/carried-out verified/carried-out")
	all, err := b.store.JournalOf(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all[len(seen):] {
		if e.Who != o.Begun.By.String() {
			t.Errorf("%s (entry %d) is said to be of %s", e.Kind, e.Seq, e.Who)
		}
	}
	if r.Begun.By != root {
		t.Errorf("who began it first is %v", r.Begun.By)
	}
}
