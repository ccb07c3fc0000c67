package tabular

import (
	"io"
	"testing"
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
	t := many(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteJSON(b.Context(), io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
}
