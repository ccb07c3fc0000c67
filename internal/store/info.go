package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	countGrants = `
		SELECT count(*) FILTER (WHERE g.seen_to IS NULL), count(*) FILTER (WHERE g.seen_to IS NOT NULL)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE +s.org = $1
		 ORDER BY 1`
	countEntities = `
		SELECT count(*) FILTER (WHERE e.seen_to IS NULL), count(*) FILTER (WHERE e.seen_to IS NOT NULL)
		  FROM scopes s
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE +s.org = $1
		 ORDER BY 1`
	countFindings = `
		SELECT count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'waived'), count(*) FILTER (WHERE state = 'resolved')
		  FROM findings
		 WHERE org = $1
		 ORDER BY 1`
	readAcceptances = `SELECT at, restored_at, reason FROM acceptances ORDER BY id`
	freePages       = `SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size ORDER BY 1`
)

// Info is what a store is like.
type Info struct {
	Path        string
	Size, Log   int64 // bytes of the file, and of SQLite's log beside it
	Free        int64 // bytes in the file that hold nothing; compacting gives them back
	Schema      int64
	Generation  int64
	Witness     int64     // what the file beside it says; 0: there is none
	Restored    time.Time // when a backup was found in its place; zero: never, or accepted
	Orgs        []OrgInfo
	Beside      []Companion
	Acceptances []Acceptance
}

// OrgInfo is what a store holds of one organization.
type OrgInfo struct {
	Org                    access.Organization
	Snapshots              int
	First, Last            SnapshotInfo
	LiveGrants, PastGrants int64
	LiveThings, PastThings int64
	Open, Waived, Resolved int64     // findings
	Judged                 time.Time // the newest snapshot whose findings are kept; zero: none
}

// Companion is a file beside the store that belongs to it.
type Companion struct {
	Name string
	Size int64
}

// Acceptance is one time that a person accepted a store that was put back.
type Acceptance struct {
	At, Restored time.Time
	Reason       string
}

// Describe counts what the store holds. It reads all of it once.
func (s *Store) Describe(ctx context.Context) (Info, error) {
	i := Info{Path: s.path, Restored: s.Restored()}
	var err error
	if i.Witness, err = readWitness(s.path); err != nil {
		return i, err
	}
	file, err := os.Stat(s.path)
	if err != nil {
		return i, fmt.Errorf("store %s: %w", s.path, err)
	}
	i.Size = file.Size()
	if log, err := os.Stat(s.path + "-wal"); err == nil {
		i.Log = log.Size()
	}
	if i.Schema, err = schemaOf(ctx, s.read.db); err != nil {
		return i, explain(s.path, err)
	}
	var at sql.NullInt64
	err = errors.Join(s.read.row(ctx, readGeneration, nil, &i.Generation, &at), s.read.row(ctx, freePages, nil, &i.Free))
	if err != nil {
		return i, explain(s.path, err)
	}
	if i.Beside, err = beside(s.path); err != nil {
		return i, err
	}
	err = s.read.rows(ctx, readAcceptances, nil, func(rows *sql.Rows) error {
		var a Acceptance
		var at, restored sql.NullInt64
		err := rows.Scan(&at, &restored, &a.Reason)
		a.At, a.Restored = instant(at), instant(restored)
		i.Acceptances = append(i.Acceptances, a)
		return err
	})
	if err != nil {
		return i, explain(s.path, err)
	}
	orgs, err := s.Orgs(ctx)
	for _, o := range orgs {
		var of OrgInfo
		if of, err = s.describe(ctx, o); err != nil {
			break
		}
		i.Orgs = append(i.Orgs, of)
	}
	return i, err
}

func (s *Store) describe(ctx context.Context, o access.Organization) (OrgInfo, error) {
	i := OrgInfo{Org: o}
	all, err := s.Snapshots(ctx, o.Login)
	if err != nil {
		return i, err
	}
	if i.Snapshots = len(all); len(all) > 0 {
		i.Last, i.First = all[0], all[len(all)-1]
	}
	err = errors.Join(
		s.read.row(ctx, countGrants, []any{o.ID}, &i.LiveGrants, &i.PastGrants),
		s.read.row(ctx, countEntities, []any{o.ID}, &i.LiveThings, &i.PastThings),
		s.read.row(ctx, countFindings, []any{o.ID}, &i.Open, &i.Waived, &i.Resolved),
	)
	if err != nil {
		return i, fmt.Errorf("counting what is stored of %s: %w", o.Login, explain(s.path, err))
	}
	judged, ok, err := s.Judged(ctx, i.Last)
	if ok {
		i.Judged = judged.At
	}
	return i, err
}

// beside lists the files that belong to the store, by name.
func beside(path string) ([]Companion, error) {
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("store %s: looking beside it: %w", path, err)
	}
	var out []Companion
	base := filepath.Base(path)
	for _, e := range all {
		rest, ok := strings.CutPrefix(e.Name(), base)
		ours := slices.ContainsFunc([]string{".answers-", ".schema-", ".generation", ".lock", ".daemon.lock", ".sock", ".key", ".checkpoints", "-wal", "-shm"}, func(p string) bool { return strings.HasPrefix(rest, p) })
		if !ok || !ours {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since the list was made
		}
		if err != nil {
			return nil, fmt.Errorf("store %s: looking beside it: %w", path, err)
		}
		out = append(out, Companion{e.Name(), info.Size()})
	}
	return out, nil
}
