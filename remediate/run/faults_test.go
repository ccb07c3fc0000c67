package run

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// row is a row of the fault matrix: what goes wrong with the first of two actions,
// and how both end.
type row struct {
	name    string
	fault   githubsim.Fault
	how     string // the run ends
	states  string
	changed int // requests that changed something
	sent    int // requests that asked for a change
}

const collaborator = "/repos/{owner}/{repo}/collaborators/{username}"

// write matches what takes the guest off the boat.
func write(a githubsim.Action, times int) githubsim.Fault {
	f := githubsim.Fault{Kind: githubsim.REST, Match: "DELETE " + collaborator, Writes: true, Action: a}
	if times > 0 {
		f.Nth, f.Times = 1, times
	}
	return f
}

func status(a githubsim.Action, code, times int) githubsim.Fault {
	f := write(a, times)
	f.Status = code
	return f
}

func after(a githubsim.Action, d time.Duration, times int) githubsim.Fault {
	f := write(a, times)
	f.After = d
	return f
}

const (
	both     = "verified/carried-out verified/carried-out"
	settled  = "verified/settled not-tried"
	failedIt = "failed not-tried"
	doubted  = "in-doubt not-tried"
)

// matrix are the rows of the fault matrix that are about apply.
var matrix = []row{
	{"401 once: the credential is renewed once", write(githubsim.Unauthenticated, 1), Done, both, 2, 3},
	{"401 for good", write(githubsim.Unauthenticated, 0), Stopped, failedIt, 0, 2},
	{"403 a permission is missing", write(githubsim.Denied, 1), Stopped, failedIt, 0, 1},
	{"primary limit: to be finished later", write(githubsim.PrimaryLimited, 1), Interrupted, "not-tried not-tried", 0, 1},
	{"secondary limit with Retry-After", after(githubsim.SecondaryLimited, 90*time.Second, 1), Done, both, 2, 3},
	{"secondary limit without Retry-After", write(githubsim.SecondaryLimited, 1), Done, both, 2, 3},
	{"404 and it is there", status(githubsim.AnswerStatus, 404, 1), Stopped, failedIt, 0, 1},
	{"409 twice", status(githubsim.AnswerStatus, 409, 2), Done, both, 2, 4},
	{"409 for good", status(githubsim.AnswerStatus, 409, 0), Stopped, failedIt, 0, 4},
	{"422", status(githubsim.AnswerStatus, 422, 1), Stopped, failedIt, 0, 1},
	{"301 is not followed", write(githubsim.Redirected, 1), Stopped, failedIt, 0, 1},
	{"307 is not followed", status(githubsim.Redirected, 307, 1), Stopped, failedIt, 0, 1},
	{"500 before it was applied", status(githubsim.AnswerStatus, 500, 1), Stopped, failedIt, 0, 1},
	{"502 before it was applied", status(githubsim.AnswerStatus, 502, 1), Stopped, failedIt, 0, 1},
	{"500 after it was applied", status(githubsim.StatusAfter, 500, 1), Stopped, settled, 1, 1},
	{"502 after it was applied", status(githubsim.StatusAfter, 502, 1), Stopped, settled, 1, 1},
	{"504 after it was applied", status(githubsim.StatusAfter, 504, 1), Stopped, settled, 1, 1},
	{"a timeout after it was applied", after(githubsim.TimeoutAfter, 20*time.Second, 1), Stopped, settled, 1, 1},
	{"a timeout before it was applied", after(githubsim.TimedOut, 20*time.Second, 1), Stopped, failedIt, 0, 1},
	{"a reset after it was applied", write(githubsim.Reset, 1), Stopped, settled, 1, 1},
	{"a web page", write(githubsim.HTMLPage, 1), Stopped, failedIt, 0, 1},
	{"200 and it never shows", write(githubsim.NoEffect, 1), "open", doubted, 0, 1},
	{"202 and it comes later", after(githubsim.AppliedLater, 20*time.Second, 1), Done, both, 2, 2},
	{"readers lag half a minute", after(githubsim.Lagged, 30*time.Second, 1), Done, both, 2, 2},
	{"readers lag longer than a minute", after(githubsim.Lagged, 3*time.Minute, 1), "open", doubted, 1, 1},
}

func TestEveryFaultOfAChangeEndsAsTheMatrixSays(t *testing.T) {
	for _, c := range matrix {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{c.fault}})
			r := b.carry(guestOff(boat), guestOff(ship))
			b.expect(r, c.how, c.states)
			if changed, sent := len(b.writes(true)), len(b.writes(false)); changed != c.changed || sent != c.sent {
				t.Errorf("%d requests were sent and %d changed something, not %d and %d: %q", sent, changed, c.sent, c.changed, b.writes(false))
			}
		})
	}
}

// Reads that go wrong while a run looks.
func TestEveryFaultOfALookEndsAsTheMatrixSays(t *testing.T) {
	read := func(a githubsim.Action, nth, times int) githubsim.Fault { // what asks for somebody's sources of access
		return githubsim.Fault{Kind: githubsim.GraphQL, Match: "permissionSources", Action: a, Nth: nth, Times: times}
	}
	five := func(nth, times int) githubsim.Fault {
		f := read(githubsim.AnswerStatus, nth, times)
		f.Status = 502
		return f
	}
	for _, c := range []row{
		{"502 that passes", five(1, 2), Done, both, 2, 2},
		{"502 for good before anything is sent", five(0, 0), Stopped, failedIt, 0, 0},
		{"a null where the answer was", read(githubsim.DataNull, 0, 0), Stopped, failedIt, 0, 0},
		{"a lookup that fails after the change was answered", five(3, 99), "open", doubted, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{c.fault}})
			r := b.carry(guestOff(boat), guestOff(ship))
			b.expect(r, c.how, c.states)
			if changed, sent := len(b.writes(true)), len(b.writes(false)); changed != c.changed || sent != c.sent {
				t.Errorf("%d requests were sent and %d changed something, not %d and %d", sent, changed, c.sent, c.changed)
			}
		})
	}
}

func TestAfterALongWaitTheRunIsDecidedAnew(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		how  string
		want string
	}{
		"and it still holds":     {nil, Done, both},
		"and it holds no longer": {errors.New("the organization is on hold"), Stopped, "not-tried not-tried"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{after(githubsim.SecondaryLimited, 90*time.Second, 1)}})
			asked := 0
			o := b.options()
			o.Recheck = func(context.Context) error { asked++; return c.err }
			e, err := New(t.Context(), "test", o)
			if err != nil {
				t.Fatal(err)
			}
			r, err := e.Carry(t.Context(), order("plan", guestOff(boat), guestOff(ship)))
			if err != nil {
				t.Fatal(err)
			}
			b.expect(r, c.how, c.want)
			if asked != 1 {
				t.Errorf("it was asked %d times", asked)
			}
		})
	}
}
