package store

import (
	"errors"
	"fmt"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// What callers ask about. Each comes wrapped in one line that names the file and
// says what to do.
var (
	ErrNoStore    = errors.New("there is no store")
	ErrNoSnapshot = errors.New("there is no such snapshot")
	ErrNoFinding  = errors.New("there is no such finding")
	ErrManyFound  = errors.New("there are several such findings")
	ErrLocked     = errors.New("another ajar is writing to it")
	ErrServed     = errors.New("another daemon serves it")
	ErrForeign    = errors.New("not a store of ajar")
	ErrNewer      = errors.New("made by a newer ajar")
	ErrOlder      = errors.New("made by an older ajar")
	ErrDamaged    = errors.New("the store is damaged")
	ErrReadOnly   = errors.New("the store is open for reading only")
	ErrClock      = errors.New("the clock went back")
	ErrFull       = errors.New("no space is left for the store")
	ErrBusy       = errors.New("another program holds the store")
	ErrDisk       = errors.New("the disk failed the store") // nothing later repairs it: end the process
	ErrReplaced   = errors.New("the store was moved or removed while it was open")
)

var errAccount = errors.New("this account may not open or write it, or not its folder")

// coded is an error with a code of SQLite.
type coded interface {
	error
	Code() int
}

// moved reports whether SQLite missed the file itself, under its name: before it
// writes, and when it looks how to make a log beside it. That is no failure of the
// disk.
func moved(path string, code int) bool {
	if code == sqlite3.SQLITE_READONLY_DBMOVED {
		return true
	}
	_, err := os.Stat(path)
	return code == sqlite3.SQLITE_IOERR_FSTAT && errors.Is(err, os.ErrNotExist)
}

// explain puts what SQLite says into words, and keeps its error for those who ask.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	var e coded
	if !errors.As(err, &e) {
		return err
	}
	if moved(path, e.Code()) {
		return fmt.Errorf("store %s: %w; put it back and start again", path, ErrReplaced)
	}
	var kind error
	var advice string
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT:
		kind, advice = ErrDamaged, "it is left as it is: put a backup in its place, or move it away and collect again"
	case sqlite3.SQLITE_NOTADB:
		kind, advice = ErrForeign, "choose another path, or move that file away"
	case sqlite3.SQLITE_FULL:
		kind, advice = ErrFull, "free some, then run it again"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		kind, advice = ErrBusy, "end that program (a database shell, a backup), then run it again"
	case sqlite3.SQLITE_IOERR:
		kind, advice = ErrDisk, "look at the disk before it is used again"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		return fmt.Errorf("store %s: %w (%w); run it as the owner of the file and its folder", path, errAccount, err)
	default:
		return fmt.Errorf("store %s: %w", path, err)
	}
	return fmt.Errorf("store %s: %w; %s (%w)", path, kind, advice, err)
}
