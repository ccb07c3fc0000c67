package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/eb661601/ajar/access"
)

// breakLog makes every write to the log of an open store fail, as a disk that
// dies does: behind SQLite's back its descriptors come to be of something that
// takes nothing.
func breakLog(t *testing.T, s *Store) {
	t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if err != nil || target != s.path+"-wal" {
			continue
		}
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Dup3(int(null.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		broken++
	}
	if broken == 0 {
		t.Fatal("the log is not open")
	}
}

func TestDiskThatFailsOnceIsNotTrustedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	s, err := Open(t.Context(), path, Options{Now: fixed})
	if err != nil {
		t.Fatal(err)
	}
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	breakLog(t, s)
	if _, err := p.Finish(t.Context(), PassStats{}); !errors.Is(err, ErrDisk) {
		t.Fatalf("finish: %v, want ErrDisk", err)
	}
	if _, err := s.Begin(t.Context(), acme, hour(1)); !errors.Is(err, ErrDisk) {
		t.Errorf("begin after that: %v, want ErrDisk", err)
	}
	snap := &access.Snapshot{ID: 1}
	if _, err := s.Judge(t.Context(), snap, nil, hour(1), Terms{}); !errors.Is(err, ErrDisk) {
		t.Errorf("judge after that: %v, want ErrDisk", err)
	}
	_ = s.Close() // it may complain: its log is gone

	s = open(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "snapshots WHERE finished_at IS NOT NULL"); n != 0 {
		t.Errorf("%d snapshots, want none: the only one was not acknowledged", n)
	}
	finish(t, begin(t, s, hour(1)))
}

func TestNetworkFileSystemsAreKnownByTheirNumbers(t *testing.T) {
	if err := onLocalDisk(t.TempDir()); err != nil {
		t.Errorf("the folder of this test: %v", err)
	}
	for number, name := range remote {
		if err := refuseRemote(number); err == nil {
			t.Errorf("%s (%#x) is taken for a local disk", name, number)
		}
	}
	if err := refuseRemote(0xef53); err != nil { // ext4
		t.Errorf("a local disk: %v", err)
	}
}
