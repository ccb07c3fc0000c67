package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

func TestSightsCountFromWhenAFindingLastCame(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	sight := func() Sight {
		t.Helper()
		all, err := s.Sights(t.Context(), acme.ID)
		if err != nil {
			t.Fatal(err)
		}
		return all[f.Fingerprint]
	}
	for n := range 3 {
		judge(t, s, takeOne(t, s, n, true, true), f)
		if got := sight(); got.Snapshots != n+1 || !got.Since.Equal(hour(0)) {
			t.Errorf("after %d snapshots: %+v", n+1, got)
		}
	}
	judge(t, s, takeOne(t, s, 3, false, true))
	if got := sight(); got != (Sight{}) {
		t.Errorf("resolved: %+v", got)
	}
	judge(t, s, takeOne(t, s, 4, true, true), f)
	if got := sight(); got.Snapshots != 1 || !got.Since.Equal(hour(4)) {
		t.Errorf("it came back: %+v", got)
	}
	judge(t, s, takeOne(t, s, 5, true, false))
	if got := sight(); got.Snapshots != 1 {
		t.Errorf("a snapshot that could not look counts: %+v", got)
	}
}

func TestANoticeOfAnEarlierLifeIsNone(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	tell := func(at time.Time) {
		t.Helper()
		epoch, err := s.TakeOver(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		e, err := journal.NewEntry(journal.Notice, map[string]any{"finding": f.Fingerprint, "text": fmt.Sprint(at)})
		if err != nil {
			t.Fatal(err)
		}
		e.Org, e.At = acme.ID, at
		if _, err := s.Append(t.Context(), epoch, e); err != nil {
			t.Fatal(err)
		}
	}
	told := func(since time.Time) time.Time {
		t.Helper()
		all, err := s.Noticed(t.Context(), acme.ID, map[string]Sight{f.Fingerprint: {Since: since}})
		if err != nil {
			t.Fatal(err)
		}
		return all[f.Fingerprint]
	}
	judge(t, s, takeOne(t, s, 0, true, true), f)
	first := time.Now().UTC().Truncate(time.Second)
	tell(first)
	if got := told(first.Add(-time.Hour)); got.IsZero() {
		t.Error("nobody was told")
	}
	if got := told(first.Add(time.Hour)); !got.IsZero() {
		t.Errorf("told at %s of what came later", got)
	}
}
