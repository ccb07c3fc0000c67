package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	markDoubted   = `UPDATE snapshots SET doubted_at = $2 WHERE id = $1`
	markDoubtedBy = `
		INSERT INTO doubted_by (org, snapshot, baseline, drift) VALUES ($1, $2, $3, CASE WHEN $3 = '' THEN 0 ELSE $2 END)
		    ON CONFLICT (org) DO UPDATE SET snapshot = $2, baseline = $3, drift = max(drift, excluded.drift) WHERE snapshot <= $2`
	knownFingerprints = `
		SELECT fingerprint FROM findings
		 WHERE org = $1 AND state <> 'resolved'
		   AND fingerprint NOT IN (SELECT fingerprint FROM finding_events WHERE org = $1 AND snapshot > $2 AND what IN ('opened', 'reopened'))
		 ORDER BY fingerprint`
	readDoubtedBy = `SELECT snapshot, baseline FROM doubted_by WHERE org = $1 ORDER BY org`
)

// Doubted notes that a judged snapshot was doubted to its end, by the hash of a
// baseline, "" for none: whatever puts the organization on hold for it does so by now.
// Until then it is nothing that a later one is compared with, and no plan rests on it
// ([Store.Undoubted]).
func (s *Store) Doubted(ctx context.Context, snap SnapshotInfo, baseline string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil // it is open to read: nothing of the judgement is saved either
	}
	err := errors.Join(ctx.Err(), s.writable())
	if err == nil {
		_, err = s.exec(markDoubted, snap.ID, ms(at))
	}
	if err == nil {
		_, err = s.exec(markDoubtedBy, snap.OrgID, snap.ID, baseline)
	}
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		return fmt.Errorf("keeping that snapshot %d was doubted: %w", snap.ID, err)
	}
	return nil
}

// Undoubted says why no plan may rest on a snapshot by a baseline, in one line; "":
// it may. Too much that is gone, or newly called drift, puts an organization on hold,
// and an audit finds that (invariant S4). A snapshot that somebody only collected, one
// whose audit broke off, or a baseline that no audit has judged by yet, was not doubted.
func (s *Store) Undoubted(ctx context.Context, snap SnapshotInfo, baseline string) (string, error) {
	var newest int64
	var by string
	err := s.read.row(ctx, readDoubtedBy, []any{snap.OrgID}, &newest, &by)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("reading what was doubted: %w", explain(s.path, err))
	case snap.DoubtedAt.IsZero():
		return fmt.Sprintf("snapshot %d was collected and not audited", snap.ID), nil
	case newest == snap.ID && by != baseline:
		return "the baseline has changed since the last audit", nil
	}
	return "", nil
}

// Known gives the fingerprints of the findings of an organization that are open or
// waived, and were so when a judgement by a baseline was doubted last: what came since
// is news yet, though a judgement that broke off may have saved it. Nil: none was.
func (s *Store) Known(ctx context.Context, org int64) (map[string]bool, error) {
	var drift int64
	err := s.read.row(ctx, `SELECT drift FROM doubted_by WHERE org = $1 ORDER BY org`, []any{org}, &drift)
	if errors.Is(err, sql.ErrNoRows) || err == nil && drift == 0 {
		return nil, nil
	}
	known := map[string]bool{}
	if err == nil {
		err = s.read.rows(ctx, knownFingerprints, []any{org, drift}, func(rows *sql.Rows) error {
			var fingerprint string
			err := rows.Scan(&fingerprint)
			known[fingerprint] = true
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("reading which findings are known: %w", explain(s.path, err))
	}
	return known, nil
}

// doubtedOnly are those among snapshots that were doubted.
func doubtedOnly(all []SnapshotInfo) (out []SnapshotInfo) {
	for _, s := range all {
		if !s.DoubtedAt.IsZero() {
			out = append(out, s)
		}
	}
	return out
}

// Bases lists the snapshots that a later one is compared with, the newest first: the
// doubted ones, or all where none was doubted yet.
func (s *Store) Bases(ctx context.Context, later SnapshotInfo) ([]SnapshotInfo, error) {
	all, err := s.Snapshots(ctx, later.Org)
	if err != nil {
		return nil, err
	}
	before := all[:0]
	for _, b := range all {
		if b.ID < later.ID {
			before = append(before, b)
		}
	}
	if known := doubtedOnly(before); len(known) > 0 {
		return known, nil
	}
	return before, nil
}
