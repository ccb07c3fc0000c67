package tabular

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

var from = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// fixed gives rows that are in memory the shape of a table's.
func fixed(rows ...[]evidence.Value) func(context.Context) iter.Seq2[[]evidence.Value, error] {
	return func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// exampleTable has a column of each kind.
func exampleTable(rows ...[]evidence.Value) evidence.Table {
	return evidence.Table{
		Name: "access-changes", Title: "Changes of access", About: "A row is one change.", Source: "the snapshots",
		Columns: []evidence.Column{
			{Name: "principal", Title: "Who", About: "Who it is about.", Kind: evidence.Text},
			{Name: "principal_id", Title: "Number", About: "GitHub's number.", Kind: evidence.Whole},
			{Name: "share", Title: "Share", About: "Of all, 0 to 1.", Kind: evidence.Number},
			{Name: "seen_at", Title: "Seen", About: "When it was seen.", Kind: evidence.Instant},
			{Name: "planned", Title: "Planned", About: "Whether a plan did it.", Kind: evidence.Yes},
		},
		Rows: fixed(rows...),
	}
}

func exampleRows() [][]evidence.Value {
	return [][]evidence.Value{
		{evidence.Of("user:ann"), evidence.Count(7), evidence.Fraction(0.25), evidence.At(from), evidence.Is(true)},
		{evidence.Of("=cmd|' /C calc'!A0"), evidence.Count(-7), evidence.Fraction(-0.5), evidence.At(from.Add(90 * time.Minute)), evidence.Is(false)},
		{{}, {}, {}, {}, {}},
		{evidence.Of("a \"b\", c\r\nd"), evidence.Count(int64(1) << 60), evidence.Fraction(1e9), evidence.At(from.AddDate(0, 2, 0)), evidence.Is(true)},
		{evidence.Of("\u202ex\x1b[2J"), evidence.Count(0), evidence.Fraction(0), evidence.At(from), evidence.Is(false)},
	}
}

// many gives a table of n rows as a large organization has them.
func many(n int) evidence.Table {
	t := exampleTable()
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("user:person-%04d", i)
	}
	t.Columns = nil
	for i, k := range []evidence.Kind{
		evidence.Text, evidence.Text, evidence.Text, evidence.Whole, evidence.Text, evidence.Text, evidence.Whole,
		evidence.Text, evidence.Text, evidence.Yes, evidence.Instant, evidence.Instant,
	} {
		t.Columns = append(t.Columns, evidence.Column{Name: fmt.Sprintf("c%d", i), Title: fmt.Sprintf("Column %d", i), About: "Some.", Kind: k})
	}
	t.Rows = func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			row := make([]evidence.Value, len(t.Columns))
			for i := range n {
				at := from.Add(time.Duration(i) * time.Second)
				copy(row, []evidence.Value{
					evidence.Of("acme-robotics"), evidence.Of(names[i%1000]), evidence.Of("user"), evidence.Count(i), evidence.Of("repo:acme-robotics/api"),
					evidence.Of("repo"), evidence.Count(i / 7), evidence.Of("write"), evidence.Of("team"), evidence.Is(i%3 == 0), evidence.At(at), {},
				})
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return t
}
