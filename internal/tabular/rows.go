package tabular

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/eb661601/ajar/internal/evidence"
)

// rows gives the rows of a table, each held against its columns: a row of another length,
// a kind that nobody knows and a number that is none end it, since a table with a shifted
// column would be read as if it were right.
func rows(ctx context.Context, t evidence.Table) iter.Seq2[[]evidence.Value, error] {
	return func(yield func([]evidence.Value, error) bool) {
		if err := sound(t); err != nil {
			yield(nil, err)
			return
		}
		n := 0
		for row, err := range t.Rows(ctx) {
			if n++; err == nil {
				err = fits(t, row)
			}
			if err == nil && n%1024 == 0 {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, fmt.Errorf("row %d: %w", n, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// sound says what is wrong with the columns of a table.
func sound(t evidence.Table) error {
	seen := map[string]bool{}
	for _, c := range t.Columns {
		switch c.Kind {
		case evidence.Text, evidence.Whole, evidence.Number, evidence.Instant, evidence.Yes:
		default:
			return fmt.Errorf("column %s is of the unknown kind %q", c.Name, c.Kind)
		}
		if c.Name == "" || seen[c.Name] {
			return fmt.Errorf("column %q has no name or that of another one", c.Name)
		}
		seen[c.Name] = true
	}
	if len(t.Columns) == 0 {
		return fmt.Errorf("there are no columns")
	}
	return nil
}

// fits says what is wrong with a row.
func fits(t evidence.Table, row []evidence.Value) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("%d cells in %d columns", len(row), len(t.Columns))
	}
	for i, v := range row {
		if t.Columns[i].Kind == evidence.Number && (math.IsNaN(v.Number) || math.IsInf(v.Number, 0)) {
			return fmt.Errorf("column %s holds %v", t.Columns[i].Name, v.Number)
		}
	}
	return nil
}
