// Package sheets opens workbooks in a real spreadsheet program, for the tests of what
// writes them.
package sheets

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// everySheet is the last part of the filter's options: -1 writes each sheet to a file of
// its own. The parts before it mean comma, quotes, UTF-8, and cells as they are shown.
const everySheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

// Convert has LibreOffice read a workbook, and gives the cells of every sheet as they are
// shown, by the name of the sheet. It fails the test where the program says a word of a
// warning, an error or a repair. Without the program the test is skipped, except in
// continuous integration.
func Convert(t *testing.T, book []byte) map[string][][]string {
	t.Helper()
	if testing.Short() {
		t.Skip("LibreOffice takes long")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		const what = "the workbook is not opened in a spreadsheet program: no LibreOffice is installed (Debian's package is libreoffice-calc)"
		if os.Getenv("CI") == "true" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	dir := t.TempDir()
	path, out := filepath.Join(dir, "book.xlsx"), filepath.Join(dir, "out")
	if err := os.WriteFile(path, book, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", everySheet, "--outdir", out, path) //nolint:gosec // what is installed here
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	heard := strings.ReplaceAll(string(text), "Warning: failed to launch javaldx", "") // it has no Java, and needs none
	for line := range strings.Lines(heard) {
		if words := strings.ToLower(line); !strings.HasPrefix(words, "convert ") && !strings.HasPrefix(words, "writing sheet ") && strings.TrimSpace(words) != "" &&
			!strings.HasPrefix(strings.TrimSpace(words), "- java may not function correctly") {
			t.Errorf("LibreOffice says %s", line)
		}
	}
	return sheets(t, out)
}

func sheets(t *testing.T, dir string) map[string][][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "book-*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][][]string{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "book-"), ".csv")] = rows
	}
	return all
}
