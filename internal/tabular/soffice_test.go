package tabular

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A spreadsheet program opens the workbook without a word and gives each sheet back as it
// is; skipped where there is none.
func TestASpreadsheetProgramConvertsEverySheet(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil || testing.Short() {
		t.Skip("LibreOffice is not here (Debian's package is libreoffice-calc), or takes too long")
	}
	dir := t.TempDir()
	book := filepath.Join(dir, "pack.xlsx")
	e := hostileEvidence("=cmd|' /C calc'!A0 & \"<b>\" _x0041_")
	if err := os.WriteFile(book, xlsxOf(t, e, 200), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	// The last part of the filter's options writes every sheet to a file of its own.
	cmd := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, book)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	heard := strings.ReplaceAll(said.String(), "Warning: failed to launch javaldx", "") // it has no Java, and needs none
	for _, word := range []string{"warn", "error", "repair", "corrupt"} {
		if strings.Contains(strings.ToLower(heard), word) {
			t.Errorf("it says %s", heard)
		}
	}
	sheets := opened(t, e, 200).GetSheetList()
	for _, sheet := range sheets {
		text, err := os.ReadFile(filepath.Join(dir, "pack-"+sheet+".csv"))
		if err != nil {
			t.Error(err)
			continue
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil || !strings.Contains(rows[0][0], "INCOMPLETE") {
			t.Errorf("sheet %s: %v, %q", sheet, err, rows[0])
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
