package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrNotRestored says that there is nothing to accept.
var ErrNotRestored = errors.New("no backup was put in its place")

const (
	insertAcceptance = `INSERT INTO acceptances (at, restored_at, generation, reason) SELECT $1, $2, number, $3 FROM generation WHERE id = 1`
	emptyLog         = `PRAGMA wal_checkpoint(TRUNCATE)`
	scratchOnDisk    = `PRAGMA temp_store = FILE`
	vacuum           = `VACUUM`
)

// AcceptRestored ends what [Store.Restored] tells of: a person has looked at the
// store that was put back, and says why that is right. The reason is kept.
func (s *Store) AcceptRestored(ctx context.Context, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason = text(strings.TrimSpace(reason)); reason == "" {
		return errors.New("accepting a store that was put back: a reason is needed")
	}
	if err := s.writable(); err != nil {
		return err
	}
	if s.restore.IsZero() {
		return fmt.Errorf("store %s: %w", s.path, ErrNotRestored)
	}
	if err := s.commit(); err != nil {
		return err
	}
	if _, err := s.exec(insertAcceptance, s.now().UnixMilli(), s.restore.UnixMilli(), reason); err != nil {
		return err
	}
	if _, err := s.exec(acceptRestored); err != nil {
		return err
	}
	if err := s.commit(); err != nil {
		return err
	}
	s.restore = time.Time{}
	return nil
}

// Compact gives back the space that nothing needs any more, and orders the rest.
// Nothing that was seen is lost. It needs about twice the size of the store on the
// disk while it works, and refuses to begin where that is not there.
func (s *Store) Compact(ctx context.Context) (before, after int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return 0, 0, err
	}
	if len(s.passes) > 0 {
		return 0, 0, fmt.Errorf("store %s: compacting it: a pass is open", s.path)
	}
	if err := s.commit(); err != nil {
		return 0, 0, err
	}
	if _, err := s.conn.ExecContext(ctx, emptyLog); err != nil {
		return 0, 0, explain(s.path, err)
	}
	if before, err = fileLength(s.path); err != nil {
		return 0, 0, err
	}
	if free, known := freeSpace(filepath.Dir(s.path)); known && free < 2*before {
		return before, before, fmt.Errorf("store %s: compacting it: %w: it takes about %d MB while it works, and %d MB are free",
			s.path, ErrFull, 2*before>>20, free>>20)
	}
	for _, do := range []string{scratchOnDisk, vacuum, optimize, emptyLog} {
		if _, err := s.conn.ExecContext(ctx, do); err != nil {
			return before, before, fmt.Errorf("compacting: %w", explain(s.path, err))
		}
	}
	after, err = fileLength(s.path)
	return before, after, err
}

func fileLength(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("store %s: %w", path, err)
	}
	return info.Size(), nil
}
