// Package pages looks at HTML pages in a real browser, for the tests of what writes them.
package pages

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

//go:embed browser.cjs
var script []byte

// Page is one page to look at.
type Page struct {
	HTML  string
	Text  string // that has to be seen in it
	PDF   string // the file that it is printed to; "": it is printed, and not kept
	Shots string // what the names of its pictures begin with, on screens of three widths, light and dark; "": none
}

// Check reports whatever a browser finds wrong with pages: an error, a request, a breach of
// the policy, a text that is not there, anything too wide, pale, unnamed or folded on paper.
// Without a browser the test is skipped, except in continuous integration.
func Check(t *testing.T, all map[string]Page) {
	t.Helper()
	node, playwright, chromium := browser(t)
	type entry struct {
		File  string `json:"file"`
		Text  string `json:"text"`
		PDF   string `json:"pdf"`
		Shots string `json:"shots"`
	}
	var list []entry
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, p := range all {
		list = append(list, entry{write(name, []byte(p.HTML)), p.Text, p.PDF, p.Shots})
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, write("browser.cjs", script), playwright, chromium, write("pages.json", text)) //nolint:gosec // what is installed here
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(fmt.Errorf("looking at the pages: %w\n%s", err, errs.String()))
	}
	for line := range strings.Lines(out.String()) {
		t.Error(strings.TrimSpace(line))
	}
}

// sheet is one in a PDF as a browser writes it: objects that are sheets are not packed.
var sheet = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// Sheets counts the sheets of paper of a PDF that [Check] printed.
func Sheets(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return len(sheet.FindAll(b, -1))
}

// browser finds what it takes.
func browser(t *testing.T) (node, playwright, chromium string) {
	t.Helper()
	lacks := func(what string) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the page cannot be looked at: %s", what)
		}
		t.Skipf("the page is not looked at in a browser: %s", what)
	}
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	playwright, err := filepath.Abs("../../.cache/npm/playwright-core")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(playwright, "package.json")); err != nil {
		lacks("playwright-core is missing; make setup fetches it")
	}
	if node, err = exec.LookPath("node"); err != nil {
		lacks("node is not installed")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return node, playwright, path
		}
	}
	lacks("no Chromium is installed (Debian's package is chromium)")
	return "", "", ""
}
