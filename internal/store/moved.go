package store

import (
	"context"
	"database/sql"
	"fmt"
)

const countMoves = `
	SELECT pass, sum(came), sum(went) FROM (
	  SELECT g.seen_from AS pass, 1 AS came, 0 AS went
	    FROM scopes s
	   CROSS JOIN grants g ON g.scope = s.id
	   WHERE +s.org = $1 AND s.changed > $2 AND g.seen_from > $2 AND g.seen_from <= $3
	  UNION ALL
	  SELECT g.seen_to, 0, 1
	    FROM scopes s
	   CROSS JOIN grants g ON g.scope = s.id
	   WHERE +s.org = $1 AND s.changed > $2 AND g.seen_to > $2 AND g.seen_to <= $3)
	 GROUP BY pass
	 ORDER BY pass`

// Moved is how many intervals of grants a pass opened, and how many it closed.
type Moved struct{ Came, Went int64 }

// MovedBetween counts what is stored of the passes after one snapshot of an organization
// and up to a later one, by pass. Of one that came to its end it is what the pass counted
// itself ([PassStats]), as long as nothing was taken out of the store or put into it.
func (s *Store) MovedBetween(ctx context.Context, earlier, later SnapshotInfo) (map[int64]Moved, error) {
	out := map[int64]Moved{}
	err := s.read.rows(ctx, countMoves, []any{later.OrgID, earlier.ID, later.ID}, func(rows *sql.Rows) error {
		var pass int64
		var m Moved
		err := rows.Scan(&pass, &m.Came, &m.Went)
		out[pass] = m
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting changes of grants of %s between snapshots %d and %d: %w", later.Org, earlier.ID, later.ID, explain(s.path, err))
	}
	return out, nil
}
