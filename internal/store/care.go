package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	emptyLog      = `PRAGMA wal_checkpoint(TRUNCATE)`
	scratchOnDisk = `PRAGMA temp_store = FILE`
	vacuum        = `VACUUM`
	forgetPages   = `PRAGMA shrink_memory`
)

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

// Tend does what the file needs now and then: SQLite looks again at how its questions
// are best answered, and its log is written into the file and emptied. It takes
// little, and nothing where nothing is to do.
func (s *Store) Tend(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.writable(), s.commit()); err != nil {
		return fmt.Errorf("tending the store: %w", err)
	}
	for _, do := range []string{optimize, emptyLog} {
		if _, err := s.conn.ExecContext(ctx, do); err != nil {
			return fmt.Errorf("tending the store: %w", explain(s.path, err))
		}
	}
	return nil
}

// Rest gives back the memory in which SQLite keeps the pages that it read and wrote.
// What is asked next reads them again: it is for whoever now works for long on what
// was read.
func (s *Store) Rest(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read.rest()
	if s.conn == nil {
		return nil
	}
	if _, err := s.conn.ExecContext(ctx, forgetPages); err != nil {
		return fmt.Errorf("giving memory back: %w", explain(s.path, err))
	}
	return nil
}

func fileLength(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("store %s: %w", path, err)
	}
	return info.Size(), nil
}

// Room gives the bytes that the store's files take, and those that are free on their
// disk for this account; free is 0 and known false where the system does not tell.
func Room(path string) (size, free int64, known bool) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			size += info.Size()
		}
	}
	free, known = freeSpace(filepath.Dir(path))
	return size, free, known
}
