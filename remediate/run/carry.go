package run

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/eb661601/ajar/internal/crash"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate/act"
)

// carry takes one action through read, act, read (S14). Each turn of the loop
// reads, sends at most one step, and waits until GitHub shows it. An error that is
// a *stoppedError ends the run in order.
func (r *running) carry(p *Past) error {
	for {
		// Looking and asking the guards takes most of the second between two changes.
		seen, over, err := r.examine(p)
		if over || err != nil {
			return err
		}
		if why, err := r.guard(p, seen.live.Change); err != nil {
			return r.unread(p, err)
		} else if why != nil {
			return r.forbid(p, why)
		}
		begun := r.o.Now()
		if err := r.await(); err != nil {
			return err
		}
		if r.o.Now().Sub(begun) > longPause {
			continue // the guards spoke of another moment
		}
		// All of that takes time, and a change rests on a fresh reading.
		if seen, over, err = r.examine(p); over || err != nil {
			return err
		}
		if r.o.Now().Sub(seen.begun) > freshness {
			if err := r.again(p, "reading it takes too long to rest a change on it", 0); err != nil {
				return err
			}
			continue
		}
		over, err = r.send(p, seen.live, seen.steps)
		if over || err != nil {
			return err
		}
	}
}

// await waits for the turn of the next change. After a long wait everything is
// asked again that the run was decided on.
func (r *running) await() error {
	begun := r.o.Now()
	if err := r.o.Hands.Ready(r.ctx); err != nil {
		if stop := r.interrupted(); stop != nil {
			return stop
		}
		how := Stopped
		if errors.Is(err, github.ErrLimited) {
			how = Interrupted // nothing is wrong: the same plan may be gone on with when the limit is over
		}
		return &stoppedError{how: how, why: "waiting for the next change: " + err.Error(), err: err}
	}
	if r.o.Recheck != nil && r.o.Now().Sub(begun) > longPause {
		if err := r.o.Recheck(r.ctx); err != nil {
			return &stoppedError{how: Stopped, why: "after a wait it does not hold any more: " + err.Error(), err: err}
		}
	}
	return nil
}

// sight is a thing as it was read, and the steps that are left from there.
type sight struct {
	begun time.Time // when the reading began
	live  act.Live
	steps []act.Step
}

// examine reads the thing. over says that nothing is left to do about it.
func (r *running) examine(p *Past) (s sight, over bool, err error) {
	s.begun = r.o.Now()
	crash.At("run.read.before")
	s.live, err = r.read(r.ctx, p)
	crash.At("run.read.after")
	if err != nil {
		return s, true, r.unread(p, err)
	}
	s.steps, over, err = r.way(p, s.live)
	return s, over, err
}

// unread stops the run where a look at GitHub failed. Nothing was sent, unless
// something was before.
func (r *running) unread(p *Past, err error) error {
	if stop := r.interrupted(); stop != nil {
		return stop
	}
	if p.Effective() {
		if err := r.note(journal.InDoubt, p, InDoubt{Why: err.Error()}); err != nil {
			return err
		}
	} else if err := r.note(journal.Failed, p, Failed{Why: err.Error()}); err != nil {
		return err
	}
	return &stoppedError{how: Stopped, why: p.Title + ": " + err.Error(), err: err}
}

// forbid refuses an action for a guard, and with it the rest of the plan.
func (r *running) forbid(p *Past, why *Refused) error {
	if p.Effective() { // some step of it took effect: it is not refused, it is half done
		if err := r.note(journal.Failed, p, Failed{Why: why.Why, Half: true}); err != nil {
			return err
		}
	} else if err := r.note(journal.Refused, p, why); err != nil {
		return err
	}
	return stop("%s: %s", p.Title, why.Why)
}

