package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Sight is how long a finding that is not resolved has been there: since it last
// came, and in how many judged snapshots until it was last found.
type Sight struct {
	Since     time.Time
	Snapshots int
}

const (
	sightsOf = `
	SELECT f.fingerprint, s.at, f.last_seen, f.unseen = ''
	  FROM findings f
	  JOIN snapshots s ON s.id = (SELECT max(e.snapshot) FROM finding_events e
	        WHERE e.org = f.org AND e.fingerprint = f.fingerprint AND e.what IN ('opened', 'reopened'))
	 WHERE f.org = $1 AND f.state <> 'resolved'`
	judgedTimes = `SELECT at FROM snapshots WHERE org = $1 AND judged_at IS NOT NULL ORDER BY at`

	noticesOf = `SELECT at, body FROM journal WHERE kind = 'notice' AND org = $1 ORDER BY seq`
)

// Sights tells of every finding of an organization that is not resolved how long it
// has been there, by fingerprint.
func (s *Store) Sights(ctx context.Context, org int64) (map[string]Sight, error) {
	var judged []int64
	err := s.read.rows(ctx, judgedTimes, []any{org}, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		judged = append(judged, at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading when was judged: %w", explain(s.path, err))
	}
	out := map[string]Sight{}
	err = s.read.rows(ctx, sightsOf, []any{org}, func(rows *sql.Rows) error {
		var fingerprint string
		var from, to int64
		var looked bool // in the newest judgement: then it was found in it, and the row is older
		err := rows.Scan(&fingerprint, &from, &to, &looked)
		if looked && len(judged) > 0 {
			to = max(to, judged[len(judged)-1])
		}
		first, _ := slices.BinarySearch(judged, from)
		last, _ := slices.BinarySearch(judged, to+1)
		out[fingerprint] = Sight{time.UnixMilli(from).UTC(), max(0, last-first)}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading since when findings are there: %w", explain(s.path, err))
	}
	return out, nil
}

// Noticed tells when those whom a finding affects were told of what is planned, by
// fingerprint: the first time since it last came. A notice whose body was redacted
// tells nothing.
func (s *Store) Noticed(ctx context.Context, org int64, seen map[string]Sight) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := s.read.rows(ctx, noticesOf, []any{org}, func(rows *sql.Rows) error {
		var at int64
		var body sql.NullString
		if err := rows.Scan(&at, &body); err != nil {
			return err
		}
		var n struct {
			Finding string `json:"finding"`
		}
		if body.Valid {
			if err := json.Unmarshal([]byte(body.String), &n); err != nil {
				return fmt.Errorf("a notice: %w", err)
			}
		}
		told, of := time.UnixMilli(at).UTC(), seen[n.Finding]
		if _, known := out[n.Finding]; n.Finding != "" && !known && !told.Before(of.Since) {
			out[n.Finding] = told
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was told: %w", explain(s.path, err))
	}
	return out, nil
}

const endedOf = `SELECT fingerprint, resolved_at FROM findings WHERE org = $1 AND state = 'resolved' AND resolved_at > $2`

// Ended tells when the findings of an organization were resolved that were resolved
// after an instant, by fingerprint.
func (s *Store) Ended(ctx context.Context, org int64, after time.Time) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := s.read.rows(ctx, endedOf, []any{org, after.UnixMilli()}, func(rows *sql.Rows) error {
		var fingerprint string
		var at int64
		err := rows.Scan(&fingerprint, &at)
		out[fingerprint] = time.UnixMilli(at).UTC()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which findings were resolved: %w", explain(s.path, err))
	}
	return out, nil
}
