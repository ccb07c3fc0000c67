package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

const (
	lastOfEpoch = `
		SELECT seq, at, (SELECT who FROM journal WHERE kind = 'took-over' AND epoch = $1 ORDER BY seq LIMIT 1)
		  FROM journal
		 WHERE epoch = $1
		 ORDER BY seq DESC
		 LIMIT 1`
	tookOver = `SELECT seq, at, who, body FROM journal WHERE kind = 'took-over' AND epoch = $1 ORDER BY seq LIMIT 1`
)

// Tenure is one time that a process was the only writer of the journal.
type Tenure struct {
	Epoch  int64     `json:"epoch"`
	Owner  string    `json:"owner"`
	Seq    int64     `json:"seq"` // of its newest entry
	Wrote  time.Time `json:"wrote"`
	Former *Tenure   `json:"former,omitempty"` // nil: it was the first
}

// takenOver is the body of an entry of kind took-over.
type takenOver struct {
	Owner  string  `json:"owner"`
	Former *Tenure `json:"former,omitempty"`
}

// Tenure tells who took over with an epoch, whom it took over from, and when that
// one wrote last. Wrote and Seq of the tenure asked for are those of its take-over.
func (s *Store) Tenure(ctx context.Context, epoch int64) (Tenure, error) {
	t := Tenure{Epoch: epoch}
	var at sql.NullInt64
	var body sql.NullString
	err := s.read.row(ctx, tookOver, []any{epoch}, &t.Seq, &at, &t.Owner, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("journal: nobody took over with epoch %d", epoch)
	}
	if err != nil {
		return t, fmt.Errorf("reading who took over the journal: %w", explain(s.path, err))
	}
	var told takenOver
	if err := (journal.Entry{Seq: t.Seq, Kind: journal.TookOver, Body: []byte(body.String)}).Decode(&told); err != nil {
		return t, err
	}
	t.Wrote, t.Former = instant(at), told.Former
	return t, nil
}

// lastOf tells of the tenure that is about to end. The caller holds s.mu.
func (s *Store) lastOf(epoch int64) (*Tenure, error) {
	t := &Tenure{Epoch: epoch}
	err := s.query(lastOfEpoch, []any{epoch}, func(rows *sql.Rows) error {
		var at sql.NullInt64
		var who sql.NullString
		err := rows.Scan(&t.Seq, &at, &who)
		t.Wrote, t.Owner = instant(at), who.String
		return err
	})
	return t, err
}

// mayContinue reports whether the journal is as its head was signed and the key
// that signed it is at hand, which it reads. The caller holds s.mu.
func (s *Store) mayContinue(h head) error {
	if h.size == 0 {
		signer, err := s.firstKey()
		if err != nil {
			return s.undo(err)
		}
		s.signer = signer
		return nil
	}
	if err := s.asSigned(h); err != nil {
		return s.undo(err)
	}
	signer, err := s.keyInForce(h.key)
	if err != nil {
		return s.undo(err)
	}
	s.signer = signer
	return nil
}

// asSigned compares the head with its signature and with the last entry.
func (s *Store) asSigned(h head) error {
	c, err := journal.OpenCheckpoint(h.note, h.key)
	if err != nil {
		return fmt.Errorf("%w: its head of %d entries: %w; %s", ErrTampered, h.size, err, seeVerify)
	}
	root, err := h.tree.Head()
	if err != nil {
		return err
	}
	var last int64
	if err := s.queryRow(lastSeq, nil, &last); err != nil {
		return err
	}
	if c.Size != h.size || last != h.size || !bytes.Equal(c.Head, root) {
		return fmt.Errorf("%w: it holds %d entries, and %d were signed with another head; %s", ErrTampered, last, c.Size, seeVerify)
	}
	return nil
}

const seeVerify = "ajar journal verify says what is wrong"

// KeyFile is where the private key of the journal is.
func (s *Store) KeyFile() string {
	if s.keyPath != "" {
		return s.keyPath
	}
	return s.path + ".key"
}

// nextKeyFile is where a key waits that is about to replace the one in force.
func (s *Store) nextKeyFile() string { return s.KeyFile() + ".next" }

// firstKey gives the key that the journal begins with: one that is there already,
// or a new one.
func (s *Store) firstKey() (*journal.Signer, error) {
	signer, err := journal.ReadKey(s.KeyFile())
	if !errors.Is(err, journal.ErrNoKey) {
		return signer, err
	}
	origin, err := journal.NewOrigin(s.random)
	if err != nil {
		return nil, err
	}
	if signer, err = journal.NewSigner(s.random, origin); err != nil {
		return nil, err
	}
	if err := journal.WriteKey(s.KeyFile(), signer); err != nil {
		return nil, err
	}
	s.log.Info("made a signing key for the journal", "path", s.KeyFile(), "public", signer.Public())
	return signer, nil
}

// keyInForce reads the private key that belongs to the public one. A change of
// keys that was cut short after it was journaled is finished here.
func (s *Store) keyInForce(public string) (*journal.Signer, error) {
	signer, err := journal.ReadKey(s.KeyFile())
	if err == nil && signer.Public() == public {
		return signer, nil
	}
	next, errNext := journal.ReadKey(s.nextKeyFile())
	if errNext == nil && next.Public() == public {
		if err := os.Rename(s.nextKeyFile(), s.KeyFile()); err != nil {
			return nil, fmt.Errorf("signing key: %w", err)
		}
		return next, journal.SyncFolder(s.KeyFile())
	}
	if err == nil {
		err = fmt.Errorf("signing key %s: it is not the one that signs this journal", s.KeyFile())
	}
	return nil, fmt.Errorf("%w; put the key of %s back, or see ajar keys rotate --help", err, public)
}

// KeyAtHand reports what keeps the journal from being signed on: the private key is
// missing, can be read by others, or is another one. It changes nothing. Where there
// is no journal yet, nothing is wrong.
func (s *Store) KeyAtHand(ctx context.Context) error {
	keys, err := s.Keys(ctx)
	if err != nil || len(keys) == 0 {
		return err
	}
	public := keys[len(keys)-1].Key
	signer, err := journal.ReadKey(s.KeyFile())
	if err == nil && signer.Public() == public {
		return nil
	}
	if next, bad := journal.ReadKey(s.nextKeyFile()); bad == nil && next.Public() == public {
		return nil // the next writer puts it in its place
	}
	if err == nil {
		err = fmt.Errorf("signing key %s: it is not the one that signs this journal", s.KeyFile())
	}
	return err
}
