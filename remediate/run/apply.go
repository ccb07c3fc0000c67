package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate"
)

// Settle looks at GitHub for everything that the open runs left in doubt, and ends
// them, but for the one named keep, which somebody is about to take up: that one
// ends too where a surprise had stopped it. It gives those runs. What is still in doubt then leaves its run open.
// It looks once more, too, at what runs of the last day took for not applied.
func (e *Engine) Settle(ctx context.Context, keep string) ([]*Run, error) {
	open, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	for _, run := range open {
		r, done := e.begin(ctx, run)
		err := r.settleAll(run.ID != keep) //nolint:contextcheck // a run keeps two contexts: the caller's, and that of what is in flight
		done()
		if err != nil {
			return nil, err
		}
	}
	if ctx.Err() == nil {
		err = e.late(ctx)
	}
	return open, errors.Join(err, ctx.Err())
}

// settleAll settles what is open in a run, and ends it.
func (r *running) settleAll(end bool) error {
	for _, p := range r.run.Actions {
		if p.Open() && len(p.Sends) > 0 && !r.between(p) && r.ctx.Err() == nil {
			if err := r.settle(p); err != nil {
				return err
			}
		}
	}
	if !end && !r.run.halted() || r.ctx.Err() != nil {
		return nil //nolint:nilerr // whoever was interrupted leaves the rest for the next start
	}
	for _, p := range r.run.Actions {
		if r.between(p) { // its other steps are not made without the plan
			if err := r.note(journal.Failed, p, Failed{Why: "the run was interrupted between two of its steps", Half: true}); err != nil {
				return err
			}
		}
	}
	if r.run.halted() {
		return r.end(Stopped, "a surprise stopped it, and what was in doubt is settled")
	}
	return r.end(Interrupted, "the process ended before the run did")
}

// between reports whether an action stands for certain between two of its steps.
func (r *running) between(p *Past) bool {
	if p.State != journal.Answered || len(p.Sends) == 0 {
		return false
	}
	last := p.Sends[len(p.Sends)-1]
	return last.Answer != nil && !last.Answer.NotApplied && len(last.Rest) > 0
}

// Order is what is to be carried out once it is decided.
type Order struct {
	ID      string // of the run
	Begun   Begun
	Actions []Action
	Gone    map[string]string // actions that nothing calls for any more, by id: why
	// Caps says whether those may lose something beside whom the actions name, who
	// came since the snapshot: nil, or the limit that it would break. nil asks nobody.
	Caps func(more []remediate.Lost) *RefusedError
}

// Action is an action with its id.
type Action struct {
	ID string
	Intended
}

// OrderOf makes the order of a plan. gone names the actions that a newer snapshot
// does not call for.
func OrderOf(c Case, approvals []Approval, gone map[string]string) Order {
	p := c.Plan
	o := Order{ID: RunID(p.Hash), Gone: gone, Caps: c.capsWith, Begun: Begun{
		Plan: p.Hash, Snapshot: p.SnapshotID, Baseline: p.BaselineHash, Guards: p.GuardsHash, Version: c.Version,
		By: c.By, Auto: c.Auto, Approvals: append([]Approval{}, approvals...), Actions: len(p.Actions), Allowed: c.Allow, Reason: c.Reason,
	}}
	for i, a := range p.Actions {
		in := Intended{
			Place: i + 1, Kind: a.Kind, Title: a.Title, Principal: a.Principal, Resource: a.Resource, Rules: []string{},
			Change: a.Change, Inverse: a.Inverse, Irreversible: append([]string{}, a.Irreversible...), Lost: append([]remediate.Lost{}, a.Lost...),
		}
		for _, reason := range a.Reasons {
			in.Rules = append(in.Rules, reason.Rule)
		}
		o.Actions = append(o.Actions, Action{a.ID, in})
	}
	return o
}

// Carry carries out an order that was decided, or finishes the run of it that was
// interrupted. The run tells how each action stands; the error is nil only where
// every action came to its end.
func (e *Engine) Carry(ctx context.Context, o Order) (*Run, error) {
	former, err := Load(ctx, e.o.Store, o.ID)
	if err != nil {
		return nil, err
	}
	ctx, over := e.watched(ctx)
	defer over()
	r, done := e.begin(ctx, former)
	defer done()
	r.caps = o.Caps
	if err := r.start(o); err != nil { //nolint:contextcheck // a run keeps two contexts: the caller's, and that of what is in flight
		return r.run, err
	}
	if err := r.drop(o.Gone); err != nil { //nolint:contextcheck // a run keeps two contexts: the caller's, and that of what is in flight
		return r.run, err
	}
	return r.run, r.all() //nolint:contextcheck // a run keeps two contexts: the caller's, and that of what is in flight
}

// start writes down that the run begins, with everything that it intends.
func (r *running) start(o Order) error {
	again := r.run.ID != ""
	first := r.run.Begun
	if err := r.introduce(); err != nil {
		if stop := r.interrupted(); stop != nil {
			return stop // nothing is written down yet
		}
		return err
	}
	o.Begun.As = r.self
	r.run.ID, r.run.Org, r.run.Begun, r.who = o.ID, r.o.Org.ID, o.Begun, o.Begun.By
	o.Begun.Resumed = again
	e, err := r.entry(journal.RunBegun, "", o.Begun)
	if err != nil {
		return err
	}
	entries := []journal.Entry{e}
	for _, a := range o.Actions {
		if r.by[a.ID] != nil {
			continue
		}
		e, err := r.entry(journal.Intended, a.ID, a.Intended)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if again {
		r.run.Begun = first
	} else {
		r.run.ID = "" // until it stands in the journal
	}
	if err := r.write(entries...); err != nil {
		return err
	}
	return nil
}

// drop skips what nothing calls for any more (S7).
func (r *running) drop(gone map[string]string) error {
	for _, p := range r.run.Actions {
		why, ok := gone[p.ID]
		if !ok || !p.Waits() {
			continue
		}
		if err := r.note(journal.Skipped, p, Skipped{Why: NoLonger, Said: why}); err != nil {
			return err
		}
	}
	return nil
}

// ErrIncomplete says that a run ended before all its actions had their turn.
var ErrIncomplete = errors.New("the run did not come to its end")

// Outcome is nil where every action of the run came to its end in order, and else
// says how it ended.
func (r *Run) Outcome() error {
	switch {
	case r.Ended == nil:
		return fmt.Errorf("%w: something is still in doubt", ErrIncomplete)
	case r.Ended.How != Done:
		return fmt.Errorf("%w: %s", ErrIncomplete, r.Ended.Why)
	}
	return nil
}
