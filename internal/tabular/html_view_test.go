package tabular

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// texts gives a table of texts.
func texts(names []string, rows ...[]string) (evidence.Table, [][]evidence.Value) {
	t := evidence.Table{Name: "some", Title: "Some"}
	for _, n := range names {
		t.Columns = append(t.Columns, evidence.Column{Name: n, Title: n, Kind: evidence.Text})
	}
	var out [][]evidence.Value
	for _, r := range rows {
		var row []evidence.Value
		for _, s := range r {
			row = append(row, evidence.Of(s))
		}
		out = append(out, row)
	}
	t.Rows = fixed(out...)
	return t, out
}

func headsOf(v tableView) string {
	var all []string
	for _, h := range v.Heads {
		all = append(all, h.Text)
	}
	return strings.Join(all, " ")
}

func TestAKindThatStandsInTheNameIsLeftOut(t *testing.T) {
	columns := []string{"resource", "resource_kind", "who_kind"}
	for _, c := range []struct {
		rows        [][]string
		heads, left string
	}{
		{[][]string{{"repo:a", "repo", "x"}, {"org:a", "org", "y"}}, "resource who_kind", "Left out here: resource_kind."},
		{[][]string{{"repo:a", "repo", "x"}, {"a", "org", "y"}}, "resource resource_kind who_kind", ""},
	} {
		table, rows := texts(columns, c.rows...)
		v := view(table, rows, 2)
		if headsOf(v) != c.heads || v.Left != c.left {
			t.Errorf("%v: %q, %q", c.rows, headsOf(v), v.Left)
		}
	}
}

func TestRowsThatAreAllTheSameAreSeen(t *testing.T) {
	table, rows := texts([]string{"a", "b"}, []string{"x", "y"}, []string{"x", "y"}, []string{"x", "y"})
	if v := view(table, rows, 3); headsOf(v) != "a b" || len(v.Same) > 0 || len(v.Records) != 3 {
		t.Errorf("%+v", v)
	}
}

// Whatever is not beside the others stands below them: nothing is lost without a word.
func TestNoValueOfAShownRowIsLost(t *testing.T) {
	for n := 1; n < 30; n++ {
		var names, first, second, third []string
		for i := range n {
			names = append(names, fmt.Sprintf("c%d", i))
			first, second = append(first, fmt.Sprintf("first-%d.", i)), append(second, fmt.Sprintf("second-%d.", i))
			third = append(third, []string{"", fmt.Sprintf("third-%d.", i)}[i%2])
		}
		table, rows := texts(names, first, second, third)
		e := exampleEvidence()
		e.Tables = []evidence.Table{table}
		text := htmlOf(t, e)
		for _, row := range rows {
			for _, v := range row {
				if v.Set && !strings.Contains(text, "<bdi>"+v.Text+"</bdi>") {
					t.Errorf("of %d columns %s is missing", n, v.Text)
				}
			}
		}
	}
}

// trendOf gives a trend of one number with as many organizations and lines.
func trendOf(orgs, lines int) evidence.Table {
	t := exampleRemedy()
	var all [][]evidence.Value
	for o := range orgs {
		for day := range 3 {
			for l := range lines {
				all = append(all, []evidence.Value{
					evidence.Of(fmt.Sprintf("org-%02d", o)), evidence.At(from.AddDate(0, 0, day)), evidence.Of(fmt.Sprintf("line-%d", l)),
					evidence.Count(day + l), {}, {},
				})
			}
		}
	}
	t.Rows = fixed(all...)
	return t
}

func TestEachOrganizationHasItsCharts(t *testing.T) {
	e := exampleEvidence()
	e.Orgs = append(e.Orgs, evidence.Org{Login: "other"})
	e.Tables = []evidence.Table{trendOf(2, 2)}
	e.Tables[0].Name = "trend-of-something"
	text := htmlOf(t, e)
	for _, want := range []string{"<h4><bdi>org-00</bdi></h4>", "<h4><bdi>org-01</bdi></h4>", "line-1: first 1, last 3, lowest 1, highest 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestChartsThatLeaveOutSaySo(t *testing.T) {
	e := exampleEvidence()
	e.Tables = []evidence.Table{trendOf(pageOrganizations+1, lineClasses+2)}
	text := htmlOf(t, e)
	for _, want := range []string{"Drawn are 12 of 13 organizations; trend-time-to-remedy.csv has all of them.", "Drawn are 6 of 8 lines; trend-time-to-remedy.csv has all of them."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	e.Tables = []evidence.Table{trendOf(1, 1), trendOf(0, 0)}
	e.Tables[1].Name = "trend-empty"
	if text := htmlOf(t, e); !strings.Contains(text, "The table is empty.") {
		t.Error("an empty trend says nothing")
	}
}
