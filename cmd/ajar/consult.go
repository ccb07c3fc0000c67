package main

import (
	"context"
	"errors"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
)

// answer is what an access command makes of one stored snapshot. It gives the
// view to show, or an [absent] error where the snapshot does not have what
// is asked about.
type answer func(*work, audit.View) (report.View, error)

// consult answers from the stored snapshots: from that of the organization that
// the question names, else from those of all that are asked, one after another.
func (a *app) consult(ctx context.Context, named, at string, give answer) error {
	w, err := a.lookAround(ctx, named)
	if err != nil {
		return err
	}
	defer w.close()
	var nowhere []error
	w.each(ctx, func(ctx context.Context, p audit.Pass) error {
		info, err := a.seenAt(ctx, w, p, at)
		if err != nil {
			return err
		}
		v, err := p.Open(ctx, info)
		if err != nil {
			return err
		}
		view, err := give(w, v)
		var not absent
		if errors.As(err, &not) {
			nowhere = append(nowhere, err)
			return nil
		}
		if err != nil {
			return err
		}
		return w.show(view)
	})
	return a.settle(ctx, nowhere, w.shown > 0)
}

// settle deals with what some organizations do not have. That another one has it
// makes it a remark, except where it may only not have been seen.
func (a *app) settle(ctx context.Context, nowhere []error, elsewhere bool) error {
	for _, err := range nowhere {
		var not absent
		switch {
		case !elsewhere:
			a.fail(ctx, err)
		case errors.As(err, &not) && not.unseen:
			a.exit(incomplete)
			fallthrough
		default:
			a.remark("%v", err)
		}
	}
	return nil
}

// lookAround opens the store to read, for the organizations that a question is
// about.
func (a *app) lookAround(ctx context.Context, named string) (*work, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	s, err := a.look(ctx, c)
	if err != nil {
		return nil, err
	}
	w := &work{a: a, config: c, store: s, pass: audit.Pass{Store: s, Now: a.clock.Now}}
	if w.orgs = []string{named}; named == "" {
		w.orgs, err = a.asked(ctx, s, c)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// view loads the snapshot that a question is about.
func (a *app) view(ctx context.Context, p audit.Pass, at string) (audit.View, error) {
	info, err := a.snapshot(ctx, p.Store, p.Org, at)
	if err != nil {
		return audit.View{}, err
	}
	return p.Open(ctx, info)
}
