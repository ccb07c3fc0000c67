package tabular

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/sheets"
)

// A spreadsheet program opens the workbook without a word and gives each sheet back as it
// is.
func TestASpreadsheetProgramConvertsEverySheet(t *testing.T) {
	e := hostileEvidence("=cmd|' /C calc'!A0 & \"<b>\" _x0041_")
	all := sheets.Convert(t, xlsxOf(t, e, 200))
	names := opened(t, e, 200).GetSheetList()
	for _, sheet := range names {
		rows := all[sheet]
		if len(rows) == 0 || !strings.Contains(rows[0][0], "INCOMPLETE") {
			t.Errorf("sheet %s is %q", sheet, rows)
			continue
		}
		if sheet == "population-end" {
			for i, row := range rows[above:] {
				if i < 197 && row[10] != from.Add(time.Duration(i)*time.Second).Format(time.DateTime) {
					t.Errorf("second %d is %s", i, row[10])
				}
			}
			want := []string{"acme-robotics", "user:person-0001", "user", "1", "repo:acme-robotics/api", "repo", "0", "write", "team", "no", "2026-01-01 00:00:01", ""}
			if !slices.Equal(rows[3], want) {
				t.Errorf("a row is %q, want %q", rows[3], want)
			}
		}
		if sheet == "access-changes" && rows[2][0] != e.Orgs[0].Login {
			t.Errorf("a text is %q, want %q", rows[2][0], e.Orgs[0].Login)
		}
	}
}
