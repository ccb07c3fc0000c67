package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

// upTo is a journal as it was when it had no more than some entries.
func (b *book) upTo(size int64) *book {
	short := *b
	n := slices.IndexFunc(b.checkpoints, func(c journal.Checkpoint) bool { return c.Size > size })
	short.checkpoints = b.checkpoints[:n]
	short.entries = b.entries[:short.checkpoints[n-1].Size]
	return &short
}

func elsewhere(b *book) map[string][]journal.Checkpoint {
	return map[string][]journal.Checkpoint{"elsewhere": b.checkpoints}
}

func TestAJournalWithoutTheEndOfThePeriodIsNamed(t *testing.T) {
	b := year(t)
	cut := made(t, b.upTo(90)) // of 26 February; the period ends with March
	if r := look(t, cut, pack.VerifyOptions{Keys: b.keys}); !r.Sound() || r.Journal.Reaches {
		t.Fatalf("by itself it shows nothing: %v", r.Problems)
	}
	r := look(t, cut, pack.VerifyOptions{Keys: b.keys, Copies: elsewhere(b)})
	named(t, r, "journal/journal.jsonl", "the part ends at entry 90, and the checkpoint of 100 entries in elsewhere was signed on 2026-03-06T00:00:00.000Z, before the period ended")
	r = look(t, cut, pack.VerifyOptions{Keys: b.keys, Journal: exported(b)})
	named(t, r, "journal/journal.jsonl", "it ends at entry 90, and the exported journal has")
	whole := made(t, b)
	if r := look(t, whole, pack.VerifyOptions{Keys: b.keys, Copies: elsewhere(b), Journal: exported(b)}); !r.Sound() || r.Journal.Longer != nil {
		t.Errorf("with all of the period it is not sound: %v", r.Problems)
	}
}

func TestALongerJournalOfAfterThePeriodIsToldAsNotProven(t *testing.T) {
	b := newBook(t, 1).fill(124) // the newest entry is of 31 March
	p := made(t, b)
	b.fill(30)
	r := look(t, p, pack.VerifyOptions{Keys: b.keys, Copies: elsewhere(b), Journal: exported(b)})
	if !r.Sound() {
		t.Fatalf("it is not sound: %v", r.Problems)
	}
	if all := strings.Join(r.Unproven(), "\n"); !strings.Contains(all, "a checkpoint of 156, signed on 2026-05-01T00:00:00Z, knows of them") {
		t.Errorf("not proven is\n%s", all)
	}
	stranger := newBook(t, 90).fill(200)
	stranger.checkpoints = stranger.checkpoints[15:]
	if r := look(t, p, pack.VerifyOptions{Keys: b.keys, Copies: elsewhere(stranger)}); !r.Sound() || r.Journal.Longer != nil {
		t.Errorf("the word of a stranger is taken: %v", r.Problems)
	}
}
