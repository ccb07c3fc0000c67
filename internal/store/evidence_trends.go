package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

// The trends of a period are counted by the database: none of these questions loads a
// snapshot, and what they answer grows with the days and the changes, not with the
// organization.

const (
	// The last snapshot of each day in UTC.
	lastOfDays = `
		SELECT max(id), max(at), count(*)
		  FROM snapshots
		 WHERE org = $1 AND finished_at IS NOT NULL AND at >= $2 AND id <= $3
		 GROUP BY at / 86400000
		 ORDER BY at / 86400000`
	// A grant counts from the pass on that saw it first; what was there before the
	// snapshot $2 counts from $2 on. Its number goes again where it was no longer seen.
	grantCounts = `
		SELECT max(g.seen_from, $2), r.principal_kind, r.resource_kind, r.privilege, r.source, count(*)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		  JOIN relations r ON r.id = g.relation
		 WHERE +s.org = $1 AND (r.privilege >= $4 OR r.source = $5) AND g.seen_from <= $3 AND (g.seen_to IS NULL OR g.seen_to > $2)
		 GROUP BY 1, 2, 3, 4, 5
		UNION ALL
		SELECT g.seen_to, r.principal_kind, r.resource_kind, r.privilege, r.source, -count(*)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		  JOIN relations r ON r.id = g.relation
		 WHERE +s.org = $1 AND s.changed > $2 AND (r.privilege >= $4 OR r.source = $5) AND g.seen_from <= $3 AND g.seen_to > $2 AND g.seen_to <= $3
		 GROUP BY 1, 2, 3, 4, 5
		 ORDER BY 1, 2, 3, 4, 5, 6`
	coverCounts = `
		SELECT max(seen_from, $2), area, scope = 0, status, count(*)
		  FROM coverage
		 WHERE org = $1 AND seen_from <= $3 AND (seen_to IS NULL OR seen_to > $2)
		 GROUP BY 1, 2, 3, 4
		UNION ALL
		SELECT seen_to, area, scope = 0, status, -count(*)
		  FROM coverage
		 WHERE org = $1 AND seen_from <= $3 AND seen_to > $2 AND seen_to <= $3
		 GROUP BY 1, 2, 3, 4
		 ORDER BY 1, 2, 3, 4, 5`
	turnsUntil = `
		SELECT e.fingerprint, e.at, e.snapshot, e.what, e.why, f.rule, f.severity
		  FROM finding_events e
		  JOIN findings f ON f.org = e.org AND f.fingerprint = e.fingerprint
		 WHERE e.org = $1 AND e.snapshot <= $2
		 ORDER BY e.id`
	waivedSince = `
		SELECT max(e.at)
		  FROM findings f
		  JOIN finding_events e ON e.org = f.org AND e.fingerprint = f.fingerprint
		 WHERE f.org = $1 AND f.state = 'waived' AND e.what = 'waived'
		 GROUP BY f.fingerprint
		 ORDER BY f.fingerprint`
)

// DayEnd is the last snapshot that a day has, and how many there were.
type DayEnd struct {
	ID        int64
	At        time.Time
	Snapshots int
}

// DayEnds gives, for each day in UTC that has a snapshot of an organization from an
// instant on up to the snapshot last, the last one of that day.
func (s *Store) DayEnds(ctx context.Context, org int64, from time.Time, last int64) ([]DayEnd, error) {
	var out []DayEnd
	err := s.read.rows(ctx, lastOfDays, []any{org, from.UnixMilli(), last}, func(rows *sql.Rows) error {
		var d DayEnd
		var at sql.NullInt64
		err := rows.Scan(&d.ID, &at, &d.Snapshots)
		d.At = instant(at)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the days of organization %d: %w", org, explain(s.path, err))
	}
	return out, nil
}

// GrantCount says by how much the number of grants of one sort changed at a snapshot.
type GrantCount struct {
	At                  int64 // a pass: the change holds for it and for all after it
	Principal, Resource access.Kind
	Privilege           access.Privilege
	Source              access.Source
	Change              int64
}

// GrantCounts calls each with how many grants of each sort there were in the snapshot
// first, as changes at it, and then with what changed after it up to the snapshot last,
// by snapshot. Of privileges those from least on count, and each role of an organization,
// which may carry any; those of organizations and environments come after those of
// repositories.
func (s *Store) GrantCounts(ctx context.Context, org, first, last int64, least access.Privilege, each func(GrantCount) error) error {
	err := s.read.rows(ctx, grantCounts, []any{org, first, last, int64(least), int64(access.ByOrgRole)}, func(rows *sql.Rows) error {
		var c GrantCount
		if err := rows.Scan(&c.At, &c.Principal, &c.Resource, &c.Privilege, &c.Source, &c.Change); err != nil {
			return err
		}
		return each(c)
	})
	if err != nil {
		return fmt.Errorf("counting the grants of organization %d: %w", org, explain(s.path, err))
	}
	return nil
}

// CoverCount says by how much the number of lines of one sort in the ledger changed.
type CoverCount struct {
	At     int64 // as of [GrantCount]
	Area   access.Area
	Whole  bool // the line of the area itself, and not of one of its scopes
	Status access.Status
	Change int64
}

// CoverCounts is [Store.GrantCounts] for the lines of the coverage ledger.
func (s *Store) CoverCounts(ctx context.Context, org, first, last int64, each func(CoverCount) error) error {
	err := s.read.rows(ctx, coverCounts, []any{org, first, last}, func(rows *sql.Rows) error {
		var c CoverCount
		var id uint8
		if err := rows.Scan(&c.At, &id, &c.Whole, &c.Status, &c.Change); err != nil {
			return err
		}
		if a := byAreaID[id]; a != nil {
			c.Area = a.name
			return each(c)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting how far organization %d was seen: %w", org, explain(s.path, err))
	}
	return nil
}

// TurnOf is an event in the life of a finding, with its rule, and the severity that the
// finding had when the snapshot had been judged that was asked about.
type TurnOf struct {
	Event
	Fingerprint string
	Rule        string
	Severity    access.Severity
}

// TurnsUntil calls each with all that ever happened to findings of an organization up to
// the judgement of a snapshot, in the order in which it was noted.
func (s *Store) TurnsUntil(ctx context.Context, org, snapshot int64, each func(TurnOf) error) error {
	said, err := s.formsAt(ctx, org, snapshot)
	if err == nil {
		err = s.read.rows(ctx, turnsUntil, []any{org, snapshot}, func(rows *sql.Rows) error {
			var t TurnOf
			var at sql.NullInt64
			if err := rows.Scan(&t.Fingerprint, &at, &t.Snapshot, &t.What, &t.Why, &t.Rule, &t.Severity); err != nil {
				return err
			}
			if then, ok := said[t.Fingerprint]; ok {
				t.Severity = then.Severity
			}
			t.At = instant(at)
			return each(t)
		})
	}
	if err != nil {
		return fmt.Errorf("reading the lives of the findings of organization %d: %w", org, explain(s.path, err))
	}
	return nil
}

// WaivedSince gives for each finding of an organization that a waiver accepts the
// judgement that found it accepted.
func (s *Store) WaivedSince(ctx context.Context, org int64) ([]time.Time, error) {
	var out []time.Time
	err := s.read.rows(ctx, waivedSince, []any{org}, func(rows *sql.Rows) error {
		var at sql.NullInt64
		err := rows.Scan(&at)
		out = append(out, instant(at))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading since when findings of organization %d are accepted: %w", org, explain(s.path, err))
	}
	return out, nil
}
