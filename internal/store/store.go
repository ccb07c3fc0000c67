// Package store keeps what ajar has seen of organizations in one SQLite file:
// snapshots with their coverage, grants as intervals, and the lives of findings.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"github.com/eb661601/ajar/internal/journal"
)

// Options say how to open a store.
type Options struct {
	ReadOnly bool             // read beside whoever writes; the file must exist
	Now      func() time.Time // the clock; nil: time.Now
	Log      *slog.Logger     // nil: silence

	KeyFile     string   // the private key that signs the journal; "": beside the store, PATH.key
	Checkpoints []string // files that checkpoints of the journal are appended to, beside PATH.checkpoints

	// Known is the file that a former opening of this process had ([Store.File]): only
	// that one is opened, and none is made where it is gone ([ErrReplaced]).
	Known os.FileInfo
	// Checked spares the look through all pages: it was taken not long ago, by this
	// process. It is for who opens the same file again and again.
	Checked bool
	// Wrote hears how long it took to make a transaction durable, in the goroutine that
	// writes; nil: nobody listens.
	Wrote func(took time.Duration)

	migrations fs.FS // nil: those of this program
}

// Store is one open store. It is safe for use by several goroutines. One store
// at a time may be open for writing on one file, in all processes.
type Store struct {
	path string
	now  func() time.Time
	log  *slog.Logger

	read    *pool
	dates   atomic.Pointer[dates]
	restore time.Time // when the file was found older than its witness

	mu        sync.Mutex // holds everything below
	writer    *sql.DB    // nil: read-only
	conn      *sql.Conn  // its only connection
	lock      *os.File
	file      os.FileInfo // what was opened, to notice that it was replaced
	prepared  map[string]*sql.Stmt
	wide      wideInserts
	batch     batch
	relations relationSet
	lastScope int64           // the highest number of a scope; 0: not known
	passes    map[int64]*Pass // the open ones, by organization
	trusting  bool            // links between rows are not looked up
	broken    error           // the disk failed: nothing is written any more

	keyPath     string          // as in Options
	copies      []string        // as in Options
	random      io.Reader       // of keys; nil: the system's
	signer      *journal.Signer // set by a take-over
	generation  int64           // of the store, as it was at the start
	unpublished int64           // entries since the last published checkpoint
	published   time.Time       // when that was; zero: never
	closed      bool
	checked     bool        // as in Options
	known       os.FileInfo // as in Options
	wrote       func(time.Duration)
}

// Open opens the store at path ("ajar.db", or "sqlite:ajar.db"). For writing it
// makes the file, with mode 0600, where there is none, and brings an older schema
// up to date after copying the file beside it. A file that is foreign, damaged or
// newer than this program is refused and left as it is.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	sqlite.StrictPragmas(true)
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, now: o.Now, log: o.Log, prepared: map[string]*sql.Stmt{}, passes: map[int64]*Pass{}, keyPath: o.KeyFile, copies: o.Checkpoints, random: rand.Reader, checked: o.Checked, known: o.Known, wrote: o.Wrote}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.migrations == nil {
		o.migrations = embedded()
	}
	if o.ReadOnly {
		err = s.openForReading(ctx, o.migrations)
	} else {
		err = s.openForWriting(ctx, o.migrations)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Path is the absolute path of the file.
func (s *Store) Path() string { return s.path }

// File is the file that is open, to be told from another one that is put in its place;
// nil where it is open for reading only.
func (s *Store) File() os.FileInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file
}

// Restored tells when the file was found to be older than the witness beside it:
// a backup that was put back. The zero time means never. What was decided since
// the backup was made is not known, so nothing should act by itself until a
// person has looked ([Store.AcceptRestored]).
func (s *Store) Restored() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restore
}

// Close gives up open passes, the files and the lock. It may be called twice.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.read != nil { // before the writer, which as the last one tidies the log away
		errs = append(errs, s.read.close())
	}
	if s.conn != nil {
		_ = s.abandon(errClosed)
		if s.signer != nil && s.unpublished > 0 && s.broken == nil { // the next process may be long in coming
			s.publishOrSay()
		}
		for _, st := range s.prepared {
			errs = append(errs, st.Close())
		}
		errs = append(errs, s.wide.close())
		if s.broken == nil {
			_, err := s.conn.ExecContext(context.Background(), optimize)
			errs = append(errs, err)
		}
		errs = append(errs, s.conn.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	s.writer, s.conn, s.lock, s.closed = nil, nil, nil, true
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the store: %w", explain(s.path, err))
	}
	return nil
}

var errClosed = errors.New("the store was closed")

// writable reports why the store may not be written to just now. The caller
// holds s.mu.
func (s *Store) writable() error {
	switch {
	case s.closed:
		return errClosed
	case s.conn == nil:
		return fmt.Errorf("store %s: %w", s.path, ErrReadOnly)
	case s.broken != nil:
		return s.broken
	}
	found, err := os.Stat(s.path)
	if err != nil || !os.SameFile(found, s.file) {
		return fmt.Errorf("store %s: %w; put it back and start again", s.path, ErrReplaced)
	}
	return nil
}

// Check reads the whole file and compares every index with its table. It takes
// about a second for each 100 MB.
func (s *Store) Check(ctx context.Context) error { return check(ctx, s.read.db, s.path, checkAll) }

// Backup writes a whole and current copy to a path where nothing is yet. It may
// run beside a pass and sees what was committed when it began.
func (s *Store) Backup(ctx context.Context, to string) error {
	return backup(ctx, s.path, to)
}
