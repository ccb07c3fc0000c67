package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// How much garbage may gather. Most organizations take less memory than the
// program itself, and collecting each few megabytes of garbage would then be most of
// the work on them: so there is always room for some. Beyond that it is a part, in
// percent, of what is in use. While an organization is read that is little, the
// states of scopes and a few pages; afterwards all of it is in memory at once, and
// what gathers beside it decides how much memory the program needs.
const (
	whileReading, roomReading = 100, 24 << 20
	whileJudging, roomJudging = 6, 6 << 20

	most = 800 // percent: what is in use is told a collection late
)

// allowance is how much garbage may gather.
type allowance struct {
	least int    // percent of what is in use
	room  uint64 // bytes, however little is in use
}

// allowed is the allowance in force; nil: none was set.
var allowed atomic.Pointer[allowance]

// garbage sets how much may gather, unless the environment says so with GOGC.
func (a *app) garbage(least int, room uint64) {
	if a.getenv("GOGC") != "" {
		return
	}
	if allowed.Swap(&allowance{least, room}) == nil {
		afterEachCollection(fitGarbage)
	}
	fitGarbage()
}

// fitGarbage sets the percentage for what is in use now.
func fitGarbage() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(allowed.Load().percent(live[0].Value.Uint64()))
}

// percent gives how much may gather beside what is in use, in percent of it.
func (g allowance) percent(live uint64) int {
	return max(g.least, int(min(most, g.room*100/max(live, 1))))
}

// afterEachCollection calls do when garbage was collected, for as long as the
// program runs.
func afterEachCollection(do func()) {
	type sentinel struct{ _ [16]byte }
	var arm func()
	arm = func() {
		runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
			do()
			arm()
		})
	}
	arm()
}
