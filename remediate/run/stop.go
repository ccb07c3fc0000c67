package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// Somebody may want a run to stop while it has the store: they leave a request
// beside it ([store.AskToStop]). A run looks before each change and while it waits,
// and stops in order. The request becomes a hold once the run is over.

// halt reports, as an error, that the caller wants to stop, or somebody else asks to.
func (r *running) halt() error {
	if err := r.interrupted(); err != nil {
		return err
	}
	return r.asked()
}

// asked reports that somebody asks to stop, as an error.
func (e *Engine) asked() error {
	all, err := store.Stops(e.o.Store.Path())
	if err != nil { // late is better than wrong; who applies the plan again looks again
		return &stoppedError{how: Interrupted, why: "whether somebody asked to stop is not known: " + err.Error(), err: err}
	}
	for _, s := range all {
		if s.For(e.o.Org.ID) {
			return stop("%s", saidBy(s))
		}
	}
	return nil
}

func saidBy(s store.Stop) string {
	if s.Broken != "" {
		return s.Why()
	}
	return fmt.Sprintf("%s asked to stop: %s", s.Who, s.Reason)
}

// watched is the caller's context, which ends too when somebody asks to stop while
// the run waits. The second value ends the looking, and waits until it has ended.
func (e *Engine) watched(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if e.o.Poll == nil {
		return ctx, func() { cancel(nil) }
	}
	looking, enough := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e.o.Poll(looking) == nil {
			if err := e.asked(); err != nil {
				cancel(err)
				return
			}
		}
	}()
	return ctx, func() { enough(); <-done; cancel(nil) }
}

// EnterStops makes holds of the requests to stop that stand beside the store, with
// an entry in the journal for each. epoch is that of whoever owns the journal. The
// hold is in force before anything else is done, and the file goes last: a process
// that dies in between does it again, and nothing is lost. It gives what was
// entered. A request about an organization that the store does not know, and one
// that cannot be read, holds all.
func EnterStops(ctx context.Context, s *store.Store, epoch int64, now time.Time) ([]store.Stop, error) {
	all, err := store.Stops(s.Path())
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var entered []store.Stop
	for _, stop := range all {
		n, err := enterStop(ctx, s, epoch, now, stop)
		if err != nil {
			return entered, fmt.Errorf("making a hold of a request to stop: %w", err)
		}
		if n == 0 {
			continue // there is no organization yet that could be held
		}
		if err := stop.Done(); err != nil {
			return entered, err
		}
		entered = append(entered, stop)
	}
	return entered, nil
}

func enterStop(ctx context.Context, s *store.Store, epoch int64, now time.Time, stop store.Stop) (n int, err error) {
	orgs, err := s.Orgs(ctx)
	if err != nil {
		return 0, err
	}
	known := false
	for _, o := range orgs {
		known = known || o.ID == stop.Org
	}
	since := now
	if !stop.At.IsZero() && stop.At.Before(now) {
		since = stop.At
	}
	var entries []journal.Entry
	for _, o := range orgs {
		if known && !stop.For(o.ID) {
			continue
		}
		info, err := s.Latest(ctx, o.Login)
		if err != nil && !errors.Is(err, store.ErrNoSnapshot) {
			return 0, err
		}
		h := store.Hold{OrgID: o.ID, Kind: store.HeldByHand, Reason: stop.Why(), Since: since, Snapshot: info.ID, SetBy: stop.Who}
		if err := s.Hold(ctx, h); err != nil {
			return 0, err
		}
		e, err := HoldEntry(journal.Hold, stop.Who, h, stop.Why())
		if err != nil {
			return 0, err
		}
		entries = append(entries, e)
	}
	if len(entries) > 0 {
		_, err = s.Append(ctx, epoch, entries...)
	}
	return len(entries), err
}

// HoldEntry is the entry that a hold was set or lifted by somebody, and why.
func HoldEntry(kind journal.Kind, who string, h store.Hold, why string) (journal.Entry, error) {
	e, err := journal.NewEntry(kind, map[string]any{"hold": h.Kind, "what": h.What, "held_for": h.Reason, "reason": why, "snapshot": h.Snapshot})
	e.Org, e.Who = h.OrgID, who
	return e, err
}

// pending are the reasons of the requests to stop that are not a hold yet.
func pending(s *store.Store, org int64) ([]string, error) {
	all, err := store.Stops(s.Path())
	var out []string
	for _, stop := range all {
		if stop.For(org) {
			out = append(out, stop.Why())
		}
	}
	return out, err
}
