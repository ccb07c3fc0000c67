package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

func TestAFileThatIsRemovedWhileItIsOpenIsNoFailureOfTheDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ajar.db")
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(DELETE)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "create table one (x)"); err != nil {
		t.Fatal(err)
	}
	stands := explain(path, code(sqlite3.SQLITE_IOERR_FSTAT))
	if !errors.Is(stands, ErrDisk) || errors.Is(stands, ErrReplaced) {
		t.Errorf("while it stands: %v, want ErrDisk", stands)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "create table two (x)")
	for _, err := range []error{err, code(sqlite3.SQLITE_IOERR_FSTAT)} {
		if got := explain(path, err); !errors.Is(got, ErrReplaced) || errors.Is(got, ErrDisk) {
			t.Errorf("%v (%v), want ErrReplaced", got, err)
		}
	}
	if got := explain(path, code(sqlite3.SQLITE_IOERR_FSYNC)); !errors.Is(got, ErrDisk) {
		t.Errorf("a sync that failed: %v, want ErrDisk", got)
	}
}

// code is an error of SQLite that no test can bring about at will.
type code int

// Error says which one.
func (c code) Error() string { return "disk I/O error" }

// Code gives the number.
func (c code) Code() int { return int(c) }
