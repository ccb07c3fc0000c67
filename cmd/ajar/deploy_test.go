package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// shell takes a line that starts the program apart into words, up to where the shell
// takes over: a pipe, a comment, a redirection.
var (
	started = regexp.MustCompile(`(?:^|[\s("$|;&=]|/)ajar((?: +(?:"[^"]*"|'[^']*'|[^\s|#;>&)"'])+)*)`)
	listed  = regexp.MustCompile(`\["/ajar", ([^\]]*)\]|args: \[([^\]]*)\]`)
	word    = regexp.MustCompile(`(?:"[^"]*"|'[^']*'|[^\s"'])+`)
)

// calls are the command lines of ajar in a text.
func calls(text string) [][]string {
	var out [][]string
	for line := range strings.Lines(text) {
		if m := listed.FindStringSubmatch(line); m != nil {
			out = append(out, strings.Fields(strings.NewReplacer(`"`, "", ",", " ").Replace(m[1]+m[2])))
			continue
		}
		line = strings.TrimSuffix(strings.TrimSpace(line), `\`)
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, m := range started.FindAllStringSubmatch(line, -1) {
			if words := word.FindAllString(m[1], -1); len(words) > 0 {
				out = append(out, words)
			}
		}
	}
	return out
}

// blocks are the commands that a page shows.
func blocks(page string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inside = !inside && strings.Contains(line, "sh")
			continue
		}
		if inside {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestCommandsThatAreShippedExist parses every command line of what is shipped, and
// of the page that tells how to run it, by the commands themselves.
func TestCommandsThatAreShippedExist(t *testing.T) {
	texts := map[string]string{}
	err := filepath.WalkDir("../../deploy", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".toml" {
			return err
		}
		b, err := os.ReadFile(path)
		texts[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	texts["docs/operations.md"] = blocks(string(page))
	seen := map[string]bool{}
	for path, text := range texts {
		for _, args := range calls(text) {
			known, flags := understood(t, path, args)
			seen[filepath.Base(path)] = seen[filepath.Base(path)] || known
			if known && flags == nil {
				t.Errorf("%s: ajar %s", path, strings.Join(args, " "))
			}
		}
	}
	for _, path := range []string{"ajar.service", "Dockerfile", "deployment.yaml", "operations.md"} {
		if !seen[path] {
			t.Errorf("%s starts nothing that this test understands", path)
		}
	}
}

// understood reports whether the first word is a command at all (prose speaks of ajar
// too), and its flags, nil where the line does not parse.
func understood(t *testing.T, path string, args []string) (known bool, flags *pflag.FlagSet) {
	t.Helper()
	root := newRoot(&app{program: "ajar"})
	for _, c := range root.Commands() {
		known = known || c.Name() == args[0]
	}
	if !known {
		return false, nil
	}
	cmd, rest, err := root.Find(args)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return true, nil
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%s: %v", path, err)
		return true, nil
	}
	if cmd.Args != nil && !strings.Contains(strings.Join(rest, " "), "…") {
		if err := cmd.Args(cmd, cmd.Flags().Args()); err != nil {
			t.Errorf("%s: %v", path, err)
			return true, nil
		}
	}
	return true, cmd.Flags()
}
