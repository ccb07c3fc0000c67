package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

// onceOn runs what is due on the demo organization, in a mode, and gives what GitHub
// was asked to change and the journal's runs.
func onceOn(t *testing.T, remediate string, f daemonFlags) ([]githubsim.Mutation, []store.Run) {
	t.Helper()
	world, now := githubsim.Demo(), time.Now()
	world.ShiftTo(now)
	github := githubsim.New(world, githubsim.Options{Writable: true, Tokens: []githubsim.Token{
		{Value: ownerToken, Scope: githubsim.Scope{Owner: true, ReadOnly: true}}, {Value: "ajartest-writer", Scope: githubsim.OwnerScope},
	}})
	api := httptest.NewServer(github)
	t.Cleanup(api.Close)
	dir := t.TempDir()
	conf := strings.NewReplacer(`mode = "approve"`, remediate).Replace(demoConfigFor(api.URL))
	for name, text := range map[string]string{"config.toml": conf, "baseline.toml": string(githubsim.DemoBaseline(now))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log := &lockedBuffer{}
	a := &app{in: strings.NewReader(""), out: log, errs: log, now: time.Now, clock: clock.New(time.Now, nil), program: "ajar", getenv: func(name string) string {
		return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "AJAR_WRITE_TOKEN": "ajartest-writer", "GOGC": "100"}[name]
	}}
	a.flags = globals{config: filepath.Join(dir, "config.toml"), output: "table", logLevel: "info"}
	f.once = true
	if err := a.serve(t.Context(), f); err != nil {
		t.Fatalf("%v\n%s", err, log.text())
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "ajar.db"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := s.Latest(context.Background(), "acme-robotics")
	if err != nil {
		t.Fatalf("%v\n%s", err, log.text())
	}
	runs, err := s.Runs(t.Context(), info.OrgID)
	if err != nil {
		t.Fatal(err)
	}
	last, _, err := s.LastJobPasses(t.Context())
	if err != nil || slices.ContainsFunc(last, func(p store.JobPass) bool { return p.Result == string(serve.Failed) }) {
		t.Errorf("passes: %+v, %v\n%s", last, err, log.text())
	}
	return github.Mutations(), runs
}

func demoConfigFor(url string) string {
	return "[github]\norganizations = [\"acme-robotics\"]\napi_url = \"" + url + "\"\n" +
		"[[github.read]]\ntoken_env = \"AJAR_GITHUB_TOKEN\"\n[github.write]\ntoken_env = \"AJAR_WRITE_TOKEN\"\n[store]\nurl = \"sqlite:ajar.db\"\n" +
		"[baseline]\npaths = [\"baseline.toml\"]\n[remediate]\nmode = \"approve\"\nmax_fraction = 0.2\n"
}

func TestDaemonChangesNothingUnlessTheModeIsAuto(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode string
		f    daemonFlags
	}{
		"dry-run":   {"mode = \"dry-run\"\nauto_rules = [\"expired-assignment\"]", daemonFlags{}},
		"approve":   {"mode = \"approve\"\nauto_rules = [\"expired-assignment\"]", daemonFlags{}},
		"read-only": {"mode = \"auto\"\nauto_rules = [\"expired-assignment\"]", daemonFlags{readOnly: true}},
		"no rules":  {"mode = \"auto\"", daemonFlags{}},
	} {
		if sent, runs := onceOn(t, c.mode, c.f); len(sent)+len(runs) > 0 {
			t.Errorf("%s: %d requests, %d runs", name, len(sent), len(runs))
		}
	}
}

func TestDaemonCarriesOutByItselfWhatAnswersToItsRulesAlone(t *testing.T) {
	t.Parallel()
	sent, runs := onceOn(t, "mode = \"auto\"\nauto_rules = [\"expired-assignment\"]", daemonFlags{})
	if len(sent) != 1 || len(runs) != 1 {
		t.Fatalf("%d requests, %d runs: %+v", len(sent), len(runs), sent)
	}
}
