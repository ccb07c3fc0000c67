package store

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

func at(e journal.Entry, when time.Time) journal.Entry {
	e.At = when
	return e
}

func TestRunsTellWhereEachActionStands(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	begun := at(entry(journal.RunBegun, "r1", "", nil), hour(0))
	begun.Plan = "p1"
	journaled(t, s, epoch, begun,
		at(entry(journal.Intended, "r1", "b", nil), hour(0)), at(entry(journal.Intended, "r1", "a", nil), hour(0)),
		at(entry(journal.Sent, "r1", "b", nil), hour(1)))
	journaled(t, s, epoch, at(entry(journal.RunBegun, "r0", "", nil), hour(2)), at(entry(journal.Verified, "r1", "b", nil), hour(3)),
		at(entry(journal.NotTried, "r1", "a", nil), hour(3)), at(entry(journal.RunEnded, "r1", "", nil), hour(4)))
	runs, err := s.Runs(t.Context(), acme.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "runs", runs, []Run{
		{Run: "r0", Org: acme.ID, Who: "alice (1)", First: 7, Last: 7, Begun: hour(2), Wrote: hour(2)},
		{Run: "r1", Org: acme.ID, Plan: "p1", Who: "alice (1)", First: 3, Last: 10, Begun: hour(0), Wrote: hour(4), Ended: hour(4), Actions: []Action{
			{Run: "r1", Action: "b", Kind: journal.Verified, Seq: 8, At: hour(3)},
			{Run: "r1", Action: "a", Kind: journal.NotTried, Seq: 9, At: hour(3)},
		}},
	})
	one, ok, err := s.RunOf(t.Context(), "r0")
	if err != nil || !ok || !one.Open() {
		t.Errorf("the run is %+v, %v, %v", one, ok, err)
	}
	if _, ok, err := s.RunOf(t.Context(), ""); ok || err != nil {
		t.Errorf("no name is a run: %v, %v", ok, err)
	}
}

func TestWhatWasTriedInADayIsCountedByItsOwnTimes(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	for _, a := range []struct {
		action string
		kinds  map[journal.Kind]int
	}{
		{"old", map[journal.Kind]int{journal.Intended: 0, journal.Sent: 1, journal.Verified: 2}},
		{"late", map[journal.Kind]int{journal.Intended: 0, journal.Sent: 1, journal.Verified: 30}},
		{"refused", map[journal.Kind]int{journal.Intended: 0, journal.Sent: 31, journal.Refused: 32}},
		{"skipped", map[journal.Kind]int{journal.Intended: 0, journal.Skipped: 31}},
	} {
		for _, kind := range []journal.Kind{journal.Intended, journal.Sent, journal.Verified, journal.Refused, journal.Skipped} {
			if n, ok := a.kinds[kind]; ok {
				journaled(t, s, epoch, at(entry(kind, "r", a.action, map[string]string{"of": a.action}), hour(n)))
			}
		}
	}
	tried, err := s.TriedSince(t.Context(), acme.ID, hour(24))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]journal.Kind{}
	for _, x := range tried {
		got[x.Action.Action] = x.Kind
		if x.Intended.Kind != journal.Intended || string(x.Intended.Body) != `{"of":"`+x.Action.Action+`"}` {
			t.Errorf("%s was intended as %+v", x.Action.Action, x.Intended)
		}
	}
	same(t, "tried", got, map[string]journal.Kind{"late": journal.Verified, "refused": journal.Refused})
	if of, err := s.TriedSince(t.Context(), 5, hour(0)); err != nil || len(of) > 0 {
		t.Errorf("another organization tried %v, %v", of, err)
	}
}
