package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/eb661601/ajar/internal/journal"
)

const (
	entryColumns = `SELECT seq, at, epoch, org, kind, plan, run, action, who, digest, leaf, body FROM journal`
	entriesFrom  = entryColumns + ` WHERE seq BETWEEN $1 AND $2 ORDER BY seq`
	entriesOfRun = entryColumns + ` WHERE run = $1 AND run <> '' ORDER BY seq`
	entriesOf    = entryColumns + ` WHERE plan = $1 AND plan <> '' ORDER BY seq`
	openRuns     = `
		SELECT b.run, min(b.seq) AS first
		  FROM journal b
		 WHERE b.kind = 'run-begun' AND ($1 = 0 OR b.org = $1)
		   AND NOT EXISTS (SELECT 1 FROM journal e WHERE e.run = b.run AND e.run <> '' AND e.kind = 'run-ended' AND e.seq > b.seq)
		 GROUP BY b.run
		 ORDER BY first`
)

// errEnough ends a walk whose caller has seen enough.
var errEnough = errors.New("enough")

// storedEntry is a row of the journal as it stands there, believed in nothing.
type storedEntry struct {
	journal.Entry
	leaf []byte
}

func scanEntry(rows *sql.Rows) (e storedEntry, err error) {
	var at sql.NullInt64
	var kind string
	var digest []byte
	var body sql.NullString
	err = rows.Scan(&e.Seq, &at, &e.Epoch, &e.Org, &kind, &e.Plan, &e.Run, &e.Action, &e.Who, &digest, &e.leaf, &body)
	e.At, e.Kind = instant(at), journal.Kind(kind)
	copy(e.Digest[:], digest)
	if body.Valid {
		e.Body = []byte(body.String)
	}
	return e, err
}

// sound gives the entry where it is as it was when its leaf was computed.
func (e storedEntry) sound() (journal.Entry, error) {
	if e.Sum() != e.Digest || string(e.Leaf()) != string(e.leaf) {
		return e.Entry, fmt.Errorf("%w: entry %d is not what was written; %s", ErrTampered, e.Seq, seeVerify)
	}
	return e.Entry, nil
}

// Journal gives the entries from one place to another, both included; to 0 is the
// end. An entry that is not what was written ends the walk with [ErrTampered].
func (s *Store) Journal(ctx context.Context, from, to int64) iter.Seq2[journal.Entry, error] {
	if to == 0 {
		to = math.MaxInt64
	}
	return s.walkEntries(ctx, entriesFrom, from, to)
}

func (s *Store) walkEntries(ctx context.Context, query string, args ...any) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		err := s.eachEntry(ctx, query, args, func(e journal.Entry) error {
			if !yield(e, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(journal.Entry{}, err)
		}
	}
}

// JournalOf gives the entries of one run, the oldest first.
func (s *Store) JournalOf(ctx context.Context, run string) ([]journal.Entry, error) {
	return s.entries(ctx, entriesOfRun, run)
}

// JournalOfPlan gives the entries about one plan, by its hash, the oldest first:
// that it was saved, approved or withdrawn, and the runs of it that began.
func (s *Store) JournalOfPlan(ctx context.Context, hash string) ([]journal.Entry, error) {
	return s.entries(ctx, entriesOf, hash)
}

func (s *Store) entries(ctx context.Context, query string, args ...any) ([]journal.Entry, error) {
	var out []journal.Entry
	err := s.eachEntry(ctx, query, args, func(e journal.Entry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

func (s *Store) eachEntry(ctx context.Context, query string, args []any, each func(journal.Entry) error) error {
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		stored, err := scanEntry(rows)
		if err != nil {
			return err
		}
		e, err := stored.sound()
		if err != nil {
			return err
		}
		return each(e)
	})
	if errors.Is(err, errEnough) {
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the journal: %w", explain(s.path, err))
	}
	return nil
}

// OpenRuns names the runs of an organization (0: of all) that were begun and have
// not ended since, the oldest first. One that was interrupted may begin again.
func (s *Store) OpenRuns(ctx context.Context, org int64) ([]string, error) {
	return s.namesOfRuns(ctx, "are open", openRuns, org)
}

// namesOfRuns reads runs with their first entries, and keeps their names.
func (s *Store) namesOfRuns(ctx context.Context, which, query string, args ...any) ([]string, error) {
	var out []string
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var run string
		var first int64
		err := rows.Scan(&run, &first)
		out = append(out, run)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which runs %s: %w", which, explain(s.path, err))
	}
	return out, nil
}

const (
	decisions   = entryColumns + ` WHERE run = '' AND kind <> 'took-over' ORDER BY seq`
	journalSize = `SELECT coalesce(max(seq), 0) FROM journal ORDER BY 1`
)

// Decisions gives the entries that are part of no run, the oldest first, but for
// those that say who writes.
func (s *Store) Decisions(ctx context.Context) iter.Seq2[journal.Entry, error] {
	return s.walkEntries(ctx, decisions)
}

// JournalSize is how many entries the journal has.
func (s *Store) JournalSize(ctx context.Context) (n int64, err error) {
	if err := s.read.row(ctx, journalSize, nil, &n); err != nil {
		return 0, fmt.Errorf("reading the journal: %w", explain(s.path, err))
	}
	return n, nil
}
