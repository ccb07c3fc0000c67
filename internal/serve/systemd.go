package serve

import (
	"context"
	"time"
)

// watchdog tells systemd that the daemon lives, as long as its worker makes progress:
// it comes round between jobs, and a pass under way reads, writes, or waits for
// something that it says.
func (d *Daemon) watchdog(ctx context.Context) {
	if d.o.Watchdog <= 0 {
		return
	}
	t := time.NewTicker(d.o.Watchdog / 3)
	defer t.Stop()
	silent := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		still := time.Since(d.start) - time.Duration(d.beat.Load())
		if still <= d.o.Stall {
			silent = false
			d.o.Notify("WATCHDOG=1")
			continue
		}
		if !silent {
			silent = true
			d.o.Log.Error("no progress: the watchdog is not fed any more", "for", still.Round(time.Second), "pass", d.board.line())
		}
	}
}
