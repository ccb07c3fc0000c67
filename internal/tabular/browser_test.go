package tabular

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// browser finds what the browser test needs. Without it the test is skipped, except in
// continuous integration.
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

// A real browser finds in the page what it finds in that of an audit: no error, no request,
// no breach of the policy and nothing too wide, pale, unnamed or folded on paper, whatever
// things are called.
func TestPageKeepsItsPromisesInABrowser(t *testing.T) {
	node, playwright, chromium := browser(t)
	type entry struct {
		File string `json:"file"`
		Text string `json:"text"`
	}
	var pages []entry
	dir := t.TempDir()
	add := func(name, text string, e evidence.Evidence) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(htmlOf(t, e)), 0o600); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, entry{path, text})
	}
	add("evidence.html", "acme-robotics", exampleEvidence())
	add("bare.html", "There is no control matrix.", evidence.Evidence{Framework: evidence.CISGitHub, Period: exampleEvidence().Period, Complete: true})
	for name, text := range map[string]string{
		"script.html": `"'><script>alert(1)</script><img src=x onerror=alert(2)>`,
		"long.html":   strings.Repeat("endless", 50),
		"right.html":  "مرحبا بالعالم: user:שלום",
	} {
		add(name, text, hostileEvidence(text))
	}
	list, err := json.Marshal(pages)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "pages.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, "../report/testdata/browser.cjs", playwright, chromium, path)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	for line := range strings.Lines(out.String()) {
		t.Error(strings.TrimSpace(line))
	}
}
