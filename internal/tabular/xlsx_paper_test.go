package tabular

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// A sheet of many wide columns that is pressed onto one page cannot be read.
func TestOnlyNarrowSheetsAreFittedToAPage(t *testing.T) {
	e := exampleEvidence()
	wide := many(3)
	wide.Name = "wide"
	for i := range wide.Columns {
		wide.Columns[i].Title = strings.Repeat("w", 36)
	}
	e.Tables = append(e.Tables, wide)
	f := opened(t, e, sheetRows)
	for sheet, pages := range map[string]int{"access-changes": 1, "Controls": 1, "population-end": 1, "wide": 3} {
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Orientation != "landscape" || *layout.FitToWidth != pages {
			t.Errorf("%s is %d pages wide, want %d", sheet, *layout.FitToWidth, pages)
		}
	}
}

// About tells the same columns once, and explains the words.
func TestAboutRepeatsNoColumns(t *testing.T) {
	e := exampleEvidence()
	sample := e.Tables[0]
	sample.Name = "sample-access-changes"
	sample.Columns = append([]evidence.Column{{Name: sampleRow, Title: "Row", About: "Which.", Kind: evidence.Whole}}, sample.Columns...)
	sample.Rows = fixed()
	e.Tables = append(e.Tables, sample)
	rows, err := opened(t, e, sheetRows).GetRows(firstSheet)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, r := range rows {
		text = append(text, strings.Join(r, "|"))
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{"sample-access-changes|as in access-changes", "Its columns are those of access-changes, behind Row: Which.", "Gate|What stands before a deployment"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(all, "sample-access-changes"); n != 2 {
		t.Errorf("the sample is named %d times", n)
	}
}
