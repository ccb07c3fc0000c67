package github

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Tape is a file of the answers that one pass over one organization got. A pass
// that broke off is taken up by answering from it what was answered before, and
// of a pass that ended well it keeps the REST answers that GitHub can be asked to
// confirm. It is no source of truth: it may be deleted at any time, and what is
// wrong with it costs requests and nothing else.
//
// An answer is given back as often as it was recorded by former runs, in that
// order, and then GitHub is asked: a list that is read twice, because it did not
// add up, is never checked against itself. What this run records it does not
// give back.
//
// A Tape is safe for concurrent use.
type Tape struct {
	path string
	log  *slog.Logger
	now  func() time.Time
	all  bool // GraphQL answers too: the pass may be taken up

	mu      sync.Mutex
	f       *os.File
	head    tapeHeader
	salt    []byte
	end     int64 // of the file, without buf
	buf     []byte
	timer   *time.Timer // flushes buf
	dead    bool        // nothing more can be written
	index   map[tapeKey]int32
	entries []tapeEntry
	kept    map[tapeKey]keptEntry
	denied  map[tapeKey]struct{} // REST calls that were refused in a former run
	resumed int                  // answers at hand when it was opened
	grown   bool                 // one of denied was granted in this run
}

// tapeEntry is one answer, or one node of one, in the file.
type tapeEntry struct {
	at   int64  // of the body, or of the node
	size uint32 // of that
	head uint32 // of the headers before it; 0: it is GraphQL's
	next int32  // the next recording of the same question, -1: none
}

// keptEntry is a REST answer of a former pass that has a validator.
type keptEntry struct {
	at         int64
	size, head uint32
	when       int64  // milliseconds
	tag        uint64 // of the token that it was given to
}

// TapeOptions say what a tape is of. Only a tape of the same organization, host,
// credential and sight is taken up.
type TapeOptions struct {
	Path         string
	Organization int64
	Host         string
	Credential   string        // what tells one credential from another; it is kept as a salted hash
	Sight        string        // what the credential may see, as far as GitHub told; kept as a hash too
	Version      string        // of this program
	Start        time.Time     // of the observation, where none is taken up
	Resume       time.Duration // how long ago a pass may have broken off to be taken up; 0: none is
	Now          func() time.Time
	Log          *slog.Logger
}

// How long a broken-off pass may have gone on in all, where Resume does not say
// longer: however often it is taken up, its first answers are no older.
const longestPass = 24 * time.Hour

// validFor is how old a kept answer may be: an installation's token, with which
// GitHub's validators end, lives an hour.
const validFor = time.Hour

