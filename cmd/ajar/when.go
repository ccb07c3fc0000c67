package main

import (
	"strconv"
	"strings"
	"time"
)

// moment reads the argument of --at: RFC 3339, "2026-05-31 12:00" or
// "2026-05-31" (the end of that day) in UTC, or how long ago: "36h", "7d".
func moment(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	if n, isDays := strings.CutSuffix(text, "d"); isDays {
		if days, err := strconv.ParseUint(n, 10, 16); err == nil {
			return now.UTC().AddDate(0, 0, -int(days)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.UTC().Add(-d), nil
	}
	return time.Time{}, withHint(usage("--at %q is not a time", text), `write 2026-05-31, "2026-05-31 12:00", 2026-05-31T12:00:00Z, or how long ago: 36h, 7d`)
}

// past reads --at where it asks about what was: a time yet to come has no
// snapshot. The day that is not over yet means now.
func past(text string, now time.Time) (time.Time, error) {
	t, err := moment(text, now)
	if err != nil || !t.After(now) {
		return t, err
	}
	if text == now.UTC().Format(time.DateOnly) {
		return now.UTC(), nil
	}
	return time.Time{}, withHint(usage("--at %s is yet to come (it is %s now)", text, instant(now)), "leave --at out for the newest snapshot")
}

// instant writes a time for a message.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
