package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// point is one measurement.
type point struct {
	at    time.Duration // since the soak began
	value float64
}

// minima takes the smallest of the points of each window: what a process holds between
// two pieces of work, and not what work takes.
func minima(all []point, window time.Duration) (out []point) {
	for _, p := range all {
		if n := len(out); n > 0 && out[n-1].at/window == p.at/window {
			out[n-1].value = min(out[n-1].value, p.value)
			continue
		}
		out = append(out, p)
	}
	return out
}

// trend is how something changed over time.
type trend struct {
	n           int
	median      float64
	slope       float64 // per hour, as a fraction of the median
	low, high   float64 // 95 % interval of the slope
	first, last float64 // medians of the first and of the last quarter
}

// trendOf is the slope of Theil and Sen, with its interval by Kendall's variance: the
// median of the slopes between all pairs, which a few odd points do not move.
func trendOf(p []point) trend {
	n := len(p)
	t := trend{n: n}
	if n < 8 {
		return t
	}
	var values, slopes []float64
	for i := range p {
		values = append(values, p[i].value)
		for j := range i {
			if d := (p[i].at - p[j].at).Hours(); d > 0 {
				slopes = append(slopes, (p[i].value-p[j].value)/d)
			}
		}
	}
	t.first, t.last = median(values[:n/4]), median(values[n-n/4:])
	t.median = median(values)
	slices.Sort(slopes)
	half := 1.96 * math.Sqrt(float64(n)*float64(n-1)*float64(2*n+5)/18) / 2
	at := func(i float64) float64 {
		return slopes[min(max(int(math.Round(i)), 0), len(slopes)-1)] / t.median
	}
	middle := float64(len(slopes)-1) / 2
	t.slope, t.low, t.high = at(middle), at(middle-half), at(middle+half)
	return t
}

// The bars of what may not grow. Half an hour cannot show a hundredth an hour by
// itself, as that is less than what one measurement differs from the next: so it grows
// where both the slope is above it for certain, and the rise can be seen.
const (
	steepest = 0.01 // an hour: what the lower end of the slope's interval may be
	visible  = 0.02 // what the last quarter may be above the first
)

// grows reports whether it is certain that something grows: by at least that many, too.
func (t trend) grows(least float64) bool {
	return t.n >= 8 && t.low > steepest && t.last > t.first*(1+visible) && t.last-t.first >= least
}

func (t trend) String() string {
	return fmt.Sprintf("%+.1f %%/h [%+.1f, %+.1f], %d windows", 100*t.slope, 100*t.low, 100*t.high, t.n)
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return 0
	}
	return s[len(s)/2]
}

// quantile gives the value below which a fraction of all lies.
func quantile[T cmp.Ordered](v []T, q float64) (zero T) {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return zero
	}
	return s[min(int(q*float64(len(s))), len(s)-1)]
}
