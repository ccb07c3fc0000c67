package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/access"
)

const (
	judgedBefore = `
		SELECT id, at, finished_at
		  FROM snapshots
		 WHERE org = $1 AND id < $2 AND judged_at IS NOT NULL AND finished_at IS NOT NULL
		 ORDER BY id DESC
		 LIMIT 1`
	turnsAt = `
		SELECT e.fingerprint, e.at, e.snapshot, e.what, e.why
		  FROM finding_events e
		 WHERE e.org = $1 AND e.snapshot = $2
		 ORDER BY e.id`
	// Of the grants that either snapshot saw, those that only one of them did. The
	// plus lets it walk through the scopes: few of them have changed.
	grantsMoved = `
		SELECT g.principal, g.resource, (g.relation << 32) + g.seen_from, s.id
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE +s.org = $1 AND s.changed > $2
		   AND g.seen_from <= $3 AND (g.seen_to <= $2) IS NOT TRUE
		   AND (g.seen_from > $2) <> ((g.seen_to <= $3) IS TRUE)
		 ORDER BY s.id, g.principal, g.resource, g.relation`
)

// Turn is an event in the life of a finding.
type Turn struct {
	Fingerprint string
	Event
}

// JudgedBefore gives the newest snapshot before that of info that was judged,
// without its Stats; false where there is none.
func (s *Store) JudgedBefore(ctx context.Context, info SnapshotInfo) (SnapshotInfo, bool, error) {
	out := SnapshotInfo{OrgID: info.OrgID, Org: info.Org}
	var at, finished sql.NullInt64
	err := s.read.row(ctx, judgedBefore, []any{info.OrgID, info.ID}, &out.ID, &at, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return SnapshotInfo{}, false, nil
	}
	if err != nil {
		return SnapshotInfo{}, false, fmt.Errorf("finding the audit of %s before snapshot %d: %w", info.Org, info.ID, explain(s.path, err))
	}
	out.At, out.FinishedAt = instant(at), instant(finished)
	return out, true, nil
}

// Turns lists what happened to findings when the snapshot of info was judged,
// in the order in which it was noted.
func (s *Store) Turns(ctx context.Context, info SnapshotInfo) ([]Turn, error) {
	var out []Turn
	err := s.read.rows(ctx, turnsAt, []any{info.OrgID, info.ID}, func(rows *sql.Rows) error {
		var t Turn
		var at sql.NullInt64
		err := rows.Scan(&t.Fingerprint, &at, &t.Snapshot, &t.What, &t.Why)
		t.At = instant(at)
		out = append(out, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("what became of the findings of %s at snapshot %d: %w", info.Org, info.ID, explain(s.path, err))
	}
	return out, nil
}

// GrantsMoved gives the grants that the later of two snapshots of one
// organization has and the earlier has not, and those that went between them. It
// reads only the scopes that changed since the earlier one.
func (s *Store) GrantsMoved(ctx context.Context, earlier, later SnapshotInfo) (came, went []access.Grant, err error) {
	known, err := s.rankedRelations(ctx)
	var fresh, old edges
	if err == nil {
		err = s.read.walk(ctx, grantsMoved, []int64{later.OrgID, earlier.ID, later.ID}, func(row []driver.Value) error {
			e, scope, err := edgeOf(row)
			if err == nil && int64(e.since) > later.ID {
				err = noEdge(scope)
			}
			if err != nil {
				return err
			}
			r, err := known.of(int64(e.relation))
			if err != nil {
				return err
			}
			into := &old
			if int64(e.since) > earlier.ID {
				into = &fresh
			}
			into[r.resource] = append(into[r.resource], e)
			return nil
		})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("grants of %s between snapshots %d and %d: %w", later.Org, earlier.ID, later.ID, explain(s.path, err))
	}
	came, _ = fresh.sorted(known, false)
	went, _ = old.sorted(known, false)
	came, went = apart(came, went)
	return came, went, nil
}

// apart takes out what is in both of two sorted lists: it went and came again.
func apart(x, y []access.Grant) (_, _ []access.Grant) {
	onlyX, onlyY := x[:0], y[:0]
	for len(x) > 0 && len(y) > 0 {
		switch c := x[0].Compare(y[0]); {
		case c < 0:
			onlyX, x = append(onlyX, x[0]), x[1:]
		case c > 0:
			onlyY, y = append(onlyY, y[0]), y[1:]
		default:
			x, y = x[1:], y[1:]
		}
	}
	return append(onlyX, x...), append(onlyY, y...)
}
