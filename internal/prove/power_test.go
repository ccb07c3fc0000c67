package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// TestATornLogGivesTheCommittedPartOfTheJournal cuts the log of a store that was
// killed in the middle of a run at each sector, and turns bits in its tail, as a
// power cut does. What opens is a beginning of the journal, whole and sound.
func TestATornLogGivesTheCommittedPartOfTheJournal(t *testing.T) {
	s := staged(t, size(5, 30, 30))
	p := s.perform()
	defer p.close()
	if o := p.ajar([]string{"AJAR_CRASH=" + fmt.Sprintf("run.verified.after#%d", size(4, 25, 25))}, applying.words...); !o.killed {
		t.Fatalf("it was to die: %v", o)
	}
	files := p.read()
	log := files["ajar.db-wal"]
	if len(log) == 0 {
		t.Fatal("the killed program left no log")
	}
	whole := entriesOf(t, files)
	const sector = 512
	step := sector * size(23, 1, 1)
	cuts, flips, least := 0, 0, len(whole)
	for at := 0; at < len(log); at += step {
		cuts++
		least = min(least, prefix(t, whole, files, fmt.Sprintf("cut at %d", at), log[:at]))
	}
	for at := len(log) - 1; at > max(0, len(log)-64*sector); at -= size(997, 61, 7) {
		flips++
		torn := append([]byte{}, log...)
		torn[at] ^= 1 << (at % 8)
		prefix(t, whole, files, fmt.Sprintf("a bit turned at %d", at), torn)
	}
	figures(t, "%d entries in the journal of a killed run: its log of %d bytes cut at %d places and changed at %d, each a sound beginning (of %d entries at least)",
		len(whole), len(log), cuts, flips, least)
}

// prefix opens the store with another log and wants a beginning of the journal.
func prefix(t *testing.T, whole []journal.Entry, files map[string][]byte, what string, log []byte) int {
	t.Helper()
	changed := map[string][]byte{}
	for name, text := range files {
		changed[name] = text
	}
	changed["ajar.db-wal"] = log
	delete(changed, "ajar.db-shm")
	got := entriesOf(t, changed)
	if len(got) > len(whole) {
		t.Fatalf("%s: %d entries, of %d", what, len(got), len(whole))
	}
	for i, e := range got {
		if e.Sum() != whole[i].Sum() || e.Seq != whole[i].Seq {
			t.Errorf("%s: entry %d is another one", what, e.Seq)
		}
	}
	return len(got)
}

// entriesOf opens a store that consists of these files, and checks it.
func entriesOf(t *testing.T, files map[string][]byte) (out []journal.Entry) {
	t.Helper()
	dir := scratch(t)
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(dir, "ajar.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Journal(ctx, 1, 0) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}
