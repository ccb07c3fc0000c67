package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// runsSince goes by time and organization first: a day has few entries.
const runsSince = `
	SELECT run, min(seq) AS first
	  FROM journal INDEXED BY journal_by_time
	 WHERE org = $1 AND at > $2 AND kind = 'sent'
	 GROUP BY run
	 ORDER BY first`

// RunsSince names the runs of an organization that sent something after an
// instant, the oldest first.
func (s *Store) RunsSince(ctx context.Context, org int64, since time.Time) ([]string, error) {
	var out []string
	err := s.read.rows(ctx, runsSince, []any{org, since.UnixMilli()}, func(rows *sql.Rows) error {
		var run string
		var first int64
		err := rows.Scan(&run, &first)
		out = append(out, run)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which runs sent something: %w", explain(s.path, err))
	}
	return out, nil
}
