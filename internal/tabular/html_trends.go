package tabular

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// trendPrefix begins the name of each table that is drawn. Such a table has an instant for
// when its row holds; its numbers are drawn, a line for each of its texts.
const trendPrefix = "trend-"

// pageOrganizations is of how many organizations the trends are drawn before the page cuts.
const pageOrganizations = 12

// trend is a table that is drawn.
type trend struct {
	ID, Title, About string
	Groups           []group
	Rest             string
	Paper            string // what of it is not printed
}

// group is the charts of one organization.
type group struct {
	Title  string
	Keys   []legend
	Charts []chart
	Flat   string // what is the same all the time, and not drawn
	None   string // why there is nothing to draw
}

// legend is a line with its name.
type legend struct{ Class, Text string }

// series is what was read of a trend: for each organization and column the points of each
// line.
type series struct {
	table   evidence.Table
	when    int   // the column with the instant
	by, org int   // the columns with the names of a line and of its organization; -1: none
	drawn   []int // the columns with the numbers
	orgs    []string
	keys    map[string][]string
	known   map[[2]string]bool // organization and key, once each
	points  map[string]map[int]map[string][]point
	step    time.Duration
}

// lines are the names of all lines, so that each looks the same in every organization's
// charts: severities from the worst down, then what came first.
func (s *series) lines() []string {
	var out []string
	for _, org := range s.orgs {
		for _, k := range s.keys[org] {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	worst := []string{"critical", "high", "medium", "low", "info"}
	rank := func(k string) int {
		if i := slices.Index(worst, k); i >= 0 {
			return i
		}
		return len(worst)
	}
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

// mainMeasures are the columns whose charts are printed; of a table that has none of them
// all are.
var mainMeasures = map[string]bool{"opened": true, "resolved": true, "median_seconds": true, "privileged": true, "standing": true, "share": true, "waived": true, "oldest_days": true}

// printed leaves the charts for the screen that are not of main measures.
func (t *trend) printed() {
	left := 0
	for _, g := range t.Groups {
		if !slices.ContainsFunc(g.Charts, func(c chart) bool { return mainMeasures[c.Name] }) {
			continue
		}
		for i := range g.Charts {
			if !mainMeasures[g.Charts[i].Name] {
				g.Charts[i].Screen = true
				left++
			}
		}
	}
	if left > 0 {
		t.Paper = "Printed are the main measures; " + report.Count(int64(left), "other chart is", "other charts are") +
			" on the page on a screen, and their numbers in tables/" + strings.TrimPrefix(t.ID, "d-") + ".csv."
	}
}

// newSeries finds what is to be drawn of a table; false where nothing can be.
func newSeries(t evidence.Table) (*series, bool) {
	s := &series{table: t, when: -1, by: -1, org: -1, keys: map[string][]string{}, known: map[[2]string]bool{}, points: map[string]map[int]map[string][]point{}}
	for i, c := range t.Columns {
		switch {
		case c.Kind == evidence.Instant && s.when < 0:
			s.when = i
		case c.Name == "organization":
			s.org = i
		case c.Kind == evidence.Text && s.by < 0:
			s.by = i
		case (c.Kind == evidence.Whole || c.Kind == evidence.Number) && !isNumberOf(c):
			s.drawn = append(s.drawn, i)
		}
	}
	return s, strings.HasPrefix(t.Name, trendPrefix) && s.when >= 0 && len(s.drawn) > 0
}

// isNumberOf reports whether the column names a thing by its number, and counts nothing.
func isNumberOf(c evidence.Column) bool {
	return c.Kind == evidence.Whole && (c.Name == "snapshot" || strings.HasSuffix(c.Name, "_id") || strings.HasSuffix(c.Name, "_snapshot"))
}

// add takes a row.
func (s *series) add(row []evidence.Value) {
	if !row[s.when].Set {
		return
	}
	org, key := textAt(row, s.org), textAt(row, s.by)
	if s.points[org] == nil {
		s.points[org] = map[int]map[string][]point{}
		s.orgs = append(s.orgs, org)
	}
	if !s.known[[2]string{org, key}] {
		s.known[[2]string{org, key}] = true
		s.keys[org] = append(s.keys[org], key)
	}
	at := row[s.when].Instant
	for _, i := range s.drawn {
		if s.points[org][i] == nil {
			s.points[org][i] = map[string][]point{}
		}
		if !row[i].Set {
			continue
		}
		all := s.points[org][i][key]
		if n := len(all); n > 0 {
			if d := at.Sub(all[n-1].at); d > 0 && (s.step == 0 || d < s.step) {
				s.step = d
			}
		}
		v := row[i].Number
		if s.table.Columns[i].Kind == evidence.Whole {
			v = float64(row[i].Whole)
		}
		s.points[org][i][key] = append(all, point{at, v})
	}
}

func textAt(row []evidence.Value, i int) string {
	if i < 0 {
		return ""
	}
	return row[i].Text
}

// trend lays out what was read.
func (s *series) trend(e evidence.Evidence) trend {
	out := trend{ID: "d-" + s.table.Name, Title: report.Visible(s.table.Title), About: report.Visible(s.table.About)}
	for i, org := range s.orgs {
		if i == pageOrganizations {
			out.Rest = fmt.Sprintf("Drawn are %d of %d organizations; %s.csv has all of them.", i, len(s.orgs), s.table.Name)
			break
		}
		out.Groups = append(out.Groups, s.group(e, org))
	}
	out.printed()
	return out
}

func (s *series) group(e evidence.Evidence, org string) group {
	out := group{}
	if len(e.Orgs) > 1 {
		out.Title = report.Visible(org)
	}
	keys := s.lines()
	if len(keys) > lineClasses {
		out.Flat = fmt.Sprintf("Drawn are %d of %d lines; %s.csv has all of them. ", lineClasses, len(keys), s.table.Name)
		keys = keys[:lineClasses]
	}
	for i, k := range keys {
		if k != "" && slices.Contains(s.keys[org], k) {
			out.Keys = append(out.Keys, legend{lineClass(i), report.Visible(k)})
		}
	}
	sc := scale{from: e.Period.From, to: e.Period.To, step: s.step}
	var flat []string
	for _, i := range s.drawn {
		c := s.table.Columns[i]
		if s.events() && unitOf(c) == ofThings {
			s.zeros(e, org, i, s.keys[org])
		}
		if v, ok := level(keys, s.points[org][i]); ok {
			flat = append(flat, report.Visible(c.Title)+" "+unitOf(c).text(v, v))
			continue
		}
		if ch := newChart(c, sc, keys, s.points[org][i], holes(e, org, sc)); len(ch.Lines) > 0 {
			out.Charts = append(out.Charts, ch)
		}
	}
	if len(flat) > 0 {
		out.Flat += "The same wherever it is known, and not drawn: " + strings.Join(flat, "; ") + "."
	}
	if len(out.Charts) == 0 && out.Flat == "" {
		out.None = "There is nothing to draw: no value is known."
	}
	return out
}

// events reports whether the table has rows only of times in which something happened: that
// of the findings that came and went, which has a line for each severity.
func (s *series) events() bool { return s.table.Name == evidence.TrendRemedy && s.step > 0 }

// zeros adds what a table of events leaves out: where it counts nothing there was nothing,
// but for the times of which nothing is known.
func (s *series) zeros(e evidence.Evidence, org string, column int, keys []string) {
	var begin time.Time
	for _, points := range s.points[org][column] {
		for _, p := range points {
			if begin.IsZero() || p.at.Before(begin) {
				begin = p.at
			}
		}
	}
	if begin.IsZero() {
		return
	}
	for begin.Add(-s.step).After(e.Period.From.Add(-s.step)) {
		begin = begin.Add(-s.step)
	}
	for _, key := range keys {
		known := s.points[org][column][key]
		var all []point
		for at := begin; at.Before(e.Period.To); at = at.Add(s.step) {
			i := slices.IndexFunc(known, func(p point) bool { return p.at.Equal(at) })
			switch {
			case i >= 0:
				all = append(all, known[i])
			case !unseen(e, org, at, at.Add(s.step)):
				all = append(all, point{at, 0})
			}
		}
		s.points[org][column][key] = all
	}
}

// unseen reports whether of the whole of a time nothing was seen of an organization.
func unseen(e evidence.Evidence, org string, from, to time.Time) bool {
	return slices.ContainsFunc(e.Gaps, func(g evidence.Gap) bool {
		return g.Area == "" && (g.Org == "" || g.Org == org) && !g.From.IsZero() && !g.From.After(from) && !g.To.Before(to)
	})
}

// level gives the value of lines that are all flat and at the same height.
func level(keys []string, lines map[string][]point) (float64, bool) {
	var first *float64
	for _, k := range keys {
		for _, p := range lines[k] {
			if first == nil {
				first = &p.value
			} else if p.value != *first {
				return 0, false
			}
		}
	}
	if first == nil {
		return 0, false
	}
	return *first, true
}

// holes are the stretches of which nothing at all was seen of an organization.
func holes(e evidence.Evidence, org string, s scale) []hole {
	var out []hole
	for _, g := range e.Gaps {
		if g.Area != "" || g.Org != "" && g.Org != org || g.From.IsZero() || g.To.IsZero() {
			continue
		}
		x := s.x(g.From)
		out = append(out, hole{coordinate(x), coordinate(max(s.x(g.To)-x, 1))})
	}
	return out
}

// read gives the first rows of a table and how many there are; each row is shown to see.
func read(ctx context.Context, t evidence.Table, keep int, see func([]evidence.Value)) (first [][]evidence.Value, n int64, err error) {
	for row, err := range rows(ctx, t) {
		if err != nil {
			return nil, 0, fmt.Errorf("table %s: %w", t.Name, err)
		}
		if n++; n <= int64(keep) {
			first = append(first, slices.Clone(row))
		}
		if see != nil {
			see(row)
		}
	}
	return first, n, nil
}
