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
	whileReading = 100
	whileJudging = 40

	room = 24 << 20 // bytes of garbage that may gather however little is in use
	most = 800      // percent: what is in use is told a collection late
)

// leastGarbage is the percentage in force; 0: none was set.
var leastGarbage atomic.Int64

// garbage sets how much may gather, unless the environment says so with GOGC.
func (a *app) garbage(percent int) {
	if a.getenv("GOGC") != "" {
		return
	}
	if leastGarbage.Swap(int64(percent)) == 0 {
		afterEachCollection(fitGarbage)
	}
	fitGarbage()
}

// fitGarbage sets the percentage for what is in use now.
func fitGarbage() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(percentFor(live[0].Value.Uint64(), int(leastGarbage.Load())))
}

// percentFor gives how much may gather beside what is in use.
func percentFor(live uint64, least int) int {
	return max(least, int(min(most, room*100/max(live, 1))))
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
