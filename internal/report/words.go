package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// number writes n with a comma at the thousands.
func number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes a number with the right form of its noun.
func count[T int | int64](n T, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// day writes the date, "" where there is none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02")
}

// lastDay writes the day on which a window ends: an end at midnight is the end
// of the day before, which is the date somebody wrote.
func lastDay(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return day(end.Add(-time.Nanosecond))
}

// moment writes date and time, "" where there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// span of time in the largest unit that still tells something.
func age(d time.Duration) string {
	const hours = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "moments"
	case d < 2*time.Hour:
		return count(int(d.Minutes()), "minute", "minutes")
	case d < 2*hours:
		return count(int(d.Hours()), "hour", "hours")
	case d < 120*hours:
		return count(int(d/hours), "day", "days")
	case d < 730*hours:
		return count(int(d/(30*hours)), "month", "months")
	}
	return count(int(d/(365*hours)), "year", "years")
}

// since writes a date with its age: "2025-11-02 (4 months)".
func since(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	if now.Before(t) {
		return day(t)
	}
	if now.Sub(t) < time.Minute {
		return day(t) + " (now)"
	}
	return day(t) + " (" + age(now.Sub(t)) + ")"
}

// overdue says since when access should have ended that is still there.
func overdue(f *access.Finding, now time.Time) string {
	return "overdue " + OverdueSince(f.Ended, now).words()
}

// took writes how long something lasted.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// size writes a number of bytes.
func size(n int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	if n < 1000 {
		return count(n, "byte", "bytes")
	}
	f, u := float64(n)/1000, 0
	for f >= 1000 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[u]
}

// short is the part of a fingerprint or hash that people type and compare.
func short(id string) string {
	if len(id) > 8 && plainASCII(id) {
		return id[:8]
	}
	return id
}

// names joins the names, at most limit of them, and says how many are left.
func names(all []access.Named, total, limit int) string {
	var out []string
	for _, n := range all[:min(limit, len(all))] {
		out = append(out, n.Name)
	}
	s := strings.Join(out, ", ")
	if rest := max(total, len(all)) - len(out); rest > 0 && s != "" {
		s += fmt.Sprintf(" and %s more", number(rest))
	}
	return s
}

// byName gives the same in the order of the names, as a reader looks for one.
func byName(all []access.Named) []access.Named {
	return slices.SortedStableFunc(slices.Values(all), func(a, b access.Named) int { return inOrder(a.Name, b.Name) })
}

// inOrder compares as GitHub compares names, without case.
func inOrder(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// upper is a severity as a heading.
func upper(s access.Severity) string { return strings.ToUpper(s.String()) }

// orgName is the organization's login, without the kind before it.
func orgName(n access.Named) string { return strings.TrimPrefix(n.Name, "org:") }
