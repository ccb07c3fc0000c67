package main

import (
	"bytes"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
)

// Whatever is typed, the end is one of the codes that are documented, an error is
// a line that begins with the program's name, and results stand alone on stdout.
func TestAnyCombinationOfFlagsEndsInADocumentedWay(t *testing.T) {
	srv := httptest.NewServer(simulated(githubsim.Demo()))
	defer srv.Close()
	dir := t.TempDir()
	t.Chdir(dir) // what is written without a folder is written there
	env := func(name string) string {
		return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "HOME": dir}[name]
	}
	ajar := func(args []string) (int, string, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"ajar"}, args...), strings.NewReader(""), &out, &errs, env)
		return code, out.String(), errs.String()
	}
	store := filepath.Join(dir, "ajar.db")
	for range 2 {
		if code, _, errs := ajar([]string{"collect", "--org", "acme-robotics", "--api-url", srv.URL, "--store", store}); code != 0 {
			t.Fatal(errs)
		}
	}
	words := []string{
		"audit", "plan", "diff", "hold", "resume", "init", "doctor", "findings", "show", "store", "check", "backup", "compact", "info", "accept-rollback", "access", "who-can", "baseline", "config", "collect", "explain", "rules",
		"--estimate", "--cross-check", "--offline", "--at", "--since", "--out", "--all", "--reason", "-o", "json", "csv", "html", "markdown", "table", "pdf", "-q", "--no-color", "--force", "--print", "--without", "--dry-run", "--rule", "--severity", "--state",
		"0", "-1", "1", "99999999999999999999", "#1", "#2", "#-1", "#99999999999999999999999", "now", "1h", "-1h", "1d", "9999999d", "2026-01-01", "2026-13-45", "0001-01-01", "9999-12-31T23:59:59Z", "", " ", "--", "\x1b[2J", "\x00", "é",
		"user:mirela-okafor", "team:acme-robotics/sre", "repo:acme-robotics/control-plane", "admin", "write", "deploy", "audit-log", "members,teams", "high", "open", filepath.Join(dir, "made"), filepath.Join(dir, "no", "such"), "/dev/null", dir, store,
		"--org", "acme-robotics", "nobody", "--config", "--baseline", "--log-level", "debug", "--help", "--only", "--max", "owner-not-listed", "..", "--store",
	}
	rapid.Check(t, func(rt *rapid.T) {
		args := rapid.SliceOfN(rapid.SampledFrom(words), 1, 7).Draw(rt, "args")
		args = append([]string{rapid.SampledFrom(words[:17]).Draw(rt, "command")}, args...)
		args = append(args, "--api-url", srv.URL)
		if rapid.Bool().Draw(rt, "stored") {
			args = append(args, "--store", store)
		}
		code, out, errs := ajar(args)
		lines := strings.Split(strings.TrimSpace(errs), "\n")
		switch {
		case code < 0 || code > 3:
			rt.Errorf("%q = %d", args, code)
		case code == 1 && (args[0] != "doctor" || out == "") && !strings.HasPrefix(errs, "ajar: ") && !strings.Contains(errs, "\najar: "):
			rt.Errorf("%q = 1, and says %q", args, errs)
		case code == 1 && len(lines) > 12 && !strings.Contains(errs, "level="):
			rt.Errorf("%q = 1, in %d lines: %q", args, len(lines), errs)
		case strings.Contains(out+errs, "goroutine ") || strings.Contains(out+errs, "runtime error") || strings.Contains(out+errs, "%!") || strings.Contains(out+errs, "<nil>"):
			rt.Errorf("%q = %d: %s %s", args, code, out, errs)
		}
		if strings.Contains(out+errs, "\x1b[2J") {
			rt.Errorf("%q = %d: %q %q", args, code, out, errs)
		}
	})
}
