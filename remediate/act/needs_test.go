package act

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/github"
)

// TestNeedsAreOfEveryThingAndInTheToken sees that each thing says what it needs,
// that the token of an app is asked for all of it and nothing else, and that the
// documentation names each permission.
func TestNeedsAreOfEveryThingAndInTheToken(t *testing.T) {
	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	needed := map[string]string{"metadata": "read"}
	for _, n := range Needs() {
		if _, ok := things[n.Thing]; !ok {
			t.Errorf("%s is nothing that can be set", n.Thing)
		}
		if !strings.Contains(string(page), "`"+n.Scope+"`") {
			t.Errorf("docs/permissions.md does not name the scope %s", n.Scope)
		}
		for _, p := range n.Permissions {
			name, level, _ := strings.Cut(p, ":")
			if needed[name] != "write" {
				needed[name] = level
			}
			if words := strings.ReplaceAll(name, "_", " ") + ": " + level; !strings.Contains(string(page), words) {
				t.Errorf("docs/permissions.md does not say %q", words)
			}
		}
	}
	for thing := range things {
		if !slices.ContainsFunc(Needs(), func(n Need) bool { return n.Thing == thing }) {
			t.Errorf("what %s needs is not said", thing)
		}
	}
	if len(needed) != len(github.WritePermissions) {
		t.Errorf("asked for: %v; needed: %v", github.WritePermissions, needed)
	}
	for name, level := range github.WritePermissions {
		if needed[name] != level {
			t.Errorf("%s is asked for as %s and needed as %q", name, level, needed[name])
		}
	}
}
