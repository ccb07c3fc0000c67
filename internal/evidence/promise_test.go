package evidence_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// How long a pause may be goes by what was promised, where something was: passes every
// four hours are whole by a promise of four hours and full of gaps by one of an hour.
func TestAPauseLongerThanWasPromisedIsAGap(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := 0; n <= 12; n += 4 {
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, 0) })
	}
	for _, c := range []struct {
		every time.Duration
		gaps  int
		pause string
	}{{0, 0, "43200"}, {4 * time.Hour, 0, "15840"}, {time.Hour, 3, "3960"}, {3*time.Hour + 38*time.Minute, 3, "14388"}, {3*time.Hour + 39*time.Minute, 0, "14454"}} {
		e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(0), To: past(hour(12))}, Every: c.every})
		check(t, err)
		pauses := 0
		for _, g := range e.Gaps {
			if strings.Contains(g.Reason, "no snapshot was taken for 4 hours") {
				pauses++
				if !strings.Contains(g.Reason, "(a pass was promised every ") {
					t.Errorf("%s: nothing says what was promised: %s", c.every, g.Reason)
				}
			}
		}
		if got := rows(t, e, "organizations")[0]["pause"]; pauses != c.gaps || got != c.pause {
			t.Errorf("promised every %s: %d pauses and at most %s s, want %d and %s", c.every, pauses, got, c.gaps, c.pause)
		}
	}
}
