package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const newestJudged = `
	SELECT s.id, s.at, s.finished_at
	  FROM snapshots s JOIN orgs o ON o.id = s.org
	 WHERE o.id = $1 AND s.id <= $2 AND s.judged_at IS NOT NULL AND s.finished_at IS NOT NULL
	 ORDER BY s.id DESC
	 LIMIT 1`

// Judged gives the newest snapshot that [Store.Judge] has judged and that is not
// later than info, without its Stats. Of the newest snapshot it is where what
// [Store.Findings] lists comes from. It is false where none was, and the list of
// findings says nothing.
func (s *Store) Judged(ctx context.Context, info SnapshotInfo) (SnapshotInfo, bool, error) {
	out := SnapshotInfo{OrgID: info.OrgID, Org: info.Org}
	var at, finished sql.NullInt64
	err := s.read.row(ctx, newestJudged, []any{info.OrgID, info.ID}, &out.ID, &at, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return SnapshotInfo{}, false, nil
	}
	if err != nil {
		return SnapshotInfo{}, false, fmt.Errorf("finding what was judged of %s: %w", info.Org, explain(s.path, err))
	}
	out.At, out.FinishedAt = instant(at), instant(finished)
	return out, true, nil
}
