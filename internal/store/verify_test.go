package store

import (
	"bytes"
	"context"
	databasesql "database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
)

// verify looks at the journal with the copies beside it.
func verify(t testing.TB, s *Store, trusted ...string) journal.Report {
	t.Helper()
	r, err := s.VerifyJournal(t.Context(), trusted, s.CheckpointFiles())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sound(t testing.TB, r journal.Report) {
	t.Helper()
	if !r.Sound() {
		t.Fatalf("wrong: %v", r.Problems)
	}
}

// wrong reports whether a problem says what is expected.
func wrong(t testing.TB, r journal.Report, want string) {
	t.Helper()
	for _, p := range r.Problems {
		if strings.Contains(p.What, want) {
			return
		}
	}
	t.Errorf("nothing says %q: %v", want, r.Problems)
}

// told is a journal of some entries in a store, with a published checkpoint.
func told(t testing.TB) (*Store, int64) {
	t.Helper()
	s := fresh(t)
	epoch := takeOver(t, s)
	for _, action := range []string{"a", "b", "c"} {
		journaled(t, s, epoch, entry(journal.Sent, "r", action, map[string]string{"of": action}), entry(journal.Verified, "r", action, nil))
	}
	checkpoint(t, s)
	return s, epoch
}

func checkpoint(t testing.TB, s *Store) journal.Checkpoint {
	t.Helper()
	c, err := s.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAJournalThatWasOnlyAppendedToVerifies(t *testing.T) {
	s, epoch := told(t)
	journaled(t, s, epoch, entry(journal.RunEnded, "r", "", nil)) // is signed, and not published yet
	c := checkpoint(t, s)
	r := verify(t, s, c.Key)
	sound(t, r)
	if r.Entries != 9 || r.Copies != 3 || !r.Anchored || len(r.Proven()) == 0 || len(r.Unproven()) == 0 {
		t.Errorf("the report is %+v", r)
	}
}

// tamper changes the database as somebody does who holds it, and no key.
func tamper(t testing.TB, path string, sql ...string) {
	t.Helper()
	db, err := databasesql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, name := range []string{"journal_stays", "journal_unchanged", "journal_in_order", "journal_head_stays", "journal_head_grows", "checkpoints_stay", "checkpoints_unchanged"} {
		sql = append([]string{"DROP TRIGGER " + name}, sql...)
	}
	for _, q := range sql {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoHoldsTheStoreAloneCannotChangeTheJournalUnnoticed(t *testing.T) {
	for name, c := range map[string]struct{ sql, want string }{
		"another name":     {"UPDATE journal SET who = 'bob' WHERE seq = 4", "entry 4 is not what was written"},
		"another body":     {`UPDATE journal SET body = '{"of":"z"}' WHERE seq = 3`, "the body of entry 3"},
		"no body":          {"UPDATE journal SET body = NULL WHERE seq = 3", "no entry says that it was redacted"},
		"removed":          {"DELETE FROM journal WHERE seq = 5", "entry 5 is missing"},
		"cut off":          {"DELETE FROM journal WHERE seq > 6", "the end was cut off"},
		"all removed":      {"DELETE FROM journal", "the end was cut off"},
		"moved":            {"UPDATE journal SET seq = 100 WHERE seq = 4; UPDATE journal SET seq = 4 WHERE seq = 5; UPDATE journal SET seq = 5 WHERE seq = 100", "entry 4 is not what was written"},
		"added":            {"INSERT INTO journal SELECT 9, at, epoch, org, kind, plan, run, action, who, digest, leaf, body FROM journal WHERE seq = 8", "stand behind the head"},
		"head set back":    {"UPDATE journal_head SET size = 6", "stand behind the head"},
		"other subtrees":   {"UPDATE journal_head SET hashes = zeroblob(length(hashes))", "the subtrees"},
		"other checkpoint": {"UPDATE checkpoints SET note = replace(note, 'generation 1', 'generation 2')", "none of the keys of the journal signed it"},
		"no checkpoint":    {"UPDATE checkpoints SET note = 'x'", "a checkpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := told(t)
			path := again(t, s)
			tamper(t, path, strings.Split(c.sql, "; ")...)
			s = open(t, path)
			wrong(t, verify(t, s), c.want)
			if looks, err := s.Examine(t.Context()); err != nil || allSound(looks) {
				t.Errorf("store check finds nothing: %v, %v", looks, err)
			}
		})
	}
}

func allSound(looks []Examined) bool {
	for _, l := range looks {
		if l.Wrong != "" {
			return false
		}
	}
	return true
}

func TestNobodyContinuesAJournalThatIsNotAsItWasSigned(t *testing.T) {
	for _, sql := range []string{
		"DELETE FROM journal WHERE seq > 6", "UPDATE journal_head SET size = 7", "UPDATE journal_head SET hashes = zeroblob(length(hashes))",
		"UPDATE journal_head SET note = replace(note, 'generation 1', 'generation 2')",
	} {
		s, _ := told(t)
		path := again(t, s)
		tamper(t, path, sql)
		s = open(t, path)
		if _, err := s.TakeOver(t.Context(), "test"); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrPutBack) {
			t.Errorf("after %s: %v", sql, err)
		}
	}
}

func TestARedactedJournalStillVerifiesAndSaysWhatIsGone(t *testing.T) {
	s, epoch := told(t)
	if err := s.Redact(t.Context(), epoch, 3, "alice (1)", "a name that must go"); err == nil {
		t.Error("an entry of an open run was redacted")
	}
	journaled(t, s, epoch, entry(journal.RunEnded, "r", "", nil))
	for _, seq := range []int64{1, 2, 9, 99} {
		if err := s.Redact(t.Context(), epoch, seq, "alice (1)", "no"); err == nil {
			t.Errorf("entry %d was redacted", seq)
		}
	}
	if err := s.Redact(t.Context(), epoch, 3, "alice (1)", "a name that must go"); err != nil {
		t.Fatal(err)
	}
	if err := s.Redact(t.Context(), epoch, 3, "alice (1)", "again"); !errors.Is(err, journal.ErrRedacted) {
		t.Errorf("a second time: %v", err)
	}
	r := verify(t, s)
	sound(t, r)
	same(t, "redacted", r.Redacted, []int64{3})
	got := all(t, s)
	if got[2].Body != nil || got[9].Kind != journal.Redacted || got[9].Who != "alice (1)" {
		t.Errorf("the journal holds %+v and %+v", got[2], got[9])
	}
	path := again(t, s)
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err == nil && bytes.Contains(b, []byte(`{"of":"a"}`)) {
			t.Errorf("%s still holds the body", name)
		}
	}
}

func TestAKeyThatWasChangedStaysVerifiable(t *testing.T) {
	s, epoch := told(t)
	old := checkpoint(t, s).Key
	now, err := s.RotateKey(t.Context(), epoch, "alice (1)", "a year is over")
	if err != nil || now == old {
		t.Fatal(now, err)
	}
	journaled(t, s, epoch, entry(journal.RunEnded, "r", "", nil))
	checkpoint(t, s)
	for _, trusted := range [][]string{{old}, {now}, {old, now}} {
		sound(t, verify(t, s, trusted...))
	}
	origin, err := journal.NewOrigin(s.random)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := journal.NewSigner(nil, origin)
	if err != nil {
		t.Fatal(err)
	}
	wrong(t, verify(t, s, stranger.Public()), "not the key that you trust")
	s = open(t, again(t, s))
	takeOver(t, s)
	if _, err := os.Stat(s.nextKeyFile()); err == nil {
		t.Error("the file of the next key is still there")
	}
}

func TestAChangeOfKeysThatWasCutShortIsFinished(t *testing.T) {
	s, epoch := told(t)
	if err := os.Rename(s.KeyFile(), s.KeyFile()+".kept"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RotateKey(t.Context(), epoch, "", "a year is over"); err != nil {
		t.Fatal(err)
	}
	// As if the process had died before the file of the next key was renamed.
	if err := errors.Join(os.Rename(s.KeyFile(), s.nextKeyFile()), os.Rename(s.KeyFile()+".kept", s.KeyFile())); err != nil {
		t.Fatal(err)
	}
	s = open(t, again(t, s))
	epoch = takeOver(t, s)
	journaled(t, s, epoch, entry(journal.RunEnded, "r", "", nil))
	sound(t, verify(t, s))
}

func TestALostKeyIsReplacedOpenly(t *testing.T) {
	s, _ := told(t)
	old := checkpoint(t, s).Key
	if _, err := s.ReplaceLostKey(t.Context(), "keys", "alice (1)", "lost"); err == nil {
		t.Error("a key that is there was replaced as lost")
	}
	path := again(t, s)
	if err := os.Remove(path + ".key"); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if _, err := s.TakeOver(t.Context(), "test"); !errors.Is(err, journal.ErrNoKey) {
		t.Fatalf("without the key: %v", err)
	}
	now, err := s.ReplaceLostKey(t.Context(), "keys", "alice (1)", "the disk of the key failed")
	if err != nil {
		t.Fatal(err)
	}
	takeOver(t, s)
	r := verify(t, s, now)
	sound(t, r)
	if !strings.Contains(strings.Join(r.Unproven(), "\n"), "did not sign the change") {
		t.Errorf("nothing says that the new key is not vouched for: %v", r.Unproven())
	}
	wrong(t, verify(t, s, old), "not the key that you trust")
}

func TestAStoreThatWasPutBackIsAcceptedInTheJournal(t *testing.T) {
	s, epoch := told(t)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		journaled(t, s, epoch, entry(journal.Sent, "r", "x", nil))
		checkpoint(t, s)
	}
	path := again(t, s)
	if err := errors.Join(os.Rename(backup, path), os.Remove(path+".generation")); err != nil {
		t.Fatal(err)
	}
	s = open(t, path) // nothing but the published checkpoints tells
	if s.Restored().IsZero() {
		t.Fatal("nobody noticed that the journal is older than its checkpoints")
	}
	if _, err := s.TakeOver(t.Context(), "test"); !errors.Is(err, ErrPutBack) {
		t.Errorf("taking it over: %v", err)
	}
	wrong(t, verify(t, s), "the end was cut off")
	if err := s.AcceptRestored(context.Background(), "a disk failed"); err != nil {
		t.Fatal(err)
	}
	s = open(t, again(t, s))
	if !s.Restored().IsZero() {
		t.Error("it is called restored after it was accepted")
	}
	epoch = takeOver(t, s)
	journaled(t, s, epoch, entry(journal.Sent, "r", "y", nil))
	checkpoint(t, s)
	r := verify(t, s)
	sound(t, r)
	if len(r.GivenUp) != 3 {
		t.Errorf("given up are %v", r.GivenUp)
	}
}

func TestAJournalVerifiesBesideItsWriter(t *testing.T) {
	s, epoch := told(t)
	done := make(chan error, 1)
	go func() {
		for range 400 {
			if _, err := s.Append(context.Background(), epoch, entry(journal.Sent, "r", "x", nil)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for looks := 0; ; looks++ {
		sound(t, verify(t, s))
		select {
		case err := <-done:
			if err != nil || looks == 0 {
				t.Errorf("%d looks, %v", looks, err)
			}
			sound(t, verify(t, s))
			return
		default:
		}
	}
}
