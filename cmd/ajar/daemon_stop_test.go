package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	daemonstate "github.com/eb661601/ajar/internal/status"
	"github.com/eb661601/ajar/internal/store"
)

// TestDaemonStopsThoughAnotherHasTheStore holds that a daemon that is told to stop does
// not wait until somebody else, who may be stuck, is done with the store.
func TestDaemonStopsThoughAnotherHasTheStore(t *testing.T) {
	t.Parallel()
	l := newDaemonLab(t, func(*daemonLab) {})
	l.until("a first audit", audited)
	var other *store.Store
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		s, err := store.Open(t.Context(), filepath.Join(l.dir, "ajar.db"), store.Options{})
		if err == nil {
			other = s
			break
		}
		<-tick.C
	}
	if other == nil {
		t.Fatal("the store cannot be had beside the daemon")
	}
	t.Cleanup(func() { _ = other.Close() })
	l.until("a pass that waits for it", func(daemonstate.Status) bool { return strings.Contains(l.log.text(), "waiting for another ajar") })
	ended := make(chan error, 1)
	go func() { ended <- l.stop() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(25 * time.Second):
		_ = other.Close()
		t.Fatalf("it goes on:\n%s", l.log.text())
	}
}
