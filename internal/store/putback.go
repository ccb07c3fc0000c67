package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	account "os/user"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

const acceptedRollbacks = entryColumns + ` WHERE kind = 'rollback-accepted' ORDER BY seq`

// acceptInJournal commits the batch that accepts a store that was put back, with an
// entry that says what was given up by that: entries that were signed and published
// before, and that this journal goes on without. The caller holds s.mu.
func (s *Store) acceptInJournal(reason string) error {
	h, err := s.head()
	if err != nil {
		return err
	}
	if err := s.mayContinue(h); err != nil {
		return err
	}
	r := journal.Rollback{Reason: reason, Noticed: s.restore.UTC(), Size: h.size, Generation: s.generation}
	if ahead, ok, err := s.ahead(h.size); err != nil {
		return s.undo(err)
	} else if ok {
		r.Lost, r.LostNote = ahead.Size, ahead.Note
	}
	e, err := journal.NewEntry(journal.RollbackAccepted, r)
	if err != nil {
		return s.undo(err)
	}
	e.Who = localAccount()
	if _, err := s.takeOver(h, "accept-rollback", e); err != nil {
		return err
	}
	_, err = s.publish()
	return err
}

// localAccount names whom the system takes this process for: whoever puts a backup
// back has the machine, and needs no token of GitHub for it.
func localAccount() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	u, err := account.Current()
	if err != nil {
		return text(fmt.Sprintf("account %d on %s", os.Getuid(), host))
	}
	return text("account " + u.Username + " on " + host)
}

// ahead gives the newest checkpoint that was published beside the store, where it
// covers more entries than the store holds.
func (s *Store) ahead(size int64) (c journal.Checkpoint, ok bool, err error) {
	copies, err := journal.ReadCopies(s.CheckpointFiles()[0])
	if n := len(copies.Checkpoints); n > 0 {
		c = copies.Checkpoints[n-1]
	}
	return c, c.Size > size, err
}

// noticeCheckpoints compares the journal with what was published of it. A store
// that is behind was put back, whatever the generation says.
func (s *Store) noticeCheckpoints(ctx context.Context) error {
	if !s.restore.IsZero() {
		return nil
	}
	c, published, err := s.ahead(0)
	if err != nil || !published {
		return err
	}
	var size int64
	var hashes []byte
	err = s.conn.QueryRowContext(ctx, headTree).Scan(&size, &hashes)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return explain(s.path, err)
	}
	if c.Size <= size {
		return nil
	}
	known, err := s.entries(ctx, acceptedRollbacks)
	if err != nil {
		return err
	}
	for _, e := range known {
		var r journal.Rollback
		if err := e.Decode(&r); err != nil {
			return err
		}
		if r.LostNote == c.Note {
			return nil
		}
	}
	s.restore = s.now().UTC().Truncate(time.Millisecond)
	s.log.Info("the journal is older than a checkpoint of it: a backup was put back", "path", s.path, "entries", size, "signed", c.Size)
	if _, err := s.conn.ExecContext(ctx, markSnapshot); err != nil {
		return explain(s.path, err)
	}
	if _, err := s.conn.ExecContext(ctx, markRestored, s.generation, ms(s.restore)); err != nil {
		return fmt.Errorf("noting that a backup was put back: %w", explain(s.path, err))
	}
	return nil
}
