package tabular

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// unit is what the values of a column are counted in.
type unit int

const (
	ofThings unit = iota
	ofSeconds
	ofShare
	ofMilliseconds
	ofMinutes
	ofDays
)

// units are those of columns that do not say it in their names.
var units = map[string]unit{
	"promised": ofSeconds, "pause": ofSeconds, "apart": ofSeconds, "took_ms": ofMilliseconds, "wait_timer": ofMinutes, "oldest_days": ofDays, "share": ofShare,
}

// unitOf reads the unit off the name of a column.
func unitOf(c evidence.Column) unit {
	switch {
	case c.Kind != evidence.Whole && c.Kind != evidence.Number:
		return ofThings
	case strings.HasSuffix(c.Name, "_seconds"):
		return ofSeconds
	case strings.HasSuffix(c.Name, "_share"):
		return ofShare
	}
	return units[c.Name]
}

// abbreviated is the unit as it stands behind the title of a column of numbers.
func (u unit) abbreviated() string {
	return map[unit]string{ofSeconds: " (s)", ofMilliseconds: " (ms)", ofMinutes: " (min)", ofDays: " (days)"}[u]
}

const dayLong = 24 * 60 * 60

// size is what the marks of an axis up to most are counted in.
func (u unit) size(most float64) float64 {
	if u != ofSeconds {
		return 1
	}
	for _, s := range []float64{dayLong, 3600, 60} {
		if most >= 2*s {
			return s
		}
	}
	return 1
}

// noun is what a value of seconds is told in, up to most.
func (u unit) noun(most float64) string {
	switch u {
	case ofSeconds:
		return map[float64]string{dayLong: "days", 3600: "hours", 60: "minutes", 1: "seconds"}[u.size(most)]
	case ofDays:
		return "days"
	case ofMinutes:
		return "minutes"
	case ofMilliseconds:
		return "milliseconds"
	}
	return ""
}

// mark writes a value without its unit; most is the greatest one beside it.
func (u unit) mark(v, most float64) string {
	switch {
	case u == ofShare:
		return trimmed(v*100) + "%"
	case u == ofSeconds:
		return trimmed(v / u.size(most))
	case float64(int64(v)) == v && v < 1e15 && v > -1e15:
		return report.Number(int64(v))
	}
	return trimmed(v)
}

// text writes a value with its unit.
func (u unit) text(v, most float64) string {
	noun := u.noun(most)
	if noun == "" {
		return u.mark(v, most)
	}
	if u.mark(v, most) == "1" {
		noun = strings.TrimSuffix(noun, "s")
	}
	return u.mark(v, most) + " " + noun
}

// spent writes a cell for people: a length of time in the unit that suits it.
func (u unit) spent(v int64) string {
	if u == ofMilliseconds && (v >= 1000 || v <= -1000) {
		return ofSeconds.text(float64(v)/1000, float64(v)/1000)
	}
	if u == ofMinutes {
		return ofSeconds.spent(v * 60)
	}
	if u == ofSeconds && v == dayLong {
		return "1 day"
	}
	return u.text(float64(v), float64(v))
}

// inSeconds is what the text about a column says of its unit, which a chart tells otherwise.
var inSeconds = regexp.MustCompile(`, in (whole )?seconds|In seconds: `)

func trimmed(v float64) string { return strconv.FormatFloat(rounded(v), 'f', -1, 64) }
