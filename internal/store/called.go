package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// calledBetween finds the organizations that were seen with a login in a time, and the one
// that was seen with it last when that began. A login that was given up can be taken by
// another organization, so one login may be that of several.
const calledBetween = `
	WITH seen AS (
	  SELECT l.org, s.at
	    FROM org_logins l
	    JOIN snapshots s ON s.org = l.org AND s.finished_at IS NOT NULL AND s.at <= $3 AND s.id >= l.seen_from
	     AND s.id < coalesce((SELECT min(n.seen_from) FROM org_logins n WHERE n.org = l.org AND n.seen_from > l.seen_from), 9223372036854775807)
	   WHERE l.login = $1 COLLATE NOCASE)
	SELECT org FROM seen WHERE at > $2
	UNION
	SELECT org FROM (SELECT org FROM seen WHERE at <= $2 ORDER BY at DESC, org LIMIT 1)
	 ORDER BY org`

// OrgsCalled gives the numbers of the organizations that had a login, in any case, at some
// time from an instant on up to another one. Where none was seen with it by then, it is
// the one that [Store.Latest] finds by it.
func (s *Store) OrgsCalled(ctx context.Context, login string, from, to time.Time) ([]int64, error) {
	var out []int64
	err := s.read.rows(ctx, calledBetween, []any{login, from.UnixMilli(), to.UnixMilli()}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		out = append(out, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking who was called %s: %w", login, explain(s.path, err))
	}
	if len(out) > 0 {
		return out, nil
	}
	id, err := s.orgID(ctx, login)
	if err != nil {
		return nil, err
	}
	return []int64{id}, nil
}

// NewestOf gives the newest snapshot of the organization of a number that is not later
// than t. Where there is none the error is an [ErrNoSnapshot].
func (s *Store) NewestOf(ctx context.Context, org int64, t time.Time) (SnapshotInfo, error) {
	all, err := s.snapshotsOf(ctx, org, t.UnixMilli(), 1)
	if err != nil {
		return SnapshotInfo{}, err
	}
	if len(all) == 0 {
		return SnapshotInfo{}, fmt.Errorf("store %s: %w: none of organization %d at or before %s", s.path, ErrNoSnapshot, org, t.UTC().Format(time.RFC3339))
	}
	return all[0], nil
}
