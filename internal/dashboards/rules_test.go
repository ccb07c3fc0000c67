package dashboards_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/metrics"
)

const rulesFolder = folder + "/prometheus"

// tool finds a program of the system. Without it the test is skipped, except where
// CI=true: there a missing program is a failure.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	const missing = "%s is not installed (Debian: apt-get install prometheus)"
	if os.Getenv("CI") == "true" {
		t.Fatalf(missing, name)
	}
	t.Skipf(missing, name)
	return ""
}

func read(t *testing.T, files ...string) string {
	t.Helper()
	var out strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(raw)
	}
	return out.String()
}

// alerts lists the names of the alerts.
func alerts(t *testing.T) (out []string) {
	for _, m := range regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllStringSubmatch(read(t, rulesFolder+"/alerts.yml"), -1) {
		out = append(out, m[1])
	}
	if len(out) < 20 {
		t.Fatalf("%d alerts were found", len(out))
	}
	return out
}

func TestPromtoolTakesTheRules(t *testing.T) {
	for _, args := range [][]string{
		{"check", "rules", "--lint=all", "--lint-fatal", rulesFolder + "/records.yml", rulesFolder + "/alerts.yml"},
		{"test", "rules", rulesFolder + "/alerts_test.yml", rulesFolder + "/alerts_slow_test.yml"},
	} {
		out, err := exec.CommandContext(t.Context(), tool(t, "promtool"), args...).CombinedOutput()
		if err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// A rule that fires is half of the matter: it must be silent before, and end.
func TestEachAlertHasACaseThatFiresOneThatDoesNotAndOneThatResolves(t *testing.T) {
	cases := read(t, rulesFolder+"/alerts_test.yml", rulesFolder+"/alerts_slow_test.yml")
	for _, name := range alerts(t) {
		var fires []bool
		for _, one := range strings.Split(cases, "eval_time: ")[1:] {
			if regexp.MustCompile(`alertname: ` + name + `\b`).MatchString(one) {
				fires = append(fires, strings.Contains(one, "exp_alerts"))
			}
		}
		if !slices.Equal(fires, []bool{false, true, false}) {
			t.Errorf("%s: silent, firing, resolved are wanted, have %v", name, fires)
		}
	}
}

func TestEachAlertHasARunbookAndEachRunbookAnAlert(t *testing.T) {
	text, names := read(t, rulesFolder+"/alerts.yml"), alerts(t)
	for _, name := range names {
		const at = "runbook_url: https://github.com/eb661601/ajar/blob/main/docs/runbooks/"
		if !strings.Contains(text, at+name+".md\n") {
			t.Errorf("%s does not lead to its runbook", name)
		}
		page := read(t, "../../docs/runbooks/"+name+".md")
		if !strings.HasPrefix(page, "# "+name+"\n\n") || !strings.Contains(page, "\n## Look\n") || !strings.Contains(page, "\n## Do\n") {
			t.Errorf("the runbook of %s does not say what it means, where to look and what to do", name)
		}
	}
	pages, err := filepath.Glob("../../docs/runbooks/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if name := strings.TrimSuffix(filepath.Base(page), ".md"); name != "README" && !slices.Contains(names, name) {
			t.Errorf("%s is about no alert", page)
		}
	}
}

func TestEveryMetricOfARuleExists(t *testing.T) {
	have := map[string]bool{}
	for _, f := range metrics.New(metrics.Known{}).Families() {
		have[f.Name] = true
	}
	text := read(t, rulesFolder+"/records.yml", rulesFolder+"/alerts.yml")
	recorded := regexp.MustCompile(`record: \S+:(ajar_\w+):`).FindAllStringSubmatch(text, -1)
	for _, m := range recorded {
		have[m[1]] = true
	}
	for _, m := range ours.FindAllString(text, -1) {
		if !have[m] {
			t.Errorf("%s is not a metric of ajar", m)
		}
	}
}
