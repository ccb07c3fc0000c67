package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// lock makes this process the only writer of the store. The lock file stays
// when it is released: removing it would let two others lock two files.
func lock(path string) (*os.File, error) {
	f, owner, err := claim(path, ".lock")
	if err == nil && f == nil {
		err = fmt.Errorf("store %s: %w (%s); wait until it has finished, or end it", path, ErrLocked, owner)
	}
	return f, err
}

// LockDaemon makes this process the only daemon of the store at path, until the
// file that it gives is closed or the process ends. Where there is another one the
// error is [ErrServed] and names it.
func LockDaemon(path string) (io.Closer, error) {
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	f, owner, err := claim(path, ".daemon.lock")
	if err == nil && f == nil {
		err = fmt.Errorf("store %s: %w (%s)", path, ErrServed, owner)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// claim takes the lock that a file beside the store stands for, and writes down who
// has it; a nil file means that owner has it.
func claim(path, suffix string) (f *os.File, owner string, err error) {
	f, err = os.OpenFile(path+suffix, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, "", fmt.Errorf("store %s: lock file: %w", path, err)
	}
	got, err := tryLock(f)
	if err != nil {
		return nil, "", fmt.Errorf("store %s: lock file: %w; keep the store on a local disk", path, errors.Join(err, f.Close()))
	}
	if !got {
		text, _ := io.ReadAll(io.LimitReader(f, 64))
		_ = f.Close() // nothing was written through it
		owner := strings.TrimSpace(string(text))
		if owner == "" {
			owner = "pid unknown"
		}
		return nil, owner, nil
	}
	if err = f.Truncate(0); err == nil {
		_, err = fmt.Fprintf(f, "pid %d\n", os.Getpid())
	}
	if err != nil {
		return nil, "", fmt.Errorf("store %s: lock file: %w", path, errors.Join(err, f.Close()))
	}
	return f, "", nil
}
