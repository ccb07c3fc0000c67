//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// TestMain runs the tests, or in a child process one pass into a store whose
// disk is about to fail.
func TestMain(m *testing.M) {
	if path := os.Getenv("AJAR_TEST_PASS_INTO"); path != "" {
		if err := child(path); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is one pass over the drifted village, in this process.
func child(path string) error {
	if most, err := strconv.ParseUint(os.Getenv("AJAR_TEST_FILE_SIZE"), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	sim := httptest.NewServer(githubsim.New(drift(village()), githubsim.Options{
		Now: func() time.Time { return then }, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}}}))
	defer sim.Close()
	client, err := github.New(github.Options{APIURL: sim.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Unpaced: true})
	if err != nil {
		return err
	}
	ctx, now := context.Background(), func() time.Time { return then }
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	pass := audit.Pass{Org: "acme", Client: client, Store: s, Collect: collector.Options{Now: now}, Now: now}
	_, err = pass.Take(ctx)
	return errors.Join(err, s.Close())
}

// inChild makes the pass in a process of its own, under a command that meddles
// with it, and gives what it said.
func inChild(t *testing.T, l *lab, under []string, env ...string) (said string, failed bool) {
	t.Helper()
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	words := append(append([]string{}, under...), os.Args[0])
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = append(append(os.Environ(), "AJAR_TEST_PASS_INTO="+l.path), env...)
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &errs
	err := cmd.Run()
	return errs.String(), err != nil
}

// checkFailedCleanly wants one line for people, the snapshot before as it was, and
// a store into which the next pass goes as into any other.
func checkFailedCleanly(t *testing.T, l *lab, said string, before store.SnapshotInfo) {
	t.Helper()
	latest := failedWith(t, l, said)
	if latest.ID != before.ID {
		t.Fatalf("the newest snapshot is %d, want %d; it said %s", latest.ID, before.ID, said)
	}
	old := cleanOnce(t, aVillage.name, village, noon)
	stored, ledger := l.show(latest)
	truth{old, old, old}.check(t, stored, ledger)
	goesOn(t, l, old, then)
}

// failedWith wants one line for people and a store that is sound, and gives its
// newest snapshot.
func failedWith(t *testing.T, l *lab, said string) store.SnapshotInfo {
	t.Helper()
	if lines := strings.Split(strings.TrimSpace(said), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], "error: ") {
		t.Errorf("it said %q, want one line", said)
	}
	l.open()
	if err := l.store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	latest, err := l.store.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return latest
}

// goesOn wants that the next pass is whole, on what stood before it.
func goesOn(t *testing.T, l *lab, stood state, at time.Time) {
	t.Helper()
	next := l.pass(drift(village()), trouble{at: at})
	next.whole(t)
	now := cleanOnce(t, "village after", func() *githubsim.World { return drift(village()) }, then)
	truth{stood, now, now}.check(t, next.stored, next.ledger)
}

func TestDiskThatIsFullFailsCleanlyAndTheNextPassIsWhole(t *testing.T) {
	l, _ := labAfter(t, aVillage)
	info, err := os.Stat(l.path)
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	for _, more := range []int64{0, 4096, 16 << 10, 48 << 10, 96 << 10} {
		l, before := labAfter(t, aVillage)
		// No file may grow beyond this: as on a full disk, each write past it fails.
		said, failed := inChild(t, l, nil, fmt.Sprintf("AJAR_TEST_FILE_SIZE=%d", max(more, 1)))
		if !failed {
			l.open()
			continue
		}
		failures++
		checkFailedCleanly(t, l, said, before)
	}
	if failures < 2 {
		t.Errorf("%d sizes were too small for a store of %d bytes", failures, info.Size())
	}
}

