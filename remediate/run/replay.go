package run

import (
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

// Run is what the journal says of one run.
type Run struct {
	ID      string
	Org     int64
	Begun   Begun // as it began first
	BegunAt time.Time
	Resumes int    // how often it was taken up again
	Ended   *Ended // nil: it has not ended since it began last
	EndedAt time.Time
	Actions []*Past // in their order
}

// Past is what the journal says of one action.
type Past struct {
	Intended
	ID    string
	State journal.Kind // the last word about it
	How   string       // of verified: how; of skipped: why
	Why   string       // of failed, in-doubt, refused, not-tried and skipped, in words

	Sends    []Send
	Verified *Verified
	Half     bool // failed after some of its steps took effect
	Final    bool // not tried, and never to be: a surprise stopped the run
	Doubts   int  // how often it was found in doubt
}

// Send is one step that was sent, with the answer, nil where none is known.
type Send struct {
	Sent
	At     time.Time // of the journal
	Answer *Answered
}

// Whole reports whether the run came to its end with every action verified.
func (r *Run) Whole() bool {
	for _, p := range r.Actions {
		if p.State != journal.Verified {
			return false
		}
	}
	return r.Ended != nil && r.Ended.How == Done
}

// Effective reports whether some step may have taken effect.
func (p *Past) Effective() bool {
	for _, s := range p.Sends {
		if s.Answer == nil || !s.Answer.NotApplied {
			return true
		}
	}
	return false
}

// Open reports whether it was sent and it is not known how that ended.
func (p *Past) Open() bool {
	switch p.State {
	case journal.Sent, journal.Answered, journal.InDoubt:
		return p.Effective()
	}
	return false
}

// Waits reports whether nothing final is said about it yet, and nothing of it may
// have taken effect: it can be taken up again, or dropped.
func (p *Past) Waits() bool {
	switch p.State {
	case journal.Intended, journal.NotTried:
		return !p.Final
	case journal.Sent, journal.Answered, journal.InDoubt:
		return !p.Effective()
	}
	return false
}

// Replay rebuilds a run from its entries, which come in the journal's order. A
// body that does not decode is an error: nothing is decided on half a record.
func Replay(entries []journal.Entry) (*Run, error) {
	r := &Run{}
	by := map[string]*Past{}
	for _, e := range entries {
		if err := r.read(e, by); err != nil {
			return nil, fmt.Errorf("reading a run from the journal: %w", err)
		}
	}
	return r, nil
}

func (r *Run) read(e journal.Entry, by map[string]*Past) error {
	switch e.Kind {
	case journal.RunBegun:
		b, err := body[Begun](e)
		if r.ID == "" {
			r.ID, r.Org, r.Begun, r.BegunAt = e.Run, e.Org, b, e.At
		} else {
			r.Resumes++
		}
		r.Ended = nil
		return err
	case journal.RunEnded:
		b, err := body[Ended](e)
		r.Ended, r.EndedAt = &b, e.At
		return err
	case journal.Intended:
		b, err := body[Intended](e)
		if by[e.Action] == nil {
			by[e.Action] = &Past{ID: e.Action, Intended: b, State: e.Kind}
			r.Actions = append(r.Actions, by[e.Action])
		}
		return err
	}
	if e.Action == "" {
		return nil
	}
	p := by[e.Action]
	if p == nil {
		return fmt.Errorf("action %s was never intended", e.Action)
	}
	return p.read(e)
}

func (p *Past) read(e journal.Entry) (err error) {
	p.State, p.How, p.Why = e.Kind, "", ""
	switch e.Kind {
	case journal.Sent:
		var b Sent
		b, err = body[Sent](e)
		p.Sends = append(p.Sends, Send{Sent: b, At: e.At})
	case journal.Answered:
		var b Answered
		b, err = body[Answered](e)
		if len(p.Sends) == 0 {
			return fmt.Errorf("action %s was answered and never sent", e.Action)
		}
		p.Sends[len(p.Sends)-1].Answer = &b
	case journal.Verified:
		var b Verified
		b, err = body[Verified](e)
		p.Verified, p.How = &b, b.How
	case journal.Skipped:
		var b Skipped
		b, err = body[Skipped](e)
		p.How, p.Why = b.Why, b.Said
	case journal.Refused:
		var b Refused
		b, err = body[Refused](e)
		p.How, p.Why = b.Guard, b.Why
	case journal.Failed:
		var b Failed
		b, err = body[Failed](e)
		p.Why, p.Half = b.Why, b.Half
	case journal.InDoubt:
		var b InDoubt
		b, err = body[InDoubt](e)
		p.Why, p.Doubts = b.Why, p.Doubts+1
	case journal.NotTried:
		var b NotTried
		b, err = body[NotTried](e)
		p.Why, p.Final = b.Why, b.Final
	}
	return err
}

func body[T any](e journal.Entry) (T, error) {
	var b T
	return b, e.Decode(&b)
}

// Counts counts how the actions stand.
func (r *Run) Counts() Counts {
	c := Counts{Actions: len(r.Actions)}
	for _, p := range r.Actions {
		switch p.State {
		case journal.Verified:
			if p.How == Already {
				c.Already++
			} else {
				c.Verified++
			}
		case journal.Skipped:
			c.Skipped++
		case journal.Refused:
			c.Refused++
		case journal.Failed:
			c.Failed++
		case journal.Sent, journal.Answered, journal.InDoubt:
			c.InDoubt++
		default:
			c.NotTried++
		}
	}
	return c
}

// halted reports whether a surprise stopped the run before all had their turn.
func (r *Run) halted() bool {
	for _, p := range r.Actions {
		if p.Final {
			return true
		}
	}
	return false
}

// Finishable reports whether the run has not ended, or was interrupted and has
// actions whose turn has not come: the same plan may finish it.
func (r *Run) Finishable() bool {
	if r.ID != "" && r.Ended == nil {
		return true // also where nothing is left to do but to say that it is over
	}
	if r.Ended == nil || r.Ended.How != Interrupted {
		return false
	}
	for _, p := range r.Actions {
		if p.Waits() || p.Open() {
			return true
		}
	}
	return false
}
