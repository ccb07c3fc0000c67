package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/tabular"
)

// retelling is what the tables of a pack say, when they are held against everything in it
// that is made of them.
type retelling struct {
	c       *checking
	e       evidence.Evidence // that the manifest is of, without its tables
	same    bool              // the pack says that this very program made it
	other   bool              // a table is of another evidence than the manifest
	full    bool              // it has the documents that show all tables together
	tables  []evidence.Table
	samples []evidence.Table
	count   *evidence.Recount // nil: of a framework that this program does not know
	heads   int               // bytes of what the tables say of themselves
	shown   int64             // bytes of the rows that a document would keep in memory
	drawn   int64             // rows of the tables that would be drawn
}

// Limits of what is made again: the documents keep the first rows of each table, and all
// points of what they draw.
const (
	keptRows    = 100
	maxShown    = 64 << 20
	maxDrawn    = 1 << 19
	maxRemade   = 500     // tables
	maxTables   = 4 << 30 // bytes of them: a sheet in the making waits in a temporary file
	drawnPrefix = "trend-"
)

// retell holds the forms of the tables, the numbers and the documents against each other.
// It is done where each file is the one of the manifest: what is wrong then was wrong when
// the pack was sealed, or it was sealed again.
func (c *checking) retell() error {
	m := c.r.Manifest
	v := &retelling{c: c, e: evidenceOf(m, nil, nil), same: c.own()}
	v.full = slices.ContainsFunc(m.Files, func(f File) bool { return slices.Contains(documentNames, f.Name) })
	v.expected()
	if count, err := evidence.NewRecount(evidence.Framework(m.Framework)); err == nil {
		v.count = count
	} else if v.same {
		c.r.say(manifestName, "%v", err)
	}
	for _, t := range m.Tables {
		if err := v.table(t); err != nil {
			return err
		}
	}
	for _, s := range m.Samples {
		if err := v.sample(s); err != nil {
			return err
		}
	}
	v.laidOut()
	if !c.r.Sound() {
		return nil
	}
	c.r.Forms = len(v.tables) + len(v.samples)
	controls, err := v.numbers()
	if err != nil || !c.r.Sound() {
		return err
	}
	return v.documents(controls)
}

// maxHeads bounds what is kept of all tables before their rows.
const maxHeads = 16 << 20

var errHeads = errors.New("the tables say more of their columns than is kept in memory, and than any of ajar say")

var errBare = errors.New("it does not say of which period it is, and whether the evidence is complete")

// read begins to read a table; false where that is not what it should be, which is said.
func (v *retelling) read(file string) (evidence.Table, bool, error) {
	t, bare, err := tabular.ReadJSON(v.e, v.c.opening(file))
	switch {
	case errors.Is(err, tabular.ErrOther) && v.other:
		return t, false, nil // it is said of the first one
	case errors.Is(err, tabular.ErrOther):
		v.other = true
	case err == nil && bare && v.same:
		err = errBare
	}
	for _, c := range t.Columns {
		v.heads += len(c.Name) + len(c.Title) + len(c.About) + 64
	}
	if v.heads += len(t.Title) + len(t.About) + len(t.Source); err == nil && v.heads > maxHeads {
		err = errHeads
	}
	if err != nil {
		return t, false, v.c.unread(file, err)
	}
	return t, true, nil
}

// table reads a table and compares both of its forms, row by row.
func (v *retelling) table(told Table) error {
	t, ok, err := v.read(told.JSON)
	if !ok {
		return err
	}
	if t.Name != told.Name || t.Title != told.Title || len(t.Columns) != told.Columns {
		v.c.r.say(told.JSON, "it is the table %s, %.80q, and the manifest has another one there", t.Name, t.Title)
		return nil
	}
	watched := v.listing(v.weigh(t))
	if v.count != nil {
		watched = v.count.Watch(watched)
	}
	v.tables = append(v.tables, t)
	return v.twice(told.CSV, told.JSON, watched)
}

// sample does the same for a sample, whose columns are those of its population.
func (v *retelling) sample(told Sample) error {
	t, ok, err := v.read(told.JSON)
	if !ok {
		return err
	}
	i := slices.IndexFunc(v.tables, func(t evidence.Table) bool { return t.Name == told.Table })
	if i < 0 {
		return nil // it is said of the table
	}
	want := sampleOf(v.tables[i], nil)
	if t.Name != want.Name || !alike(t, want) {
		v.c.r.say(told.JSON, "it has other columns than the table %s that it is a sample of", told.Table)
		return nil
	}
	v.samples = append(v.samples, t)
	return v.twice(told.CSV, told.JSON, v.weigh(t))
}

// alike reports whether two tables have the same columns, whatever is said of them.
func alike(x, y evidence.Table) bool {
	return slices.EqualFunc(x.Columns, y.Columns, func(x, y evidence.Column) bool { return x.Name == y.Name && x.Kind == y.Kind })
}

// twice compares the CSV of a table with what its JSON gives.
func (v *retelling) twice(csv, json string, t evidence.Table) error {
	rows := newScan()
	d, err := v.c.differs(csv, rows, func(w io.Writer) error { return tabular.WriteCSV(v.c.ctx, w, t) })
	switch {
	case err != nil:
		return v.c.unread(json, err)
	case d != nil && rows.header:
		v.c.r.say(csv, "its row %d is not the one that %s has", rows.rows+1, json)
	case d != nil:
		v.c.r.say(csv, "its header does not name the columns of %s", json)
	}
	return nil
}

// weigh counts, as the rows of a table go by, what making the documents again would keep.
func (v *retelling) weigh(t evidence.Table) evidence.Table {
	rows, draws := t.Rows, strings.HasPrefix(t.Name, drawnPrefix)
	t.Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			n := 0
			for row, err := range rows(ctx) {
				if n++; n <= keptRows {
					for _, cell := range row {
						v.shown += int64(len(cell.Text)) + 64
					}
				}
				if draws {
					v.drawn++
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
	return t
}

// opening gives what opens a file of the pack, no more of it than the manifest says.
func (c *checking) opening(name string) func() (io.ReadCloser, error) {
	i := slices.IndexFunc(c.r.Manifest.Files, func(f File) bool { return f.Name == name })
	return func() (io.ReadCloser, error) {
		if i < 0 {
			return nil, fmt.Errorf("%s: the manifest does not list it", name)
		}
		r, err := c.a.open(name)
		if err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, c.r.Manifest.Files[i].Size), r}, nil
	}
}

// unread says what is wrong with a file that could not be read as what it should be; the
// end of the verification is nobody's fault.
func (c *checking) unread(name string, err error) error {
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	c.r.say(name, "%v", err)
	return nil
}

// difference is from which byte on a file is another one.
type difference struct{ at int64 }

// differs compares a file with what write writes; nil where it is the same. What is the
// same of both goes to also. The error is one of the writing.
func (c *checking) differs(name string, also io.Writer, write func(io.Writer) error) (*difference, error) {
	r, err := c.opening(name)()
	if err != nil {
		return nil, err
	}
	same := &comparing{with: r, also: also}
	err = write(same)
	if err == nil {
		n, e := io.CopyN(io.Discard, r, 1)
		same.differs = n > 0
		if !errors.Is(e, io.EOF) {
			err = e
		}
	}
	err = errors.Join(err, r.Close())
	if same.differs {
		return &difference{same.at}, nil
	}
	return nil, err
}
