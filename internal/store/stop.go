package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// StopSchema names the form of a request to stop.
const StopSchema = "ajar.stop/v1"

// Bounds of a request to stop, in bytes.
const (
	mostStop       = 16 << 10 // the file
	mostStopReason = 2 << 10
	mostStopWho    = 256
)

// Stop is a request to stop that stands in a file beside the store. Whoever wants
// to stop needs neither the store nor its lock for it: a run looks before each
// change. It becomes a hold as soon as the store can be written.
type Stop struct {
	File   string // its path
	Org    int64  // number of the organization; 0: all of the store
	Login  string
	Reason string
	Who    string
	At     time.Time
	// Broken says why the file cannot be read; "": it was. One that is broken stops
	// every organization: whoever wrote it wanted something to stop.
	Broken string
}

// For reports whether it is about that organization.
func (s Stop) For(org int64) bool { return s.Broken != "" || s.Org == 0 || s.Org == org }

// Why says in a sentence what is asked, and where that stands.
func (s Stop) Why() string {
	if s.Broken != "" {
		return fmt.Sprintf("something beside the store asks to stop and cannot be read (%s: %s)", filepath.Base(s.File), s.Broken)
	}
	return s.Reason
}

type stopFile struct {
	Schema string    `json:"schema"`
	Org    int64     `json:"organization"`
	Login  string    `json:"login"`
	Reason string    `json:"reason"`
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
}

func stopPrefix(path string) string { return filepath.Base(path) + ".stop-" }

// AskToStop writes a request to stop beside the store of that name, mode 0600. It
// is whole and on the disk when this returns. The same request has one file.
func AskToStop(name string, s Stop) (Stop, error) {
	path, err := filePath(name)
	if err != nil {
		return s, err
	}
	f := stopFile{StopSchema, s.Org, cut(s.Login, mostStopWho), cut(strings.TrimSpace(s.Reason), mostStopReason), cut(s.Who, mostStopWho), s.At.UTC().Truncate(time.Second)}
	b, err := json.Marshal(f)
	if err != nil {
		return s, fmt.Errorf("store %s: asking to stop: %w", path, err)
	}
	sum := sha256.Sum256(b)
	s.File = filepath.Join(filepath.Dir(path), stopPrefix(path)+hex.EncodeToString(sum[:8]))
	s.Login, s.Reason, s.Who, s.At = f.Login, f.Reason, f.Who, f.At
	part, err := os.CreateTemp(filepath.Dir(path), ".partial-*")
	if err != nil {
		return s, fmt.Errorf("store %s: asking to stop: %w", path, err)
	}
	_, err = part.Write(append(b, '\n'))
	if err = errors.Join(err, part.Close()); err == nil {
		err = settle(part.Name(), s.File)
	}
	if err != nil {
		return s, fmt.Errorf("store %s: asking to stop: %w", path, errors.Join(err, discard(part.Name())))
	}
	return s, nil
}

// cut bounds a text, so that what is written can be read back.
func cut(s string, most int) string {
	if s = text(s); len(s) <= most {
		return s
	}
	s = s[:most-len("…")]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// Stops reads the requests to stop that stand beside the store of that name. An
// error means that it is not known whether there are any.
func Stops(name string) ([]Stop, error) {
	path, err := filePath(name)
	if err != nil {
		return nil, err
	}
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil { // also where the folder is gone: whoever asks has a store in it
		return nil, fmt.Errorf("store %s: looking whether somebody asks to stop: %w", path, err)
	}
	var out []Stop
	for _, e := range all { // in the order of their names
		if !strings.HasPrefix(e.Name(), stopPrefix(path)) {
			continue
		}
		s, err := readStop(filepath.Join(filepath.Dir(path), e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it became a hold meanwhile, or was taken back
		}
		if err != nil {
			s.Broken = err.Error()
		}
		out = append(out, s)
	}
	return out, nil
}

// readStop reads one file. What is no ordinary file is not opened: a pipe would
// make a run wait for ever.
func readStop(file string) (Stop, error) {
	s := Stop{File: file}
	info, err := os.Lstat(file)
	if err != nil {
		return s, bare(err)
	}
	if !info.Mode().IsRegular() {
		return s, errors.New("it is no ordinary file")
	}
	f, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return s, bare(err)
	}
	b, err := io.ReadAll(io.LimitReader(f, mostStop+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return s, bare(err)
	}
	return s.decode(b)
}

func (s Stop) decode(b []byte) (Stop, error) {
	if len(b) > mostStop {
		return s, fmt.Errorf("it is longer than %d bytes", mostStop)
	}
	var f stopFile
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return s, errors.New("it holds no request")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return s, errors.New("something follows the request")
	}
	switch {
	case f.Schema != StopSchema:
		return s, errors.New("it has another schema than " + StopSchema)
	case f.Org < 0, strings.TrimSpace(f.Reason) == "", len(f.Reason) > mostStopReason, len(f.Who) > mostStopWho, len(f.Login) > mostStopWho,
		!utf8.Valid(b), strings.ContainsRune(f.Reason+f.Who+f.Login, 0), f.At.Year() < 2000 || f.At.Year() > 9998:
		return s, errors.New("a field of it is missing, or holds what no request does")
	}
	s.Org, s.Login, s.Reason, s.Who, s.At = f.Org, f.Login, f.Reason, f.Who, f.At.UTC()
	return s, nil
}

// bare leaves out the path, which is told beside it.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// Done removes the file of a request that has become a hold. What cannot be removed
// goes on asking.
func (s Stop) Done() error {
	if err := discard(s.File); err != nil {
		return fmt.Errorf("removing the request to stop, which is a hold by now: %w", err)
	}
	return syncFolder(filepath.Dir(s.File))
}
