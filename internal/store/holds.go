package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	readHolds = `
		SELECT h.id, h.org, o.login, h.kind, h.what, h.reason, h.since, h.snapshot, h.base, h.lost, h.population, h.agreed, h.set_by
		  FROM holds h JOIN orgs o ON o.id = h.org
		 WHERE h.org = $1 AND h.lifted_at IS NULL
		 ORDER BY h.id`
	insertHold = `
		INSERT INTO holds (org, kind, what, reason, since, snapshot, base, lost, population, set_by)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
		 WHERE $2 = 'manual' OR NOT EXISTS (SELECT 1 FROM holds WHERE org = $1 AND kind = $2 AND what = $3 AND snapshot = $6)
		    ON CONFLICT (org, kind, what) WHERE lifted_at IS NULL DO NOTHING`
	agreeHold   = `UPDATE holds SET agreed = $2 WHERE id = $1 AND agreed = 0 AND lifted_at IS NULL`
	closedSince = `
		SELECT coalesce(sum(CASE WHEN finished_at IS NULL THEN 1000000 ELSE grants_closed + entities_closed END), 0)
		  FROM snapshots
		 WHERE org = $1 AND id > $2 AND id <= $3
		 ORDER BY 1`
	growHold = `
		UPDATE holds SET reason = $2, snapshot = $3, lost = $4, population = $5, agreed = 0
		 WHERE id = $1 AND snapshot < $3 AND lifted_at IS NULL`
	liftHold = `UPDATE holds SET lifted_at = $2, lifted_by = $3, lifted_why = $4 WHERE id = $1 AND lifted_at IS NULL`
)

// Why an organization can be on hold.
const (
	HeldForLoss     = "lost"     // much of a kind is gone at once
	HeldForDrift    = "drift"    // much of a kind is called drift at once
	HeldByHand      = "manual"   // a person said so
	HeldForForeign  = "foreign"  // somebody made changes as ajar; see [Store.HoldForeign]
	HeldForRollback = "rollback" // a backup was put in the place of the store; see [Store.AcceptRestored]
)

// Hold is a reason why nothing is changed in an organization: what was seen is
// doubted, or a person said so. It stays until it is lifted.
type Hold struct {
	ID         int64
	OrgID      int64
	Org        string // its login now
	Kind       string // one of the constants
	What       string // the kind of thing, such as "members"
	Reason     string // in one sentence
	Since      time.Time
	Snapshot   int64 // that gave the reason
	Base       int64 // that it was compared with, 0 for none
	Lost       int   // things that are gone, or newly drift
	Population int   // of so many
	Agreed     int64 // a later snapshot that shows the same; 0: none yet
	SetBy      string
}

// Doubt reports whether what was seen is doubted, so that a second snapshot has to
// show the same before a person can lift the hold.
func (h Hold) Doubt() bool { return h.Kind == HeldForLoss || h.Kind == HeldForDrift }

// Holds gives what keeps an organization on hold, the oldest first. Where a backup
// was put in the place of the store, that stands before all others: it has no ID and
// is not lifted but accepted.
func (s *Store) Holds(ctx context.Context, org int64) ([]Hold, error) {
	var out []Hold
	err := s.read.rows(ctx, readHolds, []any{org}, func(rows *sql.Rows) error {
		var h Hold
		var since sql.NullInt64
		err := rows.Scan(&h.ID, &h.OrgID, &h.Org, &h.Kind, &h.What, &h.Reason, &since, &h.Snapshot, &h.Base, &h.Lost, &h.Population, &h.Agreed, &h.SetBy)
		h.Since = instant(since)
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is on hold: %w", explain(s.path, err))
	}
	put, err := s.rollback(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("reading what is on hold: %w", err)
	}
	return append(put, out...), nil
}

// Hold puts an organization on hold. One of the same kind and thing that is in
// force already stays as it is, and what was lifted is not set again for the same
// snapshot.
func (s *Store) Hold(ctx context.Context, h Hold) error {
	return s.holding(ctx, insertHold, h.OrgID, h.Kind, text(h.What), text(h.Reason), ms(h.Since), h.Snapshot, h.Base, h.Lost, h.Population, text(h.SetBy))
}

// Agree notes that a later snapshot shows the same as the one that gave the
// reason for a hold.
func (s *Store) Agree(ctx context.Context, hold, snapshot int64) error {
	return s.holding(ctx, agreeHold, hold, snapshot)
}

// Grow makes a hold that is in force stand for more: a later snapshot, which h
// tells of, gave its reason again. What agreed with the hold before does not agree
// with that.
func (s *Store) Grow(ctx context.Context, hold int64, h Hold) error {
	return s.holding(ctx, growHold, hold, text(h.Reason), h.Snapshot, h.Lost, h.Population)
}

// Lift ends a hold, and keeps who did, and why.
func (s *Store) Lift(ctx context.Context, hold int64, at time.Time, by, why string) error {
	return s.holding(ctx, liftHold, hold, ms(at), text(by), text(why))
}

// holding runs one statement about holds in a transaction of its own.
func (s *Store) holding(ctx context.Context, statement string, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable()); err != nil {
		return fmt.Errorf("keeping a hold: %w", err)
	}
	if _, err := s.exec(statement, args...); err != nil {
		return fmt.Errorf("keeping a hold: %w", err)
	}
	return s.commit()
}

// Coverage gives the ledger of a snapshot alone.
func (s *Store) Coverage(ctx context.Context, info SnapshotInfo) (access.Coverage, error) {
	c, err := s.coverage(ctx, info)
	if err != nil {
		return c, fmt.Errorf("reading the coverage of snapshot %d: %w", info.ID, explain(s.path, err))
	}
	return c, nil
}

// ClosedSince gives how many rows may have been closed between two snapshots of an
// organization. What a pass closed that broke off nobody counted: it stands for
// very many.
func (s *Store) ClosedSince(ctx context.Context, old, now SnapshotInfo) (n int64, err error) {
	if err := s.read.row(ctx, closedSince, []any{now.OrgID, old.ID, now.ID}, &n); err != nil {
		return 0, fmt.Errorf("counting what was closed since snapshot %d: %w", old.ID, explain(s.path, err))
	}
	return n, nil
}
