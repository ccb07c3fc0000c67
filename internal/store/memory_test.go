package store

import (
	"runtime"
	"testing"
)

// TestStateOfAScopeTakesLittleMemory: a pass remembers every scope, of which the
// largest organizations have half a million.
func TestStateOfAScopeTakesLittleMemory(t *testing.T) {
	const scopes, most = 100_000, 80
	used := func() int64 {
		var m runtime.MemStats
		runtime.GC() // twice, for what the first only put aside
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := used()
	known := map[scopeKey]scopeState{}
	for n := range int64(scopes) {
		known[scopeKey{uint8(n % 20), n * 977}] = scopeState{row: n}
	}
	each := (used() - before) / scopes
	if runtime.KeepAlive(known); each > most {
		t.Errorf("it takes %d bytes, want at most %d", each, most)
	} else {
		t.Logf("it takes %d bytes", each)
	}
}
