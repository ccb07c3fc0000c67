package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// TestEndsAreJudgedByGitHubsClock holds S23 through the commands: the clock of this
// machine is an hour or a year off, and what ends does so when GitHub says.
func TestEndsAreJudgedByGitHubsClock(t *testing.T) {
	for _, off := range []time.Duration{-365 * 24 * time.Hour, -time.Hour, 0, time.Hour, 365 * 24 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			github := func() time.Time { return time.Now().Add(-off) } // this machine is ahead of it by off
			w := githubsim.Demo()
			w.ShiftTo(github())
			srv := httptest.NewServer(githubsim.New(w, githubsim.Options{
				Now: github, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: ownerToken, Scope: githubsim.OwnerScope}},
			}))
			defer srv.Close()
			for _, end := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
				name := fmt.Sprintf("%t.toml", end < 0)
				text := ending(t, github(), github().Add(end))
				if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
					t.Fatal(err)
				}
				for _, command := range []string{"audit --fail-on none", "plan"} {
					errs, out := ajar(t, dir, command+" --org acme-robotics --api-url "+srv.URL+" -o json --baseline "+name)
					if told := strings.Contains(errs, "the clock of this machine is"); told != (off != 0) {
						t.Errorf("%s: stderr %q", command, errs)
					}
					if got := ended(t, out); got != (end < 0) {
						t.Errorf("%s: the assignment ended %s ago by GitHub's clock: reported as ended: %v", command, -end, got)
					}
				}
			}
		})
	}
}

// ending is the demo's baseline, moved to now, in which wenqian's assignment ends then.
func ending(t *testing.T, now, then time.Time) []byte {
	t.Helper()
	const before = "led the move to the new warehouse\"\nexpires = "
	head, rest, ok := strings.Cut(string(githubsim.DemoBaseline(now)), before)
	if !ok {
		t.Fatal("the demo's baseline has no such assignment any more")
	}
	_, tail, _ := strings.Cut(rest, "\n")
	return []byte(head + before + then.UTC().Format(time.RFC3339) + "\n" + tail)
}

// ajar runs one command and gives what it said.
func ajar(t *testing.T, dir, line string) (errs, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) string {
		return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "HOME": dir}[name]
	}
	run(t.Context(), append([]string{"ajar"}, strings.Fields(line)...), strings.NewReader(""), &stdout, &stderr, env)
	return stderr.String(), stdout.String()
}

// ended reports whether wenqian's assignment is called ended.
func ended(t *testing.T, out string) bool {
	t.Helper()
	var doc struct {
		Findings, Actions []struct {
			Rule, State string
			Principal   struct{ Name string }
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, f := range append(doc.Findings, doc.Actions...) {
		if f.Rule == "expired-assignment" && f.State != "resolved" && f.Principal.Name == "user:wenqian-duarte" {
			return true
		}
	}
	return false
}
