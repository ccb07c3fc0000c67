package tabular

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// TableSchema names the document that [WriteJSON] writes; docs/schemas holds it.
const TableSchema = "ajar.evidence-table/v1"

// columnDoc tells a reader what a column holds.
type columnDoc struct {
	Name  string        `json:"name"`
	Title string        `json:"title"`
	About string        `json:"about"`
	Kind  evidence.Kind `json:"kind"`
}

// WriteJSON writes the table as one object, a row on each line and the number of rows at
// its end, so that a document which was cut off does not parse. Texts are exact, a missing
// value is null. Before the rows it says which period the evidence is about, whether
// that is complete, and how many gaps it has: a table that is handed on by itself must not
// look like all there was. It keeps one row in memory.
func WriteJSON(ctx context.Context, w io.Writer, t evidence.Table, e evidence.Evidence) error {
	b := bufio.NewWriterSize(w, 1<<16)
	err := writeJSON(ctx, b, t, e)
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing table %s as JSON: %w", t.Name, err)
	}
	return nil
}

// headDoc is what stands before the rows. The first tables said nothing of the evidence.
type headDoc struct {
	Schema   string      `json:"schema"`
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	About    string      `json:"about"`
	Source   string      `json:"source"`
	Period   *periodDoc  `json:"period,omitempty"`
	Complete *bool       `json:"complete,omitempty"`
	Gaps     *int        `json:"gaps,omitempty"`
	Columns  []columnDoc `json:"columns"`
}

// periodDoc is from when on up to when the evidence tells.
type periodDoc struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// of has the document say which evidence its table is of.
func (d *headDoc) of(e evidence.Evidence) {
	gaps := len(e.Gaps)
	d.Period, d.Complete, d.Gaps = &periodDoc{e.Period.From.UTC(), e.Period.To.UTC()}, &e.Complete, &gaps
}

func writeJSON(ctx context.Context, w *bufio.Writer, t evidence.Table, e evidence.Evidence) error {
	columns := make([]columnDoc, len(t.Columns))
	keys := make([][]byte, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = columnDoc{c.Name, c.Title, c.About, c.Kind}
		key, err := report.AppendJSON([]byte{','}, c.Name)
		if err != nil {
			return err
		}
		keys[i] = append(key, ':')
	}
	doc := headDoc{Schema: TableSchema, Name: t.Name, Title: t.Title, About: t.About, Source: t.Source, Columns: columns}
	doc.of(e)
	head, err := report.CompactJSON(doc)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(head[:len(head)-1], `,"rows":[`...)); err != nil {
		return err
	}
	n := 0
	var line []byte
	for row, err := range rows(ctx, t) {
		if err != nil {
			return err
		}
		if line, err = appendObject(append(line[:0], ",\n"...), keys, t, row); err != nil {
			return err
		}
		if n++; n == 1 {
			line = line[1:] // nothing stands before the first one
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	_, err = w.WriteString("\n],\"count\":" + strconv.Itoa(n) + "}\n")
	return err
}

// appendObject writes a row as an object; each key begins with its comma.
func appendObject(out []byte, keys [][]byte, t evidence.Table, row []evidence.Value) ([]byte, error) {
	start := len(out)
	for i, v := range row {
		out = append(out, keys[i]...)
		k := t.Columns[i].Kind
		var err error
		switch {
		case !v.Set:
			out = append(out, "null"...)
		case k == evidence.Text:
			out, err = report.AppendJSON(out, v.Text)
		case k == evidence.Yes:
			out = strconv.AppendBool(out, v.Whole != 0)
		case k == evidence.Instant:
			out = append(appendPlain(append(out, '"'), k, v), '"')
		default:
			out = appendPlain(out, k, v)
		}
		if err != nil {
			return nil, err
		}
	}
	out[start] = '{'
	return append(out, '}'), nil
}
