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
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store %s: lock file: %w", path, err)
	}
	got, err := tryLock(f)
	if err != nil {
		return nil, fmt.Errorf("store %s: lock file: %w; keep the store on a local disk", path, errors.Join(err, f.Close()))
	}
	if !got {
		text, _ := io.ReadAll(io.LimitReader(f, 64))
		_ = f.Close() // nothing was written through it
		owner := strings.TrimSpace(string(text))
		if owner == "" {
			owner = "pid unknown"
		}
		return nil, fmt.Errorf("store %s: %w (%s); wait until it has finished, or end it", path, ErrLocked, owner)
	}
	if err = f.Truncate(0); err == nil {
		_, err = fmt.Fprintf(f, "pid %d\n", os.Getpid())
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: lock file: %w", path, errors.Join(err, f.Close()))
	}
	return f, nil
}
