package tabular

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// A sheet of many columns that is pressed onto one page cannot be read.
func TestOnlyNarrowSheetsAreFittedToAPage(t *testing.T) {
	f := opened(t, exampleEvidence(), sheetRows)
	for sheet, fits := range map[string]bool{"access-changes": true, "Controls": true, "population-end": false} {
		props, err := f.GetSheetProps(sheet)
		if err != nil {
			t.Fatal(err)
		}
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if fit := props.FitToPage != nil && *props.FitToPage; fit != fits {
			t.Errorf("%s: fitted is %v", sheet, fit)
		}
		if *layout.Orientation != "landscape" || fits == (layout.AdjustTo != nil && *layout.AdjustTo == readableAt) {
			t.Errorf("%s: %+v", sheet, layout)
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
