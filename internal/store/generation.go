package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	readGeneration = `SELECT number, restored_at FROM generation WHERE id = 1 ORDER BY id`
	nextGeneration = `UPDATE generation SET number = number + 1 WHERE id = 1 RETURNING number`
	markRestored   = `UPDATE generation SET number = $1, restored_at = $2 WHERE id = 1`
	markSnapshot   = `
		INSERT INTO rollback (id, snapshot) SELECT 1, coalesce(max(id), 0) FROM snapshots WHERE true
		    ON CONFLICT (id) DO UPDATE SET snapshot = excluded.snapshot`
	readRollback = `
		SELECT coalesce((SELECT snapshot FROM rollback WHERE id = 1 ORDER BY id), 0), (SELECT coalesce(max(id), 0) FROM snapshots),
		       (SELECT restored_at IS NOT NULL FROM generation WHERE id = 1 ORDER BY id)`
	acceptRestored = `UPDATE generation SET restored_at = NULL WHERE id = 1`
)

func witnessPath(path string) string { return path + ".generation" }

// readWitness gives the generation that the small file beside the store holds, 0
// where there is none.
func readWitness(path string) (int64, error) {
	b, err := os.ReadFile(witnessPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store %s: its witness: %w", path, err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("store %s: %s holds no generation; remove it if nobody put an old store back",
			path, filepath.Base(witnessPath(path)))
	}
	return n, nil
}

// unmissed refuses to take nothing for a store where its witness says that there
// was one. why is how nothing was found, "" where the file is missing.
func (s *Store) unmissed(why string) error {
	n, err := readWitness(s.path)
	if err != nil || n == 0 {
		return err
	}
	return fmt.Errorf("store %s: %s%w, but %s says that there was one; put it or a backup back, or remove that file to begin anew",
		s.path, why, ErrNoStore, filepath.Base(witnessPath(s.path)))
}

func writeWitness(path string, n int64) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*")
	if err != nil {
		return fmt.Errorf("store %s: its witness: %w", path, err)
	}
	_, err = fmt.Fprintf(f, "%d\n", n)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("store %s: its witness: %w", path, errors.Join(err, discard(f.Name())))
	}
	if err := settle(f.Name(), witnessPath(path)); err != nil {
		return fmt.Errorf("store %s: its witness: %w", path, errors.Join(err, discard(f.Name())))
	}
	return nil
}

// discard removes a file that was to become something; one that is gone is no loss.
func discard(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// readGeneration compares the store with its witness and changes neither. The
// witness was read first: beside a writer the store can only be ahead of it.
func (s *Store) readGeneration(ctx context.Context, witness int64) error {
	var n int64
	var at sql.NullInt64
	if err := s.read.row(ctx, readGeneration, nil, &n, &at); err != nil {
		return explain(s.path, err)
	}
	if s.restore = instant(at); n < witness && s.restore.IsZero() {
		s.restore = s.now().UTC().Truncate(time.Millisecond)
	}
	return nil
}

// startGeneration compares the store with its witness and moves both on. The
// store goes first: a process that dies between the two leaves a witness that is
// behind, which is no sign of anything.
func (s *Store) startGeneration(ctx context.Context) error {
	witness, err := readWitness(s.path)
	if err != nil {
		return err
	}
	var n int64
	var at sql.NullInt64
	if err := s.conn.QueryRowContext(ctx, readGeneration).Scan(&n, &at); err != nil {
		return explain(s.path, err)
	}
	s.restore = instant(at)
	if n < witness {
		s.restore = s.now().UTC().Truncate(time.Millisecond)
		s.log.Info("the store is older than its witness: a backup was put back",
			"path", s.path, "generation", n, "witness", witness)
		if _, err := s.conn.ExecContext(ctx, markSnapshot); err != nil { // before the mark, which says that it holds
			return explain(s.path, err)
		}
		if _, err := s.conn.ExecContext(ctx, markRestored, witness, ms(s.restore)); err != nil {
			return explain(s.path, err)
		}
	}
	if err := s.conn.QueryRowContext(ctx, nextGeneration).Scan(&n); err != nil {
		return explain(s.path, err)
	}
	s.generation = n
	return writeWitness(s.path, n)
}
