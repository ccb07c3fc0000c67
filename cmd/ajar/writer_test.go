package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/config"
)

// TestNoHandsAreMadeInADryRun has a credential for changes that must not even be
// looked for.
func TestNoHandsAreMadeInADryRun(t *testing.T) {
	c := config.Default()
	c.GitHub.Write = &config.Credential{TokenEnv: "W"}
	var asked []string
	a := &app{errs: &bytes.Buffer{}, now: time.Now, getenv: func(name string) string { asked = append(asked, name); return "" }}
	h, err := a.hands(t.Context(), &c, "acme")
	if h != nil || err == nil || !strings.Contains(err.Error(), "mode dry-run changes nothing") || len(asked) != 0 {
		t.Errorf("%v, %v, asked for %v", h, err, asked)
	}
	c.Remediate.Mode = "approve"
	a.flags.logLevel = "warn"
	if h, err := a.hands(t.Context(), &c, "acme"); h != nil || err == nil || !strings.Contains(err.Error(), "no token in variable W") {
		t.Errorf("%v, %v", h, err)
	}
	c.GitHub.Write = nil
	if h, err := a.hands(t.Context(), &c, "acme"); h != nil || err == nil || !strings.Contains(err.Error(), "there is no credential for changes") {
		t.Errorf("%v, %v", h, err)
	}
}
