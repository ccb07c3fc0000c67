package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Survey is what can be told of a store without opening it to write. Nothing is
// made and nothing is changed.
type Survey struct {
	Path      string
	Exists    bool
	Missed    bool  // the file beside it says that there was a store
	Size      int64 // bytes
	Shared    bool  // others than its owner can read it
	Schema    int64 // it was made with; 0 where that cannot be told
	Known     int64 // the newest schema that this program knows
	Free      int64 // bytes that this account may still use on its disk
	FreeKnown bool
	Barred    error      // why this account could not write it; nil: it can, or that is not known
	Writer    string     // who writes to it at this moment, as "pid 4711"; "": nobody
	Answers   []Leftover // of passes that broke off
}

// Leftover is a file of answers of a pass that broke off, or that is under way.
type Leftover struct {
	Name string
	At   time.Time // it was written to last
	Size int64
}

// Inspect surveys the store at a path, there or not.
func Inspect(ctx context.Context, name string) (Survey, error) {
	path, err := filePath(name)
	if err != nil {
		return Survey{}, err
	}
	s := Survey{Path: path, Known: newest(embedded())}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return s, fmt.Errorf("store %s: %w", path, err)
	case info.IsDir():
		return s, fmt.Errorf("store %s: it is a folder; give the path of a file in it", path)
	default:
		s.Exists, s.Size, s.Shared = true, info.Size(), info.Mode().Perm()&0o077 != 0
		s.Schema = schemaAt(ctx, path)
	}
	witness, err := readWitness(path)
	if err != nil {
		return s, err
	}
	s.Missed = witness > 0
	dir := nearest(filepath.Dir(path))
	s.Free, s.FreeKnown = freeSpace(dir)
	if err := onLocalDisk(dir); err != nil {
		s.Barred = err
	} else if err := mayWrite(dir); err != nil {
		s.Barred = fmt.Errorf("its folder %s: %w", dir, err)
	} else if s.Exists {
		s.Barred = mayWrite(path)
	}
	s.Writer, err = writerOf(path)
	if err != nil {
		return s, fmt.Errorf("store %s: lock file: %w", path, err)
	}
	s.Answers, err = leftovers(path)
	return s, err
}

// schemaAt gives the schema of a file, 0 where that cannot be told.
func schemaAt(ctx context.Context, path string) int64 {
	db, err := sql.Open("sqlite", dsn(path, readerParams))
	if err != nil {
		return 0
	}
	defer func() { _ = db.Close() }() // it was only read from
	made, err := identify(ctx, db, path)
	if err != nil {
		return 0
	}
	return made
}

// nearest is the folder, or the nearest one above it that is there: that is
// where it would be made.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// writerOf says who writes to the store. The lock is tried only where the process
// that took it last is there still: it is given up at once, but for that moment
// nobody else could take it.
func writerOf(path string) (string, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // which gives the lock up
	text, err := io.ReadAll(io.LimitReader(f, 64))
	if err != nil {
		return "", err
	}
	owner := strings.TrimSpace(string(text))
	if pid, err := strconv.Atoi(strings.TrimPrefix(owner, "pid ")); err == nil && !running(pid) {
		return "", nil
	}
	if got, err := tryLock(f); err != nil || got {
		return "", err
	}
	if owner == "" {
		owner = "pid unknown"
	}
	return owner, nil
}

// running reports whether there may be a process of that number.
func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer func() { _ = p.Release() }() // nothing was started
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// leftovers lists the files of answers beside the store.
func leftovers(path string) ([]Leftover, error) {
	all, err := filepath.Glob(globbed(path) + ".answers-*")
	if err != nil {
		return nil, fmt.Errorf("store %s: looking beside it: %w", path, err)
	}
	var out []Leftover
	for _, name := range all {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since the list was made
		}
		if err != nil {
			return nil, fmt.Errorf("store %s: looking beside it: %w", path, err)
		}
		out = append(out, Leftover{filepath.Base(name), info.ModTime(), info.Size()})
	}
	return out, nil
}

// globbed writes a path so that a pattern takes it as it is.
func globbed(path string) string {
	if os.PathSeparator == '\\' {
		return path // no way to escape there
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
