package analyzer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/clock"
)

// assigned writes an assignment of a privilege on repo:acme/api.
func assigned(to string, p access.Privilege, end time.Time) string {
	return fmt.Sprintf("[[assign]]\nrole = %q\nto = [%q]\non = [\"repo:acme/api\"]\nreason = \"on call\"\nexpires = %s\n",
		"may-"+p.String(), to, end.UTC().Format(time.RFC3339))
}

const everyRole = "[roles.may-read]\nrepository = \"read\"\n[roles.may-write]\nrepository = \"write\"\n[roles.may-admin]\nrepository = \"admin\"\n"

// ends gives when what allowed the grant of sam or his team ended, by the finding
// about it; zero: there is none.
func ends(t testing.TB, w *world, text string, at time.Time) time.Time {
	t.Helper()
	s := w.seal()
	for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: s, Baseline: bind(t, s, text), At: at}).Findings {
		if f.Rule == "expired-assignment" {
			if !f.Overdue(at) || f.Overdue(f.Ended.Add(-1)) {
				t.Errorf("at %s: it ended %s, and overdue says %v then and %v just before", at, f.Ended, f.Overdue(at), f.Overdue(f.Ended.Add(-1)))
			}
			return f.Ended
		}
	}
	return time.Time{}
}

func TestLaterEndDecidesWhereAssignmentsOverlap(t *testing.T) {
	early, late := now.AddDate(0, 0, -20), now.AddDate(0, 0, -3)
	self, team := "user:sam", "team:acme/sre"
	for name, c := range map[string]struct {
		text string
		held access.Privilege
		team bool
		want time.Time
	}{
		"one":                              {assigned(self, access.Write, early), access.Write, false, early},
		"two of one person":                {assigned(self, access.Write, early) + assigned(self, access.Write, late), access.Write, false, late},
		"in the other order":               {assigned(self, access.Write, late) + assigned(self, access.Write, early), access.Write, false, late},
		"the higher ended first":           {assigned(self, access.Admin, early) + assigned(self, access.Write, late), access.Write, false, late},
		"the lower does not count":         {assigned(self, access.Read, late) + assigned(self, access.Write, early), access.Write, false, early},
		"one still holds":                  {assigned(self, access.Write, early) + assigned(self, access.Write, now.AddDate(0, 0, 1)), access.Write, false, time.Time{}},
		"the higher of two still holds":    {assigned(self, access.Write, early) + assigned(self, access.Admin, now.AddDate(0, 0, 1)), access.Write, false, time.Time{}},
		"the lower of two still holds":     {assigned(self, access.Admin, early) + assigned(self, access.Read, now.AddDate(0, 0, 1)), access.Write, false, early},
		"his own and his team's":           {assigned(self, access.Write, early) + assigned(team, access.Write, late), access.Write, false, late},
		"a team's":                         {assigned(team, access.Write, early), access.Write, true, early},
		"a team's and one of its person's": {assigned(team, access.Write, early) + assigned(self, access.Write, late), access.Write, true, late},
		"only its person's":                {assigned(self, access.Write, late), access.Write, true, late},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.team("sre", "", "sam")
			if c.team {
				w.give("team:sre", "api", c.held)
			} else {
				w.give("user:sam", "api", c.held)
			}
			if got := ends(t, w, everyRole+c.text, now); !got.Equal(c.want) {
				t.Errorf("overdue since %s, want %s", got, c.want)
			}
		})
	}
}

func TestATeamIsOverdueSinceTheFirstOfItsPeople(t *testing.T) {
	w := newWorld()
	w.team("sre", "", "sam", "ann")
	w.give("team:sre", "api", access.Write)
	early, late := now.AddDate(0, 0, -20), now.AddDate(0, 0, -3)
	for _, text := range []string{
		assigned("user:sam", access.Write, late) + assigned("user:ann", access.Write, early),
		assigned("user:sam", access.Write, early) + assigned("user:ann", access.Write, late),
	} {
		if got := ends(t, w, everyRole+text, now); !got.Equal(early) {
			t.Errorf("overdue since %s, want %s", got, early)
		}
	}
}

