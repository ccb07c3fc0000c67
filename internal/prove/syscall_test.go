//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// calls are the system calls by which a store reaches the disk, and how far apart
// those are that a small proof meddles with.
var calls = []struct {
	name   string
	stride int
}{
	{"fsync", 7}, {"pwrite64", 61}, {"ftruncate", 5}, {"openat", 23}, {"renameat", 2},
}

// TestSystemCallsThatFailLoseRepeatAndForgetNothing lets the nth system call of a
// kind kill the program, fail, or find the disk full, and lets it finish afterwards.
func TestSystemCallsThatFailLoseRepeatAndForgetNothing(t *testing.T) {
	s := staged(t, 5)
	tracer, err := exec.LookPath("strace")
	if err == nil { // it may be there and not be allowed to trace
		err = exec.CommandContext(t.Context(), tracer, "-o", os.DevNull, "true").Run()
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("strace is needed to make system calls fail; .ci/run installs it: %v", err)
	}
	if err != nil {
		t.Skipf("strace is needed to make system calls fail: %v", err)
	}
	want, _, _ := s.rehearse(applying)
	var y tally
	faults := 0
	for _, c := range calls {
		for _, fault := range []string{"signal=KILL", "error=EIO", "error=ENOSPC"} {
			faults += s.meddle(t, &y, want, tracer, c.name, fault, size(c.stride, 1, 1))
		}
	}
	figures(t, "%d syscall faults, %s", faults, &y)
}

// meddle goes on to later and later calls until the program comes to its end a few
// times untouched. Each thread of the program counts its own calls.
func (s *stage) meddle(t *testing.T, y *tally, want ending, tracer, call, fault string, stride int) (faults int) {
	t.Helper()
	batch := size(2, 8, 8)
	for n := size(stride, 1, 1); ; n += batch * stride {
		hit := make([]bool, batch)
		each(batch, func(i int) {
			at := n + i*stride
			deaths, w := s.killed(applying, want, func(p *performance) int {
				under := []string{tracer, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:%s:when=%d", call, fault, at)}
				o := start(context.Background(), p.dir, p.env(nil), append(append(under, p.binary), applying.words...)...)
				hit[i] = o.code != 0
				return map[bool]int{true: 1}[o.killed]
			})
			y.add(t, fmt.Sprintf("%s %s at call %d", call, fault, at), deaths, w)
		})
		some := false
		for _, h := range hit {
			if h {
				faults, some = faults+1, true
			}
		}
		if !some || stride > 1 { // a small proof takes one look at each
			return faults
		}
	}
}
