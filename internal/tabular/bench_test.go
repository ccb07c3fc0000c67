package tabular

import (
	"context"
	"io"
	"iter"
	"runtime"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// A million rows to CSV may take 3 s of processor time, in constant memory.
func BenchmarkTableCSV1M(b *testing.B) {
	t := many(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteCSV(b.Context(), io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTableJSON1M(b *testing.B) {
	t, e := many(1_000_000), exampleEvidence()
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteJSON(b.Context(), io.Discard, t, e); err != nil {
			b.Fatal(err)
		}
	}
}

// A hundred thousand rows of twelve cells, about what a year of a small organization has.
func BenchmarkWorkbook100k(b *testing.B) {
	e := exampleEvidence()
	e.Tables = []evidence.Table{many(100_000)}
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteXLSX(b.Context(), io.Discard, e); err != nil {
			b.Fatal(err)
		}
	}
}

// The rows that were written do not stay: ten times as many hold no more memory. A workbook
// keeps 16 MiB of the sheet that is being written.
func TestTablesAreWrittenInConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes half a million rows")
	}
	e := exampleEvidence()
	for name, c := range map[string]struct {
		rows  int
		most  int64
		write func(evidence.Table) error
	}{
		"csv":  {200_000, 1 << 20, func(t2 evidence.Table) error { return WriteCSV(t.Context(), io.Discard, t2) }},
		"json": {200_000, 1 << 20, func(t2 evidence.Table) error { return WriteJSON(t.Context(), io.Discard, t2, e) }},
		"xlsx": {60_000, 48 << 20, func(t2 evidence.Table) error {
			e.Tables = []evidence.Table{t2}
			return WriteXLSX(t.Context(), io.Discard, e)
		}},
	} {
		var held int64
		table := many(c.rows)
		all := table.Rows
		table.Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
			return func(yield func([]evidence.Value, error) bool) {
				n := 0
				for row, err := range all(ctx) {
					if n++; n == c.rows/10 || n == c.rows {
						held = live() - held
					}
					if !yield(row, err) {
						return
					}
				}
			}
		}
		if err := c.write(table); err != nil {
			t.Fatal(err)
		}
		if held > c.most {
			t.Errorf("%s holds %d bytes more after %d rows than after a tenth of them", name, held, c.rows)
		}
	}
}

func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
