package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/eb661601/ajar/internal/journal"
)

const headTree = `SELECT size, hashes FROM journal_head WHERE id = 1 ORDER BY id`

// VerifyJournal verifies the whole journal as an auditor would, with the published
// checkpoints beside the store and those of the files that are named: nothing of
// what the store says of itself is believed. Where a public key is given, the
// signatures must be by it or by one that it vouched for. It may run beside a writer.
func (s *Store) VerifyJournal(ctx context.Context, trusted []string, copies []string) (journal.Report, error) {
	v := journal.NewVerifier(trusted...)
	if err := v.ClaimCopies(copies); err != nil { // before the head: beside a writer it can only be ahead of them
		return journal.Report{}, err
	}
	var size int64
	var hashes []byte
	err := s.read.row(ctx, headTree, nil, &size, &hashes)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return journal.Report{}, fmt.Errorf("reading the journal: %w", explain(s.path, err))
	}
	claims, err := s.Checkpoints(ctx)
	switch {
	case errors.Is(err, ErrTampered):
		v.Problem(0, "%v", err)
	case err != nil:
		return journal.Report{}, err
	}
	end := size
	for _, c := range claims {
		v.Claim(c, "")
		end = max(end, c.Size)
	}
	// What stands behind the head as it was read may be a writer's newest; only what
	// a second look at the head does not cover is nobody's.
	err = s.read.rows(ctx, entriesFrom, []any{int64(math.MinInt64), end}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		v.Entry(e.Entry, e.leaf)
		return nil
	})
	if err != nil {
		return journal.Report{}, fmt.Errorf("reading the journal: %w", explain(s.path, err))
	}
	if size == v.Tree().Size() && !bytes.Equal(hashes, v.Tree().Hashes()) {
		v.Problem(size, "the subtrees that the store keeps of %d entries are not theirs", size)
	}
	if err := s.noneBehind(ctx, v); err != nil {
		return journal.Report{}, err
	}
	return v.Finish(), nil
}

const behindHead = `SELECT (SELECT coalesce(max(seq), 0) FROM journal), coalesce((SELECT size FROM journal_head WHERE id = 1), 0) ORDER BY 1`

// noneBehind looks for entries that the head of the store does not cover.
func (s *Store) noneBehind(ctx context.Context, v *journal.Verifier) error {
	var last, size int64
	if err := s.read.row(ctx, behindHead, nil, &last, &size); err != nil {
		return fmt.Errorf("reading the journal: %w", explain(s.path, err))
	}
	if last > size {
		v.Problem(size+1, "entries %d to %d stand behind the head of the journal: ajar did not write them", size+1, last)
	}
	return nil
}

// ExportJournal gives what [journal.Export] takes: the public keys, the checkpoints
// and the entries that the newest of them covers.
func (s *Store) ExportJournal(ctx context.Context) (keys []string, checkpoints []journal.Checkpoint, entries func(yield func(journal.Entry, error) bool), err error) {
	if checkpoints, err = s.Checkpoints(ctx); err != nil {
		return nil, nil, nil, err
	}
	if len(checkpoints) == 0 {
		return nil, nil, nil, fmt.Errorf("store %s: %w", s.path, ErrNoJournal)
	}
	to := checkpoints[len(checkpoints)-1].Size
	spans, err := s.Keys(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, k := range spans {
		if k.From <= to {
			keys = append(keys, k.Key)
		}
	}
	return keys, checkpoints, s.Journal(ctx, 0, to), nil
}

// JournalFrom gives what reads the entries from one place to another, both included; to 0
// is the last of so many.
func (s *Store) JournalFrom(ctx context.Context, size int64) func(from, to int64) iter.Seq2[journal.Entry, error] {
	return func(from, to int64) iter.Seq2[journal.Entry, error] {
		if to == 0 {
			to = size
		}
		return s.Journal(ctx, from, to)
	}
}

// ErrNoJournal says that nothing was journaled yet.
var ErrNoJournal = errors.New("there is no journal yet: nothing was decided or changed")
