package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stretch is what a word for a time covers: from its first instant up to, and
// without, its end. An instant covers itself alone, and its end is its start.
type stretch struct{ from, to time.Time }

// last is the latest instant that the word covers: what "as of" it means.
func (s stretch) last() time.Time {
	if s.to.Equal(s.from) {
		return s.to
	}
	return s.to.Add(-time.Nanosecond)
}

// timeHint lists the ways to write a time.
const timeHint = `write 2026-05-31, "2026-05-31 12:00", 2026-05-31T12:00:00Z, 2026-05, 2026-Q1, 2026, yesterday, how long ago (36h, 7d, 2w), or '#12' for a snapshot`

var (
	quarterly = regexp.MustCompile(`^(\d{4})-[Qq]([1-4])$`)
	yearly    = regexp.MustCompile(`^(19|20)\d{2}$`)
	// More than four digits are more than any store holds, and overflow soon after.
	agoWord = regexp.MustCompile(`^(\d{1,4})(w|d)$`)
	slashed = regexp.MustCompile(`^\d{1,4}[/.]\d{1,2}[/.]\d{1,4}$`)
)

// parseTime reads the words for times that every command takes. What has no
// zone is in UTC; a day, a month, a quarter or a year is the whole of it.
func parseTime(flag, text string, now time.Time) (stretch, error) {
	now = now.UTC()
	today := now.Truncate(24 * time.Hour)
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "now":
		return stretch{now, now}, nil
	case "today":
		return stretch{today, today.AddDate(0, 0, 1)}, nil
	case "yesterday":
		return stretch{today.AddDate(0, 0, -1), today}, nil
	}
	if s, ok := calendar(text); ok {
		return s, nil
	}
	if t, ok := ago(text, now); ok {
		return stretch{t, t}, nil
	}
	err := usage("%s %q is not a time", flag, text)
	switch n, numeric := strconv.ParseUint(text, 10, 63); {
	case slashed.MatchString(text):
		return stretch{}, withHint(usage("%w: day and month cannot be told apart", err), "write the year first: 2026-05-31")
	case numeric == nil:
		return stretch{}, withHint(err, "write '#%d' for the snapshot of that number (in quotes: # begins a comment of the shell), %dd or %dh for days or hours ago", n, n, n)
	case strings.HasSuffix(text, "mo") || strings.HasSuffix(text, "y"):
		return stretch{}, withHint(usage("%w: months and years differ in length", err), "count days (90d) or weeks (12w), or write the date")
	}
	return stretch{}, withHint(err, "%s", timeHint)
}

// calendar reads what stands in a calendar: an instant, a day, a month, a quarter, a year.
func calendar(text string) (stretch, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return instantOf(t)
		}
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return stretch{t, t.AddDate(0, 0, 1)}, true
	}
	if t, err := time.Parse("2006-01", text); err == nil {
		return stretch{t, t.AddDate(0, 1, 0)}, true
	}
	if yearly.MatchString(text) {
		year, _ := strconv.Atoi(text) // four digits
		t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		return stretch{t, t.AddDate(1, 0, 0)}, true
	}
	if m := quarterly.FindStringSubmatch(text); m != nil {
		year, _ := strconv.Atoi(m[1]) // four digits
		t := time.Date(year, time.Month(3*int(m[2][0]-'1')+1), 1, 0, 0, 0, 0, time.UTC)
		return stretch{t, t.AddDate(0, 3, 0)}, true
	}
	return stretch{}, false
}

func instantOf(t time.Time) (stretch, bool) {
	t = t.UTC()
	return stretch{t, t}, true
}

// ago reads how long ago: "36h", "7d", "2w ago".
func ago(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, " ago"))
	if m := agoWord.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // four digits
		if m[2] == "w" {
			n *= 7
		}
		return now.AddDate(0, 0, -n), true
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 && !strings.HasPrefix(text, "+") && text != "0" {
		return now.Add(-d), true
	}
	return time.Time{}, false
}

// lasting reads how long something is: "30m", "1h", "7d", "2w".
func lasting(flag, text string) (time.Duration, error) {
	if t, ok := ago(text, time.Unix(0, 0).UTC()); ok && !strings.Contains(text, "ago") {
		return time.Unix(0, 0).Sub(t), nil
	}
	return 0, withHint(usage("%s %q is not a length of time", flag, text), "write 30m, 1h, 7d or 2w")
}

// moment reads a time that may be yet to come, and gives the last instant of it.
func moment(text string, now time.Time) (time.Time, error) {
	s, err := parseTime("--at", text, now)
	return s.last(), err
}

// past reads a time that is asked about: one yet to come has no snapshot. A day, a
// month, a quarter or a year that is not over yet means now.
func past(flag, text string, now time.Time) (stretch, error) {
	s, err := parseTime(flag, text, now)
	if err != nil {
		return stretch{}, err
	}
	now = now.UTC()
	if s.from.After(now) {
		return stretch{}, withHint(usage("%s %s is yet to come (it is %s now)", flag, text, instant(now)), "leave %s out for the newest snapshot", flag)
	}
	if s.last().After(now) {
		s.to = now.Add(time.Nanosecond)
	}
	return s, nil
}

// snapshotWord reads "#12" or "snapshot:12".
func snapshotWord(flag, text string) (id int64, ok bool, err error) {
	digits, short := strings.CutPrefix(strings.TrimSpace(text), "#")
	if !short {
		if digits, ok = strings.CutPrefix(strings.ToLower(strings.TrimSpace(text)), "snapshot:"); !ok {
			return 0, false, nil
		}
	}
	id, err = strconv.ParseInt(strings.TrimPrefix(digits, "#"), 10, 64)
	if err != nil || id <= 0 {
		return 0, true, withHint(usage("%s %q names no snapshot", flag, text), "#12 is the snapshot of number 12; ajar store info lists the first and the last")
	}
	return id, true, nil
}

// second writes a time for a message where the minute does not tell it.
func second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// instant writes a time for a message.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
