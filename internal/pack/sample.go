package pack

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
)

// Draw says how a sample is drawn.
type Draw struct {
	Size int    // rows of each table; all of it where that has fewer
	Seed string // of the auditor's choice, one line
}

// MaxSample is the most rows that a sample may have: they are kept in memory.
const MaxSample = 10_000

// drawing names how samples are drawn, so that anybody can draw them again: rows are
// numbered from 1 in the order of the table; of each number the SHA-256 of four lines is
// taken, which are this name, the seed, the name of the table and the number; the rows
// with the smallest ones are the sample.
const drawing = "ajar-sample/v1"

// Check says what is wrong with it.
func (d Draw) Check() error {
	switch {
	case d.Size < 1 || d.Size > MaxSample:
		return fmt.Errorf("a sample has from 1 to %d rows, not %d", MaxSample, d.Size)
	case d.Seed == "" || len(d.Seed) > 200 || strings.ContainsFunc(d.Seed, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the seed of a sample is one line of 1 to 200 bytes")
	}
	return nil
}

// ticket is what decides whether a row is drawn.
func (d Draw) ticket(table string, row int64) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%d\n", drawing, d.Seed, table, row))
}

// drawn is a row of a sample.
type drawn struct {
	ticket [sha256.Size]byte
	row    int64
	values []evidence.Value
}

// urn keeps the rows with the smallest tickets; the largest is on top.
type urn []drawn

// Len, Less, Swap, Push and Pop make it a heap.
func (u urn) Len() int           { return len(u) }
func (u urn) Less(i, j int) bool { return bytes.Compare(u[i].ticket[:], u[j].ticket[:]) > 0 }
func (u urn) Swap(i, j int)      { u[i], u[j] = u[j], u[i] }
func (u *urn) Push(x any)        { *u = append(*u, x.(drawn)) } //nolint:forcetypeassert // only offer pushes
func (u *urn) Pop() any {
	last := (*u)[len(*u)-1]
	*u = (*u)[:len(*u)-1]
	return last
}

// offer shows the urn the next row.
func (u *urn) offer(d Draw, table string, row int64, values []evidence.Value) {
	t := d.ticket(table, row)
	if len(*u) == d.Size {
		if bytes.Compare(t[:], (*u)[0].ticket[:]) >= 0 {
			return
		}
		heap.Pop(u)
	}
	heap.Push(u, drawn{t, row, slices.Clone(values)})
}

// sampleOf makes the table of what was drawn from a table, in its order.
func sampleOf(t evidence.Table, u urn) evidence.Table {
	slices.SortFunc(u, func(x, y drawn) int { return cmp.Compare(x.row, y.row) })
	number := evidence.Column{Name: "sample_row", Title: "Row of the population", About: "The number of the row in the table that it was drawn from; the first one is 1.", Kind: evidence.Whole}
	return evidence.Table{
		Name: "sample-" + t.Name, Title: "Sample of: " + t.Title, Source: t.Source,
		About:   "Rows that were drawn from the table " + t.Name + ", which is the population. " + t.About,
		Columns: append([]evidence.Column{number}, t.Columns...),
		Rows: func(context.Context) iter.Seq2[[]evidence.Value, error] {
			return func(yield func([]evidence.Value, error) bool) {
				for _, d := range u {
					if !yield(append([]evidence.Value{evidence.Count(d.row)}, d.values...), nil) {
						return
					}
				}
			}
		},
	}
}
