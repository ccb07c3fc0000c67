package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const examplePath = "../../config.toml"

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExampleLoadsAsItStandsAndSaysTheDefaults(t *testing.T) {
	c, err := Load(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Path = examplePath
	want.GitHub.Organizations = []string{"acme"}
	want.GitHub.Read = []Credential{{TokenEnv: "AJAR_GITHUB_TOKEN"}}
	want.StorePath = filepath.Join("..", "..", "ajar.db")
	want.Remediate.Protected = []string{}
	want.Remediate.Approvers = []string{}
	want.Schedule.Said = true
	if diff := cmp.Diff(&want, c); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestExampleSwitchedOnSaysTheDefaultsToo(t *testing.T) {
	c, err := Parse("config.toml", []byte(everything(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Schedule.Said = true
	if diff := cmp.Diff(want.Schedule, c.Schedule) + cmp.Diff(want.Backup.Keep, c.Backup.Keep) + cmp.Diff(want.Remediate.Grace, c.Remediate.Grace); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
}

// everything is the example with every key that is switched off switched on.
func everything(t *testing.T) string {
	return regexp.MustCompile(`(?m)^#([^ \n])`).ReplaceAllString(example(t), "$1")
}

func TestExampleLoadsWithEverythingSwitchedOn(t *testing.T) {
	c, err := Parse("config.toml", []byte(everything(t)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Baseline == nil || c.GitHub.Write == nil || c.GitHub.GraphQLURL == "" || *c.Remediate.Limits["owner"].Max != 1 {
		t.Errorf("something that is switched on did not arrive: %+v", c)
	}
}

func TestExampleNamesEveryKey(t *testing.T) {
	text := example(t)
	for _, k := range keys {
		name := strings.TrimSuffix(k.Name, ".*")
		name = name[strings.LastIndexByte(name, '.')+1:]
		if !regexp.MustCompile(`(?m)(^#?|[ {])` + name + ` = `).MatchString(text) {
			t.Errorf("config.toml does not show %s", k.Name)
		}
	}
}
