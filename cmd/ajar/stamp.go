package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/stamp"
)

// stampOf is where the time stamp of a pack lies: beside it, so that the pack is the same
// with and without.
func stampOf(path string) string { return filepath.Clean(path) + ".tsr" }

// maxStamp bounds what is read of a time stamp and of certificates, in bytes.
const maxStamp = 1 << 20

// checkStamp says what is wrong with --timestamp, before anything is read.
func (f exportFlags) checkStamp() error {
	if f.stamp == "" {
		return nil
	}
	if f.out == "" {
		return withHint(usage("--timestamp is of a pack, and a table to stdout is none"), "--out FILE.zip, or a folder")
	}
	if err := stamp.CheckURL(f.stamp); err != nil {
		return usage("--timestamp: %v", err)
	}
	if _, err := os.Lstat(stampOf(f.out)); !errors.Is(err, fs.ErrNotExist) {
		return withHint(usage("%s is there already", stampOf(f.out)), "the time stamp would go there: name another pack, or remove it first")
	}
	return nil
}

// stamp has the pack stamped that was made. Where that fails the pack is there all the
// same, which the error says.
func (a *app) stamp(ctx context.Context, f exportFlags, m pack.Manifest, v *report.PackWork) error {
	if f.stamp == "" {
		return nil
	}
	sum, err := m.Stands()
	var answer []byte
	var t stamp.Token
	if err == nil {
		answer, t, err = stamp.Ask(ctx, f.stamp, sum, rand.Reader)
	}
	if err == nil {
		err = writeWhole(stampOf(f.out), func(w io.Writer) error {
			_, err := w.Write(answer)
			return err
		})
	}
	if err != nil {
		return withHint(err, "the pack %s is there and whole, its time stamp is not; docs/evidence.md says how to ask for one with stock tools", f.out)
	}
	v.Stamp = &report.PackStamp{File: stampOf(f.out), At: t.At, By: t.By}
	return nil
}

// small reads a file that is known to be small.
func small(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxStamp+1))
	return b, errors.Join(err, f.Close())
}

// stamps reads the time stamp beside a pack, and the certificates that it is held against.
func stamps(path, file, authorities string, o *pack.VerifyOptions) error {
	if authorities != "" {
		text, err := small(authorities)
		if errors.Is(err, fs.ErrNotExist) {
			return usage("--timestamp-ca: there is no file %s", authorities)
		}
		if err != nil {
			return err
		}
		if o.Authorities, err = stamp.ReadAuthorities(text); err != nil {
			return usage("--timestamp-ca %s: %w", authorities, err)
		}
	}
	asked := file != "" || authorities != ""
	if file == "" {
		file = stampOf(path)
		// Whoever sent the pack sent what lies beside it: reading a pipe may never end.
		if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
			return withHint(usage("the time stamp %s is no regular file, so it is not read", file), "remove it, or name another one with --timestamp FILE")
		}
	}
	b, err := small(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !asked:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return withHint(usage("there is no time stamp %s", file), "--timestamp FILE names one that lies elsewhere")
	case err != nil:
		return err
	}
	o.Stamp = b
	return nil
}
