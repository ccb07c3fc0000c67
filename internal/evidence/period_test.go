package evidence_test

import (
	"fmt"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// A snapshot that is taken at the very instant at which one period ends and the next one
// begins is of the next: what it shows changed in the next, and both tell the same of the
// state between them.
func TestSnapshotAtTheEndIsOfTheNextPeriod(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := range 4 {
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, n) })
	}
	one, two := gather(t, s, evidence.Period{From: hour(0), To: hour(2)}), gather(t, s, evidence.Period{From: hour(2), To: hour(4)})
	if a, b := one.Orgs[0], two.Orgs[0]; a.First != 1 || a.Last != 2 || b.First != 2 || b.Last != 4 {
		t.Errorf("they are of %d to %d and of %d to %d", a.First, a.Last, b.First, b.Last)
	}
	both := gather(t, s, evidence.Period{From: hour(0), To: hour(4)})
	for _, name := range []string{"passes", "access-changes", "setting-changes"} {
		apart := append(rows(t, one, name), rows(t, two, name)...)
		if whole := rows(t, both, name); len(apart) != len(whole) {
			t.Errorf("%s has %d rows of both periods, and %d of each alone", name, len(whole), len(apart))
		}
	}
	for i, e := range []evidence.Evidence{one, two} {
		if got := rows(t, e, "passes"); len(got) != 2 || got[0]["pass"] != fmt.Sprint(2*i+1) {
			t.Errorf("the passes are %v", got)
		}
		if got := rows(t, e, "organizations"); got[0]["snapshots"] != "2" {
			t.Errorf("the snapshots are %s", got[0]["snapshots"])
		}
	}
}
