package serve

import (
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/schedule"
)

// How long a job waits after a pass that failed: a minute, doubling, up to an hour,
// and never past its schedule's own distance where that is shorter than an hour.
const (
	firstPause = time.Minute
	mostPause  = time.Hour
)

// ahead is by how much a pass may lie ahead of the clock before the clock is taken
// to have been set back.
const ahead = 2 * time.Minute

// Pause is how long to wait after so many failures in a row.
func Pause(failures int, first, most time.Duration) time.Duration {
	d := first
	for i := 1; i < failures && d < most; i++ {
		d *= 2
	}
	return min(d, most)
}

// Planned computes when a job is due by its schedule: the first instant, shifted by
// offset, after its last pass began. However many were missed, it is due once. A last
// pass that lies ahead of now was dated by a clock that has been set back since: the
// job is due at once, so that it does not wait for years. So is one that never ran.
// After a failure it is due as [Pause] has it.
func Planned(s schedule.Schedule, offset time.Duration, last Pass, now time.Time) (time.Time, string) {
	switch {
	case s.IsZero():
		return time.Time{}, ""
	case last.Result == "":
		return now, "it never ran"
	case last.Began.Sub(now) > ahead:
		return now, "the clock was set back since its last pass"
	case last.Result == Interrupted:
		return now, "its last pass was interrupted"
	case last.Failures > 0:
		most := min(mostPause, max(s.Gap(now), time.Second))
		pause := Pause(last.Failures, min(firstPause, most), most)
		return last.Ended.Add(pause), fmt.Sprintf("%s after it failed %s", pause, times(last.Failures))
	}
	next := s.Next(last.Began.Add(-offset))
	if next.IsZero() {
		return time.Time{}, ""
	}
	return next.Add(offset), s.String()
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times in a row", n)
}

// After is when a job is due again after a pass that failed, where it has no
// schedule.
func After(last Pass) (time.Time, string) {
	pause := Pause(last.Failures, firstPause, mostPause)
	return last.Ended.Add(pause), fmt.Sprintf("%s after it failed %s", pause, times(last.Failures))
}
