package metrics_test

import (
	"flag"
	"os"
	"testing"

	"github.com/eb661601/ajar/internal/metrics"
)

var update = flag.Bool("update", false, "rewrite docs/metrics.md")

func TestThePageAboutMetricsIsUpToDate(t *testing.T) {
	const path = "../../docs/metrics.md"
	want := metrics.New(known()).Page()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != want {
		t.Errorf("%s does not say what the registry holds (%v); make golden writes it", path, err)
	}
}
