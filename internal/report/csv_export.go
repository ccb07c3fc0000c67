package report

import (
	"bufio"
	"io"
	"strings"
)

// CSVWriter writes CSV as the reports do, for tables that are made elsewhere: RFC 4180,
// and a text can never be a formula. It keeps one row in memory.
type CSVWriter struct{ s sheet }

// NewCSVWriter writes to w once [CSVWriter.Flush] is called, and before.
func NewCSVWriter(w io.Writer) *CSVWriter {
	return &CSVWriter{sheet{w: bufio.NewWriterSize(w, 1<<16)}}
}

// Text adds a cell whose content is not ours; see [Defuse].
func (c *CSVWriter) Text(s string) { c.s.text(s) }

// Plain adds a cell that ajar wrote itself: a number or an instant, of which nothing needs
// quotes and nothing is a formula. It keeps no hold of b.
func (c *CSVWriter) Plain(b []byte) {
	c.s.comma()
	c.s.row = append(c.s.row, b...)
}

// End ends the row.
func (c *CSVWriter) End() error { return c.s.end() }

// Flush writes what is still held.
func (c *CSVWriter) Flush() error { return c.s.w.Flush() }

// AppendJSON adds a string in JSON to out. It is exact, but that bytes which are not UTF-8
// are replaced; what a terminal would act on is written as an escape, which a parser undoes.
func AppendJSON(out []byte, s string) ([]byte, error) {
	if plainASCII(s) && !strings.ContainsAny(s, `"\`) {
		return append(append(append(out, '"'), s...), '"'), nil
	}
	b, err := compact(s)
	return append(out, b...), err
}

// CompactJSON gives the document on one line, written as [AppendJSON] writes strings.
func CompactJSON(doc any) ([]byte, error) { return compact(doc) }
