package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/eb661601/ajar/access"
)

// refused opens path and wants one clear line of the given sort.
func refused(t *testing.T, path string, o Options, want error, says ...string) {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err == nil {
		s.Close()
		t.Fatalf("it was opened, want: %v", want)
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("error %q is not %q", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func bytesOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// filled makes a closed store with one snapshot.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ajar.db")
	s := open(t, path)
	p := begin(t, s, noon)
	small(t, p)
	finish(t, p)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSecondWriterIsRefusedWithTheOwnersNumber(t *testing.T) {
	s := fresh(t)
	refused(t, s.path, Options{}, ErrLocked, s.path, fmt.Sprintf("pid %d", os.Getpid()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, s.path)
}

func TestStoreIsForItsOwnerAlone(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	small(t, p)
	finish(t, p)
	for _, suffix := range []string{"", "-wal", "-shm", ".lock", ".generation"} {
		info, err := os.Stat(s.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("ajar.db%s has mode %o, want 600", suffix, got)
		}
	}
}

func TestStoreOfAnotherProgramIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "theirs.db")
	db, err := sql.Open("sqlite", "file:"+foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE notes (text TEXT)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	note := filepath.Join(dir, "notes.txt")
	write(t, note, strings.Repeat("dear diary\n", 500))
	for _, path := range []string{foreign, note} {
		before := bytesOf(t, path)
		refused(t, path, Options{}, ErrForeign, path)
		refused(t, path, Options{ReadOnly: true}, ErrForeign, path)
		if bytesOf(t, path) != before {
			t.Errorf("%s was changed", path)
		}
	}
}

func TestDamagedStoreIsRefusedAndLeftAlone(t *testing.T) {
	path := filled(t)
	whole := bytesOf(t, path)
	for _, at := range []int{100, 4096, 5 * 4096, len(whole) - 4096} {
		damaged := whole[:at] + strings.Repeat("\xa5", 512) + whole[at+512:]
		write(t, path, damaged)
		refused(t, path, Options{}, ErrDamaged, "backup")
		refused(t, path, Options{ReadOnly: true}, ErrDamaged, "backup")
		if bytesOf(t, path) != damaged {
			t.Errorf("damaged at %d: the file was changed", at)
		}
	}
	write(t, path, whole[:len(whole)-2*4096])
	refused(t, path, Options{}, ErrDamaged, "backup")
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filled(t)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	refused(t, path, Options{}, ErrNewer, "schema 99")
	refused(t, path, Options{ReadOnly: true}, ErrNewer, "schema 99")
}

// later is the migrations of a later ajar.
func later(t *testing.T, next string) fs.FS {
	t.Helper()
	out := fstest.MapFS{"09999_next.sql": {Data: []byte("-- +goose Up\n" + next)}}
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(embedded(), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}

func TestOlderSchemaIsCopiedThenBroughtUpToDate(t *testing.T) {
	path := filled(t)
	next := later(t, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;")
	refused(t, path, Options{ReadOnly: true, migrations: next}, ErrOlder, "run ajar collect")
	s, err := Open(t.Context(), path, Options{migrations: next})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "extra"); n != 0 {
		t.Errorf("the new table has %d rows", n)
	}
	s.Close()
	old, err := Open(t.Context(), fmt.Sprintf("%s.schema-%d.backup", path, newest(embedded())), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	info, err := old.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(load(t, old, info).Grants); got == 0 {
		t.Error("the copy is empty")
	}
}

func TestMigrationThatFailsChangesNothing(t *testing.T) {
	path := filled(t)
	bad := later(t, "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;\nINSERT INTO no_such_table VALUES (1);")
	refused(t, path, Options{migrations: bad}, nil, "no_such_table")
	s := open(t, path)
	if n := count(t, s, "sqlite_schema WHERE name = 'extra'"); n != 0 {
		t.Error("half of the migration stayed")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadingNeedsAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	refused(t, path, Options{ReadOnly: true}, ErrNoStore, path, "ajar collect")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("looking for the store made one")
	}
}

func TestReadingBesideAWriter(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	small(t, p)
	first := finish(t, p)
	p = begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 50, direct(7, 50, access.Read)) // not committed

	r, err := Open(t.Context(), s.path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := load(t, s, first)
	got, err := r.Latest(t.Context(), "acme")
	if err != nil || got.ID != first.ID {
		t.Fatalf("latest %+v, %v; want snapshot %d", got, err, first.ID)
	}
	same(t, "beside the writer", load(t, r, got), want)
	second := finish(t, p)
	if got, err := r.Latest(t.Context(), "acme"); err != nil || got.ID != second.ID {
		t.Errorf("latest %+v, %v; want snapshot %d", got, err, second.ID)
	}
	if _, err := r.Begin(t.Context(), acme, hour(2)); !errors.Is(err, ErrReadOnly) {
		t.Errorf("begin: %v, want ErrReadOnly", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadingAfterTheWriterHasGone(t *testing.T) {
	path := filled(t)
	r, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Latest(t.Context(), "ACME"); err != nil {
		t.Error(err)
	}
}

func TestStoreThatVanishedIsNotMadeAnew(t *testing.T) {
	path := filled(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused(t, path, Options{}, ErrNoStore, "ajar.db.generation", "backup")
	if err := os.Remove(path + ".generation"); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestStoreThatIsReplacedWhileOpenTakesNoMore(t *testing.T) {
	s := fresh(t)
	if err := os.Rename(s.path, s.path+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), acme, noon); !errors.Is(err, ErrReplaced) {
		t.Errorf("begin: %v, want ErrReplaced", err)
	}
}

func TestRestoredBackupIsNoticedUntilAccepted(t *testing.T) {
	path := filled(t)
	backup := path + ".copy"
	s := open(t, path)
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), backup); err == nil {
		t.Error("a backup was written over another")
	}
	finish(t, begin(t, s, hour(1)))
	if at := s.Restored(); !at.IsZero() {
		t.Errorf("restored at %s, want never", at)
	}
	s.Close()
	if err := os.Rename(backup, path); err != nil {
		t.Fatal(err)
	}
	for range 2 { // it does not go away by itself
		s = open(t, path)
		if s.Restored().IsZero() {
			t.Fatal("the old store was not noticed")
		}
		s.Close()
	}
	s = open(t, path)
	if err := s.AcceptRestored(t.Context(), "a disk failed"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s = open(t, path); !s.Restored().IsZero() {
		t.Error("it is still called restored after it was accepted")
	}
}

func TestNamesOfStores(t *testing.T) {
	dir := t.TempDir()
	odd := filepath.Join(dir, "a b?mode=memory#%41&_pragma=foreign_keys(0)", "ajar.db")
	for _, name := range []string{odd, "sqlite:" + filepath.Join(dir, "x.db"), "sqlite://" + filepath.Join(dir, "y.db")} {
		s, err := Open(t.Context(), name, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := os.Stat(s.Path()); err != nil || !strings.HasPrefix(s.Path(), dir) {
			t.Errorf("%s is at %s: %v", name, s.Path(), err)
		}
		s.Close()
	}
	for _, name := range []string{"", "sqlite:", ":memory:", "file:x.db", "postgres://u:secret@host/db", "a\x00b", dir} {
		s, err := Open(t.Context(), name, Options{})
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error repeats the password: %v", name, err)
		}
	}
}

func TestEmptyFileBecomesAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	write(t, path, "")
	s := open(t, path)
	finish(t, begin(t, s, noon))
}
