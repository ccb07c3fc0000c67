package ends

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

// others are the assignments of those who keep their access.
var others = assign("bodil", "writer", time.Time{}, start.AddDate(0, 6, 0)) + assign("chris", "writer", time.Time{}, start.AddDate(0, 6, 0))

// punctual holds that somebody's access was taken no earlier than its end and no
// later than a minute after it.
func (l *lab) punctual(login string, end time.Time) {
	l.t.Helper()
	l.within(login, end, end.Add(time.Minute))
}

func (l *lab) within(login string, from, to time.Time) {
	l.t.Helper()
	at := l.gone(login)
	if at.IsZero() || at.Before(from) || at.After(to) {
		l.t.Errorf("%s lost access at %s by GitHub's clock; it ends at %s and must be gone by %s", login, at, from, to)
	}
}

// watch makes a pass each minute from an instant on, for so many.
func (l *lab) watch(from time.Time, minutes int) {
	l.t.Helper()
	for i := range minutes {
		l.until(from.Add(time.Duration(i) * time.Minute))
		l.minute()
	}
}

// TestAccessEndsWithinAMinuteWhateverTheClockOfTheMachineSays is T4 on the whole way:
// assignments of thirty days, and a machine that somebody plays with.
func TestAccessEndsWithinAMinuteWhateverTheClockOfTheMachineSays(t *testing.T) {
	end := start.Add(30*day + 17*time.Second)
	for name, play := range map[string]func(*lab){
		"undisturbed":                 func(*lab) {},
		"a year ahead":                func(l *lab) { l.wall = l.wall.AddDate(1, 0, 0) },
		"a year behind":               func(l *lab) { l.wall = l.wall.AddDate(-1, 0, 0) },
		"frozen":                      func(l *lab) { l.frozen = true },
		"suspended for all that time": func(l *lab) { l.suspended = true },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, assign("annika", "writer", time.Time{}, end)+assign("bodil", "writer", time.Time{}, end.Add(-day))+
				assign("bodil", "writer", time.Time{}, end.Add(time.Minute))+assign("chris", "writer", time.Time{}, start.AddDate(0, 6, 0)))
			l.minute()
			l.mu.Lock()
			play(l)
			l.mu.Unlock()
			l.until(end.Add(-2 * time.Minute))
			l.mu.Lock()
			l.suspended = false
			l.mu.Unlock()
			l.watch(end.Add(-100*time.Second), 5)
			l.punctual("annika", end)
			l.punctual("bodil", end.Add(time.Minute)) // the later end decides
			if at := l.gone("chris"); !at.IsZero() {
				t.Errorf("chris lost access at %s, months before it ends", at)
			}
			if o := l.overdue(); len(o) > 0 {
				t.Errorf("overdue still: %q", o)
			}
		})
	}
}

func TestClockThatIsSetAgainAndAgainEndsNothingEarlyAndNothingLate(t *testing.T) {
	end := start.Add(10 * time.Minute)
	l := newLab(t, assign("annika", "writer", time.Time{}, end)+assign("bodil", "writer", time.Time{}, end.Add(3*time.Minute))+
		assign("chris", "writer", time.Time{}, start.AddDate(0, 6, 0)))
	for i := range 15 {
		l.until(start.Add(time.Duration(i)*time.Minute + 30*time.Second))
		l.mu.Lock()
		l.wall = l.github.AddDate(i%3-1, 0, 0)
		l.mu.Unlock()
		l.minute()
		if i%4 == 3 {
			l.boot() // and the program is started anew
		}
	}
	l.punctual("annika", end)
	l.punctual("bodil", end.Add(3*time.Minute))
}

func TestProgramThatWasDownOverTheEndTakesItUpAtOnce(t *testing.T) {
	end := start.Add(5 * day)
	for _, wrong := range []time.Duration{0, -365 * day, 365 * day} {
		l := newLab(t, assign("annika", "writer", time.Time{}, end)+others)
		l.minute()
		l.until(end.Add(3 * day))
		l.mu.Lock()
		l.wall, l.mono = l.github.Add(wrong), 0 // the machine was started again too
		l.mu.Unlock()
		l.boot()
		back := l.truth()
		l.minute()
		l.within("annika", back, back.Add(time.Minute))
	}
}

// One assignment takes over from another in the same instant: nothing ends.
func TestAssignmentThatBeginsAsAnotherEndsLeavesNoGap(t *testing.T) {
	end := start.Add(5 * time.Minute)
	l := newLab(t, assign("annika", "writer", time.Time{}, end)+assign("annika", "writer", end, end.AddDate(0, 1, 0))+others)
	l.watch(end.Add(-90*time.Second), 4)
	if at := l.gone("annika"); !at.IsZero() {
		t.Errorf("access was taken at %s", at)
	}
}

// What GitHub refuses or does not answer stays overdue, and the next plan takes it
// again, until it is seen to be gone.
func TestOverdueIsTriedAgainUntilItIsSeenToBeGone(t *testing.T) {
	end := start.Add(time.Minute)
	for name, status := range map[string]int{"refused": http.StatusForbidden, "broken": http.StatusBadGateway, "conflict": http.StatusConflict} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, assign("annika", "writer", time.Time{}, end)+others)
			bad := true
			l.spoil = func(w http.ResponseWriter, r *http.Request) bool {
				if !bad || !strings.Contains(r.URL.Path, "/collaborators/") || r.Method == http.MethodGet {
					return false
				}
				w.Header().Set("Date", l.truth().Format(http.TimeFormat))
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"message":"not now"}`))
				return true
			}
			for i := range 4 {
				l.pass(10 * time.Minute)
				r := l.minute()
				if r == nil || len(r.Actions) != 1 {
					t.Fatalf("pass %d carried out %+v of %q", i, r, l.lastPlan.Stopped)
				}
				if a := l.lastPlan.Actions[0]; !a.Overdue.Equal(end) {
					t.Errorf("pass %d: overdue since %s, want %s", i, a.Overdue, end)
				}
				if o := l.overdue(); len(o) != 1 || o[0] != "user:annika since 09:01:00" {
					t.Errorf("pass %d: overdue: %q", i, o)
				}
			}
			bad = false
			l.pass(10 * time.Minute)
			l.minute()
			if l.gone("annika").IsZero() {
				t.Errorf("access is still there, after %d events", len(l.changes))
			}
			l.pass(time.Minute)
			l.minute()
			if o := l.overdue(); len(o) > 0 || len(l.lastPlan.Actions) > 0 {
				t.Errorf("overdue: %q, planned: %d", o, len(l.lastPlan.Actions))
			}
		})
	}
}
