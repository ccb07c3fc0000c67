package tabular

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// styles are the numbers of the styles of a file; each file is given the same ones in the
// same order, so that a sheet of one is right with the styles of another.
type styles struct{ top, incomplete, head, whole, instant, wrap, label int }

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	instant := "yyyy-mm-dd hh:mm:ss"
	const family = "Calibri" // that of the cells without a style
	line := []excelize.Border{{Type: "bottom", Color: "59636E", Style: 2}}
	lines := &excelize.Alignment{Vertical: "top", WrapText: true}
	for _, d := range []struct {
		number *int
		style  excelize.Style
	}{
		{&s.top, excelize.Style{Font: &excelize.Font{Family: family, Bold: true, Size: 12}}},
		{&s.incomplete, excelize.Style{Font: &excelize.Font{Family: family, Bold: true, Size: 12, Color: "7A2E00"}, Fill: fill("FFE2C2")}},
		{&s.head, excelize.Style{Font: &excelize.Font{Family: family, Bold: true}, Fill: fill("E9EDF1"), Border: line, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&s.whole, excelize.Style{NumFmt: 1, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top", Indent: 1}}},
		{&s.instant, excelize.Style{CustomNumFmt: &instant, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top"}}},
		{&s.wrap, excelize.Style{Alignment: lines}},
		{&s.label, excelize.Style{Font: &excelize.Font{Family: family, Bold: true}, Alignment: &excelize.Alignment{Vertical: "top"}}},
	} {
		n, err := f.NewStyle(&d.style)
		if err != nil {
			return styles{}, fmt.Errorf("a style: %w", err)
		}
		*d.number = n
	}
	return s, nil
}

// sheet is one sheet that is being written, in a file of its own.
type sheet struct {
	styles
	f      *excelize.File
	out    *excelize.StreamWriter
	widths []float64
	number int // in the workbook
	row    int // the last one that was written
}

// sheet begins the sheet with that number. Rows down to frozen stay in sight.
func (b *workbook) sheet(number, frozen int, widths []float64) (*sheet, error) {
	const name = "s"
	f := excelize.NewFile()
	s := &sheet{f: f, number: number, widths: widths}
	err := s.begin(name, frozen, printed(b.e))
	if err != nil {
		_ = f.Close() // removes temporary files, of which there are none yet
		return nil, err
	}
	return s, nil
}

func (s *sheet) begin(name string, frozen int, said *excelize.HeaderFooterOptions) error {
	var err error
	if s.styles, err = newStyles(s.f); err != nil {
		return err
	}
	if _, err := s.f.NewSheet(name); err != nil {
		return err
	}
	if s.number == 1 {
		n, err := s.f.GetSheetIndex(name)
		if err != nil {
			return err
		}
		s.f.SetActiveSheet(n) // this one is shown first; of the others none is selected
	}
	if err := s.page(name, said); err != nil {
		return err
	}
	if s.out, err = s.f.NewStreamWriter(name); err != nil {
		return err
	}
	for i, w := range slices.Backward(s.widths) { // the library puts each before those it has
		if err := s.out.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	if frozen == 0 {
		return nil
	}
	cell := fmt.Sprintf("A%d", frozen+1)
	return s.out.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: frozen, TopLeftCell: cell, ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: cell, ActiveCell: cell, Pane: "bottomLeft"}},
	})
}

// A sheet of at most fitted columns is printed as wide as a page. A wider one goes on beside
// it, so that a page has about as many characters of the usual size as can be read.
const (
	fitted   = 10
	readable = 230
)

// pagesWide is how many pages a sheet is wide on paper.
func (s *sheet) pagesWide() int {
	if len(s.widths) <= fitted {
		return 1
	}
	all := 0.0
	for _, w := range s.widths {
		all += w
	}
	return int(math.Ceil(all / readable))
}

// page lays the sheet out for paper: across, with its numbers; what belongs together lies
// together.
func (s *sheet) page(name string, said *excelize.HeaderFooterOptions) error {
	yes, across, order, a4, wide, anyNumber := true, "landscape", "overThenDown", 9, s.pagesWide(), 0
	if err := s.f.SetSheetDimension(name, ""); err != nil { // it is not known yet, and may be left out
		return err
	}
	if err := s.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := s.f.SetPageLayout(name, &excelize.PageLayoutOptions{
		Orientation: &across, Size: &a4, FitToWidth: &wide, FitToHeight: &anyNumber, PageOrder: &order,
	}); err != nil {
		return err
	}
	return s.f.SetHeaderFooter(name, said)
}

// printed is what stands above and below each page of a sheet.
func printed(e evidence.Evidence) *excelize.HeaderFooterOptions {
	plain := strings.NewReplacer("&", "&&")
	return &excelize.HeaderFooterOptions{
		OddHeader: "&L" + plain.Replace(titleOf(e)) + "&R&B" + plain.Replace(completeWord(e)),
		OddFooter: "&L&A&RPage &P of &N",
	}
}

// put writes the next row.
func (s *sheet) put(cells ...any) error {
	s.row++
	return s.out.SetRow(fmt.Sprintf("A%d", s.row), cells)
}

// putHigh writes the next row as high as its texts need it when they are broken into lines,
// which not every program finds out by itself.
func (s *sheet) putHigh(cells ...any) error {
	const lineHeight, most = 15, 20
	lines := 1
	for i, c := range cells {
		c, _ := c.(excelize.Cell)
		if text, ok := c.Value.(string); ok && i < len(s.widths) {
			lines = max(lines, int(math.Ceil(float64(utf16Length(text))/s.widths[i])))
		}
	}
	s.row++
	return s.out.SetRow(fmt.Sprintf("A%d", s.row), cells, excelize.RowOpts{Height: lineHeight * float64(min(lines, most))})
}

// banner writes the row at the top, in its style all over.
func (s *sheet) banner(c excelize.Cell) error {
	cells := []any{c}
	for range s.widths[1:] {
		cells = append(cells, excelize.Cell{StyleID: c.StyleID})
	}
	s.row++
	return s.out.SetRow(fmt.Sprintf("A%d", s.row), cells, excelize.RowOpts{Height: 21})
}

// close writes the sheet into the workbook, with a filter over the range if there is one.
func (b *workbook) close(s *sheet, filter string) (err error) {
	const name, path = "s", "xl/worksheets/sheet2.xml"
	defer func() { err = errors.Join(err, s.f.Close()) }() // which removes the temporary file
	if filter != "" {
		if err := s.f.AutoFilter(name, filter, nil); err != nil {
			return err
		}
		b.sheets[s.number-1].filter = filter
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	found := false
	err = b.parts(s.f, func(part string) string {
		if part != path {
			return ""
		}
		found = true
		return fmt.Sprintf("xl/worksheets/sheet%d.xml", s.number)
	})
	if err == nil && !found {
		err = fmt.Errorf("the library did not write %s", path)
	}
	return err
}

// cell gives a value as the library takes it, and whether a text had to be cut.
func (s *sheet) cell(k evidence.Kind, v evidence.Value) (cell any, cut bool) {
	if !v.Set {
		return nil, false
	}
	switch k {
	case evidence.Text:
		return fit(report.Visible(v.Text))
	case evidence.Whole:
		if v.Whole > exactly || v.Whole < -exactly {
			return fmt.Sprint(v.Whole), false
		}
		return excelize.Cell{StyleID: s.whole, Value: v.Whole}, false
	case evidence.Number:
		return v.Number, false
	case evidence.Instant:
		if dated(v.Instant) {
			return excelize.Cell{StyleID: s.instant, Value: v.Instant.UTC()}, false
		}
		return v.Instant.UTC().Format(time.RFC3339), false
	}
	return yes(v), false
}

// exactly is the greatest number of which a spreadsheet keeps every digit; a greater one is
// written as text.
const exactly = 999_999_999_999_999

// dated reports whether spreadsheets have a date for the instant: from March 1900 on, since
// they hold that year for a leap year, until 9999.
func dated(t time.Time) bool {
	return !t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) && t.UTC().Year() <= 9999
}

// cutMark ends a text that is longer than a cell holds.
const cutMark = " … (cut here, since a cell holds no more; the CSV has all of it)"

// fit cuts a text to what a cell holds.
func fit(s string) (string, bool) {
	if len(s) <= excelize.TotalCellChars || utf16Length(s) <= excelize.TotalCellChars {
		return s, false
	}
	left := excelize.TotalCellChars - utf16Length(cutMark)
	for i, r := range s {
		if left -= utf16.RuneLen(r); left < 0 {
			return s[:i] + cutMark, true
		}
	}
	return s, false
}

// utf16Length is the length of a text as spreadsheets count it.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
