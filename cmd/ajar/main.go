// Command ajar finds every door left ajar in a GitHub organization, says who can
// walk through it and by which path, and shows what would close it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/github"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Unless it is asked for, SIGPIPE ends the process on the spot, with whatever
	// the demo has put on the disk. Asked for, it is an error of the write.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-ctx.Done()
		stop() // the first signal ends in good order, a second one at once
	}()
	code := run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	atExit()
	os.Exit(code)
}

// What the build that is measured (bench.go) puts in.
var (
	tune   = func(o github.Options) github.Options { return o }
	wall   = time.Now // the clock of this machine
	atExit = func() {}
)

// run is the whole program: args begins with the program's name. It gives the
// exit code; exit.go has them all.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, getenv func(string) string) int {
	out = watched(out)
	a := &app{in: in, out: out, errs: errs, getenv: getenv, now: wall, clock: clock.New(wall, nil), program: program(args[0])}
	root := newRoot(a)
	root.SetArgs(args[1:])
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	if err := root.ExecuteContext(ctx); err != nil {
		a.fail(ctx, err)
	}
	return int(a.status)
}

// program is what people type to start it; installed as an extension of gh it is
// two words.
func program(argv0 string) string {
	name := strings.TrimSuffix(filepath.Base(argv0), ".exe")
	if rest, ok := strings.CutPrefix(name, "gh-"); ok {
		return "gh " + rest
	}
	return "ajar"
}
