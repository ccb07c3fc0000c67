package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// leastReserve is the least that a reserve given as a fraction comes to.
const leastReserve = 200

// Reserve is how much of an hourly limit is left for others.
type Reserve struct {
	Fraction float64 // of the limit, 0 to 1, at least 200 requests; 0 = Number says it
	Number   int     // requests or points
}

// Of gives the reserve that a limit of so many requests an hour has: never more
// than half of it, so that a small limit can be used at all.
func (r Reserve) Of(limit int) int {
	n := r.Number
	if r.Fraction > 0 {
		n = max(int(math.Ceil(r.Fraction*float64(limit))), leastReserve)
	}
	return max(min(n, limit/2), 0)
}

// reserve is a fraction, "10%" or 0.1, or a whole number of requests.
func (v value) reserve() Reserve {
	const want = `"10%", 0.1, or a number of requests`
	switch x := v.raw.(type) {
	case int64:
		return Reserve{Number: v.whole(0, 1_000_000)}
	case float64:
		if x > 0 && x < 1 {
			return Reserve{Fraction: x}
		}
		v.bad(fmt.Sprintf("%v is out of range", x), want)
	case string:
		number, percent := strings.CutSuffix(strings.TrimSpace(x), "%")
		f, err := strconv.ParseFloat(number, 64)
		if percent && err == nil && f > 0 && f < 100 {
			return Reserve{Fraction: f / 100}
		}
		v.bad(fmt.Sprintf("%q is not a reserve", x), want)
	default:
		v.wrongType(want)
	}
	return Reserve{}
}
