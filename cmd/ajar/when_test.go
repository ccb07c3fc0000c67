package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestMomentIsReadInEveryDocumentedForm(t *testing.T) {
	now := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }
	for text, want := range map[string]stretch{
		"2026-05-31T12:00:00+02:00": {day(5, 31).Add(10 * time.Hour), day(5, 31).Add(10 * time.Hour)},
		"2026-05-31 12:00":          {day(5, 31).Add(12 * time.Hour), day(5, 31).Add(12 * time.Hour)},
		"2026-05-31":                {day(5, 31), day(6, 1)},
		"2026-05":                   {day(5, 1), day(6, 1)},
		"2026-Q1":                   {day(1, 1), day(4, 1)},
		"2025":                      {time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), day(1, 1)},
		"2026-q4":                   {day(10, 1), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		"yesterday":                 {day(9, 14), day(9, 15)},
		"Today":                     {day(9, 15), day(9, 16)},
		" now ":                     {now, now},
		"7d":                        {now.AddDate(0, 0, -7), now.AddDate(0, 0, -7)},
		"2w ago":                    {now.AddDate(0, 0, -14), now.AddDate(0, 0, -14)},
		"36h":                       {now.Add(-36 * time.Hour), now.Add(-36 * time.Hour)},
		"12h ago":                   {now.Add(-12 * time.Hour), now.Add(-12 * time.Hour)},
		"1h30m":                     {now.Add(-90 * time.Minute), now.Add(-90 * time.Minute)},
	} {
		got, err := parseTime("--at", text, now)
		if err != nil || !got.from.Equal(want.from) || !got.to.Equal(want.to) {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestWhatIsNoTimeIsRefusedWithTheWayToWriteIt(t *testing.T) {
	now := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	for text, hint := range map[string]string{
		"": "write 2026-05-31", "soon": "yesterday", "-5h": "write", "+5h": "write", "2026-13-01": "write", "d": "write", "-3d": "write",
		"03/04/2026": "the year first", "3.4.2026": "the year first", "12": "for the snapshot of that number", "1234": "for the snapshot of that number", "3mo": "count days", "1y": "count days",
		"2026-Q5": "2026-Q1", "99999d": "write",
	} {
		_, err := parseTime("--at", text, now)
		var h hinted
		if !errors.As(err, &h) || !strings.Contains(h.hint, hint) {
			t.Errorf("%q: got %v (%s), want a hint with %q", text, err, h.hint, hint)
		}
	}
}

func TestTimeYetToComeHasNoSnapshot(t *testing.T) {
	now := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-09-15":           now, // the day is not over
		"today":                now,
		"2026-Q3":              now,
		"2026-09-14":           time.Date(2026, 9, 15, 0, 0, 0, -1, time.UTC),
		"0h":                   now,
		"2026-09-15T09:00:00Z": now,
	} {
		if got, err := past("--at", text, now); err != nil || !got.last().Equal(want) {
			t.Errorf("%s: got %s, %v, want %s", text, got.last(), err, want)
		}
	}
	for _, text := range []string{"2026-09-16", "2026-09-15T09:00:01Z", "2026-09-15 23:59", "2026-Q4", "soon"} {
		if got, err := past("--at", text, now); err == nil {
			t.Errorf("%q: got %s", text, got.last())
		}
	}
}

// Whatever is typed, a time that is taken for past is not after now, and a
// stretch does not end before it begins.
func FuzzTime(f *testing.F) {
	for _, text := range []string{"2026-05-31", "2026-Q1", "7d", "36h ago", "#12", "snapshot:3", "yesterday", "03/04/2026", "9999999999999h", "2026-05-31T12:00:00+23:59"} {
		f.Add(text)
	}
	now := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if id, ok, err := snapshotWord("--at", text); ok && err == nil && id <= 0 {
			t.Errorf("%q is snapshot %d", text, id)
		}
		s, err := past("--at", text, now)
		if err != nil {
			var h hinted
			if !errors.As(err, &h) || h.hint == "" {
				t.Errorf("%q: %v says nothing of what to do", text, err)
			}
			return
		}
		if s.from.After(now) || s.last().After(now) || s.to.Before(s.from) {
			t.Errorf("%q: from %s to %s, now %s", text, s.from, s.to, now)
		}
	})
}