// way finds the steps that are left, or that there is nothing to do: it is done
// already, or it is not as the plan has it.
func (r *running) way(p *Past, live act.Live) (steps []act.Step, over bool, err error) {
	done, how := reached(live)
	switch {
	case live.Moved != "":
		if p.Effective() {
			return nil, true, r.fail(p, Failed{Why: "what is left of it cannot be done any more: " + live.Moved, Half: true})
		}
		return nil, true, r.note(journal.Skipped, p, Skipped{Why: Changed, Said: live.Moved})
	case done:
		if how == "" {
			how = Already
			if p.Effective() {
				how = Settled
			}
		}
		if p.unsure() {
			return nil, true, r.lately(p)
		}
		return nil, true, r.note(journal.Verified, p, Verified{How: how, State: live.State, At: live.At.UTC(), Looks: 1})
	}
	steps, err = act.Steps(live.Change, live.State)
	switch {
	case live.State.Same(live.Change.Before) && err != nil:
		return nil, true, r.fail(p, Failed{Why: err.Error(), State: &live.State, Half: p.Effective()})
	case live.State.Same(live.Change.Before) && !p.Effective():
		return steps, false, nil
	case err == nil && (p.midway(steps) || p.Intended.Half && !p.Effective()):
		return steps, false, nil
	case p.Effective() && live.State.Same(live.Change.Before):
		return nil, true, r.fail(p, Failed{Why: "GitHub accepted it, and still shows the state of before", State: &live.State})
	case p.Effective():
		return nil, true, r.fail(p, Failed{Why: "somebody else changed it while its steps were made", State: &live.State, Half: true})
	}
	return nil, true, r.note(journal.Skipped, p, Skipped{Why: Changed, Said: "it is not as it was when the plan was made", State: &live.State})
}

// fail ends an action that cannot be done, and the run with it.
func (r *running) fail(p *Past, f Failed) error {
	if err := r.note(journal.Failed, p, f); err != nil {
		return err
	}
	return stop("%s: %s", p.Title, f.Why)
}

// midway reports whether the steps that are left are those that were left after
// the last one that took effect.
func (p *Past) midway(steps []act.Step) bool {
	for i := len(p.Sends) - 1; i >= 0; i-- {
		if s := p.Sends[i]; s.Answer == nil || !s.Answer.NotApplied {
			return len(s.Rest) > 0 && sameSteps(s.Rest, steps)
		}
	}
	return false
}

func sameSteps(a, b []act.Step) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Method != b[i].Method || a[i].Path != b[i].Path || a[i].GraphQL != b[i].GraphQL || !bytes.Equal(a[i].Body, b[i].Body) {
			return false
		}
	}
	return true
}

// send journals that the next step is sent, sends it, and sorts what came of it.
// over says that the action is at its end.
func (r *running) send(p *Past, live act.Live, steps []act.Step) (over bool, err error) {
	if err := r.halt(); err != nil {
		return true, err
	}
	s := Sent{Step: steps[0], Rest: append([]act.Step{}, steps[1:]...), Live: live.State, ReadAt: live.At.UTC(), Also: r.more}
	at := r.o.Now()
	if err := r.note(journal.Sent, p, s); err != nil {
		return true, err
	}
	crash.At("run.request.before")
	a, err := r.o.Hands.Send(github.Recorded(r.work, at), steps[0])
	crash.At("run.request.after")
	if err != nil {
		return r.unanswered(p, err)
	}
	if err := r.note(journal.Answered, p, Answered{Status: a.Status, At: a.At.UTC(), RequestID: a.RequestID, Created: a.Created}); err != nil {
		return true, err
	}
	return r.show(p, Carried)
}

// unanswered sorts a step that was not carried out, or of which that is not known.
func (r *running) unanswered(p *Past, err error) (over bool, _ error) {
	var refused *act.Refused
	var limited *act.Limited
	var conflict *act.Conflict
	at := r.o.Clock().UTC()
	none := func(status int, why string) error {
		return r.note(journal.Answered, p, Answered{Status: status, At: at, NotApplied: true, Why: why})
	}
	switch {
	case errors.Is(err, act.ErrNotSent):
		if err := none(0, err.Error()); err != nil {
			return true, err
		}
		return false, r.again(p, err.Error(), 0)
	case errors.As(err, &conflict):
		if err := none(http.StatusConflict, conflict.Reason); err != nil {
			return true, err
		}
		return false, r.again(p, conflict.Error(), http.StatusConflict)
	case errors.As(err, &limited):
		if err := none(http.StatusTooManyRequests, limited.Error()); err != nil {
			return true, err
		}
		if r.limits++; r.limits > mostLimits {
			return true, r.fail(p, Failed{Why: limited.Error(), Status: http.StatusTooManyRequests, Half: p.Effective()})
		}
		return false, nil
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return r.gone(p, refused)
	case errors.As(err, &refused):
		if err := none(refused.Status, refused.Reason); err != nil {
			return true, err
		}
		if refused.Status == http.StatusUnauthorized && !r.renewed {
			r.renewed = true // the credential has been renewed, where it can be: once
			return false, nil
		}
		return true, r.fail(p, Failed{Why: refused.Error(), Status: refused.Status, Half: p.Effective()})
	}
	return true, r.doubt(p, err)
}

