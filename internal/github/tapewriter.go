package github

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// tapeWriter writes a new file beside the old one and puts it in its place.
type tapeWriter struct {
	path string
	f    *os.File
	w    *bufio.Writer
	at   int64
	err  error
}

func newTapeWriter(path string, h tapeHeader) (*tapeWriter, error) {
	if err := os.Remove(path + ".new"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	w := &tapeWriter{path: path, f: f, w: bufio.NewWriterSize(f, 256<<10)}
	w.write(appendHeader([]byte(tapeMagic), h))
	return w, nil
}

func (w *tapeWriter) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
	w.at += int64(len(b))
}

// copyKept copies the chosen answers out of another tape, in the order in which
// they stand there, and tells where each is now.
func (w *tapeWriter) copyKept(from *os.File, chosen map[tapeKey]keptEntry, each func(k tapeKey, e keptEntry)) error {
	if len(chosen) == 0 {
		return nil
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var rec []byte
	_, _, err := readTape(from, func(r record) {
		if e, ok := chosen[r.key]; !ok || r.rest == nil || e.at != r.from {
			return
		}
		rec = appendREST(rec[:0], recordKept, r.key, r.rest, r.body)
		w.write(rec)
		r.from = w.at - int64(len(r.body))
		each(r.key, r.keep())
	})
	return err
}

// done puts the file in place of the one at the path, which nobody may hold open,
// once it is on disk, and opens it. at is its end.
func (w *tapeWriter) done() (f *os.File, at int64, err error) {
	err = errors.Join(w.err, w.w.Flush(), w.f.Sync(), w.f.Close())
	if err == nil {
		err = os.Rename(w.path+".new", w.path)
	}
	if err != nil {
		return nil, 0, errors.Join(err, os.Remove(w.path+".new"))
	}
	if d, err := os.Open(filepath.Dir(w.path)); err == nil {
		_ = d.Sync() // where it cannot, the old file may come back, and is checked like any
		_ = d.Close()
	}
	f, err = os.OpenFile(w.path, os.O_RDWR, 0)
	return f, w.at, err
}

// readREST reads a REST answer whose headers stand before its body.
func readREST(f *os.File, at int64, head, size uint32) (h http.Header, body []byte, err error) {
	raw, err := readRange(f, at-int64(head), head+size)
	if err != nil {
		return nil, nil, err
	}
	return parseHeaders(raw[:head]), raw[head:], nil
}

// readRange reads a part of a file.
func readRange(f *os.File, at int64, size uint32) ([]byte, error) {
	b := make([]byte, size)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, fmt.Errorf("reading an answer: %w", err)
	}
	return b, nil
}
