package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotWhole says that a store is not as ajar wrote it, so no evidence can rest on it.
var ErrNotWhole = errors.New("the store is not as it was written")

// Whole holds what evidence rests on against what was written: what is live of each
// organization against its digests, the baselines of then against their hashes, the
// journal against its signatures, and against the checkpoints that were copied out of the
// store, which show an end that was cut off. Where one is not as it was the error is an
// [ErrNotWhole]. It takes no look at pages and indexes, which [Store.Examine] does.
func (s *Store) Whole(ctx context.Context) error {
	var wrong error
	note := func(what, why string) {
		if wrong == nil && why != "" {
			wrong = fmt.Errorf("store %s: %w: %s: %s", s.path, ErrNotWhole, what, why)
		}
	}
	for _, look := range []func(context.Context, func(what, wrong string)) error{s.examineContent, s.examineBaselines, s.examineJournal} {
		if err := look(ctx, note); err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}
