package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// placeholder is an argument in the line that shows how a command is used: a word
// in capitals that no flag stands before.
var placeholder = regexp.MustCompile(`(^| )\[?[A-Z][A-Z|]+`)

func TestEveryArgumentIsCompleted(t *testing.T) {
	root := newRoot(&app{program: "ajar"})
	own := []string{"notify test"}                                         // has a completion of its own
	numbers := []string{"journal redact", "journal prove", "notify retry"} // nothing to choose from
	var seen []string
	each(root, func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "ajar ")
		use, _, _ := strings.Cut(c.Use, " --")
		want := len(placeholder.FindAllString(use, -1))
		if slices.Contains(own, path) || slices.Contains(numbers, path) {
			return
		}
		seen = append(seen, path)
		if got := len(arguments[path]); (want > 0) != (got > 0) || got < want {
			t.Errorf("%s takes %d arguments, of which %d are completed", path, want, got)
		}
	})
	for path := range arguments {
		if !slices.Contains(seen, path) {
			t.Errorf("arguments has %q, which is no command", path)
		}
	}
}

func TestNothingIsSuggestedThatAShellWouldAct(t *testing.T) {
	for _, w := range []string{"repo:acme/api", "key:acme/api#17", "rule=x", "2026-11-25T22:30:00Z", "env:acme/api/\u00fcber", "user:\tUSER"} {
		if !plainWord(w) {
			t.Errorf("%q is not suggested", w)
		}
	}
	for _, w := range []string{"env:acme/api/$(id)", "env:a/b/`id`", "a b", "a;b", "a|b", "a&b", "a'b", `a"b`, `a\b`, "#12", "a\nb", "~root", "a*b", "a{b,c}", "!x", "", "a>b", "a\x1b"} {
		if plainWord(w) {
			t.Errorf("%q is suggested", w)
		}
	}
}

// TestShellsAcceptTheirScripts has each shell that is there read its script.
func TestShellsAcceptTheirScripts(t *testing.T) {
	for shell, check := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			var script, errs bytes.Buffer
			if code := run(t.Context(), []string{"ajar", "completion", shell}, strings.NewReader(""), &script, &errs, os.Getenv); code != 0 || script.Len() == 0 {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			cmd := exec.CommandContext(t.Context(), path, append(check, "/dev/stdin")...)
			cmd.Stdin = &script
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
