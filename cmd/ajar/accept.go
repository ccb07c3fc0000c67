package main

import (
	"context"
	"errors"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

// acceptRestored accepts a store that was put back from a backup. Whoever does needs
// the machine and nothing else, and the journal of such a store takes no decision
// before. So where changes may be made, every organization of it stays on hold, which
// takes two people to lift (S25). The holds come first: nothing may run in between.
func (a *app) acceptRestored(ctx context.Context, s *store.Store, mode, reason string, orgs []string) error {
	for _, org := range orgs {
		if _, err := s.FreshSince(ctx, org); err != nil && !s.Restored().IsZero() {
			return err
		}
	}
	held, err := a.holdAccepted(ctx, s, mode, reason)
	if err != nil {
		return err
	}
	if err := s.AcceptRestored(ctx, reason, orgs...); err != nil {
		return err
	}
	for _, h := range held {
		if err := a.noteHold(ctx, s, journal.Hold, account(), h, reason); err != nil {
			return err
		}
		a.remark("%s is on hold until two people take it off: %s resume%s --reason TEXT", h.Org, a.program, a.inOrg(h.Org))
	}
	return nil
}

// holdAccepted puts every organization of a store on hold that was put back.
func (a *app) holdAccepted(ctx context.Context, s *store.Store, mode, reason string) ([]store.Hold, error) {
	if (engine.Lifting{Mode: mode}).Alone() || s.Restored().IsZero() {
		return nil, nil
	}
	all, err := s.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	var held []store.Hold
	for _, o := range all {
		info, err := s.Latest(ctx, o.Login)
		if err != nil && !errors.Is(err, store.ErrNoSnapshot) {
			return nil, err
		}
		h := store.Hold{OrgID: o.ID, Org: o.Login, Kind: store.HeldByHand, What: "rollback", Since: a.clock.Now(), Snapshot: info.ID, SetBy: account(),
			Reason: "a backup was put in the place of the store, and that was accepted: " + reason}
		if err := s.Hold(ctx, h); err != nil {
			return nil, err
		}
		held = append(held, h)
	}
	return held, nil
}