// strace gives how to run a program whose nth call of a kind fails; the test is
// skipped where the tool is not.
func strace(t *testing.T, call, fault string, n int) []string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("strace is needed to make system calls fail; .ci/run installs it: %v", err)
	}
	if err == nil { // it may be there and not be allowed to trace
		err = exec.CommandContext(t.Context(), path, "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		t.Skipf("strace is needed to make system calls fail: %v", err)
	}
	return []string{path, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:%s:when=%d+", call, fault, n)}
}

func TestSyncThatFailsEndsTheProcessAndRecoversAtTheNextStart(t *testing.T) {
	failures := 0
	for n := 1; n <= 12; n += runs(3, 1) {
		l, before := labAfter(t, aVillage)
		said, failed := inChild(t, l, strace(t, "fsync,fdatasync", "error=EIO", n))
		if !failed {
			l.open()
			break
		}
		failures++
		checkUnsynced(t, l, said, before)
	}
	if failures == 0 {
		t.Error("no sync was made to fail")
	}
}

// checkUnsynced is checkFailedCleanly for a sync that failed. Where it is that of the
// commit which finishes the snapshot, the system may have kept what it did not
// confirm: then the new snapshot is there, and has to be whole, row by row.
func checkUnsynced(t *testing.T, l *lab, said string, before store.SnapshotInfo) {
	t.Helper()
	if !strings.Contains(said, "finishing the snapshot") {
		checkFailedCleanly(t, l, said, before)
		return
	}
	latest := failedWith(t, l, said)
	stood := cleanOnce(t, aVillage.name, village, noon)
	if latest.ID != before.ID {
		stood = cleanOnce(t, "village after", func() *githubsim.World { return drift(village()) }, then)
	}
	stored, ledger := l.show(latest)
	truth{stood, stood, stood}.check(t, stored, ledger)
	goesOn(t, l, stood, then.Add(time.Minute)) // then is taken, where the new one is there
}

func TestWritesThatFailMidwayLeaveTheSnapshotBefore(t *testing.T) {
	for _, fault := range []string{"error=ENOSPC", "error=EIO"} {
		for _, n := range []int{3, 9, 30} {
			l, before := labAfter(t, aVillage)
			said, failed := inChild(t, l, strace(t, "pwrite64", fault, n))
			if !failed {
				l.open()
				continue
			}
			checkFailedCleanly(t, l, said, before)
		}
	}
}

func TestKilledDuringAPassAtAnyWriteLeavesTheSnapshotBeforeOrTheNewOne(t *testing.T) {
	whole := 0
	for n := 1; n <= 200; n += runs(25, 3) {
		l, before := labAfter(t, aVillage)
		_, failed := inChild(t, l, strace(t, "pwrite64", "signal=KILL", n))
		if !failed {
			break
		}
		l.open()
		if err := l.store.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		latest, err := l.store.Latest(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		old := cleanOnce(t, aVillage.name, village, noon)
		now := cleanOnce(t, "village after", func() *githubsim.World { return drift(village()) }, then)
		stored, ledger := l.show(latest)
		if latest.ID != before.ID {
			whole++
			old = now
		}
		truth{old, old, old}.check(t, stored, ledger)
		next := l.pass(drift(village()), trouble{at: then.Add(time.Minute)})
		if next.err != nil {
			t.Fatal(next.err)
		}
	}
	t.Logf("%d were killed after the snapshot was finished", whole)
}

func TestStoreThatMayNotBeWrittenOrIsGoneIsOneLineAndNoFreshStore(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"deleted":    os.Remove,
		"emptied":    func(path string) error { return os.Truncate(path, 0) },
		"not ours":   func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("dear diary ", 2000)), 0o600) },
		"cut short":  func(path string) error { return os.Truncate(path, 9*4096) },
		"a folder":   func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"a bad page": func(path string) error { return scribble(path, 5*4096) },
	} {
		l, _ := labAfter(t, aVillage)
		if err := l.store.Close(); err != nil {
			t.Fatal(err)
		}
		if err := harm(l.path); err != nil {
			t.Fatal(err)
		}
		before := listing(t, filepath.Dir(l.path))
		said, failed := inChild(t, l, nil)
		if lines := strings.Split(strings.TrimSpace(said), "\n"); !failed || len(lines) != 1 || !strings.Contains(said, l.path) {
			t.Errorf("%s: it said %q, want one line that names the store", name, said)
		}
		if after := listing(t, filepath.Dir(l.path)); after != before {
			t.Errorf("%s: there was %s and is %s", name, before, after)
		}
	}
}

// scribble writes nonsense over a part of a page.
func scribble(path string, at int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, 512), at)
	return errors.Join(err, f.Close())
}

// listing is the store's file and its witness with their sizes.
func listing(t *testing.T, dir string) (out string) {
	t.Helper()
	for _, name := range []string{"ajar.db", "ajar.db.generation"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err == nil {
			out += fmt.Sprintf("%s %d ", name, info.Size())
		}
	}
	return out
}
