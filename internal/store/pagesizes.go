package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
)

const (
	readPageSizes = `SELECT list, size FROM page_sizes WHERE org = $1 ORDER BY list`
	setPageSize   = `
		INSERT INTO page_sizes (org, list, size) VALUES ($1, $2, $3)
		    ON CONFLICT (org, list) DO UPDATE SET size = $3`
)

// PageSizes gives how large a page of each list was at the end of the last pass
// over an organization, by the collector's name for the list.
func (s *Store) PageSizes(ctx context.Context, org int64) (map[string]int, error) {
	sizes := map[string]int{}
	err := s.read.rows(ctx, readPageSizes, []any{org}, func(rows *sql.Rows) error {
		var list string
		var size int
		err := rows.Scan(&list, &size)
		sizes[list] = size
		return err
	})
	return sizes, explain(s.path, err)
}

// KeepPageSizes stores the sizes for the next pass; a list that is not named
// keeps what it has. What did not change costs no write.
func (s *Store) KeepPageSizes(ctx context.Context, org int64, sizes map[string]int) error {
	had, err := s.PageSizes(ctx, org)
	if err != nil {
		return err
	}
	maps.DeleteFunc(sizes, func(list string, size int) bool { return had[list] == size || size <= 0 })
	if len(sizes) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	for _, list := range slices.Sorted(maps.Keys(sizes)) {
		if _, err := s.exec(setPageSize, org, list, sizes[list]); err != nil {
			return fmt.Errorf("keeping the page size of %s: %w", list, err)
		}
	}
	return s.commit()
}
