package pack_test

import (
	"io"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

func exported(b *book) func() (io.ReadCloser, error) {
	text := b.export()
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func TestAChangeOfTheKeyKeepsOldPacksVerifiable(t *testing.T) {
	b := year(t)
	old := made(t, b)
	b.rotate(false)
	b.fill(9)
	fresh := made(t, b)
	for _, c := range []struct {
		name    string
		pack    []byte
		o       pack.VerifyOptions
		trusted bool
	}{
		{"the old pack by the old key", old, pack.VerifyOptions{Keys: b.keys[:1]}, true},
		{"the new pack by the old key, which vouches", fresh, pack.VerifyOptions{Keys: b.keys[:1]}, true},
		{"the new pack by the new key", fresh, pack.VerifyOptions{Keys: b.keys[1:]}, true},
		{"the old pack by the new key alone", old, pack.VerifyOptions{Keys: b.keys[1:]}, false},
		{"the old pack by the new key, through the journal", old, pack.VerifyOptions{Keys: b.keys[1:], Journal: exported(b)}, true},
		{"the old pack by a stranger's key, through the journal", old, pack.VerifyOptions{Keys: newBook(t, 50).keys, Journal: exported(b)}, false},
		{"the old pack by a stranger's journal", old, pack.VerifyOptions{Keys: newBook(t, 50).fill(200).keys, Journal: exported(newBook(t, 50).fill(200))}, false},
	} {
		r := look(t, c.pack, c.o)
		if r.Trusted != c.trusted || r.Sound() != c.trusted {
			t.Errorf("%s: %v, %v", c.name, r.Trusted, r.Problems)
		}
	}
	early := newBook(t, 1).fill(70)
	stolen := made(t, early)
	early.rotate(false)
	early.fill(100)
	r := look(t, stolen, pack.VerifyOptions{Keys: early.keys[1:], Journal: exported(early)})
	named(t, r, "", "was replaced on 2026-02-07T00:00:00Z, before the period ended")
	if r := look(t, old, pack.VerifyOptions{Keys: b.keys[1:], Journal: exported(b)}); !r.Through {
		t.Error("it is not said that the journal showed it")
	}
}

func TestALostKeyVouchesForNothing(t *testing.T) {
	b := year(t)
	b.rotate(true)
	b.fill(9)
	r := look(t, made(t, b), pack.VerifyOptions{Keys: b.keys[:1]})
	if r.Trusted || r.Sound() {
		t.Errorf("the old key is taken for the new one: %v", r.Problems)
	}
	r = look(t, made(t, b), pack.VerifyOptions{Keys: b.keys[1:]})
	if !r.Trusted || !strings.Contains(strings.Join(r.Unproven(), "\n"), "was lost and did not sign the change") {
		t.Errorf("%v: %v", r.Problems, r.Unproven())
	}
}

func TestAKeyIsTakenAsMinisignWritesItToo(t *testing.T) {
	b := year(t)
	key, err := journal.MinisignKey(b.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	if r := look(t, made(t, b), pack.VerifyOptions{Keys: []string{key}}); !r.Trusted {
		t.Errorf("%v", r.Problems)
	}
	for text, good := range map[string]bool{key: true, b.keys[0]: true, "RWQ": false, "": false, key + "=": false} {
		if err := pack.CheckKey(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheckpointsKeptElsewhereShowARewrittenJournal(t *testing.T) {
	b := year(t)
	copies := map[string][]journal.Checkpoint{"ajar.checkpoints": b.checkpoints}
	r := look(t, made(t, b), pack.VerifyOptions{Copies: copies})
	if !r.Sound() || r.Copies == 0 || r.Beyond == 0 {
		t.Errorf("%+v", r)
	}
	rewritten := newBook(t, 1) // the same key: somebody who holds all of it
	rewritten.add(journal.Notice, 7, nil)
	rewritten.fill(200)
	r = look(t, made(t, rewritten), pack.VerifyOptions{Keys: b.keys, Copies: copies})
	named(t, r, "journal/journal.jsonl", "the journal was rewritten, or forked")
}

func TestAPackWithoutAKeySaysSo(t *testing.T) {
	r := look(t, made(t, nil), pack.VerifyOptions{})
	if !r.Sound() || r.Key != "" {
		t.Errorf("%+v", r)
	}
	words := strings.Join(r.Unproven(), "\n")
	for _, want := range []string{"it is not signed", "there is no journal in the pack"} {
		if !strings.Contains(words, want) {
			t.Errorf("nothing says %q: %s", want, words)
		}
	}
	r = look(t, made(t, nil), pack.VerifyOptions{Keys: year(t).keys})
	named(t, r, "", "the pack is not signed")
	if !strings.Contains(string(unpack(t, made(t, nil)).text["README.txt"]), "THIS PACK IS NOT SIGNED") {
		t.Error("its README does not say so")
	}
}

func TestAJournalThatWasChangedMakesNoPack(t *testing.T) {
	b := year(t)
	b.entries[50].Who = "mallory"
	_, err := pack.Write(t.Context(), io.Discard, proof(), pack.Options{Signer: b.signer, Journal: b.journal()})
	if err == nil || !strings.Contains(err.Error(), "not as it was signed") {
		t.Errorf("%v", err)
	}
	other := newBook(t, 60)
	_, err = pack.Write(t.Context(), io.Discard, proof(), pack.Options{Signer: other.signer, Journal: year(t).journal()})
	if err == nil || !strings.Contains(err.Error(), "not the one that signs the journal") {
		t.Errorf("%v", err)
	}
}
