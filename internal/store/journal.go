package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/crash"
	"github.com/eb661601/ajar/internal/journal"
)

// What callers of the journal ask about.
var (
	ErrFenced   = errors.New("another writer took over the journal")
	ErrTampered = errors.New("the journal is not as it was signed")
	ErrNoPlan   = errors.New("there is no such saved plan")
	ErrPutBack  = errors.New("a backup was put in its place, which nobody accepted yet")
)

const (
	readHead   = `SELECT epoch, key, size, hashes, note FROM journal_head WHERE id = 1 ORDER BY id`
	insertHead = `INSERT INTO journal_head (id, epoch, key, size, hashes, note) VALUES (1, $1, $2, $3, $4, $5)`
	moveHead   = `UPDATE journal_head SET epoch = $1, key = $2, size = $3, hashes = $4, note = $5 WHERE id = 1 AND epoch = $6 AND size = $7`

	insertEntry = `
		INSERT INTO journal (seq, at, epoch, org, kind, plan, run, action, who, digest, leaf, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	readLastAt = `SELECT at FROM journal WHERE seq = $1 ORDER BY seq`
	lastSeq    = `SELECT coalesce(max(seq), 0) FROM journal ORDER BY 1`
)

// head is where the journal stands.
type head struct {
	epoch int64
	key   string // the public one in force
	size  int64
	tree  *journal.Tree
	note  string
}

// TakeOver makes the caller the only writer of the journal: the epoch grows, and
// whoever wrote under an older one gets [ErrFenced] from then on. The journal gets
// an entry that names the owner and the one before; [Store.Tenure] tells when that
// one wrote last. At the first take-over of all the journal and its signing key
// are made. A journal that is not as it was signed is refused ([ErrTampered]), so
// that no later signature covers it up; so is one of a store that was put back
// ([ErrPutBack]), until that is accepted.
func (s *Store) TakeOver(ctx context.Context, owner string) (epoch int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return 0, fmt.Errorf("taking over the journal: %w", err)
	}
	if !s.restore.IsZero() {
		return 0, fmt.Errorf("taking over the journal: store %s: %w", s.path, ErrPutBack)
	}
	h, err := s.head()
	if err == nil {
		err = s.mayContinue(h)
	}
	if err == nil {
		epoch, err = s.takeOver(h, owner)
	}
	if err == nil {
		err = s.sincePublished()
	}
	if err != nil {
		return 0, fmt.Errorf("taking over the journal: %w", err)
	}
	return epoch, nil
}

// takeOver writes the entry of a new owner, and what comes with it. The caller
// holds s.mu.
func (s *Store) takeOver(h head, owner string, with ...journal.Entry) (epoch int64, err error) {
	e, err := s.newOwner(h, owner)
	if err != nil {
		return 0, s.undo(err)
	}
	entries := append([]journal.Entry{e}, with...)
	if h.size == 0 {
		made, err := journal.NewEntry(journal.KeyMade, journal.NewKey{Key: s.signer.Public()})
		if err != nil {
			return 0, s.undo(err)
		}
		entries = append([]journal.Entry{made}, entries...)
	}
	_, err = s.write(h, h.epoch+1, s.signer, entries)
	return h.epoch + 1, err
}

// newOwner makes the entry of a take-over.
func (s *Store) newOwner(h head, owner string) (e journal.Entry, err error) {
	t := takenOver{Owner: owner}
	if h.size > 0 {
		if t.Former, err = s.lastOf(h.epoch); err != nil {
			return e, err
		}
	}
	e, err = journal.NewEntry(journal.TookOver, t)
	e.Who = owner
	return e, err
}

// Append writes entries, all or none of them, and gives their places. They are
// durable when it returns without an error. Seq and Epoch are set here; so is At
// where it is zero. Unless epoch is that of the newest take-over, nothing is
// written and the error is [ErrFenced].
func (s *Store) Append(ctx context.Context, epoch int64, entries ...journal.Entry) ([]int64, error) {
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return nil, fmt.Errorf("writing to the journal: %w", err)
	}
	h, err := s.held(epoch)
	var seqs []int64
	if err == nil && len(entries) > 0 {
		seqs, err = s.write(h, epoch, s.signer, entries)
	} else if err == nil {
		err = s.undo(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("writing to the journal: %w", err)
	}
	s.publishIfDue(entries)
	return seqs, nil
}

// held reads where the journal stands, where epoch is that of the newest take-over
// and that was in this process. The caller holds s.mu.
func (s *Store) held(epoch int64) (head, error) {
	h, err := s.head()
	switch {
	case err != nil:
		return h, err
	case h.size == 0 || h.epoch != epoch:
		return h, s.undo(fmt.Errorf("%w: it is at epoch %d, this one is %d", ErrFenced, h.epoch, epoch))
	case s.signer == nil:
		return h, s.undo(fmt.Errorf("%w: in this process nobody did", ErrFenced))
	}
	return h, nil
}

// write adds entries behind the head and moves it, and commits. The new head is
// signed with signer in the same transaction, so that no entry ever stands there
// without a signature over it; also is what else belongs into that. The caller holds
// s.mu and read h in this batch.
func (s *Store) write(h head, epoch int64, signer *journal.Signer, entries []journal.Entry, also ...func() error) ([]int64, error) {
	var seqs []int64
	size, now := h.size, s.now()
	last, err := s.lastAt(h)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		size++
		e.Seq, e.Epoch = size, epoch
		if e.At.IsZero() {
			e.At = now
		}
		e.At = inOrder(last, e.At.UTC().Truncate(time.Millisecond))
		last = e.At
		if err := e.Check(); err != nil {
			return nil, s.undo(err)
		}
		leaf := e.Leaf()
		if err := h.tree.Append(leaf); err != nil {
			return nil, s.undo(err)
		}
		sum := e.Sum()
		_, err := s.exec(insertEntry, e.Seq, e.At.UnixMilli(), e.Epoch, e.Org, string(e.Kind), e.Plan, e.Run, e.Action, e.Who, sum[:], leaf, string(e.Body))
		if err != nil {
			return nil, err
		}
		seqs = append(seqs, e.Seq)
	}
	if err := s.moveHead(h, epoch, signer, now); err != nil {
		return nil, err
	}
	for _, do := range also {
		if err := do(); err != nil {
			return nil, err
		}
	}
	crash.At("journal-before-commit")
	if err := s.commit(); err != nil {
		return nil, err
	}
	crash.At("journal-after-commit")
	s.unpublished += int64(len(entries))
	return seqs, nil
}

// twoClocks is by how much the two clocks that entries are dated by, GitHub's and
// that of this machine, may lie apart without a word of warning.
const twoClocks = 2 * time.Minute

// inOrder dates an entry: never before the one in front of it, as long as two clocks
// explain that. A clock that was set back by more stays visible.
func inOrder(last, at time.Time) time.Time {
	if at.Before(last) && last.Sub(at) <= twoClocks {
		return last
	}
	return at
}

// lastAt is the time of the newest entry; zero where there is none.
func (s *Store) lastAt(h head) (time.Time, error) {
	var at time.Time
	err := s.query(readLastAt, []any{h.size}, func(rows *sql.Rows) error {
		var ms int64
		err := rows.Scan(&ms)
		at = time.UnixMilli(ms).UTC()
		return err
	})
	return at, err
}

// moveHead signs the tree as it is now and stores it, where the head is still the
// one that was read.
func (s *Store) moveHead(h head, epoch int64, signer *journal.Signer, now time.Time) error {
	root, err := h.tree.Head()
	if err != nil {
		return s.undo(err)
	}
	c, err := signer.Sign(journal.Checkpoint{Size: h.tree.Size(), Head: root, At: now, Generation: s.generation})
	if err != nil {
		return s.undo(err)
	}
	if h.size == 0 {
		_, err = s.exec(insertHead, epoch, signer.Public(), c.Size, h.tree.Hashes(), c.Note)
		return err
	}
	n, err := s.changes(moveHead, epoch, signer.Public(), c.Size, h.tree.Hashes(), c.Note, h.epoch, h.size)
	if err == nil && n != 1 {
		err = s.undo(ErrFenced)
	}
	return err
}

// head reads where the journal stands, in the batch that it begins: what is read
// holds until that ends. The caller holds s.mu.
func (s *Store) head() (head, error) {
	var h head
	var hashes []byte
	err := s.query(readHead, nil, func(rows *sql.Rows) error {
		return rows.Scan(&h.epoch, &h.key, &h.size, &hashes, &h.note)
	})
	if err != nil {
		return h, err
	}
	if h.tree, err = journal.RestoreTree(h.size, hashes); err != nil {
		return h, s.undo(fmt.Errorf("%w: %w", ErrTampered, err))
	}
	return h, nil
}

// undo ends a batch that holds nothing but what the journal's writer put in it.
// Passes stay open: what they wrote was committed before. It gives cause.
func (s *Store) undo(cause error) error {
	if s.batch.open {
		if _, err := s.conn.ExecContext(context.Background(), rollbackBatch); err != nil {
			return errors.Join(cause, s.abandon(err))
		}
		s.endBatch()
	}
	return cause
}
