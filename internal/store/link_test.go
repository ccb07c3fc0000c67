package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Two names of one store must not be two locks, nor two places to ask for a stop.
func TestALinkToAStoreIsTheSameStore(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "ajar.db"), filepath.Join(dir, "elsewhere.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	daemon, err := LockDaemon(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = daemon.Close() }()
	if second, err := LockDaemon(link); !errors.Is(err, ErrServed) {
		t.Errorf("a second daemon: %v, %v", second, err)
	}
	if other, err := Open(t.Context(), link, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second writer: %v, %v", other, err)
	}
	if _, err := AskToStop(link, Stop{Org: 7, Login: "acme", Reason: "stop", Who: "somebody", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	if all, err := Stops(path); err != nil || len(all) != 1 {
		t.Errorf("a request to stop by the other name: %v, %v", all, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), link, Options{}); err != nil || s.Path() != path {
		t.Fatalf("by the other name: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
