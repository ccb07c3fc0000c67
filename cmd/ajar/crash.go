//go:build crash

package main

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/github"
	engine "github.com/eb661601/ajar/remediate/run"
)

// The build of the crash harness differs from the real one by its points of death
// (internal/crash) and by this file: where AJAR_CRASH_UNPACED is set, what waits
// goes on at once, by a clock of its own that jumps instead. Which GitHub shows
// what, and in which order everything happens, stays as it is. AJAR_CRASH_NOW is an
// instant (RFC 3339) that it takes for now as it starts.
func init() {
	if at, err := time.Parse(time.RFC3339Nano, os.Getenv("AJAR_CRASH_NOW")); err == nil {
		start := time.Now()
		wall = func() time.Time { return at.Add(time.Since(start)) }
	}
	if os.Getenv("AJAR_CRASH_UNPACED") == "" {
		return
	}
	var mu sync.Mutex
	var ahead time.Duration
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return wall().Add(ahead)
	}
	jump := func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		ahead += max(0, d)
		return ctx.Err()
	}
	tune = func(o github.Options) github.Options {
		o.Unpaced, o.Now, o.Sleep = true, now, jump
		return o
	}
	tuneRun = func(o engine.Options) engine.Options {
		o.Now, o.Sleep = now, jump
		return o
	}
}