// An assignment that a waiver accepts after its end is not overdue.
func TestWaivedAssignmentIsNotOverdue(t *testing.T) {
	w := newWorld()
	w.give("user:sam", "api", access.Write)
	for _, f := range w.analyze(t, waived(everyRole+assigned("user:sam", access.Write, now.AddDate(0, 0, -3)), "expired-assignment")).Findings {
		if f.Rule == "expired-assignment" && (f.State != access.Waived || f.Ended.IsZero() || f.Overdue(now)) {
			t.Errorf("state %s, ended %s, overdue %v", f.State, f.Ended, f.Overdue(now))
		}
	}
}

// host is a machine whose clock somebody plays with while GitHub's goes on.
type host struct {
	github, wall time.Time
	mono         time.Duration
}

// TestNothingEndsEarlyAndNothingLate is T4: assignments of up to 30 days, a clock
// that is set, frozen or suspended, a program that was down over the end. Judged once
// a minute, after two answers of GitHub, nothing has ended before it does, and what
// has ended is overdue within 60 seconds, since its very end.
func TestNothingEndsEarlyAndNothingLate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		start := now.Truncate(time.Second)
		w := newWorld()
		w.team("sre", "", "sam")
		w.give("user:sam", "api", access.Write)
		var text strings.Builder
		text.WriteString(everyRole)
		var last time.Time // end of all that allows write
		for range rapid.IntRange(1, 3).Draw(rt, "assignments") {
			p := rapid.SampledFrom([]access.Privilege{access.Read, access.Write, access.Admin}).Draw(rt, "privilege")
			end := start.Add(time.Duration(rapid.IntRange(1, 30*24*3600).Draw(rt, "seconds")) * time.Second)
			text.WriteString(assigned(rapid.SampledFrom([]string{"user:sam", "team:acme/sre"}).Draw(rt, "to"), p, end))
			if p >= access.Write && end.After(last) {
				last = end
			}
		}
		if last.IsZero() {
			return // nothing ever allowed it, so nothing ends
		}
		s := w.seal()
		bound := bind(t, s, text.String())
		judge := func(at time.Time) (ended time.Time, overdue bool) {
			for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: s, Baseline: bound, At: at}).Findings {
				if f.Rule == "expired-assignment" {
					return f.Ended, f.Overdue(at)
				}
			}
			return time.Time{}, false
		}
		h := &host{github: start.Add(time.Duration(rapid.Int64Range(0, int64(time.Second)-1).Draw(rt, "phase"))), wall: start}
		boot := func(kept time.Time) *clock.Clock {
			c := clock.New(func() time.Time { return h.wall }, func() time.Duration { return h.mono })
			c.Restore(kept)
			return c
		}
		c := boot(time.Time{})
		pass := func() {
			for range 2 {
				c.Hear(h.github.Truncate(time.Second))
			}
			ended, overdue := judge(c.Now())
			switch {
			case overdue && h.github.Before(last):
				rt.Fatalf("ended %s early", last.Sub(h.github))
			case !overdue && h.github.Sub(last) >= time.Minute:
				rt.Fatalf("not overdue %s after the end", h.github.Sub(last))
			case overdue && !ended.Equal(last):
				rt.Fatalf("overdue since %s, want %s", ended, last)
			}
		}
		for _, before := range []time.Duration{29 * 24 * time.Hour, time.Hour, 2 * time.Minute, time.Minute, time.Second, 1, 0, -1, -time.Second, -time.Minute, -time.Hour} {
			h.play(rt, last.Add(-before))
			if rapid.Bool().Draw(rt, "restart") {
				at, _ := c.Highest()
				c = boot(at)
			}
			pass()
		}
	})
}

// play moves GitHub's clock to an instant, and the machine's as somebody likes.
func (h *host) play(rt *rapid.T, to time.Time) {
	d := to.Sub(h.github)
	if d <= 0 {
		return
	}
	h.github = to
	switch rapid.SampledFrom([]string{"runs", "suspended", "frozen", "forward", "back"}).Draw(rt, "machine") {
	case "runs":
		h.wall, h.mono = h.wall.Add(d), h.mono+d
	case "suspended": // the monotonic clock stood still
		h.wall = h.wall.Add(d)
	case "frozen": // the wall clock did
		h.mono += d
	case "forward":
		h.wall, h.mono = h.wall.AddDate(5, 0, 0), h.mono+d
	case "back":
		h.wall, h.mono = h.wall.AddDate(-5, 0, 0), h.mono+d
	}
}
