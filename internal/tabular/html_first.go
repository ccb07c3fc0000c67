package tabular

import (
	"context"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/internal/evidence"
)

// severities from the worst down.
var severities = []string{"critical", "high", "medium", "low", "info"}

// rowLongest is how much text a row may have that stands before others, in bytes: rows from
// anywhere in a table are kept for it.
const rowLongest = 4 << 10

// foremost keeps the rows of a table that the page shows: those that need a look, the worst
// of them first, and then the first ones of the others.
type foremost struct {
	keep   int
	worry  func([]evidence.Value) bool // nil: no row of the table needs a look
	grave  int                         // the column of the severity; -1: none
	looks  [][]evidence.Value
	ranks  []int
	others [][]evidence.Value
}

func newForemost(e evidence.Evidence, t evidence.Table, keep int) *foremost {
	return &foremost{
		keep: keep, worry: evidence.NeedsLook(e.Framework, t),
		grave: slices.IndexFunc(t.Columns, func(c evidence.Column) bool { return c.Name == "severity" }),
	}
}

func (f *foremost) add(row []evidence.Value) {
	if f.worry == nil || !f.worry(row) || tooLong(row) {
		if len(f.others) < f.keep {
			f.others = append(f.others, slices.Clone(row))
		}
		return
	}
	rank := 0
	if f.grave >= 0 {
		if rank = slices.Index(severities, row[f.grave].Text); rank < 0 {
			rank = len(severities)
		}
	}
	at := len(f.ranks)
	for at > 0 && f.ranks[at-1] > rank {
		at--
	}
	if at >= f.keep {
		return
	}
	f.ranks, f.looks = slices.Insert(f.ranks, at, rank), slices.Insert(f.looks, at, slices.Clone(row))
	f.ranks, f.looks = f.ranks[:min(len(f.ranks), f.keep)], f.looks[:min(len(f.looks), f.keep)]
}

func tooLong(row []evidence.Value) bool {
	n := 0
	for _, v := range row {
		n += len(v.Text)
	}
	return n > rowLongest
}

// rows gives what is shown.
func (f *foremost) rows() [][]evidence.Value {
	all := append(f.looks[:len(f.looks):len(f.looks)], f.others...)
	return all[:min(len(all), f.keep)]
}

// foremostOf reads a table once and gives the rows that are shown of it, how many of them
// need a look, and how many rows there are; each row is shown to see.
func foremostOf(ctx context.Context, e evidence.Evidence, t evidence.Table, see func([]evidence.Value)) (rows [][]evidence.Value, looks int, n int64, err error) {
	f := newForemost(e, t, pageRows)
	if _, n, err = read(ctx, t, 0, func(row []evidence.Value) {
		f.add(row)
		see(row)
	}); err != nil {
		return nil, 0, 0, fmt.Errorf("choosing rows: %w", err)
	}
	return f.rows(), len(f.looks), n, nil
}
