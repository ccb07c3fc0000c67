package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func jobPass(job, org, result string, began time.Time) JobPass {
	return JobPass{Job: job, Org: org, Result: result, Began: began, Ended: began.Add(time.Second), Reason: "because"}
}

func TestNewestPassOfEachJobIsTold(t *testing.T) {
	s := fresh(t)
	at := time.UnixMilli(1_700_000_000_000).UTC()
	for i, p := range []JobPass{
		jobPass("audit", "acme", "ok", at), jobPass("audit", "acme", "failed", at.Add(time.Hour)), jobPass("audit", "other", "incomplete", at),
		jobPass("care", "", "planned", at), jobPass("audit", "acme", "failed", at.Add(-time.Hour)), // a clock that was set back
	} {
		p.Failures = i
		if err := s.KeepJobPass(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	last, good, err := s.LastJobPasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := func(p JobPass, n int) JobPass { p.Failures = n; return p }
	same(t, "last", last, []JobPass{
		want(jobPass("audit", "other", "incomplete", at), 2), want(jobPass("care", "", "planned", at), 3), want(jobPass("audit", "acme", "failed", at.Add(-time.Hour)), 4),
	})
	same(t, "good", good, []JobPass{want(jobPass("audit", "acme", "ok", at), 0), want(jobPass("audit", "other", "incomplete", at), 2)})
}

func TestOldPassesAreForgottenButForTheLastGoodOne(t *testing.T) {
	s := fresh(t)
	at := time.UnixMilli(1_700_000_000_000).UTC()
	if err := s.KeepJobPass(t.Context(), jobPass("audit", "acme", "ok", at)); err != nil {
		t.Fatal(err)
	}
	for i := range 510 {
		if err := s.KeepJobPass(t.Context(), jobPass("audit", "acme", "failed", at.Add(time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.RecentJobPasses(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 501 || all[500].Result != "ok" {
		t.Errorf("%d are kept, and the oldest is %s", len(all), all[len(all)-1].Result)
	}
}

func TestKnownStoreIsNeverReplacedByAFreshOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	known := s.File()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path, Options{Known: known, Checked: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{path, path + ".generation"} { // with its witness, so that nothing else speaks for it
		if err := os.Remove(gone); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.Context(), path, Options{Known: known}); !errors.Is(err, ErrReplaced) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a fresh store was made")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{Known: known}); !errors.Is(err, ErrReplaced) {
		t.Errorf("another file in its place: %v", err)
	}
}

func TestOneDaemonAtATimeServesAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	l, err := LockDaemon(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LockDaemon(path); !errors.Is(err, ErrServed) {
		t.Errorf("a second one: %v", err)
	}
	s, err := Open(t.Context(), path, Options{}) // who writes waits for no daemon that rests
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := LockDaemon(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTendingEmptiesTheLog(t *testing.T) {
	s := fresh(t)
	if err := s.KeepJobPass(t.Context(), jobPass("care", "", "ok", time.Now())); err != nil {
		t.Fatal(err)
	}
	if err := s.Tend(context.Background()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.Path() + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("the log has %d bytes", info.Size())
	}
}
