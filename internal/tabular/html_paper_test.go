package tabular

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// Paper shows less than a screen, and says of what it leaves out how much there is and in
// which file.
func TestPaperSaysWhatItLeavesToTheScreen(t *testing.T) {
	e := exampleEvidence()
	large := many(12)
	large.Name = "a-dozen"
	few := many(paperRows)
	few.Name = "few"
	e.Tables[4].Columns[5].Name = "mean"
	e.Tables = append(e.Tables, large, few)
	text := htmlOf(t, e)
	for _, want := range []string{
		`<p class="rest screen">Shown are 20 of 500 rows. All of them: <code>tables/population-end.csv</code></p><p class="rest paper">Printed are the first 6 of 500 rows. All of them: <code>tables/population-end.csv</code></p>`,
		`<p class="rest paper">Printed are the first 6 of 12 rows. All of them: <code>tables/a-dozen.csv</code></p>`,
		`<p class="rest paper">It is drawn under Trends; none of its 90 rows is printed. All of them: <code>tables/trend-privileged-access.csv</code></p>`,
		`The query of each figure stands in tables/control-numbers.csv`,
		`Printed are the main measures; 1 other chart is on the page on a screen, and their numbers in tables/trend-time-to-remedy.csv.`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(text, "tables/few.csv") {
		t.Error("a table that is printed whole says that it is not")
	}
	if n := strings.Count(text, `<tbody role="rowgroup" class="screen">`); n != 14+6+20+20 {
		t.Errorf("%d rows are left to the screen", n)
	}
}

// An outage is a gap of every organization, and one line.
func TestGapsThatDifferInTheirOrganizationAloneStandInOneLine(t *testing.T) {
	e := exampleEvidence()
	for i, org := range []string{"one", "two", "three"} {
		g := e.Gaps[0]
		g.Org, g.From, g.To = org, g.From.Add(time.Duration(i-1)*time.Second), g.To.Add(time.Duration(i)*time.Second)
		e.Gaps = append(e.Gaps, g)
	}
	text := htmlOf(t, e)
	for _, want := range []string{"acme-robotics, one, two, three", "2026-01-31 23:59:59", "2026-02-03 00:00:02", "and why: 5.", "stands in one line", "there are 5 gaps"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(text, "no pass was made"); n != 1 {
		t.Errorf("the same reason stands there %d times", n)
	}
}

// What stands under every control is shown once, and what counts something else under each
// is one exception with a value for each.
func TestFiguresOfEveryControlAreShownOnce(t *testing.T) {
	e := exampleEvidence()
	gaps := evidence.Figure{Name: "gaps", Title: "Gaps in the evidence", Query: "SELECT count(*) FROM gaps", Value: 2, Exception: true}
	open := func(n int64, query string) evidence.Figure {
		return evidence.Figure{Name: "findings-open", Title: "Findings open at the end", Query: query, Value: n, Exception: true}
	}
	e.Controls = []evidence.Control{
		{ID: "A", Rules: []string{"owner-not-listed", "member-stale"}, Numbers: []evidence.Figure{open(3, "SELECT 3"), gaps}},
		{ID: "B", Numbers: []evidence.Figure{open(4, "SELECT 4"), gaps}}, {ID: "C", Numbers: []evidence.Figure{gaps}},
	}
	text := htmlOf(t, e)
	for _, want := range []string{
		"Findings are those of its rules: owner-not-listed, member-stale.", `(<a href="#controls">every control</a>)`, "2 figures count something",
		`Findings open at the end, by control: <b>3</b> <span class="note">(<a href="#c-A">A</a>)</span>, <b>4</b> <span class="note">(<a href="#c-B">B</a>)</span>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(text, gaps.Query); n != 1 {
		t.Errorf("the query of the gaps stands there %d times", n)
	}
}

// A week without a row of a table of events had no event, unless nobody looked.
func TestWeeksWithoutEventsAreZeroAndOutagesAreNot(t *testing.T) {
	e := exampleEvidence()
	week := func(n int) time.Time { return from.AddDate(0, 0, 4+7*n) }
	e.Gaps = []evidence.Gap{{Org: "acme-robotics", From: week(5), To: week(7)}}
	table := exampleRemedy()
	var rows [][]evidence.Value
	for _, n := range []int{0, 1, 4, 9} {
		rows = append(rows, []evidence.Value{evidence.Of("acme-robotics"), evidence.At(week(n)), evidence.Of("high"), evidence.Count(7), evidence.Count(60), {}})
	}
	table.Rows = fixed(rows...)
	s, _ := newSeries(table)
	for _, r := range rows {
		s.add(r)
	}
	s.trend(e)
	var got []int
	for _, p := range s.points["acme-robotics"][3]["high"] {
		got = append(got, int(p.at.Sub(week(0))/(7*24*time.Hour))*10+int(p.value))
	}
	want := []int{-10, 7, 17, 20, 30, 47, 70, 80, 97, 100, 110, 120}
	if len(got) != len(want) {
		t.Fatalf("the weeks are %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("the weeks are %v, want %v", got, want)
		}
	}
	if seconds := s.points["acme-robotics"][4]["high"]; len(seconds) != 4 {
		t.Errorf("a time that nothing took has %d points", len(seconds))
	}
}

// A severity has the same line in the charts of every organization.
func TestALineLooksTheSameInEveryOrganization(t *testing.T) {
	e := exampleEvidence()
	table := exampleRemedy()
	var rows [][]evidence.Value
	for i, severities := range [][]string{{"low", "high"}, {"high", "critical"}, {"low"}} {
		for j, severity := range severities {
			for week := range 3 {
				rows = append(rows, []evidence.Value{
					evidence.Of([]string{"one", "two", "three"}[i]), evidence.At(from.AddDate(0, 0, 4+7*week)), evidence.Of(severity), evidence.Count(week + i + j), {}, {},
				})
			}
		}
	}
	table.Rows = fixed(rows...)
	e.Tables = []evidence.Table{table}
	text := htmlOf(t, e)
	key := func(class, name string) string {
		return `<path class="` + class + `" d="M1 5h34"/></svg><bdi>` + name + `</bdi>`
	}
	for want, n := range map[string]int{key("l1", "critical"): 1, key("l2", "high"): 2, key("l3", "low"): 2} {
		if got := strings.Count(text, want); got != n {
			t.Errorf("%s stands there %d times, want %d", want, got, n)
		}
	}
}
