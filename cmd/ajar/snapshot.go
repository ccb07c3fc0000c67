package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/eb661601/ajar/internal/store"
)

// snapshot finds the stored snapshot that a question is about: the newest, the
// one of a number, or the one that was in force at a time.
func (a *app) snapshot(ctx context.Context, s *store.Store, org, at string) (store.SnapshotInfo, error) {
	return a.snapshotFor(ctx, s, org, "--at", at)
}

// snapshotFor is snapshot for a time that another flag or argument gave.
func (a *app) snapshotFor(ctx context.Context, s *store.Store, org, flag, at string) (store.SnapshotInfo, error) {
	info, err := a.pick(ctx, s, org, flag, at)
	if errors.Is(err, store.ErrNoSnapshot) {
		if at != "" {
			return info, a.noneBefore(ctx, s, org, at, err)
		}
		return info, withHint(usage("no snapshot of %s is stored", org), "%s collect --org %s", a.program, org)
	}
	return info, err
}

// noneBefore says that history does not reach back so far, and how far it does.
func (a *app) noneBefore(ctx context.Context, s *store.Store, org, at string, err error) error {
	if _, byNumber, _ := snapshotWord("", at); byNumber {
		return withHint(err, "%s store info lists the first and the last", a.program)
	}
	hint := "history begins with the first collect; the newest is used without --at"
	if all, err := s.Snapshots(ctx, org); err == nil && len(all) > 0 {
		hint = "history begins with snapshot #" + strconv.FormatInt(all[len(all)-1].ID, 10) + " of " + instant(all[len(all)-1].At)
	}
	return withHint(usage("no snapshot of %s was taken before %s", org, at), "%s", hint)
}

func (a *app) pick(ctx context.Context, s *store.Store, org, flag, at string) (store.SnapshotInfo, error) {
	if at == "" {
		return s.Latest(ctx, org)
	}
	id, byNumber, err := snapshotWord(flag, at)
	if err != nil {
		return store.SnapshotInfo{}, err
	}
	if byNumber {
		return s.Snapshot(ctx, org, id)
	}
	when, err := past(flag, at, a.clock.Now())
	if err != nil {
		return store.SnapshotInfo{}, err
	}
	info, err := s.At(ctx, org, when.last())
	if err == nil {
		a.remark("%s as of %s: the newest snapshot before that is #%d of %s", org, instant(when.last()), info.ID, instant(info.At))
	}
	return info, err
}
