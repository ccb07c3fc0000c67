package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// untilSays: until REGEXP COMMAND... runs a command again and again until it writes what is
// waited for: a daemon gets there in its own time.
func untilSays(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: until REGEXP COMMAND [ARG ...]")
	}
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	path := ts.MkAbs(args[1])
	if _, err := os.Stat(path); err != nil {
		path = args[1]
	}
	var out []byte
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 400 {
		var buf bytes.Buffer
		cmd := exec.Command(lookPath(ts, path), args[2:]...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), environ(ts), &buf, &buf
		_ = cmd.Run() // how it ends is not what is waited for
		if out = buf.Bytes(); want.Match(out) != neg {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%q did not come; the last was\n%s", args[0], out)
}

func lookPath(ts *testscript.TestScript, name string) string {
	found, err := exec.LookPath(name)
	ts.Check(err)
	return found
}

// environ is the environment of the script, as far as the program reads it.
func environ(ts *testscript.TestScript) (out []string) {
	for _, name := range []string{"HOME", "PATH", "AJAR_GITHUB_TOKEN", "AJAR_WRITE_TOKEN", "AJAR_CONFIG", "WRITE_TOKEN", "HOOK_URL", "SECRET", "COLUMNS", "TMPDIR", "API", "WRITE"} {
		out = append(out, name+"="+ts.Getenv(name))
	}
	return out
}
