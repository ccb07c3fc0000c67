package pack

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// The name of a population tells its instant, of which the table is laid out again.
func TestTheNameOfAPopulationTellsItsInstant(t *testing.T) {
	for _, at := range []time.Time{time.Date(2026, 2, 15, 23, 59, 59, 0, time.UTC), time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 15, 7, 1, 2, 0, time.UTC)} {
		want := evidence.Layout([]time.Time{at})
		got := layout(want)
		for i := range want {
			if got[i].Name != want[i].Name || !sameHead(got[i], want[i]) {
				t.Errorf("%v: %s is laid out as %s", at, want[i].Name, got[i].Name)
			}
		}
	}
}
