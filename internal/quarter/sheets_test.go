package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/sheets"
)

// LibreOffice opens the workbook of the quarter without a warning, and each sheet of a
// table has the cells of its CSV.
func TestEverySheetOfAQuarterConvertsAndHasTheCellsOfItsTable(t *testing.T) {
	q := aQuarter(t)
	dir, _ := unpacked(t, q.path("soc2.zip"))
	book := sheets.Convert(t, read(t, dir, "evidence.xlsx"))
	seen := 0
	for _, folder := range []string{"tables", "samples"} {
		files, err := filepath.Glob(filepath.Join(dir, folder, "*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			name := strings.TrimSuffix(filepath.Base(path), ".csv")
			if folder == "samples" {
				name = "sample-" + name
			}
			sheet, ok := book[name]
			if !ok || name == "control-numbers" || name == "controls" { // one sheet shows both
				continue
			}
			seen++
			want := cells(t, read(t, path))
			if !strings.Contains(sheet[0][0], "INCOMPLETE") {
				t.Errorf("%s: the first line is %q", name, sheet[0])
			}
			sheet = sheet[2:] // the banner and the titles
			if len(sheet) != len(want)-1 {
				t.Errorf("%s has %d rows, the CSV %d", name, len(sheet), len(want)-1)
				continue
			}
			if got, cells := filled(sheet), filled(want[1:]); got != cells {
				t.Errorf("%s has %d cells that are not empty, the CSV %d", name, got, cells)
			}
		}
	}
	t.Logf("%d sheets, %d of them held against their CSV", len(book), seen)
	if seen < 50 {
		t.Errorf("only %d sheets are those of tables: %d in all", seen, len(book))
	}
}

func filled(all [][]string) int {
	n := 0
	for _, row := range all {
		for _, c := range row {
			if c != "" {
				n++
			}
		}
	}
	return n
}
