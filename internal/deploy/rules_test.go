package deploy

import (
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the rules of the Prometheus operator anew")

const rulesHead = `# Made from dashboards/prometheus by: make golden
# For the Prometheus operator: the recording and alert rules. docs/runbooks has a page
# for each alert. They ask for the job ajar, which is what the component servicemonitor
# makes of the service's name.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ajar
spec:
  groups:
`

// TestOperatorHasTheRulesOfPrometheus holds the component against the files that
// Prometheus reads and that promtool tests.
func TestOperatorHasTheRulesOfPrometheus(t *testing.T) {
	made := rulesHead
	var want []any
	for _, name := range []string{"records.yml", "alerts.yml"} {
		b, err := os.ReadFile("../../dashboards/prometheus/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, body, ok := strings.Cut(string(b), "\ngroups:\n")
		if !ok {
			t.Fatalf("%s has no groups", name)
		}
		for line := range strings.Lines(body) {
			if strings.TrimSpace(line) != "" {
				made += "  "
			}
			made += line
		}
		want = append(want, groups(t, b, "groups")...)
	}
	path := shipped("kustomize", "components", "prometheusrule", "prometheusrule.yaml")
	if *update {
		if err := os.WriteFile(path, []byte(made), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(groups(t, got, "spec", "groups"), want) {
		t.Errorf("%s has other rules than dashboards/prometheus; write it anew with: make golden", path)
	}
}

func groups(t *testing.T, text []byte, path ...string) []any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return at[[]any](t, doc, path...)
}
