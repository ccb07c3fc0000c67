package serve

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// panicking is the environment of the process that is to end.
const panicking = "AJAR_SERVE_TEST_PANICS"

// What is half done when a job panics is settled by the next process (invariant S13): a
// daemon that went on would act on what it left in memory.
func TestJobThatPanicsEndsTheProcess(t *testing.T) {
	if os.Getenv(panicking) != "" {
		endless(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), panicking+"=1")
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(said), "panic: the job is broken") {
		t.Errorf("%v\n%s", err, said)
	}
}

// endless runs a daemon whose first pass panics, in one that nothing else would end.
func endless(t *testing.T) {
	l := newLab(t)
	broken := Job{
		Name: Audit,
		Due:  func(context.Context) (time.Time, string, error) { return l.now(), "now", nil },
		Run:  func(context.Context) (Outcome, error) { panic("the job is broken") },
	}
	d, err := New(t.Context(), Options{Load: func(context.Context) (*Setup, error) { return &Setup{Jobs: []Job{broken}}, nil }, Ledger: l, Now: l.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(d.Run(t.Context()))
}
