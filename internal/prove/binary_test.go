package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// built is the program with its points of death, compiled once.
var built struct {
	sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path)) // what is left of it does no harm
	}
	os.Exit(code)
}

// program builds ajar with the tag crash: the real one, but for the instants at
// which it can be told to die, and for the pauses that it can be told to spare.
func program(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		var dir string
		if dir, built.err = os.MkdirTemp("", "ajar-prove-"); built.err != nil {
			return
		}
		built.path = filepath.Join(dir, "ajar")
		text, err := exec.Command("go", "build", "-tags", "crash", "-o", built.path, "../../cmd/ajar").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("building ajar: %w\n%s", err, text)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// outcome is how a command ended.
type outcome struct {
	code   int // -1 where it was killed
	killed bool
	out    string
	errs   string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit code %d\n--- stdout\n%s--- stderr\n%s", o.code, o.out, o.errs)
}

// start runs a command and waits for its end.
func start(ctx context.Context, dir string, env []string, words ...string) outcome {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = dir, env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	o := outcome{out: out.String(), errs: errs.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.code = exit.ExitCode()
		if status, ok := exit.Sys().(syscall.WaitStatus); ok {
			o.killed = status.Signaled() && status.Signal() == syscall.SIGKILL
		}
	case err != nil:
		o.code, o.errs = -1, err.Error()
	}
	return o
}
