package store

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// A DSN is code: nothing that anybody typed is part of these but the path, and
// that is escaped.
const (
	// mode=rw: the file is made by this package or by nobody.
	writerParams = "?mode=rw&_txlock=immediate&_defensive=1&_dqs=0" +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-6144)&_pragma=journal_size_limit(67108864)"
	readerParams = "?mode=ro&_defensive=1&_dqs=0" +
		"&_pragma=busy_timeout(10000)&_pragma=query_only(1)&_pragma=foreign_keys(1)" +
		"&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-2048)"
	// A file that nobody writes needs no locks and no shared memory.
	atRestParams = "&immutable=1"
	// A copy is written by the connection that reads, so query_only would forbid it.
	copierParams = "?mode=ro&_defensive=1&_dqs=0&_pragma=busy_timeout(10000)" +
		"&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=temp_store(MEMORY)"
)

// filePath reads a store's name as it stands in config.toml: a path, or the same
// after "sqlite:".
func filePath(name string) (string, error) {
	path := strings.TrimPrefix(name, "sqlite:")
	scheme, _, isURL := strings.Cut(path, "://")
	switch {
	case path == "":
		return "", errors.New("store: no path is given")
	case isURL && !strings.Contains(scheme, "/"):
		return "", fmt.Errorf("store %s://…: this ajar keeps its store in a file; give a path, or sqlite:PATH", scheme)
	case strings.Contains(path, ":memory:") || strings.HasPrefix(path, "file:"):
		return "", fmt.Errorf("store %s: give the path of a file", path)
	case strings.ContainsRune(path, 0):
		return "", errors.New("store: the path holds a zero byte")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("store %s: %w", path, err)
	}
	return Real(abs), nil
}

// Real is the path of the file that a store of that path is, behind every link. What
// stands beside the store, locks and requests to stop, keys and witnesses, is named by
// it: two names of one store must not be two locks. Where it cannot be told it is the
// path itself.
func Real(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil { // there is no store yet
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

func dsn(path, params string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive letter
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + params
}
