package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate/act"
)

// TestAppsAreGrantedWhatIsAskedForAndNothingElse holds the manifests against the
// tables by which tokens are asked for and credentials are judged.
func TestAppsAreGrantedWhatIsAskedForAndNothingElse(t *testing.T) {
	reads, writes := map[string]string{}, map[string]string{"metadata": "read"}
	for _, p := range collector.Permissions() {
		reads[p.Name] = "read"
	}
	for _, n := range act.Needs() {
		for _, p := range n.Permissions {
			if name, level, _ := strings.Cut(p, ":"); writes[name] != "write" {
				writes[name] = level
			}
		}
	}
	c := config.Default()
	c.GitHub.Organizations = []string{"acme"}
	for kind, want := range map[string]map[string]string{"read": reads, "write": writes, "issues": github.IssuePermissions} {
		v, err := (&app{}).appManifest(&c, kind, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, p := range v.Permissions {
			got[p.Name] = p.Level
			if p.For == "" {
				t.Errorf("%s: nobody says what %s is for", kind, p.Name)
			}
			if !strings.Contains(v.Register, p.Name+"="+p.Level) {
				t.Errorf("%s: the address does not ask for %s", kind, p.Name)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: the app is granted %v, needed is %v", kind, got, want)
		}
		for name := range got {
			if kind == "read" && !slices.Contains(github.AuditPermissions, name) {
				t.Errorf("no token is ever asked for %s", name)
			}
		}
	}
}
