package config

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

var days = regexp.MustCompile(`^(\d{1,5})d(.*)$`)

// parseDuration reads Go's durations, with days in front: "90d", "1d12h", "30m".
func parseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a length of time", s)
	var whole time.Duration
	rest := s
	if m := days.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n > int(math.MaxInt64/day) {
			return 0, bad
		}
		whole, rest = time.Duration(n)*day, m[2]
		if rest == "" {
			return whole, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d > math.MaxInt64-whole {
		return 0, bad
	}
	return whole + d, nil
}

func showDuration(d time.Duration) string {
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}
