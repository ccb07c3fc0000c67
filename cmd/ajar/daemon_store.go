package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

// holder opens the daemon's store to write for as long as a job needs it, so that
// commands may write in between. Jobs that run at once share it.
type holder struct {
	s     *service
	gate  chan struct{} // holds everything below
	open  *store.Store
	users int
	known os.FileInfo // the file as it was first opened
	full  time.Time   // when all its pages were looked at last
	read  *store.Store

	journal chan struct{} // who holds it may take the journal over
}

// record writes entries to the journal, once no run has it: whoever takes it over
// ends the run of another.
func (h *holder) record(ctx context.Context, s *store.Store, entries ...journal.Entry) error {
	done, err := h.journaling(ctx)
	if err != nil {
		return err
	}
	defer done()
	return h.s.a.record(ctx, s, entries...)
}

func (h *holder) journaling(ctx context.Context) (done func(), err error) {
	select {
	case h.journal <- struct{}{}:
		return func() { <-h.journal }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

const (
	lockPatience = 10 * time.Minute // that a job waits for another process to be done with the store
	lastPatience = 5 * time.Second  // the same, once the daemon was told to stop
	lockLook     = 200 * time.Millisecond
	checkedFor   = 24 * time.Hour // after which all pages are looked at again
)

// use gives the open store to do. An error after which the process must not go on is
// a [serve.FatalError].
func (h *holder) use(ctx context.Context, do func(*store.Store) error) error {
	s, err := h.enter(ctx)
	if err == nil {
		err = errors.Join(do(s), h.leave())
	}
	h.note(err)
	if errors.Is(err, store.ErrDisk) {
		return serve.FatalError{Err: err}
	}
	return err
}

func (h *holder) enter(ctx context.Context) (*store.Store, error) {
	select {
	case h.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.gate }()
	if h.open != nil {
		h.users++
		return h.open, nil
	}
	s, err := h.await(ctx)
	if err != nil {
		return nil, err
	}
	if h.known == nil {
		h.known = s.File()
	}
	h.open, h.users = s, 1
	return s, nil
}

// await opens the store once nobody else writes to it.
func (h *holder) await(ctx context.Context) (*store.Store, error) {
	now := h.s.a.now()
	checked := h.known != nil && now.Sub(h.full).Abs() < checkedFor
	began := time.Now()
	said := false
	for {
		s, err := h.s.a.openAs(ctx, h.s.cfg.Load(), h.s.path, store.Options{Known: h.known, Checked: checked, Wrote: h.s.meter.StoreWrite})
		if err == nil {
			if !checked {
				h.full = now
			}
			if said {
				h.s.d.Waits("")
			}
			return s, nil
		}
		patience := lockPatience
		switch {
		case h.s.ctx.Err() != nil: // how a pass ended is kept where that can be: it must not keep the daemon
			patience = lastPatience
		case h.s.d == nil:
			patience = h.s.a.flags.wait
		}
		if !errors.Is(err, store.ErrLocked) || time.Since(began) >= patience {
			return nil, err
		}
		if !said {
			said = true
			h.s.log.Info("waiting for another ajar that writes to the store", "err", err)
			h.s.d.Waits("another ajar that writes to the store")
		}
		h.s.d.Beat()
		if err := sleep(ctx, lockLook); err != nil {
			return nil, err
		}
	}
}

func (h *holder) leave() error {
	h.gate <- struct{}{}
	defer func() { <-h.gate }()
	h.users--
	if h.users > 0 {
		return nil
	}
	s := h.open
	h.open = nil
	return s.Close()
}

// note tells readiness how the store is.
func (h *holder) note(err error) {
	if h.s.d == nil {
		return
	}
	var schema, of string
	switch {
	case errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrOlder):
		schema = err.Error()
	case broken(err):
		of = err.Error()
	}
	h.s.d.Note("store", of)
	h.s.d.Note("schema", schema)
	size, free, known := store.Room(h.s.path)
	h.s.meter.Store(size)
	if known {
		h.s.meter.Disk(free)
	}
}

// broken reports whether an error is about the store and not about what was to be
// done with it.
func broken(err error) bool {
	for _, kind := range []error{store.ErrLocked, store.ErrNoStore, store.ErrDamaged, store.ErrForeign, store.ErrReadOnly, store.ErrFull, store.ErrBusy, store.ErrDisk, store.ErrReplaced} {
		if errors.Is(err, kind) {
			return true
		}
	}
	var path *os.PathError
	return errors.As(err, &path)
}

// look opens the store to read, once, for what is asked again and again.
func (h *holder) look(ctx context.Context) (*store.Store, error) {
	select {
	case h.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.gate }()
	if h.read != nil {
		if now, err := os.Stat(h.s.path); err != nil || !os.SameFile(now, h.known) {
			return nil, fmt.Errorf("store %s: %w; put it back and start again", h.s.path, store.ErrReplaced)
		}
		return h.read, nil
	}
	s, err := h.s.a.openAs(ctx, h.s.cfg.Load(), h.s.path, store.Options{ReadOnly: true})
	if err == nil {
		h.read = s
	}
	return s, err
}

// end closes what is open.
func (h *holder) end() {
	h.gate <- struct{}{}
	defer func() { <-h.gate }()
	for _, s := range []*store.Store{h.read, h.open} {
		if s == nil {
			continue
		}
		if err := s.Close(); err != nil {
			h.s.log.Warn("closing the store", "err", err)
		}
	}
	h.read, h.open = nil, nil
}

// Last gives the newest passes, as [serve.Ledger] has it.
func (h *holder) Last(ctx context.Context) (last, good []serve.Pass, err error) {
	s, err := h.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	l, g, err := s.LastJobPasses(ctx)
	for _, p := range l {
		last = append(last, passOf(p))
	}
	for _, p := range g {
		good = append(good, passOf(p))
	}
	return last, good, err
}

// Keep records a pass, as [serve.Ledger] has it.
func (h *holder) Keep(ctx context.Context, p serve.Pass) error {
	return h.use(ctx, func(s *store.Store) error {
		return s.KeepJobPass(ctx, store.JobPass{
			Job: string(p.Job), Org: p.Org, Began: p.Began, Ended: p.Ended, Result: string(p.Result), Reason: report.Visible(p.Reason), Failures: p.Failures,
		})
	})
}

func passOf(p store.JobPass) serve.Pass {
	return serve.Pass{Job: serve.Name(p.Job), Org: p.Org, Began: p.Began, Ended: p.Ended, Result: serve.Result(p.Result), Reason: p.Reason, Failures: p.Failures}
}
