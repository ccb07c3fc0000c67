package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

const readSnapshots = `
		SELECT s.id, s.org, o.login, s.at, s.finished_at, s.requests, s.points, s.bytes, s.took_ms,
		       s.grants_added, s.grants_closed, s.entities_added, s.entities_closed,
		       s.not_modified, s.replayed, s.retries, s.shrunk, s.waited_ms, s.doubted_at
		  FROM snapshots s
		  JOIN orgs o ON o.id = s.org`

const (
	readOrgs = `
		SELECT id, node_id, login, name, created_at
		  FROM orgs
		 WHERE id IN (SELECT org FROM snapshots WHERE finished_at IS NOT NULL)
		 ORDER BY login COLLATE NOCASE, id`
	// The present owner of a login comes before those who had it once, and of
	// those the one that had it last. Of several that were last seen with it, it is
	// the one that was seen last: it took the login over.
	findOrg = `
		SELECT id, 1 AS present, coalesce((SELECT max(s.at) FROM snapshots s WHERE s.org = orgs.id AND s.finished_at IS NOT NULL), -1) AS rank
		  FROM orgs
		 WHERE login = $1 COLLATE NOCASE
		UNION ALL
		SELECT org, 0, seen_from
		  FROM org_logins
		 WHERE login = $1 COLLATE NOCASE
		 ORDER BY present DESC, rank DESC, id DESC
		 LIMIT 1`
	snapshotOf = readSnapshots + `
		 WHERE s.id = $1 AND s.finished_at IS NOT NULL
		 ORDER BY s.id`
	snapshotsUntil = readSnapshots + `
		 WHERE s.org = $1 AND s.finished_at IS NOT NULL AND s.at <= $2
		 ORDER BY s.at DESC
		 LIMIT $3`
)

// SnapshotInfo is one finished snapshot, without what it holds. Org is the login
// as it is now.
type SnapshotInfo struct {
	ID         int64
	OrgID      int64
	Org        string
	At         time.Time // the instant that it speaks of
	FinishedAt time.Time
	DoubtedAt  time.Time // when its judgement was doubted to the end; zero: it was not
	Stats      PassStats
}

// Orgs lists the organizations that have a snapshot, by login.
func (s *Store) Orgs(ctx context.Context) ([]access.Organization, error) {
	var out []access.Organization
	err := s.read.rows(ctx, readOrgs, nil, func(rows *sql.Rows) error {
		var o access.Organization
		var created sql.NullInt64
		err := rows.Scan(&o.ID, &o.NodeID, &o.Login, &o.Name, &created)
		o.CreatedAt = instant(created)
		out = append(out, o)
		return err
	})
	return out, explain(s.path, err)
}

// Latest gives the newest snapshot of an organization. Logins match in any case,
// and by a former login too, as long as nobody else has it now.
func (s *Store) Latest(ctx context.Context, org string) (SnapshotInfo, error) {
	return s.newestUntil(ctx, org, math.MaxInt64, "")
}

// At gives the newest snapshot of an organization that is not later than t.
func (s *Store) At(ctx context.Context, org string, t time.Time) (SnapshotInfo, error) {
	return s.newestUntil(ctx, org, t.UnixMilli(), " at or before "+t.UTC().Format(time.RFC3339))
}

// Snapshot gives the finished snapshot of a number, where it is one of the
// organization.
func (s *Store) Snapshot(ctx context.Context, org string, id int64) (SnapshotInfo, error) {
	of, err := s.orgID(ctx, org)
	if err != nil {
		return SnapshotInfo{}, err
	}
	var info SnapshotInfo
	err = s.read.rows(ctx, snapshotOf, []any{id}, func(rows *sql.Rows) error {
		var err error
		info, err = scanSnapshot(rows)
		return err
	})
	switch {
	case err != nil:
		return SnapshotInfo{}, explain(s.path, err)
	case info.ID == 0:
		return SnapshotInfo{}, fmt.Errorf("store %s: %w: none has the number %d", s.path, ErrNoSnapshot, id)
	case info.OrgID != of:
		return SnapshotInfo{}, fmt.Errorf("store %s: %w of %s: number %d is one of %s", s.path, ErrNoSnapshot, org, id, info.Org)
	}
	return info, nil
}

func (s *Store) newestUntil(ctx context.Context, org string, until int64, when string) (SnapshotInfo, error) {
	all, err := s.snapshots(ctx, org, until, 1)
	if err != nil {
		return SnapshotInfo{}, err
	}
	if len(all) == 0 {
		return SnapshotInfo{}, fmt.Errorf("store %s: %w: none of %s%s", s.path, ErrNoSnapshot, org, when)
	}
	return all[0], nil
}

// Snapshots lists all snapshots of an organization, the newest first.
func (s *Store) Snapshots(ctx context.Context, org string) ([]SnapshotInfo, error) {
	return s.snapshots(ctx, org, math.MaxInt64, -1)
}

func (s *Store) snapshots(ctx context.Context, org string, until int64, limit int) ([]SnapshotInfo, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return nil, err
	}
	return s.snapshotsOf(ctx, id, until, limit)
}

func (s *Store) snapshotsOf(ctx context.Context, org, until int64, limit int) ([]SnapshotInfo, error) {
	var out []SnapshotInfo
	err := s.read.rows(ctx, snapshotsUntil, []any{org, until, limit}, func(rows *sql.Rows) error {
		info, err := scanSnapshot(rows)
		out = append(out, info)
		return err
	})
	return out, explain(s.path, err)
}

// scanSnapshot reads the columns of readSnapshots, and more that stand behind them.
func scanSnapshot(rows *sql.Rows, more ...any) (SnapshotInfo, error) {
	var i SnapshotInfo
	var at, finished, doubted sql.NullInt64
	var took, waited int64
	st := &i.Stats
	err := rows.Scan(append([]any{&i.ID, &i.OrgID, &i.Org, &at, &finished, &st.Requests, &st.Points, &st.Bytes, &took,
		&st.GrantsAdded, &st.GrantsClosed, &st.EntitiesAdded, &st.EntitiesClosed,
		&st.NotModified, &st.Replayed, &st.Retries, &st.Shrunk, &waited, &doubted}, more...)...)
	st.Waited = time.Duration(waited) * time.Millisecond
	i.At, i.FinishedAt, i.DoubtedAt, st.Took = instant(at), instant(finished), instant(doubted), time.Duration(took)*time.Millisecond
	return i, err
}

// orgID finds an organization by its login.
func (s *Store) orgID(ctx context.Context, login string) (int64, error) {
	var id, present, rank int64
	err := s.read.row(ctx, findOrg, []any{login}, &id, &present, &rank)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, s.unknownOrg(ctx, login)
	}
	return id, explain(s.path, err)
}

func (s *Store) unknownOrg(ctx context.Context, login string) error {
	orgs, err := s.Orgs(ctx)
	if err != nil {
		return err
	}
	if len(orgs) == 0 {
		return fmt.Errorf("store %s: %w: it is empty; run ajar collect", s.path, ErrNoSnapshot)
	}
	var known []string
	for _, o := range orgs {
		known = append(known, o.Login)
	}
	return fmt.Errorf("store %s: %w: it does not know %s, only %s", s.path, ErrNoSnapshot, login, strings.Join(known, ", "))
}
