package store

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
)

// benched is how many entries the verification is measured with.
const benched = 100_000

// BenchmarkAppend is one entry, durable when it returns.
func BenchmarkAppend(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "ajar.db"))
	epoch := takeOver(b, s)
	e := entry(journal.Sent, "r", "x", map[string]string{"path": "/repos/acme/api/collaborators/carol"})
	for b.Loop() {
		journaled(b, s, epoch, e)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkVerifyJournal(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "ajar.db"))
	epoch := takeOver(b, s)
	for n := 2; n < benched; {
		var some []journal.Entry
		for ; n < benched && len(some) < 1000; n++ {
			some = append(some, entry(journal.Verified, fmt.Sprint(n/500), fmt.Sprint(n), map[string]any{"how": "carried-out", "place": n}))
		}
		journaled(b, s, epoch, some...)
	}
	checkpoint(b, s)
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			sound(b, verify(b, s))
		}
		b.ReportMetric(benched*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			r, w := io.Pipe()
			go func() {
				keys, checkpoints, entries, err := s.ExportJournal(b.Context())
				if err == nil {
					err = journal.Export(w, keys, checkpoints, entries)
				}
				w.CloseWithError(err)
			}()
			v := journal.NewVerifier()
			if err := journal.ReadExport(r, v); err != nil {
				b.Fatal(err)
			}
			sound(b, v.Finish())
		}
		b.ReportMetric(benched*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("runs", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Runs(b.Context(), acme.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
}
