package tabular

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// about writes the first sheet: what the evidence is of, how to read it, what each sheet
// holds, and what each column says.
func (b *workbook) about() error {
	s, err := b.sheet(1, 1, []float64{26, 30, 30, 14, 60})
	if err != nil {
		return err
	}
	if err := b.aboutRows(s); err != nil {
		_ = s.f.Close() // the first error is the one to tell
		return err
	}
	return b.close(s, "")
}

func (b *workbook) aboutRows(s *sheet) error {
	if err := s.banner(s.said(b.e, titleOf(b.e), "")); err != nil {
		return err
	}
	lines := [][]any{{}}
	for _, f := range facts(b.e) {
		lines = append(lines, []any{s.bold(f.Label), lone(f.Text)})
	}
	lines = append(lines, []any{}, []any{s.bold("How to read it")})
	for _, text := range reading {
		lines = append(lines, []any{lone(text)})
	}
	lines = append(lines, []any{}, []any{s.bold("Words")})
	for _, f := range glossary {
		lines = append(lines, []any{s.bold(f.Label), lone(f.Text)})
	}
	lines = append(lines, []any{}, s.heads("Table", "Title", "Made from", "Rows", "What a row is"))
	for _, t := range b.tables {
		about := t.About
		if len(t.sheets) > 1 {
			about += " It is on " + fmt.Sprint(len(t.sheets)) + " sheets: " + strings.Join(t.sheets, ", ") + "."
		}
		if t.cut > 0 {
			about += fmt.Sprintf(" Texts longer than a cell holds, which are cut: %d; the CSV has all of them.", t.cut)
		}
		lines = append(lines, []any{s.text(t.sheets[0]), s.text(t.Title), s.text(t.Source), excelize.Cell{StyleID: s.whole, Value: t.rows}, s.text(about)})
	}
	lines = append(lines, []any{}, s.heads("Table", "Column", "Title", "Kind", "What it says"))
	for i, t := range b.tables {
		if twin := twinOf(b.tables[:i], t.Table); twin != "" {
			lines = append(lines, []any{s.text(t.sheets[0]), s.text("as in " + twin), s.text(""), s.text(""), s.text("Its columns are those of " + twin + afterRow(t.Table))})
			continue
		}
		for _, c := range t.Columns {
			lines = append(lines, []any{s.text(t.sheets[0]), s.text(c.Name), s.text(c.Title), s.text(string(c.Kind)), s.text(c.About)})
		}
	}
	for _, cells := range lines {
		put := s.put
		if len(cells) > 2 { // the others run on over the cells beside them
			put = s.putHigh
		}
		if err := put(cells...); err != nil {
			return err
		}
	}
	return nil
}

// sampleRow is the column that a sample begins with.
const sampleRow = "sample_row"

// twinOf names a table told before that has the same columns, as a sample has those of what
// it is drawn from; "" where there is none. Such columns are told once.
func twinOf(before []written, t evidence.Table) string {
	columns := t.Columns
	if columns[0].Name == sampleRow {
		columns = columns[1:]
	}
	for _, x := range before {
		if slices.Equal(x.Columns, columns) {
			return x.sheets[0]
		}
	}
	return ""
}

// afterRow ends the sentence about them.
func afterRow(t evidence.Table) string {
	if t.Columns[0].Name == sampleRow {
		return ", behind " + t.Columns[0].Title + ": " + t.Columns[0].About
	}
	return "."
}

// reading tells how the workbook is to be read.
var reading = []string{
	"Gaps come first: what is not shown by the evidence, and why. Nothing may be concluded from what was not seen.",
	"Times are UTC. An empty cell is not known or none; the list of columns below says which.",
	"A code such as \\u202e in a name stands for a character that would not be seen. The JSON of a table has every text exactly.",
	"The unit of a number stands behind the title of its column: (s) are seconds, (ms) thousandths of them.",
	"Numbers with more than 15 digits are text, since a spreadsheet would round them.",
	"ajar's records support a control; whether it is satisfied is the auditor's judgement.",
}

// text is a cell of a table; lone is one that runs on over the empty cells beside it.
func (s *sheet) text(text string) excelize.Cell {
	return excelize.Cell{StyleID: s.wrap, Value: lone(text)}
}

func lone(text string) string {
	text, _ = fit(report.Visible(text))
	return text
}

func (s *sheet) bold(text string) excelize.Cell {
	return excelize.Cell{StyleID: s.label, Value: text}
}

func (s *sheet) heads(texts ...string) []any {
	var out []any
	for _, t := range texts {
		out = append(out, excelize.Cell{StyleID: s.head, Value: t})
	}
	return out
}

// fact is something about the evidence with its label.
type fact struct{ Label, Text string }

// facts tells what the evidence is of.
func facts(e evidence.Evidence) []fact {
	out := []fact{{"Framework", frameworkTitle(e.Framework)}, {"Period", periodOf(e)}, {"Completeness", completeSentence(e)}}
	for _, o := range e.Orgs {
		text := fmt.Sprintf("%s (number %d)", report.Visible(o.Login), o.ID)
		switch {
		case o.First == 0 || o.Last == 0:
			text += ", no snapshot in the period or before it"
		default:
			text += fmt.Sprintf(", from snapshot %d of %s to snapshot %d of %s", o.First, moment(o.Start), o.Last, moment(o.End))
		}
		out = append(out, fact{"Organization", text})
	}
	return append(out, fact{"Made by", e.Program})
}
