package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/journal"
)

const (
	runsBegun = entryColumns + ` WHERE kind = 'run-begun' AND org = $1 ORDER BY seq`
	readDone  = `
		SELECT document, at, action, actor, actor_id, user, user_id, repo, repo_id, team, label
		  FROM given
		 WHERE org = $1 AND at >= $2 AND at <= $3 AND (actor_id = $4 AND actor_id <> 0 OR actor = $5 COLLATE NOCASE AND actor <> '')
		 ORDER BY at, document`
	logReadings = `
		SELECT s.at, c.since
		  FROM snapshots s JOIN coverage c ON c.org = s.org AND c.seen_from <= s.id AND (c.seen_to IS NULL OR c.seen_to > s.id)
		 WHERE s.org = $1 AND s.at <= $2 AND s.finished_at IS NOT NULL AND c.area = $3 AND c.scope = 0 AND c.status = 'complete'
		 ORDER BY s.at DESC`
	readSettled = `
		SELECT u.document
		  FROM unexplained u JOIN holds h ON h.id = u.hold
		 WHERE u.org = $1 AND h.lifted_at IS NOT NULL
		 ORDER BY u.document`
	foreignHold = `SELECT coalesce(max(id), 0) FROM holds WHERE org = $1 AND kind = 'foreign' AND lifted_at IS NULL ORDER BY 1`
	setForeign  = `
		INSERT INTO holds (org, kind, what, reason, since, snapshot, base, lost, population)
		VALUES ($1, 'foreign', $2, $3, $4, $5, 0, $6, $6)`
	growForeign = `UPDATE holds SET reason = $2, snapshot = $3, lost = $4, population = $4 WHERE id = $1`
	addForeign  = `INSERT INTO unexplained (org, document, hold) VALUES ($1, $2, $3) ON CONFLICT (org, document) DO UPDATE SET hold = $3`
)

// RunsBegun gives the entries that say that a run of the organization began, the
// oldest first.
func (s *Store) RunsBegun(ctx context.Context, org int64) ([]journal.Entry, error) {
	return s.entries(ctx, runsBegun, org)
}

// DoneBy gives what the audit log ever told of changes that one actor made in a
// time, the oldest first. An app is known by its login alone: id 0.
func (s *Store) DoneBy(ctx context.Context, org, id int64, login string, from, to time.Time) ([]access.Event, error) {
	return s.events(ctx, readDone, org, ms(from), ms(to), id, name(login))
}

// HeardSince tells since when the audit log of an organization was read without a gap, up to an
// instant: the readings that saw it to its end, each back to where it began, laid one
// over the other. Zero: the last reading up to then did not see it to its end, or
// there was none.
func (s *Store) HeardSince(ctx context.Context, org int64, at time.Time) (time.Time, error) {
	var from time.Time
	err := s.read.rows(ctx, logReadings, []any{org, at.UnixMilli(), byArea[access.AreaAuditLog].id}, func(rows *sql.Rows) error {
		var read, since sql.NullInt64
		if err := rows.Scan(&read, &since); err != nil {
			return err
		}
		taken, back := instant(read), instant(since)
		if from.IsZero() && !taken.Equal(at) || !from.IsZero() && taken.Before(from) || back.IsZero() {
			return errEnough
		}
		if from.IsZero() || back.Before(from) {
			from = back
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return from, fmt.Errorf("reading how far the audit log was read: %w", explain(s.path, err))
	}
	return from, nil
}

// Settled gives the ids of the events of the audit log that a person accepted when
// they lifted the hold that stood for them.
func (s *Store) Settled(ctx context.Context, org int64) (map[string]bool, error) {
	out := map[string]bool{}
	err := s.read.rows(ctx, readSettled, []any{org}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which events were accepted: %w", explain(s.path, err))
	}
	return out, nil
}

// HoldForeign puts an organization on hold for events that were made as ajar and not
// by it, or lets the hold that is in force stand for them. The hold and what it
// stands for are durable together.
func (s *Store) HoldForeign(ctx context.Context, h Hold, events []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return fmt.Errorf("keeping a hold: %w", err)
	}
	err := s.holdForeign(h, events)
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		return fmt.Errorf("keeping a hold: %w", err)
	}
	return nil
}

func (s *Store) holdForeign(h Hold, events []string) error {
	find := func() (id int64, err error) {
		err = s.query(foreignHold, []any{h.OrgID}, func(rows *sql.Rows) error { return rows.Scan(&id) })
		return id, err
	}
	id, err := find()
	if err == nil && id != 0 {
		_, err = s.exec(growForeign, id, text(h.Reason), h.Snapshot, h.Lost)
	} else if err == nil {
		if _, err = s.exec(setForeign, h.OrgID, text(h.What), text(h.Reason), ms(h.Since), h.Snapshot, h.Lost); err == nil {
			id, err = find()
		}
	}
	for _, document := range events {
		if err == nil {
			_, err = s.exec(addForeign, h.OrgID, text(document), id)
		}
	}
	return err
}
