package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const planMarks = `
	SELECT hash, made_at, coalesce(body ->> 'schema', ''), coalesce(body ->> 'snapshot', 0), coalesce(body ->> 'snapshot_hash', ''),
	       coalesce(body ->> 'baseline_hash', ''), coalesce(body ->> 'guards_hash', ''), coalesce(body ->> 'ajar_version', ''),
	       coalesce(body ->> 'expires_at', ''), coalesce(body ->> 'run', ''), coalesce(body ->> 'losers', 0),
	       coalesce(json_array_length(body, '$.actions'), 0), coalesce(json_array_length(body, '$.waiting'), 0),
	       coalesce(json_array_length(body, '$.refused'), 0), coalesce(json_array_length(body, '$.instructions'), 0),
	       coalesce(json_array_length(body, '$.stopped'), 0)
	  FROM plans
	 WHERE org = $1 AND made_at >= $2 AND made_at < $3
	 ORDER BY made_at, hash`

// PlanMark is what a saved plan says of itself, without its actions.
type PlanMark struct {
	Hash         string
	MadeAt       time.Time
	Schema       string
	Snapshot     int64  // 0: of none, as a restore
	SnapshotHash string // of what the snapshot says
	Baseline     string // hash
	Guards       string // hash
	Version      string // of the program
	ExpiresAt    string // RFC 3339; "" for a restore
	Restores     string // the run that it puts back; "" for a plan
	Losers       int64
	// How many of each it has; Stopped are guards that the whole plan breaks.
	Actions, Waiting, Refused, Instructions, Stopped int64
}

// PlanMarks calls each with what the plans of an organization say of themselves that
// were made from an instant on, up to another one, the oldest first.
func (s *Store) PlanMarks(ctx context.Context, org int64, from, to time.Time, each func(PlanMark) error) error {
	err := s.read.rows(ctx, planMarks, []any{org, from.UnixMilli(), to.UnixMilli()}, func(rows *sql.Rows) error {
		var p PlanMark
		var at sql.NullInt64
		err := rows.Scan(&p.Hash, &at, &p.Schema, &p.Snapshot, &p.SnapshotHash, &p.Baseline, &p.Guards, &p.Version, &p.ExpiresAt, &p.Restores,
			&p.Losers, &p.Actions, &p.Waiting, &p.Refused, &p.Instructions, &p.Stopped)
		if err != nil {
			return err
		}
		p.MadeAt = instant(at)
		return each(p)
	})
	if err != nil {
		return fmt.Errorf("reading saved plans: %w", explain(s.path, err))
	}
	return nil
}

// PutBack gives each time that a backup was found in the place of the store, the
// oldest first: those that a person accepted, and the one that nobody has yet.
func (s *Store) PutBack(ctx context.Context) ([]time.Time, error) {
	var out []time.Time
	err := s.read.rows(ctx, readAcceptances, nil, func(rows *sql.Rows) error {
		var at, restored sql.NullInt64
		var reason string
		err := rows.Scan(&at, &restored, &reason)
		out = append(out, instant(restored))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading when a backup was put back: %w", explain(s.path, err))
	}
	if now := s.Restored(); !now.IsZero() {
		out = append(out, now)
	}
	return out, nil
}
