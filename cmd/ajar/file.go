package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/eb661601/ajar/internal/config"
)

// writeFile puts a file there whole or not at all, readable by its owner alone.
// With fresh it refuses to replace one that is there.
func writeFile(path string, data []byte, fresh bool) error {
	return writeFileAs(path, data, fresh, 0o600)
}

// writeFileAs is writeFile with another mode.
func writeFileAs(path string, data []byte, fresh bool, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*") // mode 0600
	if err != nil {
		return notWritten(path, err)
	}
	defer func() {
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return notWritten(path, err)
	}
	if !fresh {
		err = os.Rename(f.Name(), path)
	} else {
		// A link fails where the name is taken; looking first would leave a moment
		// in which somebody else takes it.
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return withHint(usage("%s is there already", path), "name another file, or remove it first")
	}
	if err != nil {
		return notWritten(path, err)
	}
	return nil
}

// notWritten names the file that was meant, not the one that was to become it.
func notWritten(path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("writing %s: %w", path, err)
}

// spares refuses to put a report in place of what ajar itself lives on: the store
// with the files beside it, the configuration, the baseline.
func (a *app) spares(c *config.Config, flag, path string) error {
	if path == "" {
		return nil
	}
	store := a.storePath(c)
	mine := []string{store, c.Path}
	if c.Baseline != nil {
		mine = append(mine, c.Baseline.Paths...)
	}
	target, err := os.Lstat(path)
	for _, m := range mine {
		there, bad := os.Stat(m)
		if m != "" && (path == m || err == nil && bad == nil && os.SameFile(target, there)) {
			return withHint(usage("%s %s would replace what ajar reads", flag, path), "name another file")
		}
	}
	if whole, bad := filepath.Abs(path); bad == nil {
		if at, bad := filepath.Abs(store); bad == nil && (strings.HasPrefix(whole, at+".") || strings.HasPrefix(whole, at+"-")) {
			return withHint(usage("%s %s is among the files of the store", flag, path), "name another file")
		}
	}
	return nil
}
