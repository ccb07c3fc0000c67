package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/internal/journal"
)

const headKey = `SELECT key FROM journal_head WHERE id = 1 ORDER BY id`

// Signer gives the private key that signs the journal, to sign something else with it:
// what the journal vouches for. It changes nothing, so a change of keys that was cut short
// stays so. Without a journal it is [ErrNoJournal], and [journal.ErrNoKey] where the key is
// gone.
func (s *Store) Signer(ctx context.Context) (*journal.Signer, error) {
	var public string
	err := s.read.row(ctx, headKey, nil, &public)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("store %s: %w", s.path, ErrNoJournal)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key of the journal: %w", explain(s.path, err))
	}
	signer, err := journal.ReadKey(s.KeyFile())
	if err == nil && signer.Public() == public {
		return signer, nil
	}
	if next, err := journal.ReadKey(s.nextKeyFile()); err == nil && next.Public() == public {
		return next, nil
	}
	if err == nil {
		err = fmt.Errorf("signing key %s: it is not the one that signs this journal", s.KeyFile())
	}
	return nil, err
}
