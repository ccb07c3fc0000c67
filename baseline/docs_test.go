package baseline

import (
	"os"
	"strings"
	"testing"
)

// TestTheDocumentedExampleLoads keeps docs/baseline.md true: its example is
// valid, and each key that the full example has is explained.
func TestTheDocumentedExampleLoads(t *testing.T) {
	page, err := os.ReadFile("../docs/baseline.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "```toml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the page has no example")
	}
	b := parse(t, example)
	if len(b.Warnings()) > 0 || len(b.Assignments) != 4 || len(b.Waivers) != 1 {
		t.Errorf("%d assignments, %d waivers, %v", len(b.Assignments), len(b.Waivers), b.Warnings())
	}
	full, err := os.ReadFile("testdata/full.toml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(full)) {
		key, _, isKey := strings.Cut(line, " = ")
		if isKey && !strings.ContainsAny(key, "#\"[") && !strings.Contains(string(page), strings.TrimPrefix(key, "members_can_create_")) {
			t.Errorf("docs/baseline.md does not mention %s", key)
		}
	}
}
