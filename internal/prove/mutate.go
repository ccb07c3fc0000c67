package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mutant is the program with one guard switched off: in a file an old text is
// replaced by a new one. At least one of the tests has to notice.
type mutant struct {
	guard string // S1 … as docs/safety.md numbers them
	what  string // what is switched off
	file  string
	old   string // stands in the file exactly once
	new   string
	pkg   string   // whose tests have to notice
	tests []string // regular expressions of names
}

// seconds are guards that stand behind another one: that one is switched off with
// it, or nobody could notice. By the name of the mutant.
var seconds = map[string]mutant{
	"S5 a name that leads to another number is a match": {
		guard: "S5", what: "nor is it judged", file: "remediate/act/resolve.go",
		old: "case n.Typename != p.typ || p.id(n) != p.label.ID:", new: "case false:",
	},
}

func (m mutant) name() string { return m.guard + " " + m.what }

// errUnnoticed says that the tests pass although the guard is gone.
var errUnnoticed = errors.New("no test notices")

// apply gives the text of the file without the guard.
func (m mutant) apply(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.name(), err)
	}
	if n := bytes.Count(text, []byte(m.old)); n != 1 {
		return nil, fmt.Errorf("%s: %q stands %d times in %s, not once: bring the list of guards up to date", m.name(), m.old, n, m.file)
	}
	return bytes.Replace(text, []byte(m.old), []byte(m.new), 1), nil
}

// kill runs the tests against the program without the guard. The tree stays as it
// is: the changed file is laid over it for the compiler alone. It gives nil where a
// test fails, and errUnnoticed where none does.
func (m mutant) kill(ctx context.Context, root, dir string) error {
	replace := map[string]string{}
	for i, one := range []mutant{m, seconds[m.name()]} {
		if one.file == "" {
			continue
		}
		text, err := one.apply(root)
		if err != nil {
			return err
		}
		changed := filepath.Join(dir, fmt.Sprintf("changed%d.go", i))
		if err := os.WriteFile(changed, text, 0o600); err != nil {
			return err
		}
		replace[filepath.Join(root, one.file)] = changed
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return err
	}
	args := []string{"test", "./" + m.pkg, "-count=1", "-failfast", "-vet=off", "-run", "^(" + strings.Join(m.tests, "|") + ")$"}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // every argument stands in the table
	cmd.Dir = root
	// Tests that build the program themselves build the changed one too.
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+list), sizeVariable+"=", "AJAR_LONG=", "AJAR_MUTANT=1")
	said, err := cmd.CombinedOutput()
	switch {
	case err == nil && bytes.Contains(said, []byte("no tests to run")):
		return fmt.Errorf("%s: %s has no test %s", m.name(), m.pkg, strings.Join(m.tests, ", "))
	case err == nil:
		return fmt.Errorf("%s: %w", m.name(), errUnnoticed)
	case bytes.Contains(said, []byte("--- FAIL")) || bytes.Contains(said, []byte("panic: ")):
		return nil
	}
	return fmt.Errorf("%s: the tests did not run: %w\n%s", m.name(), err, said)
}
