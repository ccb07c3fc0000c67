package tabular

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// ErrForm says that a document is not written the way [WriteJSON] writes a table.
var ErrForm = errors.New("it is not written the way ajar writes a table")

// ErrOther says that a table is of another evidence than it should be.
var ErrOther = errors.New("it is of another period than the evidence, or says otherwise whether that is complete or how many gaps it has")

// What a table has at most that is read: bytes of a row or of all that stands before the
// rows, and columns. No table of ajar comes near.
const (
	maxLine    = 4 << 20
	maxColumns = 256
)

var (
	tableName  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	columnName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// ReadJSON gives back the table that [WriteJSON] wrote. What is read is nobody's word: only
// the form that WriteJSON writes is taken, in which no key stands twice, none is left out,
// and every value is of the kind that its column names, written in one way. Anything else is
// [ErrForm], here or from the rows. open is called once here and again whenever the rows are
// asked for, of which one is in memory at a time. The table must be of e, as far as it says
// of which evidence it is; bare reports that it does not, as the first ones did.
func ReadJSON(e evidence.Evidence, open func() (io.ReadCloser, error)) (t evidence.Table, bare bool, err error) {
	r, err := open()
	if err != nil {
		return t, false, err
	}
	head, err := (&tableReader{r: bufio.NewReaderSize(r, 1<<16)}).line()
	if err = errors.Join(err, r.Close()); err != nil {
		return t, false, err
	}
	if t, bare, err = readHead(e, head); err != nil {
		return t, bare, err
	}
	t.Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			r, err := open()
			if err != nil {
				yield(nil, err)
				return
			}
			err = newTableReader(r, t).rows(ctx, head, func(row []evidence.Value) bool { return yield(row, nil) })
			if err = errors.Join(err, r.Close()); err != nil && !errors.Is(err, errEnough) {
				yield(nil, err)
			}
		}
	}
	return t, bare, nil
}

// errEnough says that whoever reads the rows wants no more of them.
var errEnough = errors.New("enough")

func form(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrForm}, args...)...)
}

const headEnd = `,"rows":[`

// readHead reads what stands before the rows, and holds it against what would be written.
func readHead(e evidence.Evidence, text []byte) (t evidence.Table, bare bool, err error) {
	var doc headDoc
	start, ok := bytes.CutSuffix(text, []byte(headEnd))
	if !ok {
		return t, false, form("its first line does not lead to rows")
	}
	start = append(bytes.Clone(start), '}')
	if err := json.Unmarshal(start, &doc); err != nil {
		return t, false, form("its first line cannot be read: %.200v", err)
	}
	t = evidence.Table{Name: doc.Name, Title: doc.Title, About: doc.About, Source: doc.Source}
	if doc.Schema != TableSchema || !tableName.MatchString(doc.Name) || len(doc.Columns) > maxColumns {
		return t, false, form("its schema, its name or the number of its columns is none that a table has")
	}
	for _, c := range doc.Columns {
		if !columnName.MatchString(c.Name) {
			return t, false, form("a column is called %.60q", c.Name)
		}
		t.Columns = append(t.Columns, evidence.Column(c))
	}
	if err := sound(t); err != nil {
		return t, false, form("%v", err)
	}
	if again, err := report.CompactJSON(doc); err != nil || !bytes.Equal(again, start) {
		return t, false, form("its first line has more, or has it in another way")
	}
	if doc.Period == nil && doc.Complete == nil && doc.Gaps == nil {
		return t, true, nil
	}
	doc.of(e)
	if again, err := report.CompactJSON(doc); err != nil || !bytes.Equal(again, start) {
		return t, false, ErrOther
	}
	return t, false, nil
}

// tableReader reads the rows of one table.
type tableReader struct {
	r    *bufio.Reader
	t    evidence.Table
	keys [][]byte // each with the comma or brace before it and the colon behind it
	row  []evidence.Value
	long []byte // a line that the buffer does not hold
}

func newTableReader(r io.Reader, t evidence.Table) *tableReader {
	d := &tableReader{r: bufio.NewReaderSize(r, 1<<16), t: t, row: make([]evidence.Value, len(t.Columns))}
	for i, c := range t.Columns {
		before := map[bool]string{true: "{", false: ","}[i == 0]
		d.keys = append(d.keys, []byte(before+strconv.Quote(c.Name)+":"))
	}
	return d
}

// line gives the next line without its end, valid until the next one; it is never longer
// than any of ajar's.
func (d *tableReader) line() ([]byte, error) {
	part, err := d.r.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], nil
	}
	d.long = append(d.long[:0], part...)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = d.r.ReadSlice('\n')
		if d.long = append(d.long, part...); len(d.long) > maxLine {
			return nil, form("a line is longer than %d bytes", maxLine)
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, form("it ends within a line")
	case err != nil:
		return nil, err
	}
	return d.long[:len(d.long)-1], nil
}

// rows reads all of them to the very end of the document.
func (d *tableReader) rows(ctx context.Context, head []byte, each func([]evidence.Value) bool) error {
	first, err := d.line()
	if err != nil {
		return err
	}
	if !bytes.Equal(first, head) {
		return form("its first line is not the one that was read before")
	}
	n, more := 0, true
	for {
		line, err := d.line()
		if err != nil {
			return err
		}
		if len(line) > 0 && line[0] == ']' {
			if more && n > 0 {
				return form("row %d is followed by none", n)
			}
			return d.end(line, n)
		}
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !more {
			return form("row %d stands behind the last one", n)
		}
		if line, more = bytes.CutSuffix(line, []byte(",")); true {
			if err := d.object(line); err != nil {
				return fmt.Errorf("row %d: %w", n, err)
			}
		}
		if !each(d.row) {
			return errEnough
		}
	}
}

// end checks what stands behind the rows.
func (d *tableReader) end(line []byte, n int) error {
	if want := `],"count":` + strconv.Itoa(n) + "}"; string(line) != want {
		return form("it has %d rows, and ends with %.60q", n, line)
	}
	if _, err := d.r.ReadByte(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return form("something stands behind its end")
	}
	return nil
}

// object reads a row.
func (d *tableReader) object(line []byte) error {
	for i, key := range d.keys {
		rest, ok := bytes.CutPrefix(line, key)
		if !ok {
			return form("where its column %s should stand is %.60q", d.t.Columns[i].Name, line)
		}
		v, rest, err := readValue(rest, d.t.Columns[i].Kind)
		if err != nil {
			return fmt.Errorf("column %s: %w", d.t.Columns[i].Name, err)
		}
		d.row[i], line = v, rest
	}
	if string(line) != "}" {
		return form("it goes on with %.60q", line)
	}
	return nil
}
