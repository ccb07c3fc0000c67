package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// applicationID is the bytes "ajar" in the header of the file.
const applicationID = 0x616a6172

const (
	readApplicationID = `PRAGMA application_id`
	quickCheck        = `PRAGMA quick_check(1)`
	ignoreRules       = `PRAGMA ignore_check_constraints = 1`
	obeyRules         = `PRAGMA ignore_check_constraints = 0`
	checkAll          = `PRAGMA integrity_check(1)`
	countTables       = `SELECT count(*) FROM sqlite_schema ORDER BY 1`
	markAsOurs        = `PRAGMA application_id = 1634361714`
	optimize          = `PRAGMA optimize`
)

func (s *Store) openForReading(ctx context.Context, migrations fs.FS) error {
	witness, err := readWitness(s.path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		if err := s.unmissed(""); err != nil {
			return err
		}
		return fmt.Errorf("store %s: %w; run ajar collect, or give the path of one", s.path, ErrNoStore)
	} else if err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	made, err := s.openReaders(ctx, readerParams)
	if errors.Is(err, errAccount) && s.atRest() {
		made, err = s.openReaders(ctx, readerParams+atRestParams)
	}
	if err != nil {
		return err
	}
	if err := s.checkIfQuick(ctx); err != nil {
		return err
	}
	if made == 0 {
		if err := s.unmissed("the file is empty, so "); err != nil {
			return err
		}
		return fmt.Errorf("store %s: the file is empty, so %w in it yet; run ajar collect, which fills it", s.path, ErrNoStore)
	}
	if known := newest(migrations); made < known {
		return fmt.Errorf("store %s: %w (schema %d, this one reads %d); run ajar collect once, which brings it up to date",
			s.path, ErrOlder, made, known)
	} else if made > known {
		return newerError(s.path, made, known)
	}
	return s.readGeneration(ctx, witness)
}

func (s *Store) openForWriting(ctx context.Context, migrations fs.FS) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	if err := onLocalDisk(filepath.Dir(s.path)); err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	var err error
	if s.lock, err = lock(s.path); err != nil {
		return err
	}
	if err := s.stillThere(); err != nil {
		return err
	}
	if err := s.create(); err != nil {
		return err
	}
	made, err := s.openReaders(ctx, readerParams)
	if err != nil {
		return err
	}
	if !s.checked {
		if err := s.checkQuickly(ctx); err != nil {
			return err
		}
	}
	if made == 0 {
		if err := s.unmissed("the file is empty, so "); err != nil {
			return err
		}
	}
	if known := newest(migrations); made > known {
		return newerError(s.path, made, known)
	} else if made > 0 && made < known {
		if err := s.backupBefore(ctx, made); err != nil {
			return err
		}
	}
	if s.writer, err = sql.Open("sqlite", dsn(s.path, writerParams)); err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.migrate(ctx, migrations); err != nil {
		return explain(s.path, err)
	}
	if s.conn, err = s.writer.Conn(ctx); err != nil {
		return explain(s.path, err)
	}
	if s.file, err = os.Stat(s.path); err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	if err := s.startGeneration(ctx); err != nil {
		return err
	}
	return s.noticeCheckpoints(ctx)
}

// stillThere refuses another file than the one that is known, and to make one in its
// place.
func (s *Store) stillThere() error {
	if s.known == nil {
		return nil
	}
	found, err := os.Stat(s.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	// An empty one is a new one: where the old file is gone, its number is given again.
	if err != nil || !os.SameFile(found, s.known) || found.Size() == 0 {
		return fmt.Errorf("store %s: %w; put it back and start again", s.path, ErrReplaced)
	}
	return nil
}

// create makes the file where there is none, readable by its owner alone; SQLite
// gives its companions the same mode. It is made here and not by SQLite so that
// the mode holds from the first byte.
func (s *Store) create() error {
	info, err := os.Stat(s.path)
	if err == nil {
		if info.IsDir() {
			return fmt.Errorf("store %s: it is a folder; give the path of a file in it", s.path)
		}
		if info.Mode().Perm()&0o077 != 0 {
			s.log.Warn("the store can be read by others", "path", s.path, "mode", info.Mode().Perm().String(), "want", "0600")
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	if s.known != nil { // it was there a moment ago
		return s.stillThere()
	}
	if err := s.unmissed(""); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	return f.Close()
}

// openReaders opens the connections that read, and gives the schema of the file.
func (s *Store) openReaders(ctx context.Context, params string) (made int64, err error) {
	if s.read != nil {
		if err := s.read.close(); err != nil {
			return 0, fmt.Errorf("store %s: %w", s.path, err)
		}
	}
	if s.read, err = openPool(s.path, params); err != nil {
		return 0, fmt.Errorf("store %s: %w", s.path, err)
	}
	return identify(ctx, s.read.db, s.path)
}

// atRest reports whether nobody has the file open for writing and nothing waits
// in its log. Then it can be read in a folder where nothing may be made.
func (s *Store) atRest() bool {
	log, err := os.Stat(s.path + "-wal")
	return errors.Is(err, fs.ErrNotExist) || err == nil && log.Size() == 0
}

// quickBytes is up to what size a reader checks the file too, which takes less
// than half a second. Larger ones are checked by whoever writes.
const quickBytes = 64 << 20

func (s *Store) checkIfQuick(ctx context.Context) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return fmt.Errorf("store %s: %w", s.path, err)
	}
	if info.Size() > quickBytes {
		return nil
	}
	return s.checkQuickly(ctx)
}

// checkQuickly looks at the pages and the types of what is in them. Whether values
// keep the table's own rules would be most of the work, as each body is parsed for it:
// what is live is held against its digests when it is loaded, and [Store.Check]
// looks at everything.
func (s *Store) checkQuickly(ctx context.Context) error {
	c, err := s.read.db.Conn(ctx)
	if err != nil {
		return explain(s.path, err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, ignoreRules); err != nil {
		return explain(s.path, err)
	}
	err = check(ctx, c, s.path, quickCheck)
	if _, back := c.ExecContext(ctx, obeyRules); back != nil {
		return errors.Join(err, explain(s.path, back))
	}
	return err
}

// identify gives the schema that a file was made with, 0 where it is empty. It
// changes nothing, so that a foreign file stays as it is.
func identify(ctx context.Context, db *sql.DB, path string) (made int64, err error) {
	var id, tables int64
	if err := db.QueryRowContext(ctx, readApplicationID).Scan(&id); err != nil {
		return 0, explain(path, err)
	}
	if err := db.QueryRowContext(ctx, countTables).Scan(&tables); err != nil {
		return 0, explain(path, err)
	}
	if id == 0 && tables == 0 {
		return 0, nil
	}
	if id != applicationID {
		return 0, fmt.Errorf("store %s: %w but a database of another program; choose another path", path, ErrForeign)
	}
	made, err = schemaOf(ctx, db)
	return made, explain(path, err)
}

func check(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, path, how string) error {
	var answer string
	if err := db.QueryRowContext(ctx, how).Scan(&answer); err != nil {
		return explain(path, err)
	}
	if answer != "ok" {
		return fmt.Errorf("store %s: %w (%s); it is left as it is: put a backup in its place, or move it away and collect again",
			path, ErrDamaged, strings.ReplaceAll(answer, "\n", ", "))
	}
	return nil
}

func newerError(path string, made, known int64) error {
	return fmt.Errorf("store %s: %w (schema %d, this one knows %d); use that ajar, or another path",
		path, ErrNewer, made, known)
}
