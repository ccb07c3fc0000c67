//go:build bench

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/eb661601/ajar/internal/github"
)

// The build that the benchmarks measure differs from the real one in this file
// alone. It can be told not to spread its requests over the minutes, since a
// clock cannot be made to run faster in another process; to leave its largest
// resident set in a file, since what the parent process is told is never below
// the parent's own; and to write profiles.
func init() {
	tune = func(o github.Options) github.Options {
		o.Unpaced = os.Getenv("AJAR_BENCH_UNPACED") != ""
		return o
	}
	var profile *os.File
	if path := os.Getenv("AJAR_BENCH_CPUPROFILE"); path != "" {
		var err error
		if profile, err = os.Create(path); err == nil {
			err = pprof.StartCPUProfile(profile)
		}
		complain(err)
	}
	atExit = func() {
		if profile != nil {
			pprof.StopCPUProfile()
			complain(profile.Close())
		}
		if path := os.Getenv("AJAR_BENCH_ALLOCPROFILE"); path != "" {
			f, err := os.Create(path)
			if err == nil {
				err = errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
			}
			complain(err)
		}
		if path := os.Getenv("AJAR_BENCH_PEAK"); path != "" {
			complain(os.WriteFile(path, peak(), 0o600))
		}
	}
}

// peak is the largest resident set of this process, in Linux's words.
func peak() []byte {
	text, err := os.ReadFile("/proc/self/status")
	complain(err)
	_, rest, _ := bytes.Cut(text, []byte("VmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("kB"))
	return bytes.TrimSpace(line)
}

func complain(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}
