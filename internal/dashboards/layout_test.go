package dashboards_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/dashboards"
	"github.com/eb661601/ajar/internal/metrics"
)

// each calls do for every panel.
func each(do func(file string, b dashboards.Board, p dashboards.Panel)) {
	for file, b := range dashboards.All() {
		for _, p := range b.Panels {
			do(file, b, p)
		}
	}
}

var (
	ours   = regexp.MustCompile(`\bajar_[a-z_]+`)
	suffix = regexp.MustCompile(`_(bucket|sum|count)$`)
)

func TestEveryMetricOfADashboardExists(t *testing.T) {
	have := map[string]string{}
	for _, f := range metrics.New(metrics.Known{}).Families() {
		have[f.Name] = f.Type
	}
	shown := map[string]bool{}
	each(func(file string, _ dashboards.Board, p dashboards.Panel) {
		for _, target := range p.Targets {
			for _, m := range ours.FindAllString(target.Expr, -1) {
				family := suffix.ReplaceAllString(m, "")
				if have[m] == "" && have[family] != "histogram" {
					t.Errorf("%s, %q: %s is not a metric of ajar", file, p.Title, m)
				}
				shown[m], shown[family] = true, true
			}
		}
	})
	for name := range have {
		if !shown[name] && name != "ajar_job_late_seconds" && name != "ajar_clock_doubted" && name != "ajar_config_last_reload_success_timestamp_seconds" {
			t.Errorf("no dashboard shows %s", name)
		}
	}
}

func TestDashboardsAreLaidOutForReading(t *testing.T) {
	uids := map[string]string{}
	for file, b := range dashboards.All() {
		if n := len(b.UID); n < 8 || n > 40 || uids[b.UID] != "" {
			t.Errorf("%s: a uid of its own of 8 to 40 characters is wanted, have %q", file, b.UID)
		}
		uids[b.UID] = file
		if b.SchemaVersion != 42 || len(b.Links) == 0 || b.Templating.List[0].Type != "datasource" {
			t.Errorf("%s: schema 42, links to the others and the data source as first variable are wanted", file)
		}
		taken, ids := map[[2]int]string{}, map[int]bool{}
		for _, p := range b.Panels {
			if ids[p.ID] {
				t.Errorf("%s: panel id %d is used twice", file, p.ID)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other, ok := taken[[2]int{x, y}]; ok && other != p.Title || x >= 24 {
						t.Errorf("%s, %q: overlaps %q or leaves the grid", file, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
		for y := range len(taken) / 24 {
			for x := range 24 {
				if taken[[2]int{x, y}] == "" {
					t.Errorf("%s: nothing lies at column %d of line %d", file, x, y)
				}
			}
		}
	}
}

func TestPanelsAskAndSayTheirUnit(t *testing.T) {
	rate := regexp.MustCompile(`\brate\([^[]*\[([^]]*)\]`)
	each(func(file string, _ dashboards.Board, p dashboards.Panel) {
		if !strings.HasSuffix(p.Title, "?") || p.Description == "" || p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("%s, %q: a title that asks, a description and a unit are wanted", file, p.Title)
		}
		if p.Datasource.UID != "${datasource}" {
			t.Errorf("%s, %q: data source %q is not the variable", file, p.Title, p.Datasource.UID)
		}
		for _, target := range p.Targets {
			if target.Datasource.UID != "${datasource}" {
				t.Errorf("%s, %q: data source %q is not the variable", file, p.Title, target.Datasource.UID)
			}
			for _, m := range rate.FindAllStringSubmatch(target.Expr, -1) {
				if m[1] != "$__rate_interval" {
					t.Errorf("%s, %q: a rate over %s, not over $__rate_interval", file, p.Title, m[1])
				}
			}
		}
	})
}

// Red and green alone tell nothing to one man in twelve, nor on paper: what colours
// mean stands beside them, and their lightness differs.
func TestColoursCanBeToldApartInGrey(t *testing.T) {
	each(func(file string, _ dashboards.Board, p dashboards.Panel) {
		steps := p.FieldConfig.Defaults.Thresholds.Steps
		for i := 1; i < len(steps); i++ {
			a, b := lightness(t, steps[i-1].Color), lightness(t, steps[i].Color)
			if d := a - b; d < 0.04 && d > -0.04 {
				t.Errorf("%s, %q: %s and %s are as light as each other (%.2f, %.2f)", file, p.Title, steps[i-1].Color, steps[i].Color, a, b)
			}
		}
	})
}
