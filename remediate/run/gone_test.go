package run

import (
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
)

// What a newer snapshot does not call for any more is skipped, though GitHub still
// shows what the plan started from (S7).
func TestWhatNothingCallsForIsLeft(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := order("plan", guestOff(boat), guestOff(ship))
	o.Gone = map[string]string{o.Actions[0].ID: "the baseline allows it now"}
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if first := r.Actions[0]; first.State != journal.Skipped || first.How != NoLonger || len(first.Sends) > 0 {
		t.Errorf("%s: %s %s", first.Title, first.State, first.How)
	}
	if n := len(b.writes(false)); n != 1 {
		t.Errorf("%d requests were sent, want the other's", n)
	}
}
