package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/crash"
	"github.com/eb661601/ajar/internal/journal"
)

// ErrKeyThere says that a key is not lost.
var ErrKeyThere = errors.New("the signing key is there")

const keyEntries = entryColumns + ` WHERE kind IN ('key-made', 'key-changed') ORDER BY seq`

// Key is a public key of the journal.
type Key struct {
	Key     string
	From    int64 // the entry that brought it
	At      time.Time
	Vouched bool // the key before signed the change, or it is the first
}

// Keys gives the public keys of the journal, the oldest first: the last one signs.
func (s *Store) Keys(ctx context.Context) ([]Key, error) {
	entries, err := s.entries(ctx, keyEntries)
	if err != nil {
		return nil, err
	}
	var out []Key
	for _, e := range entries {
		key, vouched, err := journal.KeyOf(e)
		if err != nil {
			return nil, err
		}
		out = append(out, Key{key, e.Seq, e.At, vouched})
	}
	return out, nil
}

// RotateKey replaces the key that signs the journal by a new one, and gives its
// public key. The change is an entry that the old key signed, so whoever trusts that
// one can follow. The old private key is removed. A process that dies anywhere in
// between leaves either key in force and at hand.
func (s *Store) RotateKey(ctx context.Context, epoch int64, who, reason string) (public string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return "", fmt.Errorf("changing the signing key: %w", err)
	}
	h, err := s.held(epoch)
	if err == nil {
		public, err = s.rotate(h, epoch, s.signer, who, reason)
	}
	if err != nil {
		return "", fmt.Errorf("changing the signing key: %w", err)
	}
	return public, nil
}

// ReplaceLostKey is what remains where the private key is gone: it takes over and
// goes on with a new key that nothing vouches for. Everybody who verifies the
// journal is told from which entry on. It is refused while the key is there.
func (s *Store) ReplaceLostKey(ctx context.Context, owner, who, reason string) (public string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return "", fmt.Errorf("replacing the lost signing key: %w", err)
	}
	h, err := s.head()
	if err == nil && h.size == 0 {
		err = s.undo(errors.New("there is no journal yet, so no key of it is lost"))
	}
	if err == nil {
		if err = s.asSigned(h); err != nil {
			err = s.undo(err)
		}
	}
	if err == nil {
		if _, there := s.keyInForce(h.key); there == nil {
			err = s.undo(ErrKeyThere)
		}
	}
	if err == nil {
		public, err = s.rotate(h, h.epoch+1, nil, who, reason)
	}
	if err != nil {
		return "", fmt.Errorf("replacing the lost signing key: %w", err)
	}
	return public, nil
}

// rotate makes a key, journals the change and puts the key in its place. The
// caller holds s.mu and read h in this batch; old is nil where it was lost, and
// then the change is also a take-over.
func (s *Store) rotate(h head, epoch int64, old *journal.Signer, who, reason string) (string, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", s.undo(errors.New("a reason is needed"))
	}
	next, err := s.prepareKey(h)
	if err != nil {
		return "", s.undo(err)
	}
	crash.At("journal-next-key-written")
	change, err := journal.Rotate(old, h.key, next, reason)
	if err != nil {
		return "", s.undo(err)
	}
	e, err := journal.NewEntry(journal.KeyChange, change)
	if err != nil {
		return "", s.undo(err)
	}
	e.Who = who
	entries := []journal.Entry{e}
	if old == nil {
		took, err := s.newOwner(h, who)
		if err != nil {
			return "", s.undo(err)
		}
		entries = []journal.Entry{took, e}
	}
	if _, err := s.write(h, epoch, next, entries); err != nil {
		return "", err
	}
	s.signer = next
	crash.At("journal-key-changed")
	if err := os.Rename(s.nextKeyFile(), s.KeyFile()); err != nil {
		return next.Public(), fmt.Errorf("the new key is in force, but could not be put in its place, where the next start puts it: %w", err)
	}
	if err := journal.SyncFolder(s.KeyFile()); err != nil {
		return next.Public(), fmt.Errorf("signing key: %w", err)
	}
	_, err = s.publish()
	return next.Public(), err
}

// prepareKey writes the next key beside the one in force. One that a change left
// behind which was never journaled is replaced.
func (s *Store) prepareKey(h head) (*journal.Signer, error) {
	c, err := journal.ReadCheckpoint(h.note)
	if err != nil {
		return nil, err
	}
	next, err := journal.NewSigner(s.random, c.Origin)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(s.nextKeyFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return next, journal.WriteKey(s.nextKeyFile(), next)
}
