package tabular

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

func TestALengthOfTimeIsToldInTheUnitThatSuitsIt(t *testing.T) {
	whole := func(name string) evidence.Column {
		return evidence.Column{Name: name, Title: "T", Kind: evidence.Whole}
	}
	for _, c := range []struct {
		column string
		n      int64
		page   string
		sheet  string
	}{
		{"age_seconds", 2_332_800, "27 days", "T (s)"}, {"promised", 86_400, "1 day", "T (s)"}, {"pause", 95_040, "26.4 hours", "T (s)"},
		{"apart", 1, "1 second", "T (s)"}, {"open_seconds", 0, "0 seconds", "T (s)"}, {"took_ms", 340, "340 milliseconds", "T (ms)"},
		{"took_ms", 2_100, "2.1 seconds", "T (ms)"}, {"wait_timer", 30, "30 minutes", "T (min)"}, {"wait_timer", 1440, "1 day", "T (min)"},
		{"oldest_days", 41, "41 days", "T (days)"}, {"read", 86_400, "86,400", "T"},
	} {
		if got := shown(whole(c.column), evidence.Count(c.n)); got != c.page {
			t.Errorf("%s %d is %q on the page, want %q", c.column, c.n, got, c.page)
		}
		if got := sheetTitle(whole(c.column)); got != c.sheet {
			t.Errorf("%s is %q in the workbook, want %q", c.column, got, c.sheet)
		}
	}
}

// Whoever adds a column of seconds learns here that it needs a unit.
func TestEachColumnOfATimeHasItsUnit(t *testing.T) {
	for _, table := range evidence.Layout(nil) {
		for _, c := range table.Columns {
			if c.Kind != evidence.Whole {
				continue
			}
			about := strings.ToLower(c.About)
			if strings.Contains(about, "seconds") != (unitOf(c) == ofSeconds || unitOf(c) == ofMilliseconds) {
				t.Errorf("%s.%s: %s", table.Name, c.Name, c.About)
			}
		}
	}
}

func TestAChartTellsTheUnitOfItsScale(t *testing.T) {
	text := htmlOf(t, exampleEvidence())
	if !strings.Contains(text, "<b>Median, days</b>") || strings.Contains(text, "in seconds") {
		t.Error("the scale has no unit")
	}
}

// A column is given room for its words while there is some: those with the shortest first.
func TestWordsAreBrokenOnlyWhereThereIsNoRoom(t *testing.T) {
	long := strings.Repeat("x", 80)
	table, rows := texts([]string{"a", "b", "c"}, []string{"organization-role-assignments", long, "overprivileged"}, []string{"x", "y", "z"})
	if got := wholeWords(table, rows, []int{0, 1, 2}); !got[0] || got[1] || !got[2] {
		t.Errorf("%v", got)
	}
	hash := strings.Repeat("0123456789abcdef", 4)
	table, rows = texts([]string{"a"}, []string{hash})
	if got := shown(table.Columns[0], rows[0][0]); got != "0123456789ab…" {
		t.Error(got)
	}
}
