package adopt_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/internal/config"
)

func TestFirstConfigurationLoadsAndSaysWhatItWasTold(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	c := adopt.Config{
		Org: "acme", At: now, APIURL: "https://ghes.example.com/api/v3", GraphQLURL: "https://ghes.example.com/graph",
		TokenEnv: "GH_TOKEN", StorePath: "sub \"quoted\"/ajar.db", UsualStore: "/home/x\n[server]\nlisten = 1", Baseline: "baseline.toml", Without: []string{"audit-log"},
	}
	if err := os.WriteFile(path, c.Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.Text())
	}
	switch {
	case len(got.GitHub.Organizations) != 1 || got.GitHub.Organizations[0] != "acme" || got.GitHub.APIURL != c.APIURL || got.GitHub.GraphQLURL != c.GraphQLURL:
		t.Errorf("github: %+v", got.GitHub)
	case len(got.GitHub.Read) != 1 || got.GitHub.Read[0].TokenEnv != "GH_TOKEN":
		t.Errorf("credential: %+v", got.GitHub.Read)
	case got.StorePath != filepath.Join(dir, c.StorePath) || got.Baseline == nil || got.Baseline.Paths[0] != filepath.Join(dir, "baseline.toml"):
		t.Errorf("paths: %q, %+v", got.StorePath, got.Baseline)
	case len(got.Collect.Without) != 1:
		t.Errorf("without: %v", got.Collect.Without)
	}
	c.StorePath = ""
	if err := os.WriteFile(path, c.Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err = config.Load(path); err != nil || got.StorePath != "" {
		t.Errorf("the usual place: %q, %v", got.StorePath, err)
	}
}
