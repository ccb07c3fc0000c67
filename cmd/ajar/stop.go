package main

import (
	"context"
	"errors"
	"os"
	"os/user"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

// holdNow puts organizations on hold, or asks whoever has the store to stop. What
// was asked for is tried once more: whoever had the store may be gone by then.
func (a *app) holdNow(ctx context.Context, reason string) error {
	a.hurry = true
	err := a.hold(ctx, reason)
	if !errors.Is(err, store.ErrLocked) {
		return err
	}
	if err := a.askToStop(ctx, reason); err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := a.touch(ctx, c) // opening it makes a hold of what was asked
	if errors.Is(err, store.ErrLocked) {
		a.remark("another ajar has the store: it stops before its next change, and a hold is made of the request by whoever writes to the store next; %s hold shows it", a.program)
		return nil
	}
	if err != nil {
		a.remark("warning: the request stands, and is no hold yet: %v", err)
		return nil
	}
	a.closing(s)
	return nil
}

// askToStop leaves a request beside the store. It asks neither GitHub who somebody
// is, nor more of the store than which organization is meant: where that cannot be
// read, all of them stop.
func (a *app) askToStop(ctx context.Context, reason string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	all, err := a.stoppable(ctx, c)
	if err != nil {
		a.remark("warning: which organizations the store has is not known, so all of them are asked to stop: %v", err)
		all = []store.Stop{{}}
	}
	for _, s := range all {
		s.Reason, s.Who, s.At = reason, account(), a.now()
		if s, err = store.AskToStop(a.storePath(c), s); err != nil {
			return err
		}
		whom := s.Login
		if s.Org == 0 {
			whom = "every organization of the store"
		}
		a.remark("asked to stop: %s (%s)", whom, s.File)
	}
	return nil
}

// stoppable are the organizations that are asked about.
func (a *app) stoppable(ctx context.Context, c *config.Config) ([]store.Stop, error) {
	s, err := a.look(ctx, c)
	if err != nil {
		return nil, err
	}
	defer a.closing(s)
	names, err := a.asked(ctx, s, c)
	if err != nil {
		return nil, err
	}
	var out []store.Stop
	for _, name := range names {
		info, err := a.snapshot(ctx, s, name, "")
		if err != nil {
			return nil, err
		}
		out = append(out, store.Stop{Org: info.OrgID, Login: info.Org})
	}
	return out, nil
}

// account names who runs this process on this machine. It proves nothing about
// who they are at GitHub, and stopping does not need that.
func account() string {
	who := "somebody"
	if u, err := user.Current(); err == nil {
		who = "account " + u.Username
	}
	if host, err := os.Hostname(); err == nil {
		who += " on " + host
	}
	return who
}

// enterStops makes holds of the requests to stop that stand beside a store that is
// open to write. Where that fails they stand, and go on stopping every plan.
func (a *app) enterStops(ctx context.Context, s *store.Store) {
	all, err := store.Stops(s.Path())
	if err == nil && len(all) == 0 {
		return
	}
	var epoch int64
	if err == nil {
		epoch, err = s.TakeOver(context.WithoutCancel(ctx), owner())
	}
	var entered []store.Stop
	if err == nil {
		entered, err = engine.EnterStops(context.WithoutCancel(ctx), s, epoch, a.clock.Now())
	}
	for _, stop := range entered {
		whom := stop.Login
		if whom == "" {
			whom = "every organization"
		}
		a.remark("%s is on hold, as was asked beside the store: %s", whom, stop.Why())
	}
	if err != nil {
		a.remark("warning: somebody asks to stop, and that is no hold yet; no plan runs: %v", err)
	}
}

// pendingViews are the requests to stop that are not a hold yet.
func pendingViews(s *store.Store, org int64) ([]report.PendingStop, error) {
	all, err := store.Stops(s.Path())
	out := []report.PendingStop{}
	for _, p := range all {
		if p.For(org) {
			out = append(out, report.PendingStop{File: p.File, Reason: p.Why(), Who: p.Who, At: p.At, Broken: p.Broken != ""})
		}
	}
	return out, err
}
