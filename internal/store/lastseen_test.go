package store

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestAFindingThatStaysIsSeenAgainWithoutBeingWritten(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	row := func() (last int64) {
		t.Helper()
		if err := s.read.row(t.Context(), `SELECT last_seen FROM findings ORDER BY 1`, nil, &last); err != nil {
			t.Fatal(err)
		}
		return last
	}
	told := func(last int) {
		t.Helper()
		all, err := s.Findings(t.Context(), "acme", Filter{})
		if err != nil {
			t.Fatal(err)
		}
		only(t, all, access.Open, 0, last)
	}
	judge(t, s, takeOne(t, s, 0, true, true), f)
	written := row()
	for n := 1; n < 4; n++ {
		only(t, judge(t, s, takeOne(t, s, n, true, true), f), access.Open, 0, n)
		told(n)
		if got := row(); got != written {
			t.Fatalf("judgement %d wrote %d into its row", n, got)
		}
	}
	takeOne(t, s, 4, true, true) // which nobody judges
	told(3)
	only(t, judge(t, s, takeOne(t, s, 5, true, false)), access.Open, 0, 3) // it could not be looked for
	told(3)
	only(t, judge(t, s, takeOne(t, s, 6, true, true), f), access.Open, 0, 6)
	only(t, judge(t, s, takeOne(t, s, 7, false, true)), access.Resolved, 0, 6)
}
