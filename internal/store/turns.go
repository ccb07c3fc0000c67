package store

import (
	"context"
	"database/sql"
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
	grantsCame = `
		SELECT g.principal, g.resource, g.relation
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on IS NOT NULL AND g.seen_from > $2 AND g.seen_from <= $3 AND (g.seen_to IS NULL OR g.seen_to > $3)
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`
	grantsWent = `
		SELECT g.principal, g.resource, g.relation
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on IS NOT NULL AND g.seen_from <= $2 AND g.seen_to > $2 AND g.seen_to <= $3
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`
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
// organization has and the earlier has not, and those that went between them.
func (s *Store) GrantsMoved(ctx context.Context, earlier, later SnapshotInfo) (came, went []access.Grant, err error) {
	args := []any{later.OrgID, earlier.ID, later.ID}
	every := func(ranked) bool { return true }
	came, err = s.grants(ctx, grantsCame, args, every)
	if err == nil {
		went, err = s.grants(ctx, grantsWent, args, every)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("grants of %s between snapshots %d and %d: %w", later.Org, earlier.ID, later.ID, explain(s.path, err))
	}
	return came, went, nil
}
