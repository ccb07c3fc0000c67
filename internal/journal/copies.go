package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copied is one line of a file of checkpoints.
type copied struct {
	Checkpoint string `json:"checkpoint"`
}

// AppendCheckpoint adds a checkpoint to a file of copies, one JSON object to a
// line, durable when it returns. A line that a crash cut short is closed first.
func AppendCheckpoint(path string, c Checkpoint) error {
	line, err := encode(copied{c.Note})
	if err != nil {
		return fmt.Errorf("checkpoints %s: %w", path, err)
	}
	_, existed := os.Stat(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644) //nolint:gosec // it is meant to be read and copied by others
	if err != nil {
		return fmt.Errorf("checkpoints: %w", err)
	}
	line = append(line, '\n')
	if cut, err := endsCut(f); err != nil {
		return errors.Join(fmt.Errorf("checkpoints %s: %w", path, err), f.Close())
	} else if cut {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil && existed != nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("checkpoints %s: %w", path, err)
	}
	return nil
}

// endsCut reports whether a file ends in the middle of a line.
func endsCut(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return false, err
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return last[0] != '\n', err
}

// Copies is what a file of checkpoints holds.
type Copies struct {
	Checkpoints []Checkpoint
	Broken      []int // lines that are no checkpoint
	Lines       int
}

// maxCopies bounds a line of a file of checkpoints, in bytes.
const maxCopies = 64 << 10

// ReadCopies reads a file of checkpoints. One that is not there holds none.
func ReadCopies(path string) (Copies, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Copies{}, nil
	}
	if err != nil {
		return Copies{}, fmt.Errorf("checkpoints: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	c, err := DecodeCopies(f)
	if err != nil {
		return c, fmt.Errorf("checkpoints %s: %w", path, err)
	}
	return c, nil
}

// DecodeCopies reads checkpoints, one to a line. None is asked who signed it.
func DecodeCopies(r io.Reader) (Copies, error) {
	var out Copies
	err := EachCopy(r, func(n int, c Checkpoint, err error) bool {
		switch {
		case errors.Is(err, errNoLine):
		case err != nil:
			out.Broken = append(out.Broken, n)
		default:
			out.Checkpoints = append(out.Checkpoints, c)
		}
		out.Lines = n
		return true
	})
	return out, err
}

// errNoLine says that a line of a file of checkpoints is empty.
var errNoLine = errors.New("the line is empty")

// EachCopy reads checkpoints, one to a line, and has each called with the number of its
// line and with what is wrong with it, until that returns false. The error is of the
// reading itself.
func EachCopy(r io.Reader, each func(n int, c Checkpoint, err error) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCopies)
	for n := 1; lines.Scan(); n++ {
		var c Checkpoint
		var line copied
		err := errNoLine
		if len(lines.Bytes()) > 0 {
			err = strict(lines.Bytes(), &line)
		}
		if err == nil {
			c, err = ReadCheckpoint(line.Checkpoint)
		}
		if !each(n, c, err) {
			return nil
		}
	}
	return lines.Err()
}

// SyncFolder makes the name of a file durable.
func SyncFolder(path string) error { return syncFolder(filepath.Dir(path)) }

// ClaimCopies hands the checkpoints of files to the verification. A last line that is
// no checkpoint is what a crash leaves; any other is a problem.
func (v *Verifier) ClaimCopies(paths []string) error {
	for _, path := range paths {
		c, err := ReadCopies(path)
		if err != nil {
			return err
		}
		for _, c := range c.Checkpoints {
			v.Claim(c, path)
		}
		for _, n := range c.Broken {
			if n < c.Lines {
				v.Problem(0, "line %d of %s is no checkpoint", n, path)
			}
		}
	}
	return nil
}
