package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

var (
	// ErrNotRestored says that there is nothing to accept.
	ErrNotRestored = errors.New("no backup was put in its place")
	// ErrNotFresh says that an organization was not looked at since a backup was put
	// in the place of the store, or not as far as before.
	ErrNotFresh = errors.New("no collection since then has seen as much")
)

const insertAcceptance = `INSERT INTO acceptances (at, restored_at, generation, reason) SELECT $1, $2, number, $3 FROM generation WHERE id = 1`

// AcceptRestored ends what [Store.Restored] tells of, and the hold that comes with
// it: a person has looked at the store that was put back, and says why that is
// right. The reason is kept, in the journal too. Each of the organizations, by login, must have been
// collected since ([Store.FreshSince]); otherwise the error is an [ErrNotFresh].
func (s *Store) AcceptRestored(ctx context.Context, reason string, orgs ...string) error {
	if reason = text(strings.TrimSpace(reason)); reason == "" {
		return errors.New("accepting a store that was put back: a reason is needed")
	}
	if s.Restored().IsZero() {
		return fmt.Errorf("store %s: %w", s.path, ErrNotRestored)
	}
	for _, org := range orgs {
		if _, err := s.FreshSince(ctx, org); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.commit(); err != nil {
		return err
	}
	if _, err := s.exec(insertAcceptance, s.now().UnixMilli(), s.restore.UnixMilli(), reason); err != nil {
		return err
	}
	if _, err := s.exec(acceptRestored); err != nil {
		return err
	}
	if err := s.acceptInJournal(reason); err != nil {
		return fmt.Errorf("accepting a store that was put back: %w", err)
	}
	s.restore = time.Time{}
	return nil
}

// FreshSince gives the newest snapshot of an organization that was taken after it
// was noticed that a backup was put back, and that saw to its end every area that
// the newest snapshot before it saw to its end. Where there is none the error is an
// [ErrNotFresh].
func (s *Store) FreshSince(ctx context.Context, org string) (SnapshotInfo, error) {
	after, err := s.restoredAfter(ctx)
	if err != nil {
		return SnapshotInfo{}, err
	}
	all, err := s.Snapshots(ctx, org)
	if err != nil {
		return SnapshotInfo{}, err
	}
	var before SnapshotInfo
	for _, i := range all {
		if i.ID <= after && i.ID > before.ID {
			before = i
		}
	}
	seen := access.Coverage{}
	if before.ID > 0 {
		if seen, err = s.Coverage(ctx, before); err != nil {
			return SnapshotInfo{}, err
		}
	}
	var best SnapshotInfo
	lacks := "it was not collected since"
	for _, i := range all {
		if i.ID <= after || i.ID < best.ID {
			continue
		}
		now, err := s.Coverage(ctx, i)
		if err != nil {
			return SnapshotInfo{}, err
		}
		if less := lost(seen, now); len(less) > 0 {
			lacks = fmt.Sprintf("snapshot %d did not see %s to the end", i.ID, strings.Join(less, ", "))
			continue
		}
		best = i
	}
	if best.ID == 0 {
		return best, fmt.Errorf("%s: %w as the store had before (%s)", org, ErrNotFresh, lacks)
	}
	return best, nil
}

// restoredAfter gives the newest snapshot that the store had when it was noticed
// that a backup was put in its place. A reader may be the first to notice.
func (s *Store) restoredAfter(ctx context.Context) (int64, error) {
	var after, newest int64
	var marked bool
	if err := s.read.row(ctx, readRollback, nil, &after, &newest, &marked); err != nil {
		return 0, fmt.Errorf("reading since when the store is an older one: %w", explain(s.path, err))
	}
	if !marked {
		return newest, nil
	}
	return after, nil
}

// lost names the areas that were seen to their end before and are not now.
func lost(before, now access.Coverage) []string {
	var out []string
	for _, a := range access.Areas {
		if before.Complete(a) && !now.Complete(a) {
			out = append(out, string(a))
		}
	}
	return out
}

// rollback is the hold of every organization in a store that was put back.
func (s *Store) rollback(ctx context.Context, org int64) ([]Hold, error) {
	at := s.Restored()
	if at.IsZero() {
		return nil, nil
	}
	after, err := s.restoredAfter(ctx)
	if err != nil {
		return nil, err
	}
	h := Hold{
		OrgID: org, Kind: HeldForRollback, What: "store", Since: at, Snapshot: after,
		Reason: "a backup was put in the place of the store: what was decided since it was made is not in it",
	}
	all, err := s.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if o.ID != org {
			continue
		}
		h.Org = o.Login
		fresh, err := s.FreshSince(ctx, o.Login)
		if err != nil && !errors.Is(err, ErrNotFresh) {
			return nil, err
		}
		h.Agreed = fresh.ID
	}
	return []Hold{h}, nil
}
