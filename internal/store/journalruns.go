package store

import (
	"context"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

// runsSince goes by time and organization first: a day has few entries.
const runsSince = `
	SELECT run, min(seq) AS first
	  FROM journal INDEXED BY journal_by_time
	 WHERE org = $1 AND at > $2 AND kind = 'sent'
	 GROUP BY run
	 ORDER BY first`

const endedSince = entryColumns + ` WHERE seq > $1 AND org = $2 AND kind = 'run-ended' ORDER BY seq`

// RunsEnded gives the entries after one of the journal that say that a run of the
// organization ended, the oldest first.
func (s *Store) RunsEnded(ctx context.Context, org, after int64) ([]journal.Entry, error) {
	return s.entries(ctx, endedSince, after, org)
}

// RunsSince names the runs of an organization that sent something after an
// instant, the oldest first.
func (s *Store) RunsSince(ctx context.Context, org int64, since time.Time) ([]string, error) {
	return s.namesOfRuns(ctx, "sent something", runsSince, org, since.UnixMilli())
}
