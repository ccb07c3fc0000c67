package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/eb661601/ajar/internal/evidence"
)

func xlsxOf(t testing.TB, e evidence.Evidence, rows int) []byte {
	t.Helper()
	var out bytes.Buffer
	b := newWorkbook(&out, e)
	b.rows = rows
	if err := b.write(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(t testing.TB, e evidence.Evidence, rows int) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(xlsxOf(t, e, rows)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func cellOf(t testing.TB, f *excelize.File, sheet, at string) string {
	t.Helper()
	text, err := f.GetCellValue(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWorkbookBeginsWithAboutGapsAndControls(t *testing.T) {
	f := opened(t, exampleEvidence(), sheetRows)
	want := []string{"About", "Gaps", "Controls", "access-changes", "population-end", "waivers", "trend-privileged-access", "trend-time-to-remedy"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("the sheets are %v, want %v", got, want)
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("About is not the one that is shown first")
	}
}

func TestCellsAreOfTheirKind(t *testing.T) {
	f := opened(t, exampleEvidence(), sheetRows)
	for at, want := range map[string]struct {
		text string
		kind excelize.CellType
	}{
		"A3": {"user:ann", excelize.CellTypeInlineString},
		"A4": {"=cmd|' /C calc'!A0", excelize.CellTypeInlineString},
		"A7": {`\u202ex\u001b[2J`, excelize.CellTypeInlineString},
		"B3": {"7", excelize.CellTypeUnset},
		"B4": {"-7", excelize.CellTypeUnset},
		"B6": {"1152921504606846976", excelize.CellTypeInlineString},
		"C4": {"-0.5", excelize.CellTypeUnset},
		"D4": {"2026-01-01 01:30:00", excelize.CellTypeUnset},
		"D6": {"2026-03-01 00:00:00", excelize.CellTypeUnset},
		"E3": {"yes", excelize.CellTypeInlineString},
		"E5": {"", excelize.CellTypeUnset},
		"D2": {"Seen (UTC)", excelize.CellTypeInlineString},
	} {
		kind, err := f.GetCellType("access-changes", at)
		if got := cellOf(t, f, "access-changes", at); err != nil || got != want.text || kind != want.kind {
			t.Errorf("%s is %q of type %d, want %q of type %d (%v)", at, got, kind, want.text, want.kind, err)
		}
		if formula, err := f.GetCellFormula("access-changes", at); formula != "" || err != nil {
			t.Errorf("%s is the formula %q (%v)", at, formula, err)
		}
	}
}

func TestEverySheetSaysThatThePeriodIsIncomplete(t *testing.T) {
	e := exampleEvidence()
	for _, complete := range []bool{false, true} {
		if e.Complete = complete; complete {
			e.Gaps = nil
		}
		f := opened(t, e, 100)
		for _, sheet := range f.GetSheetList() {
			if got := strings.Contains(cellOf(t, f, sheet, "A1"), "INCOMPLETE"); got == complete {
				t.Errorf("complete %v: sheet %s begins with %q", complete, sheet, cellOf(t, f, sheet, "A1"))
			}
			printed, err := f.GetHeaderFooter(sheet)
			if err != nil || strings.Contains(printed.OddHeader, "INCOMPLETE") == complete {
				t.Errorf("complete %v: on paper sheet %s says %+v (%v)", complete, sheet, printed, err)
			}
		}
	}
}

func TestTitlesStayInSightAndFilterTheRows(t *testing.T) {
	f := opened(t, exampleEvidence(), sheetRows)
	for _, sheet := range f.GetSheetList()[1:] {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != above {
			t.Errorf("sheet %s: %+v, %v", sheet, panes, err)
		}
	}
	var ranges []string
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm._FilterDatabase" {
			ranges = append(ranges, n.RefersTo)
		}
	}
	if !slices.Contains(ranges, "'access-changes'!$A$2:$E$7") || len(ranges) != len(f.GetSheetList())-1 {
		t.Errorf("the filters cover %v", ranges)
	}
	if widths, err := f.GetColWidth("access-changes", "D"); err != nil || widths < 19 {
		t.Errorf("instants have %v characters (%v)", widths, err)
	}
}

func TestATableThatIsTooLongGoesOnAndSaysSo(t *testing.T) {
	e := exampleEvidence()
	f := opened(t, e, 200)
	want := []string{"About", "Gaps", "Controls", "access-changes", "population-end", "population-end (2)", "population-end (3)", "waivers", "trend-privileged-access", "trend-time-to-remedy"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("the sheets are %v", got)
	}
	total := 0
	for i, sheet := range want[4:7] {
		rows, err := f.GetRows(sheet)
		if err != nil || len(rows) > 200 {
			t.Fatalf("sheet %s has %d rows, %v", sheet, len(rows), err)
		}
		total += len(rows) - above
		if last := rows[len(rows)-1][0]; i < 2 {
			total--
			if last != "The table goes on in sheet "+want[5+i]+"." {
				t.Errorf("sheet %s ends with %q", sheet, last)
			}
		}
		if i > 0 && !strings.Contains(rows[0][0], "It goes on from sheet "+want[3+i]+".") {
			t.Errorf("sheet %s begins with %q", sheet, rows[0][0])
		}
	}
	if total != 500 {
		t.Errorf("%d rows of 500", total)
	}
	rows, err := f.GetRows(firstSheet)
	if err != nil || !slices.ContainsFunc(rows, func(r []string) bool {
		return len(r) == 5 && r[0] == "population-end" && r[3] == "500" && strings.Contains(r[4], "on 3 sheets: population-end, population-end (2), population-end (3).")
	}) {
		t.Errorf("About does not tell of the sheets (%v): %q", err, rows)
	}
}

func TestATextThatACellCannotHoldIsCutAndCounted(t *testing.T) {
	e := exampleEvidence()
	e.Tables[0] = exampleTable([]evidence.Value{evidence.Of(strings.Repeat("長", 40_000)), {}, {}, {}, {}})
	f := opened(t, e, sheetRows)
	got := cellOf(t, f, "access-changes", "A3")
	if utf16Length(got) != excelize.TotalCellChars || !strings.HasSuffix(got, cutMark) {
		t.Errorf("%d characters, %q", utf16Length(got), got[len(got)-80:])
	}
	rows, err := f.GetRows(firstSheet)
	if err != nil || !slices.ContainsFunc(rows, func(r []string) bool { return len(r) == 5 && strings.Contains(r[4], "which are cut: 1;") }) {
		t.Errorf("About does not tell of it (%v)", err)
	}
}

// A part of a workbook by its path.
func partOf(t testing.TB, data []byte, path string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(z, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Nothing promises that a program bears columns out of their order. Sheets of which more
// than one is selected are a group: what is typed in one is typed in all.
func TestColumnsAreInOrderAndOneSheetIsSelected(t *testing.T) {
	data := xlsxOf(t, exampleEvidence(), sheetRows)
	for n := range 8 {
		text := partOf(t, data, fmt.Sprintf("xl/worksheets/sheet%d.xml", n+1))
		last := 0
		for _, m := range regexp.MustCompile(`<col min="(\d+)"`).FindAllStringSubmatch(text, -1) {
			if column, err := strconv.Atoi(m[1]); err != nil || column != last+1 {
				t.Errorf("sheet %d: column %s comes after %d", n+1, m[1], last)
			}
			last++
		}
		if got := strings.Contains(text, "tabSelected"); last == 0 || got != (n == 0) {
			t.Errorf("sheet %d has %d columns, selected %v", n+1, last, got)
		}
	}
}

func TestTheSameEvidenceGivesTheSameWorkbook(t *testing.T) {
	first := xlsxOf(t, exampleEvidence(), 200)
	for range 5 {
		if !bytes.Equal(first, xlsxOf(t, exampleEvidence(), 200)) {
			t.Fatal("the bytes differ")
		}
	}
}

// Whatever GitHub names a thing, every part of the workbook is well-formed and about:
// nothing links anywhere.
func TestHostileNamesKeepTheWorkbookWhole(t *testing.T) {
	for _, text := range []string{"&\"<>'", "]]>", "_x0041_", "_x005F_x0041_", "\x00\x1b\xff\ufffe", "\u202e", "</t></is></c>", "&R&B", strings.Repeat("x", 70_000)} {
		data := xlsxOf(t, hostileEvidence(text), sheetRows)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range z.File {
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			d := xml.NewDecoder(r)
			for err == nil {
				_, err = d.Token()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("%q: %s: %v", text, part.Name, err)
			}
		}
		f := opened(t, hostileEvidence(text), sheetRows)
		if got := cellOf(t, f, "access-changes", "A3"); len(text) < 100 && !strings.Contains(text, "\x00") && text != "\u202e" && got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestSheetNamesAreAllowedAndTheirOwn(t *testing.T) {
	b := &workbook{}
	for want, name := range map[string]string{
		"a/b": "a-b", strings.Repeat("long-", 10): strings.Repeat("long-", 6) + "l",
	} {
		if got := b.sheets[:0]; got != nil {
			t.Fatal("a name was taken before")
		}
		b.sheets = nil
		b.name(want)
		b.name(strings.ToUpper(want))
		if b.sheets[0].name != name || len(b.sheets[1].name) > 31 || !strings.HasSuffix(b.sheets[1].name, " (2)") {
			t.Errorf("%q and again is %v", want, b.sheets)
		}
		b.sheets = nil
	}
}

func TestAWorkbookThatFailsSaysWhyAndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	cause := errors.New("the disk is gone")
	e := exampleEvidence()
	e.Tables = []evidence.Table{broken(cause)}
	if err := WriteXLSX(context.Background(), io.Discard, e); !errors.Is(err, cause) || !strings.Contains(err.Error(), "access-changes") {
		t.Errorf("the error is %v", err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("there are left %v (%v)", left, err)
	}
}

func TestInstantsThatHaveNoDateAreText(t *testing.T) {
	e := exampleEvidence()
	old := time.Date(1900, 2, 28, 12, 0, 0, 0, time.UTC)
	e.Tables[0] = exampleTable([]evidence.Value{{}, {}, {}, evidence.At(old), {}}, []evidence.Value{{}, {}, {}, evidence.At(old.AddDate(9000, 0, 0)), {}})
	f := opened(t, e, sheetRows)
	for at, want := range map[string]string{"D3": "1900-02-28T12:00:00Z", "D4": "10900-02-28T12:00:00Z"} {
		if got := cellOf(t, f, "access-changes", at); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
}
