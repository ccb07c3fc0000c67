package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	readHighest = `SELECT (SELECT highest FROM clock WHERE id = 1 ORDER BY id)`
	keepHighest = `
		INSERT INTO clock (id, highest) VALUES (1, $1)
		    ON CONFLICT (id) DO UPDATE SET highest = $1 WHERE highest < $1`
)

// HighestTime gives the highest instant that GitHub's clock was heard to tell, to
// the millisecond; zero where none is stored.
func (s *Store) HighestTime(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	if err := s.read.row(ctx, readHighest, nil, &at); err != nil {
		return time.Time{}, fmt.Errorf("reading the highest time seen: %w", explain(s.path, err))
	}
	return instant(at), nil
}

// KeepTime stores the highest instant that GitHub's clock was heard to tell. An
// earlier one than what is stored changes nothing.
func (s *Store) KeepTime(ctx context.Context, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable()); err != nil {
		return fmt.Errorf("keeping the highest time seen: %w", err)
	}
	if _, err := s.exec(keepHighest, ms(at)); err != nil {
		return fmt.Errorf("keeping the highest time seen: %w", err)
	}
	return s.commit()
}
