package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

const (
	insertCheckpoint = `INSERT INTO checkpoints (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`
	allCheckpoints   = `SELECT note FROM checkpoints ORDER BY size`
)

// A checkpoint is published at the latest after so many entries, and after so long
// while there are new ones.
const (
	publishEntries = 256
	publishEvery   = time.Hour
)

// Checkpoint publishes the signed head of the journal: it is kept in the store,
// appended to STORE.checkpoints and the other configured copies, durably, and
// logged. Where nothing was written since the last one, that is given. The caller
// has taken over.
func (s *Store) Checkpoint(ctx context.Context) (journal.Checkpoint, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return journal.Checkpoint{}, fmt.Errorf("publishing a checkpoint: %w", err)
	}
	c, err := s.publish()
	if err != nil {
		return c, fmt.Errorf("publishing a checkpoint: %w", err)
	}
	return c, nil
}

// publish is Checkpoint for those who hold s.mu, with no batch open.
func (s *Store) publish() (journal.Checkpoint, error) {
	h, err := s.head()
	if err != nil {
		return journal.Checkpoint{}, err
	}
	if h.size == 0 {
		return journal.Checkpoint{}, s.undo(errors.New("there is no journal yet"))
	}
	c, err := journal.OpenCheckpoint(h.note, h.key)
	if err != nil {
		return c, s.undo(fmt.Errorf("%w: %w", ErrTampered, err))
	}
	n, err := s.changes(insertCheckpoint, c.Size, c.At.UnixMilli(), c.Note)
	if err != nil {
		return c, err
	}
	if err := s.commit(); err != nil {
		return c, err
	}
	if n > 0 || s.unpublished > 0 {
		if err := s.copyOut(c); err != nil {
			return c, err
		}
		s.log.Info("journal checkpoint", "origin", c.Origin, "size", c.Size, "head", fmt.Sprintf("%x", c.Head), "time", c.At, "generation", c.Generation)
	}
	s.unpublished, s.published = 0, s.now()
	return c, nil
}

// publishIfDue publishes a checkpoint after a run, and where enough was written or
// time has passed since the last one, whichever process published that. That it
// fails does not undo what was written, which is durable: the next one covers it too.
func (s *Store) publishIfDue(entries []journal.Entry) {
	ended := slices.ContainsFunc(entries, func(e journal.Entry) bool { return e.Kind == journal.RunEnded })
	if !ended && !s.published.IsZero() && s.unpublished < publishEntries && s.now().Sub(s.published) < publishEvery {
		return
	}
	s.publishOrSay()
}

func (s *Store) publishOrSay() {
	if _, err := s.publish(); err != nil {
		s.log.Warn("a checkpoint of the journal was not published", "error", err)
	}
}

// sincePublished reads how far the last published checkpoint reached. The caller
// holds s.mu, with no batch open.
func (s *Store) sincePublished() error {
	var at sql.NullInt64
	if err := s.queryRow(publishedLast, nil, &s.unpublished, &at); err != nil {
		return err
	}
	s.published = instant(at)
	return s.undo(nil)
}

const publishedLast = `
	SELECT coalesce((SELECT max(seq) FROM journal), 0) - coalesce((SELECT max(size) FROM checkpoints), 0), (SELECT max(at) FROM checkpoints)
	 ORDER BY 1`

// copyOut appends a checkpoint to each file that is to have it.
func (s *Store) copyOut(c journal.Checkpoint) error {
	var errs []error
	for _, path := range s.CheckpointFiles() {
		errs = append(errs, journal.AppendCheckpoint(path, c))
	}
	return errors.Join(errs...)
}

// CheckpointFiles lists the files that checkpoints are copied to.
func (s *Store) CheckpointFiles() []string {
	return append([]string{s.path + ".checkpoints"}, s.copies...)
}

// Checkpoints gives the published checkpoints, the oldest first, and then the
// signed head of the journal where it is newer. None are asked who signed them.
func (s *Store) Checkpoints(ctx context.Context) ([]journal.Checkpoint, error) {
	var notes []string
	scan := func(rows *sql.Rows) error {
		var note string
		err := rows.Scan(&note)
		if err == nil && (len(notes) == 0 || notes[len(notes)-1] != note) {
			notes = append(notes, note)
		}
		return err
	}
	err := s.read.rows(ctx, allCheckpoints, nil, scan)
	if err == nil {
		err = s.read.rows(ctx, headNote, nil, scan)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoints: %w", explain(s.path, err))
	}
	var out []journal.Checkpoint
	for _, note := range notes {
		c, err := journal.ReadCheckpoint(note)
		if err != nil {
			return out, fmt.Errorf("store %s: %w: a checkpoint: %w", s.path, ErrTampered, err)
		}
		out = append(out, c)
	}
	return out, nil
}

const headNote = `SELECT note FROM journal_head WHERE id = 1 ORDER BY id`

const publishedSize = `SELECT coalesce(max(size), 0) FROM checkpoints ORDER BY 1`

// PublishedSize is how many entries the newest published checkpoint covers; 0: none.
func (s *Store) PublishedSize(ctx context.Context) (n int64, err error) {
	if err := s.read.row(ctx, publishedSize, nil, &n); err != nil {
		return 0, fmt.Errorf("reading the checkpoints: %w", explain(s.path, err))
	}
	return n, nil
}
