package store

import (
	"context"
	"fmt"

	"github.com/eb661601/ajar/access"
)

const movedBetween = `
	SELECT coalesce(sum(grants_added + grants_closed), 0)
	  FROM snapshots
	 WHERE org = $1 AND id > $2 AND id <= $3
	 ORDER BY 1`

// LoadTwo reads what two snapshots of one organization saw, as [Store.Load] does
// each. Where little moved between them, the grants of the earlier one are worked
// out from those of the later one.
func (s *Store) LoadTwo(ctx context.Context, earlier, later SnapshotInfo) (was, is *access.Snapshot, err error) {
	l, err := s.load(ctx, later, s.parts()...)
	if err != nil {
		return nil, nil, err
	}
	grants, ok, err := s.grantsBefore(ctx, earlier, later, l)
	switch {
	case err != nil:
		return nil, nil, err
	case !ok:
		was, err = s.Load(ctx, earlier)
	default:
		was, err = s.loadWith(ctx, earlier, grants)
	}
	if err != nil {
		return nil, nil, err
	}
	s.remember(l)
	return was, l.snap, nil
}

// loadWith reads a snapshot but for its grants, which are known.
func (s *Store) loadWith(ctx context.Context, info SnapshotInfo, grants []access.Grant) (*access.Snapshot, error) {
	given := func(_ context.Context, _ SnapshotInfo, l *loading) error {
		l.proof.off = true // digests are of what is live
		l.snap.Grants = grants
		return nil
	}
	l, err := s.load(ctx, info, given, s.loadOrg, s.loadEntities, s.loadPeople)
	if err != nil {
		return nil, err
	}
	return l.snap, nil
}

// grantsBefore works out what an earlier snapshot saw from a later one. ok is
// false where to read it is less work, and where a grant stands in several scopes,
// so that it can go from one of them and still be there.
func (s *Store) grantsBefore(ctx context.Context, earlier, later SnapshotInfo, l *loading) (_ []access.Grant, ok bool, err error) {
	var moved int
	err = s.read.row(ctx, movedBetween, []any{later.OrgID, earlier.ID, later.ID}, &moved)
	if err != nil {
		return nil, false, fmt.Errorf("what changed in %s since snapshot %d: %w", later.Org, earlier.ID, explain(s.path, err))
	}
	if earlier.ID > later.ID || l.doubled || moved > len(l.snap.Grants)/4 {
		return nil, false, nil
	}
	came, went, err := s.GrantsMoved(ctx, earlier, later)
	if err != nil {
		return nil, false, err
	}
	out, ok := undo(l.snap.Grants, came, went)
	return out, ok, nil
}

// undo gives what a sorted list was before some came and some went. ok is false
// where the three do not fit together.
func undo(is, came, went []access.Grant) (was []access.Grant, ok bool) {
	was = make([]access.Grant, 0, max(0, len(is)-len(came))+len(went))
	for _, g := range is {
		for len(went) > 0 && went[0].Compare(g) < 0 {
			was, went = append(was, went[0]), went[1:]
		}
		if len(went) > 0 && went[0] == g {
			return nil, false
		}
		if len(came) > 0 && came[0] == g {
			came = came[1:]
			continue
		}
		was = append(was, g)
	}
	return append(was, went...), len(came) == 0
}
