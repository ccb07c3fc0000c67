package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/journal"
)

const (
	walksBetween = `
		SELECT s.id, s.org, o.login, s.at, s.finished_at, s.requests, s.points, s.bytes, s.took_ms,
		       s.grants_added, s.grants_closed, s.entities_added, s.entities_closed,
		       s.not_modified, s.replayed, s.retries, s.shrunk, s.waited_ms, s.doubted_at, s.judged_at
		  FROM snapshots s
		  JOIN orgs o ON o.id = s.org
		 WHERE s.org = $1 AND s.id >= $2 AND s.at <= $3
		 ORDER BY s.id`
	coverageBetween = `
		SELECT area, scope, status, reason, help, since, seen, total, read_at, seen_from, coalesce(seen_to, 0)
		  FROM coverage
		 WHERE org = $1 AND seen_from <= $3 AND (seen_to IS NULL OR seen_to > $2)
		 ORDER BY seen_from, area, scope`
	turnsBetween = `
		SELECT fingerprint, at, snapshot, what, why
		  FROM finding_events
		 WHERE org = $1 AND at >= $2 AND at < $3
		 ORDER BY id`
	loggedBetween = `
		SELECT document, at, action, actor, actor_id, user, user_id, repo, repo_id, team, label
		  FROM given
		 WHERE org = $1 AND at >= $2 AND at < $3
		 ORDER BY at, document`
	holdsEver = `
		SELECT h.id, h.org, h.kind, h.what, coalesce(f.reason, h.reason), h.since, coalesce(f.snapshot, h.snapshot), h.base, coalesce(f.lost, h.lost),
		       coalesce(f.population, h.population), coalesce(f.agreed, h.agreed), h.set_by, h.lifted_at, h.lifted_by, h.lifted_why
		  FROM holds h
		  LEFT JOIN hold_forms f ON f.hold = h.id AND f.until = (SELECT min(until) FROM hold_forms WHERE hold = h.id AND until > $2)
		 WHERE h.org = $1
		 ORDER BY h.id`
	journalBetween = entryColumns + ` WHERE at >= $1 AND at < $2 ORDER BY seq`
	loginAt        = `
		SELECT coalesce((SELECT login FROM org_logins WHERE org = $1 AND seen_from <= $2 ORDER BY seen_from DESC LIMIT 1),
		                (SELECT login FROM orgs WHERE id = $1))`
)

// PassInfo is one pass over an organization. One whose FinishedAt is zero broke off,
// or is under way: it is no snapshot.
type PassInfo struct {
	SnapshotInfo
	JudgedAt time.Time // zero: nobody judged it
}

// Passes calls each with the passes over an organization from the one of a number on,
// up to an instant, in their order.
func (s *Store) Passes(ctx context.Context, org, first int64, to time.Time, each func(PassInfo) error) error {
	err := s.read.rows(ctx, walksBetween, []any{org, first, to.UnixMilli()}, func(rows *sql.Rows) error {
		var judged sql.NullInt64
		info, err := scanSnapshot(rows, &judged)
		if err != nil {
			return err
		}
		return each(PassInfo{info, instant(judged)})
	})
	if err != nil {
		return fmt.Errorf("reading the passes: %w", explain(s.path, err))
	}
	return nil
}

// CoverSpan is a line of the coverage ledger, and for which snapshots it holds: from
// the first up to, and without, the end; To is 0 where it holds still.
type CoverSpan struct {
	access.Cover
	From, To int64
}

// CoverageSpans calls each with the lines of the ledger that hold for a snapshot from
// one to another of an organization, by when they begin.
func (s *Store) CoverageSpans(ctx context.Context, first, last SnapshotInfo, each func(CoverSpan) error) error {
	err := s.read.rows(ctx, coverageBetween, []any{last.OrgID, first.ID, last.ID}, func(rows *sql.Rows) error {
		var to int64
		l, from, err := scanCoverage(rows, &to)
		if err != nil || l.cover.Area == "" {
			return err
		}
		return each(CoverSpan{l.cover, from, to})
	})
	if err != nil {
		return fmt.Errorf("reading how far %s was seen: %w", last.Org, explain(s.path, err))
	}
	return nil
}

// TurnsBetween calls each with what happened to findings from an instant on, up to
// another one, in the order in which it was noted.
func (s *Store) TurnsBetween(ctx context.Context, org int64, from, to time.Time, each func(Turn) error) error {
	err := s.read.rows(ctx, turnsBetween, []any{org, from.UnixMilli(), to.UnixMilli()}, func(rows *sql.Rows) error {
		var t Turn
		var at sql.NullInt64
		if err := rows.Scan(&t.Fingerprint, &at, &t.Snapshot, &t.What, &t.Why); err != nil {
			return err
		}
		t.At = instant(at)
		return each(t)
	})
	if err != nil {
		return fmt.Errorf("reading what became of the findings: %w", explain(s.path, err))
	}
	return nil
}

// LoggedBetween calls each with what the audit log ever told of access that was
// changed from an instant on, up to another one, the oldest first.
func (s *Store) LoggedBetween(ctx context.Context, org int64, from, to time.Time, each func(access.Event) error) error {
	err := s.read.rows(ctx, loggedBetween, []any{org, from.UnixMilli(), to.UnixMilli()}, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		if err != nil {
			return err
		}
		return each(e)
	})
	if err != nil {
		return fmt.Errorf("reading who changed access: %w", explain(s.path, err))
	}
	return nil
}

// PastHold is a hold, in force or lifted.
type PastHold struct {
	Hold
	LiftedAt time.Time // zero: it is in force
	LiftedBy string
	Why      string // it was lifted
}

// HoldsEver gives every hold that an organization ever had, the oldest first. Why it is,
// and how much is gone, is told as the judgement of a snapshot left it.
func (s *Store) HoldsEver(ctx context.Context, org, snapshot int64) ([]PastHold, error) {
	var out []PastHold
	err := s.read.rows(ctx, holdsEver, []any{org, snapshot}, func(rows *sql.Rows) error {
		var h PastHold
		var since, lifted sql.NullInt64
		err := rows.Scan(&h.ID, &h.OrgID, &h.Kind, &h.What, &h.Reason, &since, &h.Snapshot, &h.Base, &h.Lost, &h.Population, &h.Agreed, &h.SetBy,
			&lifted, &h.LiftedBy, &h.Why)
		h.Since, h.LiftedAt = instant(since), instant(lifted)
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was on hold: %w", explain(s.path, err))
	}
	return out, nil
}

// JournalBetween calls each with the entries of the journal from an instant on, up to
// another one, in their order.
func (s *Store) JournalBetween(ctx context.Context, from, to time.Time, each func(journal.Entry) error) error {
	return s.eachEntry(ctx, journalBetween, []any{from.UnixMilli(), to.UnixMilli()}, each)
}

// LoginAt gives what an organization was called when a snapshot was taken.
func (s *Store) LoginAt(ctx context.Context, org, snapshot int64) (string, error) {
	var login string
	if err := s.read.row(ctx, loginAt, []any{org, snapshot}, &login); err != nil {
		return "", fmt.Errorf("reading what organization %d was called: %w", org, explain(s.path, err))
	}
	return login, nil
}
