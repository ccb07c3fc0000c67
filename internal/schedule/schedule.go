// Package schedule reads when something is to happen again and again, and spreads what
// would happen at once; pure.
package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a parsed schedule: a cron line of five fields, a word such as @hourly,
// or @every with a length of time. Cron counts in UTC; @every counts from midnight of
// 1970-01-01 UTC, so that a restart does not move it.
type Schedule struct {
	text  string
	cron  cron.Schedule // nil: every
	every time.Duration
}

var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// words are the schedules that have a name.
var words = map[string]string{"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}

// farthest is how far ahead a schedule must come round at least once.
const farthest = 5 * 366 * 24 * time.Hour

// Parse reads a schedule. One that never comes round, such as the 31st of
// February, is an error.
func Parse(s string) (Schedule, error) {
	if every, ok := strings.CutPrefix(s, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(every))
		switch {
		case err != nil:
			return Schedule{}, fmt.Errorf("schedule %q: %w", s, err)
		case d < time.Second || d%time.Second != 0:
			return Schedule{}, fmt.Errorf("schedule %q: whole seconds, at least one", s)
		}
		return Schedule{text: s, every: d}, nil
	}
	line := s
	if strings.HasPrefix(s, "@") {
		known, ok := words[s]
		if !ok {
			return Schedule{}, fmt.Errorf("schedule %q: there are @hourly, @daily, @weekly, @monthly and @every", s)
		}
		line = known
	}
	if strings.Contains(line, "TZ=") {
		return Schedule{}, fmt.Errorf("schedule %q: times are UTC", s)
	}
	c, err := cronParser.Parse(line)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %q: %w", s, err)
	}
	out := Schedule{text: s, cron: c}
	if out.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fmt.Errorf("schedule %q: %w", s, errNever)
	}
	return out, nil
}

var errNever = errors.New("it never comes round")

// String is the schedule as it was written.
func (s Schedule) String() string { return s.text }

// IsZero reports whether nothing is scheduled.
func (s Schedule) IsZero() bool { return s.cron == nil && s.every == 0 }

// Next is the first instant after t; zero where none comes within five years.
func (s Schedule) Next(t time.Time) time.Time {
	t = t.UTC()
	switch {
	case s.IsZero():
		return time.Time{}
	case s.cron == nil:
		return time.Unix(0, 0).UTC().Add(t.Sub(time.Unix(0, 0)).Truncate(s.every) + s.every)
	}
	next := s.cron.Next(t)
	if next.Sub(t) > farthest {
		return time.Time{}
	}
	return next
}

// Gap is the longest time between two instants of the schedule, as far as the next
// hundred after t show.
func (s Schedule) Gap(t time.Time) time.Duration {
	var longest time.Duration
	at := s.Next(t)
	for range 100 {
		next := s.Next(at)
		if next.IsZero() {
			break
		}
		longest, at = max(longest, next.Sub(at)), next
	}
	return longest
}

// Offset spreads the starts of many: by how much one is behind its schedule, in
// whole seconds below jitter. It is made of the names, so that it is the same after a
// restart and on another machine.
func Offset(jitter time.Duration, names ...string) time.Duration {
	whole := uint64(jitter / time.Second)
	if whole == 0 || jitter < 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(slices.Clone(names), "\x00"))) // never fails
	sum := h.Sum64()
	sum ^= sum >> 33 // the low bits of FNV hang on the last letters alone
	sum *= 0xff51afd7ed558ccd
	sum ^= sum >> 33
	return time.Duration(sum%whole) * time.Second // below jitter
}
