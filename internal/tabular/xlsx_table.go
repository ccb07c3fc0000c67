package tabular

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// The rows above those of the table: a banner, and the titles of the columns.
const above = 2

// How wide columns are, in characters of the usual size.
const (
	narrowest, widest = 9, 56
	controlsWidest    = 34
	looked            = 100 // rows that are looked at for it
)

// table writes a table on as many sheets as it takes.
func (b *workbook) table(ctx context.Context, t evidence.Table) error {
	w := &tableWriter{b: b, t: t, lines: t.Name == gapsName || t.Name == controlsName, done: written{Table: t}}
	defer w.drop()
	for row, err := range rows(ctx, t) {
		if err != nil {
			return err
		}
		if err := w.add(row); err != nil {
			return err
		}
	}
	if err := w.start(); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return err
	}
	b.tables = append(b.tables, w.done)
	return nil
}

// tableWriter writes the rows of one table.
type tableWriter struct {
	b      *workbook
	t      evidence.Table
	first  [][]evidence.Value // rows that wait until it is known how wide the columns are
	widths []float64
	s      *sheet // nil before the first one, and after the last
	cells  []any
	lines  bool // texts are broken into lines: in the gaps and the controls, which are read
	done   written
}

// add writes a row, on a further sheet where this one is full.
func (w *tableWriter) add(row []evidence.Value) error {
	if w.widths == nil {
		if w.first = append(w.first, slices.Clone(row)); len(w.first) < looked {
			return nil
		}
		return w.start()
	}
	if w.s.row == w.b.rows-1 {
		if err := w.further(); err != nil {
			return err
		}
	}
	w.cells = w.cells[:0]
	for i, v := range row {
		cell, cut := w.s.cell(w.t.Columns[i].Kind, v)
		if text, ok := cell.(string); ok && w.lines {
			cell = excelize.Cell{StyleID: w.s.wrap, Value: text}
		}
		w.cells = append(w.cells, cell)
		if cut {
			w.done.cut++
		}
	}
	w.done.rows++
	if w.lines {
		return w.s.putHigh(w.cells...)
	}
	return w.s.put(w.cells...)
}

// start opens the first sheet and writes the rows that waited; once.
func (w *tableWriter) start() error {
	if w.widths != nil {
		return nil
	}
	w.widths = widths(w.t, w.first)
	if err := w.open(w.b.name(sheetNameOf(w.t)), ""); err != nil {
		return err
	}
	for _, row := range w.first {
		if err := w.add(row); err != nil {
			return err
		}
	}
	w.first = nil
	return nil
}

// further ends a sheet that is full and opens the next one; each names the other.
func (w *tableWriter) further() error {
	number := w.b.name(sheetNameOf(w.t))
	last, next := w.done.sheets[len(w.done.sheets)-1], w.b.sheets[number-1].name
	filter := w.filter()
	if err := w.s.put(excelize.Cell{StyleID: w.s.label, Value: "The table goes on in sheet " + next + "."}); err != nil {
		return err
	}
	s := w.s
	w.s = nil
	if err := w.b.close(s, filter); err != nil {
		return err
	}
	return w.open(number, "It goes on from sheet "+last+".")
}

// open begins a sheet with the banner and the titles of the columns.
func (w *tableWriter) open(number int, note string) error {
	s, err := w.b.sheet(number, above, w.widths)
	if err != nil {
		return err
	}
	w.s = s
	w.done.sheets = append(w.done.sheets, w.b.sheets[number-1].name)
	if err := s.banner(s.said(w.b.e, w.t.Title+", "+periodOf(w.b.e), note)); err != nil {
		return err
	}
	w.cells = w.cells[:0]
	for _, c := range w.t.Columns {
		title, _ := fit(report.Visible(sheetTitle(c)))
		w.cells = append(w.cells, excelize.Cell{StyleID: s.head, Value: title})
	}
	return s.putHigh(w.cells...)
}

// said is the cell at the top of a sheet: what it is, of when, and whether it is whole.
func (s *sheet) said(e evidence.Evidence, title, note string) excelize.Cell {
	style, text := s.top, title+". "
	if !e.Complete {
		style, text = s.incomplete, completeWord(e)+": "+text+"Sheet Gaps lists what is missing. "
	}
	text, _ = fit(report.Visible(strings.TrimSpace(text + note)))
	return excelize.Cell{StyleID: style, Value: text}
}

// filter is the range of the titles and the rows of the sheet.
func (w *tableWriter) filter() string {
	end, err := excelize.CoordinatesToCellName(len(w.t.Columns), max(w.s.row, above))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("A%d:%s", above, end)
}

func (w *tableWriter) close() error {
	s, filter := w.s, w.filter()
	w.s = nil
	return w.b.close(s, filter)
}

// drop gives up a sheet that was begun, after an error.
func (w *tableWriter) drop() {
	if w.s != nil {
		_ = w.s.f.Close() // the error that led here is the one to tell
	}
}

// columnTitle is the title of a column, with the time zone where it matters.
func columnTitle(c evidence.Column) string {
	if c.Kind == evidence.Instant {
		return c.Title + " (UTC)"
	}
	return c.Title
}

// sheetTitle is the same with the unit of its numbers.
func sheetTitle(c evidence.Column) string { return columnTitle(c) + unitOf(c).abbreviated() }

// widths fits each column to its title and to the first rows.
func widths(t evidence.Table, first [][]evidence.Value) []float64 {
	out := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		need := utf8.RuneCountInString(sheetTitle(c))/2 + 4 // on two lines, with the arrow of the filter
		for _, word := range strings.Fields(sheetTitle(c)) {
			need = max(need, utf8.RuneCountInString(word)+4)
		}
		for _, row := range first {
			switch {
			case c.Kind == evidence.Instant:
				need = max(need, len("2006-01-02 15:04:05")+1)
			case c.Kind == evidence.Text:
				need = max(need, utf8.RuneCountInString(row[i].Text)+2)
			default:
				need = max(need, len(appendPlain(nil, c.Kind, row[i]))+2)
			}
		}
		most := widest
		if t.Name == controlsName { // all of it on one page, and large enough to be read
			most = controlsWidest
		}
		out[i] = float64(min(max(need, narrowest), most))
	}
	return out
}

func sheetNameOf(t evidence.Table) string {
	switch t.Name {
	case gapsName, controlsName:
		return t.Title
	}
	return t.Name
}