// OpenTape opens the tape at the path, taking up the pass that it holds, or begins
// a new one. A file that is no tape, or is of something else, or too old, is
// replaced, and the log says so once. The error is that of a disk that cannot be
// written.
func OpenTape(o TapeOptions) (*Tape, error) {
	t := &Tape{
		path: o.Path, log: o.Log, now: o.Now, all: o.Resume > 0,
		index: map[tapeKey]int32{}, kept: map[tapeKey]keptEntry{}, denied: map[tapeKey]struct{}{},
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	why := t.take(o)
	if why == "" {
		t.log.Info("taking up a pass that broke off", "file", t.path, "since", t.head.Start, "answers", t.resumed)
		return t, nil
	}
	if why != nothingThere {
		t.log.Info("not taking up a former pass", "file", t.path, "why", why)
	}
	if err := t.begin(o); err != nil {
		return nil, fmt.Errorf("writing the answers file %s: %w", t.path, err)
	}
	return t, nil
}

// nothingThere is no reason worth telling.
const nothingThere = "there is none"

// take opens a file that is there; why says why its pass is not taken up. Its
// kept answers may serve all the same.
func (t *Tape) take(o TapeOptions) (why string) {
	f, err := os.OpenFile(t.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nothingThere
	}
	if err != nil {
		return "it cannot be opened: " + err.Error()
	}
	t.f = f
	last, err := t.load()
	if err != nil {
		t.forget()
		return err.Error()
	}
	if why = t.foreign(o); why != "" {
		t.forget()
		return why
	}
	t.dropOld(o.Now())
	if why = t.stale(o, last); why != "" {
		t.index, t.entries, t.denied, t.resumed = map[tapeKey]int32{}, nil, map[tapeKey]struct{}{}, 0
		return why
	}
	if err := t.f.Truncate(t.end); err != nil { // what follows was torn
		t.forget()
		return err.Error()
	}
	return ""
}

// foreign says why the file is of something else.
func (t *Tape) foreign(o TapeOptions) string {
	switch h := t.head; {
	case h.Version != tapeVersion:
		return fmt.Sprintf("its format is %d, not %d", h.Version, tapeVersion)
	case h.Organization != o.Organization:
		return "it is of another organization"
	case h.Host != o.Host:
		return "it is of another host"
	case h.Credential != t.mark(o.Credential):
		return "it was written with another credential"
	}
	return ""
}

// stale says why the pass is not taken up.
func (t *Tape) stale(o TapeOptions, last time.Time) string {
	now := o.Now()
	switch h := t.head; {
	case h.Done:
		return nothingThere
	case o.Resume <= 0:
		return "taking up is switched off"
	case h.Sight != t.mark(o.Sight):
		return "the credential may see something else now"
	case h.Start.After(now) || last.After(now):
		return "it is of the future"
	case now.Sub(last) > o.Resume || now.Sub(h.Start) > max(o.Resume, longestPass):
		return "it is too old"
	case t.resumed == 0:
		return nothingThere
	}
	return ""
}

// dropOld forgets kept answers that are past their time.
func (t *Tape) dropOld(now time.Time) {
	for k, e := range t.kept {
		if age := now.Sub(time.UnixMilli(e.when)); age < 0 || age > validFor {
			delete(t.kept, k)
		}
	}
}

// forget lets go of the old file and of all that was read of it.
func (t *Tape) forget() {
	_ = t.f.Close() // it was only read
	t.f, t.end, t.resumed = nil, 0, 0
	t.index, t.entries = map[tapeKey]int32{}, nil
	t.kept, t.denied = map[tapeKey]keptEntry{}, map[tapeKey]struct{}{}
}

// begin puts a new file in place of the old one. What was kept goes with it, so
// the salt stays.
func (t *Tape) begin(o TapeOptions) error {
	old, kept := t.f, t.kept
	if old == nil {
		t.salt = make([]byte, 16)
		_, _ = rand.Read(t.salt) // never fails
	}
	t.head = tapeHeader{
		Version: tapeVersion, Organization: o.Organization, Host: o.Host, Salt: hex.EncodeToString(t.salt),
		Credential: t.mark(o.Credential), Sight: t.mark(o.Sight), Start: o.Start.UTC(), Ajar: o.Version,
	}
	w, err := newTapeWriter(t.path, t.head)
	if err != nil {
		return err
	}
	t.kept = make(map[tapeKey]keptEntry, len(kept))
	if err := w.copyKept(old, kept, func(k tapeKey, e keptEntry) { t.kept[k] = e }); err != nil {
		t.log.Debug("copying kept answers", "file", t.path, "err", err) // they are asked for in full
	}
	if old != nil {
		_ = old.Close() // it was only read
	}
	t.f, t.end, err = w.done()
	return err
}

// mark is a salted hash of something that must not stand in the file.
func (t *Tape) mark(text string) string {
	h := sha256.New()
	h.Write(t.salt)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Start is when the observation began that this run makes or goes on with.
func (t *Tape) Start() time.Time { return t.head.Start }

// Resumed is how many recorded answers were at hand when the tape was opened; 0
// where no pass is taken up.
func (t *Tape) Resumed() int { return t.resumed }

// Outgrown reports whether the credential was let see something in this run that
// it was refused in the part of the pass that was recorded. Then what was recorded
// may show less than there was without a word about it, and the pass must be made
// anew.
func (t *Tape) Outgrown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.grown
}

// Close writes what is buffered and lets go of the file, for a later run to take
// up.
func (t *Tape) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.f == nil {
		return nil
	}
	t.flush()
	err := t.f.Close()
	t.f, t.dead = nil, true
	return err
}

// Drop deletes the file.
func (t *Tape) Drop() error {
	err := t.Close()
	if gone := os.Remove(t.path); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
