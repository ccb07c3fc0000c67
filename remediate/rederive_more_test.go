package remediate_test

import (
	"errors"
	"testing"

	"github.com/eb661601/ajar/remediate"
)

// What two people agreed to, and what the limits counted, were those whom the plan
// named: whoever comes into a team afterwards is not among them.
func TestAPlanByWhichMoreLoseSomethingIsStale(t *testing.T) {
	w := drifted()
	old := w.plan(t, roles, loose())
	w.ID = 8
	w.team("qa", "", "newcomer")
	_, d, err := remediate.Rederive(old, w.input(t, roles, loose()))
	if !errors.Is(err, remediate.ErrStale) || len(d.More) != 1 {
		t.Errorf("somebody came into the team: %v, %+v", err, d.More)
	}
	w = drifted()
	w.team("qa", "", "leaver")
	old = w.plan(t, roles, loose())
	w = drifted()
	w.ID = 8
	if _, d, err = remediate.Rederive(old, w.input(t, roles, loose())); err != nil || len(d.More) != 0 {
		t.Errorf("somebody left the team: %v, %+v", err, d)
	}
}
