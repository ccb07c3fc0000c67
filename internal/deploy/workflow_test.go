package deploy

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestWorkflowTrustsNobodyByName(t *testing.T) {
	raw := text(t, "github-actions", "audit.yml")
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(raw), &doc); err != nil {
		t.Fatal(err)
	}
	if got := at[map[string]any](t, doc, "permissions"); len(got) != 0 {
		t.Errorf("every job may %v", got)
	}
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for line := range strings.Lines(raw) {
		if _, action, ok := strings.Cut(line, "uses: "); ok && !pinned.MatchString(strings.TrimSpace(action)) {
			t.Errorf("%s is not pinned by a commit, with its version beside it", strings.TrimSpace(action))
		}
	}
	job := at[map[string]any](t, doc, "jobs", "audit")
	if at[string](t, job, "environment") == "" || at[int](t, job, "timeout-minutes") > 60 {
		t.Error("the secrets are not in an environment, or the job may run for hours")
	}
	if got := at[map[string]any](t, job, "permissions"); got["contents"] != "read" || len(got) > 2 {
		t.Errorf("the job may %v", got)
	}
	for _, step := range at[[]any](t, job, "steps") {
		s := step.(map[string]any)
		if run, ok := s["run"].(string); ok && strings.Contains(run, "${{") {
			t.Errorf("a step writes what others say into a shell: %s", run)
		}
	}
	if strings.Contains(raw, "pull_request_target") || strings.Contains(raw, "AJAR_WRITE") {
		t.Error("a change of somebody else could run, or change something")
	}
}

func TestLinterOfWorkflowsHasNoRemark(t *testing.T) {
	args := []string{"tool", "-modfile=../../tools/actionlint/go.mod", "actionlint", "-shellcheck=", "-pyflakes=", shipped("github-actions", "audit.yml")}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	said, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(string(said), "dial tcp") && os.Getenv("CI") != "true" {
		t.Skipf("actionlint cannot be fetched: %s", said)
	}
	if err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// TestBothWaysToReleaseBuildTheSame holds the file of goreleaser, which is not run
// here, against the script that is.
func TestBothWaysToReleaseBuildTheSame(t *testing.T) {
	raw, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../scripts/release.sh")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	build := at[map[string]any](t, doc, "builds", "0")
	var targets []string
	for _, system := range at[[]any](t, build, "goos") {
		for _, arch := range at[[]any](t, build, "goarch") {
			targets = append(targets, system.(string)+"/"+arch.(string))
		}
	}
	m := regexp.MustCompile(`targets=\$\{TARGETS:-([^}]*)\}`).FindSubmatch(script)
	if m == nil || !slices.Equal(strings.Fields(string(m[1])), targets) {
		t.Errorf("goreleaser builds %v, the script %q", targets, m)
	}
	flags := "go build " + at[string](t, build, "flags", "0") + " -ldflags='" + at[string](t, build, "ldflags", "0") + "'"
	if !strings.Contains(string(script), flags) {
		t.Errorf("goreleaser builds with %s, the script does not", flags)
	}
	if at[string](t, build, "env", "0") != "CGO_ENABLED=0" || at[string](t, doc, "checksum", "name_template") != "SHA256SUMS" {
		t.Error("goreleaser builds with cgo, or names the checksums otherwise")
	}
}
