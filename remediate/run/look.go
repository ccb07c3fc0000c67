package run

import (
	"context"
	"errors"
	"time"

	"github.com/eb661601/ajar/internal/crash"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate/act"
)

// read looks at the thing of an action.
func (r *running) read(ctx context.Context, p *Past) (act.Live, error) {
	return tried(ctx, r, func() (act.Live, error) { return r.o.Hands.Read(ctx, p.Change) })
}

// tried asks again what failed for a reason that passes by itself: the transport
// leaves to its callers what a smaller question may help.
func tried[T any](ctx context.Context, r *running, ask func() (T, error)) (out T, err error) {
	for i := range mostTries {
		out, err = ask()
		passes := errors.Is(err, github.ErrServer) || errors.Is(err, github.ErrUnreachable) || errors.Is(err, github.ErrNotReady)
		if err == nil || !passes {
			return out, err
		}
		if r.o.Sleep(ctx, time.Second<<i) != nil {
			return out, err // what went wrong says more than that the wait was cut short
		}
	}
	return out, err
}

// reached reports whether the thing is as intended; how is Invited where that takes
// somebody who accepts an invitation.
func reached(l act.Live) (ok bool, how string) {
	switch {
	case l.Moved != "":
		return false, ""
	case l.State.Same(l.Change.After):
		return true, ""
	case l.Invited != nil && l.Invited.Same(l.Change.After):
		return true, Invited
	}
	return false, ""
}

// shows reports whether what is seen is what the last step leads to.
func (r *running) shows(l act.Live, last Send) bool {
	if done, _ := reached(l); done {
		return true
	}
	if l.Moved != "" || len(last.Rest) == 0 || l.State.Same(last.Live) {
		return false
	}
	steps, err := act.Steps(l.Change, l.State)
	return err == nil && sameSteps(steps, last.Rest)
}

// look reads a thing until done says so or the time is over: at once, and then
// with growing pauses.
func (r *running) look(p *Past, until time.Time, done func(act.Live) bool) (live act.Live, looks int, seen bool, err error) {
	pause := 250 * time.Millisecond
	for {
		crash.At("run.verify.before")
		live, err = r.read(r.work, p)
		crash.At("run.verify.after")
		looks++
		if err != nil || done(live) {
			return live, looks, err == nil, err
		}
		now := r.o.Now()
		if r.ctx.Err() != nil && r.cancelled.IsZero() {
			r.cancelled = now
		}
		if !now.Before(until) || !r.cancelled.IsZero() && now.Sub(r.cancelled) > patience {
			return live, looks, false, nil
		}
		if err := r.o.Sleep(r.work, min(pause, until.Sub(now))); err != nil {
			return live, looks, false, err
		}
		pause = min(2*pause, 8*time.Second)
	}
}
