// Package tabular writes the tables of the evidence: as CSV and JSON one by one, as one
// workbook, and as a page that reads and prints. It adds nothing and leaves nothing out
// without saying so; the same evidence always gives the same bytes.
package tabular

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// WriteCSV writes the table as RFC 4180 has it, with the names of the columns as its
// header. An empty cell is a missing value, yes and no are words, instants are RFC 3339 in
// UTC. Text that a spreadsheet could take for a formula gets an apostrophe before it; see
// [report.Defuse]. It keeps one row in memory.
func WriteCSV(ctx context.Context, w io.Writer, t evidence.Table) error {
	if err := writeCSV(ctx, w, t); err != nil {
		return fmt.Errorf("writing table %s as CSV: %w", t.Name, err)
	}
	return nil
}

func writeCSV(ctx context.Context, w io.Writer, t evidence.Table) error {
	c := report.NewCSVWriter(w)
	for _, col := range t.Columns {
		c.Text(col.Name)
	}
	if err := c.End(); err != nil {
		return err
	}
	var scratch []byte
	for row, err := range rows(ctx, t) {
		if err != nil {
			return err
		}
		for i, v := range row {
			if v.Set && t.Columns[i].Kind == evidence.Text {
				c.Text(v.Text)
				continue
			}
			scratch = appendPlain(scratch[:0], t.Columns[i].Kind, v)
			c.Plain(scratch)
		}
		if err := c.End(); err != nil {
			return err
		}
	}
	return c.Flush()
}

// appendPlain writes a value that is no text, nothing where there is none.
func appendPlain(out []byte, k evidence.Kind, v evidence.Value) []byte {
	if !v.Set {
		return out
	}
	switch k {
	case evidence.Whole:
		return strconv.AppendInt(out, v.Whole, 10)
	case evidence.Number:
		return strconv.AppendFloat(out, v.Number, 'f', -1, 64)
	case evidence.Instant:
		return v.Instant.UTC().AppendFormat(out, time.RFC3339)
	case evidence.Yes:
		return append(out, yes(v)...)
	}
	return out
}

// yes is the word of a yes or no.
func yes(v evidence.Value) string {
	if v.Whole != 0 {
		return "yes"
	}
	return "no"
}
