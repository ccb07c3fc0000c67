//go:build crash && unix

// Package crash names the instants at which the crash harness kills the program.
package crash

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
)

var (
	mu   sync.Mutex
	seen = map[string]int{}
)

// At is the instant with that name. Where AJAR_CRASH is "NAME#N", the Nth time is
// the last: the process kills itself as kill -9 does. Where AJAR_CRASH_LOG names a
// file, each instant is appended to it as a line "NAME#N".
func At(name string) {
	mu.Lock()
	defer mu.Unlock()
	seen[name]++
	point := fmt.Sprintf("%s#%d", name, seen[name])
	if path := os.Getenv("AJAR_CRASH_LOG"); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic("crash: " + err.Error())
		}
		if _, err := fmt.Fprintln(f, point); err != nil {
			panic("crash: " + err.Error())
		}
		_ = f.Close() // the line is with the system already
	}
	if strings.EqualFold(os.Getenv("AJAR_CRASH"), point) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // it cannot fail for one's own process
		select {}
	}
}
