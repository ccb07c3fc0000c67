package metrics_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

type dashboard struct {
	UID    string `json:"uid"`
	ID     *int   `json:"id"`
	Panels []struct {
		ID          int                            `json:"id"`
		Title       string                         `json:"title"`
		Description string                         `json:"description"`
		GridPos     struct{ X, Y, W, H int }       `json:"gridPos"`
		Datasource  struct{ Type, UID string }     `json:"datasource"`
		Targets     []struct{ Expr, RefID string } `json:"targets"`
		FieldConfig struct {
			Defaults struct{ Unit string }
		} `json:"fieldConfig"`
	} `json:"panels"`
}

func load(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("../../dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards (%v)", err)
	}
	out := map[string]dashboard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[file] = d
	}
	return out
}

func TestEveryMetricOfADashboardExists(t *testing.T) {
	have := map[string]bool{}
	families, err := record().Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		have[f.GetName()] = true
	}
	name := regexp.MustCompile(`\bajar_[a-z_]+`)
	for file, d := range load(t) {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				for _, m := range name.FindAllString(target.Expr, -1) {
					if !have[m] {
						t.Errorf("%s, %q: %s is not a metric of ajar", file, p.Title, m)
					}
				}
			}
		}
	}
}

func TestDashboardsAreLaidOutForReading(t *testing.T) {
	for file, d := range load(t) {
		if n := len(d.UID); n < 8 || n > 40 || d.ID != nil {
			t.Errorf("%s: uid of 8 to 40 characters and no id wanted, have %q", file, d.UID)
		}
		taken := map[[2]int]string{}
		ids := map[int]bool{}
		for _, p := range d.Panels {
			if ids[p.ID] {
				t.Errorf("%s: panel id %d is used twice", file, p.ID)
			}
			ids[p.ID] = true
			if !strings.HasSuffix(p.Title, "?") || p.Description == "" || p.FieldConfig.Defaults.Unit == "" {
				t.Errorf("%s, %q: a title that asks, a description and a unit are wanted", file, p.Title)
			}
			if p.Datasource.UID != "${datasource}" {
				t.Errorf("%s, %q: data source %q is not the variable", file, p.Title, p.Datasource.UID)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other, ok := taken[[2]int{x, y}]; ok && other != p.Title || x >= 24 {
						t.Errorf("%s, %q: overlaps %q or leaves the grid", file, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}
