package pack_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
)

// wide is a table of n rows as a population has them.
func wide(n int) evidence.Table {
	t := evidence.Table{Name: "population-end", Title: "Population", About: "A row is access.", Source: "the store"}
	for _, c := range []string{"organization", "principal", "principal_kind", "principal_id", "resource", "resource_kind", "resource_id", "privilege", "sources"} {
		t.Columns = append(t.Columns, evidence.Column{Name: c, Title: c, About: "As it says.", Kind: evidence.Text})
	}
	t.Rows = func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			row := make([]evidence.Value, len(t.Columns))
			for i := range n {
				row[0], row[1], row[2] = evidence.Of("acme-robotics"), evidence.Of(fmt.Sprintf("user:person-%d", i%5000)), evidence.Of("user")
				row[3], row[4], row[5] = evidence.Of(fmt.Sprint(i%5000)), evidence.Of(fmt.Sprintf("repo:acme-robotics/service-%d", i/300)), evidence.Of("repo")
				row[6], row[7], row[8] = evidence.Of(fmt.Sprint(i/300)), evidence.Of("write"), evidence.Of("team:acme-robotics/platform")
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return t
}

// BenchmarkPack1M writes a pack with a table of a million rows, with a sample of it.
func BenchmarkPack1M(b *testing.B) {
	e := proof()
	e.Tables = []evidence.Table{wide(1_000_000)}
	y := year(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pack.Write(b.Context(), io.Discard, e, pack.Options{Signer: y.signer, Journal: y.journal(), Tables: []string{"population-end"}, Sample: &pack.Draw{Size: 60, Seed: "x"}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify1M verifies it.
func BenchmarkVerify1M(b *testing.B) {
	e := proof()
	e.Tables = []evidence.Table{wide(1_000_000)}
	y := year(b)
	f, err := os.Create(filepath.Join(b.TempDir(), "pack.zip"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read after it was written
	if _, err := pack.Write(b.Context(), f, e, pack.Options{Signer: y.signer, Journal: y.journal(), Tables: []string{"population-end"}, Sample: &pack.Draw{Size: 60, Seed: "x"}}); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
	b.ReportAllocs()
	for b.Loop() {
		r, err := pack.Verify(b.Context(), f, info.Size(), pack.VerifyOptions{Keys: y.keys})
		if err != nil || !r.Sound() {
			b.Fatal(err, r)
		}
	}
}

// BenchmarkVerifyEverything1M verifies a pack with all that there is, of which one table has
// a million rows: the workbook and the page are made again.
func BenchmarkVerifyEverything1M(b *testing.B) {
	e := gathered(b)
	for i := range e.Tables {
		if e.Tables[i].Name == "population-end" {
			rows := e.Tables[i].Rows
			e.Tables[i].Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
				return func(yield func([]evidence.Value, error) bool) {
					for row, err := range rows(ctx) {
						for range 333_334 {
							if !yield(row, err) {
								return
							}
						}
					}
				}
			}
		}
	}
	y := year(b)
	e = keeping(b, e, y)
	f, err := os.Create(filepath.Join(b.TempDir(), "pack.zip"))
	check(b, err)
	defer func() { _ = f.Close() }() // only read after it was written
	_, err = pack.Write(b.Context(), f, e, pack.Options{Signer: y.signer, Journal: y.journal()})
	check(b, err)
	info, err := f.Stat()
	check(b, err)
	b.ReportAllocs()
	for b.Loop() {
		r, err := pack.Verify(b.Context(), f, info.Size(), pack.VerifyOptions{Keys: y.keys, Program: thisProgram})
		if err != nil || !r.Sound() {
			b.Fatal(err, r)
		}
	}
}