// again counts a try that had no effect, and pauses before the next one.
func (r *running) again(p *Past, why string, status int) error {
	if r.tries++; r.tries > mostTries {
		return r.fail(p, Failed{Why: why, Status: status, Half: p.Effective()})
	}
	if err := r.o.Sleep(r.ctx, time.Second<<r.tries); err != nil {
		if stop := r.interrupted(); stop != nil {
			return stop
		}
		return err
	}
	return nil
}

// gone settles a 404: what is not there any more is done, if what it belongs to is
// seen (S3). Otherwise it is in doubt.
func (r *running) gone(p *Past, refused *act.Refused) (over bool, err error) {
	live, err := r.read(r.work, p)
	done, _ := reached(live)
	if err == nil && !done {
		a := Answered{Status: refused.Status, At: r.o.Clock().UTC(), NotApplied: true, Why: refused.Reason}
		if err := r.note(journal.Answered, p, a); err != nil {
			return true, err
		}
		if live.Moved != "" && !p.Effective() {
			return true, r.note(journal.Skipped, p, Skipped{Why: Changed, Said: live.Moved})
		}
		return true, r.fail(p, Failed{Why: refused.Error(), Status: refused.Status, State: &live.State, Half: p.Effective()})
	}
	if e := r.note(journal.Answered, p, Answered{Status: refused.Status, At: r.o.Clock().UTC(), Why: refused.Reason}); e != nil {
		return true, e
	}
	if err != nil {
		return true, r.unread(p, fmt.Errorf("%w, and then: %w", refused, err))
	}
	return true, r.note(journal.Verified, p, Verified{How: Already, State: live.State, At: live.At.UTC(), Looks: 1})
}

// doubt notes that a step was sent and not answered, looks whether it took effect,
// and stops the run either way: it was a surprise.
func (r *running) doubt(p *Past, cause error) error {
	if err := r.note(journal.InDoubt, p, InDoubt{Why: cause.Error()}); err != nil {
		return err
	}
	if err := r.settle(p); err != nil {
		return err
	}
	if p.Waits() {
		return r.fail(p, Failed{Why: cause.Error() + "; GitHub shows that it did not", Half: p.Effective()})
	}
	return &stoppedError{how: Stopped, why: p.Title + ": " + cause.Error(), err: cause}
}

// show reads until GitHub shows what was answered, for as long as GitHub may lag.
func (r *running) show(p *Past, how string) (over bool, err error) {
	last := p.Sends[len(p.Sends)-1]
	live, looks, seen, err := r.look(p, r.o.Now().Add(r.o.Lag), func(l act.Live) bool { return r.shows(l, last) })
	switch {
	case err != nil && r.interrupted() != nil:
		return true, r.interrupted() // it stays answered: the next start looks again
	case err != nil:
		return true, r.unread(p, err)
	case !seen && r.interrupted() != nil:
		return true, r.interrupted()
	case !seen:
		why := fmt.Sprintf("GitHub accepted it and does not show it after %s", r.o.Lag)
		if err := r.note(journal.InDoubt, p, InDoubt{Why: why, State: &live.State}); err != nil {
			return true, err
		}
		return true, stop("%s: %s", p.Title, why)
	}
	done, by := reached(live)
	if !done {
		return false, nil // one step is done, and others follow
	}
	if by != "" {
		how = by
	}
	return true, r.note(journal.Verified, p, Verified{How: how, State: live.State, At: live.At.UTC(), Looks: looks})
}
