package evidence

import (
	"testing"
	"time"
)

func TestAPopulationOfADayIsCalledByTheDay(t *testing.T) {
	day := time.Date(2026, 2, 15, 23, 59, 59, 0, time.UTC)
	for at, want := range map[time.Time][2]string{
		day:                   {"population-at-2026-02-15", "at the end of 2026-02-15"},
		day.Add(-time.Second): {"population-at-20260215t235958z", "on 2026-02-15 23:59 UTC"},
		day.Add(time.Second):  {"population-at-20260216t000000z", "on 2026-02-16 00:00 UTC"},
	} {
		if got := [2]string{dated(at), onDay(at)}; got != want {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
}
