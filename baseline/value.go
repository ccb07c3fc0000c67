package baseline

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// day is how long a day is in UTC, the only zone a baseline knows.
const day = 24 * time.Hour

// longestDuration bounds every duration of a baseline: ten years.
const longestDuration = 3660 * day

var durationUnits = []struct {
	letter string
	length time.Duration
}{{"w", 7 * day}, {"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// ParseDuration reads a length of time such as "90d", "2w", "12h" or "72h30m":
// whole numbers, each with one of the units w, d, h, m, s, the larger first. A
// day has 24 hours.
func ParseDuration(text string) (time.Duration, error) {
	var total time.Duration
	rest, unit := text, 0
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits > 9 || digits == len(rest) {
			return 0, errDuration(text)
		}
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return 0, errDuration(text)
		}
		for unit < len(durationUnits) && durationUnits[unit].letter != rest[digits:digits+1] {
			unit++
		}
		if unit == len(durationUnits) {
			return 0, errDuration(text)
		}
		length := durationUnits[unit].length
		if time.Duration(n) > longestDuration/length {
			return 0, fmt.Errorf("%s is longer than ten years", strconv.Quote(text))
		}
		total += time.Duration(n) * length
		rest = rest[digits+1:]
		unit++
	}
	if total <= 0 {
		return 0, errDuration(text)
	}
	if total > longestDuration {
		return 0, fmt.Errorf("%s is longer than ten years", strconv.Quote(text))
	}
	return total, nil
}

func errDuration(text string) error {
	return fmt.Errorf("%s is not a length of time", strconv.Quote(text))
}

// formatDuration writes a duration the way a baseline does.
func formatDuration(d time.Duration) string {
	if d <= 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range durationUnits[1:] {
		if n := int64(d / u.length); n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.letter)
			d %= u.length
		}
	}
	return b.String()
}

// moment is a date or a time of day as the TOML library gives it.
type moment struct {
	at       time.Time // in UTC; of a date: its first instant
	wholeDay bool
}

// asMoment reads a TOML date or datetime. A datetime without a zone is UTC; a
// time without a date is none.
func asMoment(v any) (moment, bool) {
	t, ok := v.(time.Time)
	if !ok {
		return moment{}, false
	}
	switch t.Location().String() {
	case "time-local":
		return moment{}, false
	case "date-local":
		return moment{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true}, true
	case "datetime-local":
		return moment{time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), false}, true
	}
	return moment{t.UTC(), false}, true
}

// end is the first instant after it: a date counts to the end of its day.
func (m moment) end() time.Time {
	if m.wholeDay {
		return m.at.Add(day)
	}
	return m.at
}

// formatEnd writes an end so that a date reads as that date again.
func formatEnd(t time.Time) string {
	if t.Equal(t.Truncate(day)) {
		return t.Add(-day).Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// formatStart writes a start: a date where it is midnight.
func formatStart(t time.Time) string {
	if t.Equal(t.Truncate(day)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// explainDate says why the text is no date, in words that name the calendar.
func explainDate(text string) (message, hint string) {
	const form = "write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z"
	date, _, _ := strings.Cut(strings.ReplaceAll(text, " ", "T"), "T")
	parts := strings.Split(date, "-")
	if len(parts) != 3 || len(parts[0]) != 4 || len(parts[1]) != 2 || len(parts[2]) != 2 {
		return fmt.Sprintf("%s is not a date", text), form
	}
	year, errY := strconv.Atoi(parts[0])
	month, errM := strconv.Atoi(parts[1])
	d, errD := strconv.Atoi(parts[2])
	if errY != nil || errM != nil || errD != nil {
		return fmt.Sprintf("%s is not a date", text), form
	}
	if month < 1 || month > 12 {
		return fmt.Sprintf("%s is not a date: there is no month %d", text, month), form
	}
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if d < 1 || d > last {
		return fmt.Sprintf("%s is not a date: %s %d has %d days", text, time.Month(month), year, last), form
	}
	return fmt.Sprintf("%s is not a date with a time", text), form
}
