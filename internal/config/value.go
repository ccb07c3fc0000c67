package config

import (
	"fmt"
	"math"
	"time"
)

// value is what stands behind one key. Its methods give the value as what the
// key wants, or complain and give the zero value: so one reading finds every
// mistake.
type value struct {
	raw any
	at  place
	in  *file
}

func (v value) bad(message, hint string) { v.in.bad(v.at, message, hint) }

func (v value) wrongType(want string) {
	v.bad(fmt.Sprintf("want %s, got %s", want, typeName(v.raw)), "")
}

func typeName(raw any) string {
	switch x := raw.(type) {
	case string:
		return "a string"
	case int64, float64:
		return fmt.Sprintf("the number %v", x)
	case bool:
		return fmt.Sprintf("%t", x)
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	case []map[string]any:
		return "an array of tables"
	}
	return "a table"
}

func (v value) text() string {
	s, ok := v.raw.(string)
	if !ok {
		v.wrongType("a string")
		return ""
	}
	if s == "" {
		v.bad("is empty", "leave the key out for its default")
	}
	return s
}

// list gives the strings of a list that are not empty.
func (v value) list() []string {
	raw, ok := v.raw.([]any)
	if !ok {
		hint := ""
		if s, one := v.raw.(string); one {
			hint = fmt.Sprintf("write [%q]", s)
		}
		v.bad("want a list of strings, got "+typeName(v.raw), hint)
		return nil
	}
	out := make([]string, 0, len(raw))
	for i, x := range raw {
		item := value{raw: x, at: v.at.with(i), in: v.in}
		if s := item.text(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (v value) yes() bool {
	b, ok := v.raw.(bool)
	if !ok {
		v.wrongType("true or false")
	}
	return b
}

func (v value) whole(low, high int) int {
	n, ok := v.raw.(int64)
	if !ok {
		v.wrongType("a whole number")
		return low
	}
	if n < int64(low) || n > int64(high) {
		v.bad(fmt.Sprintf("%d is out of range", n), fmt.Sprintf("%d to %d", low, high))
		return low
	}
	return int(n)
}

func (v value) fraction() float64 {
	f, ok := v.raw.(float64)
	if n, whole := v.raw.(int64); whole {
		f, ok = float64(n), true
	}
	if !ok {
		v.wrongType("a number from 0 to 1")
		return 0
	}
	if math.IsNaN(f) || f < 0 || f > 1 {
		v.bad(fmt.Sprintf("%v is out of range", f), "0 to 1: 0.05 is five percent")
		return 0
	}
	return f
}

func (v value) duration(low, high time.Duration) time.Duration {
	s := v.text()
	if s == "" {
		return low
	}
	d, err := parseDuration(s)
	switch {
	case err != nil:
		v.bad(err.Error(), `write it like "90d", "24h" or "30m"`)
	case d < low || d > high:
		v.bad(fmt.Sprintf("%s is out of range", s), fmt.Sprintf("%s to %s", showDuration(low), showDuration(high)))
	default:
		return d
	}
	return low
}
