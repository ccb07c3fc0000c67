package store

import (
	"context"
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
	return s.namesOfRuns(ctx, "sent something", runsSince, org, since.UnixMilli())
}
