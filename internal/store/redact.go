package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/journal"
)

const (
	entryAt      = entryColumns + ` WHERE seq = $1 ORDER BY seq`
	mayRedact    = `INSERT INTO redactions (seq, by) VALUES ($1, $2)`
	removeBody   = `UPDATE journal SET body = NULL WHERE seq = $1`
	endOfRun     = `SELECT count(*) FROM journal WHERE run = $1 AND run <> '' AND kind = 'run-ended' ORDER BY 1`
	eraseDeleted = `PRAGMA secure_delete = 1`
	leaveDeleted = `PRAGMA secure_delete = 0`
)

// unredactable are the kinds that the journal itself is followed by.
var unredactable = []journal.Kind{journal.KeyMade, journal.KeyChange, journal.TookOver, journal.Redacted, journal.RollbackAccepted, journal.RunBegun, journal.RunEnded}

// Redact removes the body of an entry for good and keeps its hash, so that the
// journal still verifies. That it was, by whom and why, is an entry itself. A run
// that is not over needs its entries, and what the journal itself is followed by
// stays. Backups of the store and exports keep what they hold.
func (s *Store) Redact(ctx context.Context, epoch, seq int64, who, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return errors.New("redacting an entry: a reason is needed")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return fmt.Errorf("redacting entry %d: %w", seq, err)
	}
	if _, err := s.conn.ExecContext(ctx, eraseDeleted); err != nil {
		return fmt.Errorf("redacting entry %d: %w", seq, explain(s.path, err))
	}
	err := s.redact(epoch, seq, who, reason)
	for _, do := range []string{leaveDeleted, emptyLog} { // the log of SQLite holds the body too
		if _, bad := s.conn.ExecContext(context.WithoutCancel(ctx), do); bad != nil {
			err = errors.Join(err, explain(s.path, bad))
		}
	}
	if err != nil {
		return fmt.Errorf("redacting entry %d: %w", seq, err)
	}
	return nil
}

func (s *Store) redact(epoch, seq int64, who, reason string) error {
	h, err := s.held(epoch)
	if err != nil {
		return err
	}
	e, err := s.redactable(seq)
	if err != nil {
		return s.undo(err)
	}
	sum := e.Sum()
	note, err := journal.NewEntry(journal.Redacted, journal.Redaction{Seq: seq, Digest: hex.EncodeToString(sum[:]), Reason: reason})
	if err != nil {
		return s.undo(err)
	}
	note.Org, note.Who = e.Org, who
	_, err = s.write(h, epoch, s.signer, []journal.Entry{note}, func() error {
		if _, err := s.exec(mayRedact, seq, h.size+1); err != nil {
			return err
		}
		_, err := s.exec(removeBody, seq)
		return err
	})
	return err
}

// redactable gives the entry whose body is to go, where it may.
func (s *Store) redactable(seq int64) (journal.Entry, error) {
	var found []storedEntry
	err := s.query(entryAt, []any{seq}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		found = append(found, e)
		return err
	})
	if err != nil {
		return journal.Entry{}, err
	}
	if len(found) == 0 {
		return journal.Entry{}, errors.New("there is no such entry")
	}
	e, err := found[0].sound()
	if err != nil {
		return e, err
	}
	if e.Body == nil {
		return e, journal.ErrRedacted
	}
	if slices.Contains(unredactable, e.Kind) {
		return e, fmt.Errorf("an entry of kind %s is what the journal is followed by", e.Kind)
	}
	var ended bool
	if err := s.queryRow(endOfRun, []any{e.Run}, &ended); err != nil {
		return e, err
	}
	if e.Run != "" && !ended {
		return e, fmt.Errorf("run %s is not over: it needs its entries", e.Run)
	}
	return e, nil
}
