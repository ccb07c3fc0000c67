package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// nothing is what a store can be replaced with that has nothing in it.
var nothing = map[string]func(t *testing.T, path string){
	"no file":    func(*testing.T, string) {},
	"zero bytes": func(t *testing.T, path string) { write(t, path, "") },
	"a database of no tables": func(t *testing.T, path string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), `CREATE TABLE t (x); DROP TABLE t`); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	},
}

func TestNothingIsNoStoreWhereThereWasOne(t *testing.T) {
	for name, put := range nothing {
		path := filled(t)
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := discard(path + end); err != nil {
				t.Fatal(err)
			}
		}
		put(t, path)
		info, _ := os.Stat(path)
		for _, readOnly := range []bool{false, true} {
			refused(t, path, Options{ReadOnly: readOnly}, ErrNoStore, path, filepath.Base(path)+".generation", "begin anew")
		}
		if after, _ := os.Stat(path); (after == nil) != (info == nil) || info != nil && after.Size() != info.Size() {
			t.Errorf("%s: the file was changed", name)
		}
		if err := os.Remove(witnessPath(path)); err != nil {
			t.Fatal(err)
		}
		s := open(t, path) // begins anew, as the message says
		finish(t, begin(t, s, noon))
		s.Close()
	}
}

func TestReaderNoticesARestoredBackupBeforeAnyWriterHas(t *testing.T) {
	path := filled(t)
	look := func() bool {
		t.Helper()
		s, err := Open(t.Context(), path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return !s.Restored().IsZero()
	}
	if look() {
		t.Error("a store that is as it was left is called restored")
	}
	witness, err := readWitness(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeWitness(path, witness+1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if !look() {
			t.Error("a reader did not notice the old store")
		}
	}
	s := open(t, path)
	if s.Restored().IsZero() || !look() {
		t.Error("the store is not called restored any more after a writer has opened it")
	}
	if err := s.AcceptRestored(t.Context(), "a disk failed"); err != nil {
		t.Fatal(err)
	}
	if look() {
		t.Error("a reader calls it restored after it was accepted")
	}
}

func TestReaderBesideAWriterCallsNothingRestored(t *testing.T) {
	path := filled(t)
	s := open(t, path)
	for i := range 3 {
		finish(t, begin(t, s, hour(i+1)))
		r, err := Open(t.Context(), path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if at := r.Restored(); !at.IsZero() {
			t.Errorf("restored at %s", at)
		}
		r.Close()
	}
}
