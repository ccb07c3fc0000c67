package serve

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The clock of a bubble begins at midnight of 2000-01-01, UTC.

func TestJobRunsAtOnceAndThenAtItsInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.during(3*time.Hour+20*time.Minute, l.job(Audit, "acme", "@hourly", 4*time.Minute))
		l.want(Audit, "acme", "01 00:00:00", "01 00:04:00", "01 01:04:00", "01 02:04:00", "01 03:04:00")
	})
}

func TestRestartNeitherSkipsNorRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		j := l.job(Audit, "acme", "@hourly", 10*time.Minute)
		l.during(30*time.Minute, j)
		for range 20 { // within the hour
			l.during(time.Minute, j)
		}
		l.want(Audit, "acme", "01 00:00:00", "01 00:10:00")
		time.Sleep(5 * time.Hour) // and then down over five instants: one pass makes up for them
		l.during(45*time.Minute, j)
		l.want(Audit, "acme", "01 00:00:00", "01 00:10:00", "01 05:50:00", "01 06:10:00")
	})
}

func TestClockThatLeapsForwardFiresOnceAndNotInABurst(t *testing.T) {
	for _, leap := range []time.Duration{3 * time.Hour, 400 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t)
			stop := l.start(l.job(Audit, "acme", "@hourly", 0))
			time.Sleep(90*time.Minute + time.Second)
			l.set(leap)
			time.Sleep(20 * time.Minute)
			if got := l.ran(Audit, "acme"); len(got) != 3 {
				t.Errorf("ran at %v", got)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestClockThatIsSetBackDoesNotStallAJob(t *testing.T) {
	for _, leap := range []time.Duration{-3 * time.Hour, -20 * 365 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t)
			stop := l.start(l.job(Audit, "acme", "@hourly", 0))
			time.Sleep(90*time.Minute + time.Second)
			l.set(leap)
			time.Sleep(3 * time.Hour)
			// One at once, since the last one lies ahead, and then each hour.
			if got := l.ran(Audit, "acme"); len(got) < 5 || len(got) > 6 {
				t.Errorf("ran at %v", got)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			n := len(l.ran(Audit, "acme"))
			l.during(10*time.Second, l.job(Audit, "acme", "@hourly", 0)) // nor after a restart
			if got := l.ran(Audit, "acme"); len(got) != n {
				t.Errorf("a restart ran it again: %v", got)
			}
		})
	}
}

// A step of a few seconds, as of a time server, moves nothing.
func TestSmallStepsOfTheClockAreNotTakenForALeap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		stop := l.start(l.job(Audit, "acme", "@hourly", 0))
		time.Sleep(time.Hour + 2*time.Second)
		l.set(-90 * time.Second)
		time.Sleep(50 * time.Minute)
		l.want(Audit, "acme", "01 00:00:00", "01 01:00:00")
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPassesNeverOverlapAndDeliveriesWaitForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.waits[Audit], l.waits[Care], l.waits[Deliver] = 25*time.Minute, 10*time.Minute, time.Second
		l.during(4*time.Hour, l.job(Audit, "acme", "@every 30m", 0), l.job(Audit, "other", "@every 30m", 0), l.job(Care, "", "@every 1h", 0),
			l.job(Deliver, "", "@every 1m", 0))
		if l.most != 1 {
			t.Errorf("%d passes at once", l.most)
		}
		if n := len(l.ran(Deliver, "")); n < 235 {
			t.Errorf("only %d deliveries in four hours of long passes", n)
		}
		if a, b := len(l.ran(Audit, "acme")), len(l.ran(Audit, "other")); a-b > 1 || b-a > 1 || a < 3 {
			t.Errorf("%d and %d passes: one organization starves", a, b)
		}
	})
}

func TestFailingJobBacksOffAndIsReportedAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.fail(Audit, errors.New("GitHub does not answer"))
		stop := l.start(l.job(Audit, "acme", "@daily", 0))
		time.Sleep(16 * time.Minute)
		l.want(Audit, "acme", "01 00:00:00", "01 00:01:00", "01 00:03:00", "01 00:07:00", "01 00:15:00")
		s := l.d.Status()
		if j := s.Jobs[0]; j.Failures != 5 || j.Last.Result != "failed" || j.Last.Reason != "GitHub does not answer" || !s.Orgs[0].Stale {
			t.Errorf("the state says %+v, %+v", j, s.Orgs[0])
		}
		time.Sleep(10 * time.Hour)
		if n := len(l.ran(Audit, "acme")); n < 14 || n > 16 { // each hour at most
			t.Errorf("%d tries in ten hours", n)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		l.fail(Audit, nil)
		n := len(l.ran(Audit, "acme"))
		l.during(2*time.Hour, l.job(Audit, "acme", "@daily", 0)) // the pause outlives a restart
		if got := l.ran(Audit, "acme"); len(got) != n+1 {
			t.Errorf("after it recovered it ran %d times more", len(got)-n)
		}
		if p := l.d.Last(Audit, "acme"); p.Failures != 0 || p.Result != OK {
			t.Errorf("the last pass is %+v", p)
		}
	})
}

// A job that is due often is not slowed beyond its own distance by much.
func TestFailingJobThatIsDueOftenIsTriedAsOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.fail(Audit, errors.New("no"))
		l.during(2*time.Minute, l.job(Audit, "acme", "@every 10s", 0))
		if n := len(l.ran(Audit, "acme")); n < 7 || n > 13 {
			t.Errorf("%d tries in two minutes", n)
		}
	})
}

func TestLedgerThatTakesNothingStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.full = true
		l.during(2*time.Hour+time.Minute, l.job(Audit, "acme", "@hourly", 0))
		l.want(Audit, "acme", "01 00:00:00", "01 01:00:00", "01 02:00:00")
	})
}

func TestInterruptedPassIsTakenUpAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.waits[Audit] = time.Hour
		j := l.job(Audit, "acme", "@daily", 0)
		l.during(10*time.Minute, j)
		if p := l.last[key{Audit, "acme"}]; p.Result != Interrupted || p.Failures != 0 {
			t.Errorf("kept as %+v", p)
		}
		time.Sleep(time.Minute)
		l.during(2*time.Hour, j)
		l.want(Audit, "acme", "01 00:00:00", "01 00:11:00")
	})
}

func TestOnceRunsWhatIsDueAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		jobs := []Job{l.job(Audit, "acme", "@hourly", 0), l.job(Deliver, "", "@hourly", 0), l.job(Care, "", "@daily", 0)}
		for _, want := range []int{3, 0} {
			passes, err := l.boot(jobs...).Once(t.Context())
			if err != nil || len(passes) != want {
				t.Errorf("%d passes, want %d: %v, %v", len(passes), want, passes, err)
			}
		}
		if len(l.runs) != 3 {
			t.Errorf("%d runs of three jobs", len(l.runs))
		}
	})
}

func TestPauseDoublesUpToItsBound(t *testing.T) {
	for n, want := range map[int]time.Duration{1: time.Minute, 2: 2 * time.Minute, 6: 32 * time.Minute, 7: time.Hour, 1000: time.Hour} {
		if got := Pause(n, time.Minute, time.Hour); got != want {
			t.Errorf("after %d failures %s, want %s", n, got, want)
		}
	}
}
