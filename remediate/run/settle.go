package run

import (
	"fmt"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate/act"
)

// settle finds out by looking, and by nothing else, what became of an action that
// was sent (S13). What GitHub shows is believed at once where it is the intended
// state; the state of before only once GitHub had its time to show a change.
func (r *running) settle(p *Past) error {
	last := p.Sends[len(p.Sends)-1]
	// A clock that was set back makes nobody wait longer than GitHub may take.
	rest := min(max(0, r.o.Lag-r.o.Clock().Sub(last.At)), r.o.Lag)
	until := r.o.Now().Add(rest)
	live, looks, seen, err := r.look(p, until, func(l act.Live) bool { return r.shows(l, last) || l.Moved != "" })
	if r.ctx.Err() != nil && (err != nil || !seen && r.o.Now().Before(until)) {
		return nil //nolint:nilerr // it stays open: the next start looks again
	}
	if err != nil {
		return r.puzzled(p, InDoubt{Why: "looking at it: " + err.Error()})
	}
	if live.Moved != "" {
		return r.note(journal.Failed, p, Failed{Why: "whether it was done is not to be seen any more: " + live.Moved, Half: true})
	}
	if seen {
		if done, how := reached(live); done {
			if how == "" {
				how = Settled
			}
			return r.note(journal.Verified, p, Verified{How: how, State: live.State, At: live.At.UTC(), Looks: looks})
		}
		if last.Answer == nil { // one of several steps took effect
			return r.note(journal.Answered, p, Answered{At: live.At.UTC(), Why: "GitHub shows that it took effect"})
		}
		return nil
	}
	return r.unshown(p, last, live)
}

// unshown settles an action that GitHub does not show, although it had its time.
func (r *running) unshown(p *Past, last Send, live act.Live) error {
	if last.Answer == nil && live.State.Same(last.Live) {
		return r.note(journal.Answered, p, Answered{At: live.At.UTC(), NotApplied: true, Looked: true,
			Why: fmt.Sprintf("GitHub shows the state of before, %s and more after it was sent", r.o.Lag)})
	}
	return r.puzzled(p, InDoubt{Why: "GitHub shows neither the state of before nor the intended one", State: &live.State})
}

// puzzled notes that it is not known what became of an action. Told once, it stays
// open; where a later look shows as little, a person has to look, and it is closed.
func (r *running) puzzled(p *Past, d InDoubt) error {
	if p.Doubts == 0 || p.State != journal.InDoubt || d.State == nil {
		if p.State == journal.InDoubt && p.Why == d.Why {
			return nil // nothing new
		}
		return r.note(journal.InDoubt, p, d)
	}
	return r.note(journal.Failed, p, Failed{Why: d.Why + ": look at it yourself", State: d.State, Half: true})
}
