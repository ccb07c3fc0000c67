package report

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/eb661601/ajar/access"
)

// stream gives n rows as a large organization has them: people with two ways to
// a repository, one of them through a parent team. The names are made once, as
// a snapshot has them.
func stream(n int) Matrix {
	const some = 1000
	people, repos, teams := make([]access.Named, some), make([]access.Named, some), make([]access.Named, some)
	for i := range int64(some) {
		people[i] = user(i+1, fmt.Sprintf("person-%04d", i))
		repos[i] = repo(i+1, fmt.Sprintf("repository-%04d", i))
		teams[i] = team(i+1, fmt.Sprintf("team-%04d", i))
	}
	return Matrix{Org: org, At: taken, Rows: func(yield func(AccessRow, error) bool) {
		way := make(access.Path, 3)
		base := make(access.Path, 2)
		for i := range n {
			u, r, t := people[i%some], repos[i/some%some], teams[i%some]
			way[0] = access.Step{From: u, To: t, Privilege: access.Member, Source: access.Direct}
			way[1] = access.Step{From: t, To: teams[0], Privilege: access.Member, Source: access.ByTeam}
			way[2] = access.Step{From: teams[0], To: r, Privilege: access.Write, Role: "write", Source: access.ByTeam}
			base[0] = access.Step{From: u, To: org, Privilege: access.Member, Source: access.Direct}
			base[1] = access.Step{From: org, To: r, Privilege: access.Read, Role: "read", Source: access.Base}
			if !yield(AccessRow{u, r, access.Write, "", []access.Path{way, base}}, nil) {
				return
			}
		}
	}}
}

// A million rows to CSV may take 3 s of processor time, in constant memory.
func BenchmarkMatrixCSV1M(b *testing.B) { benchmarkMatrix(b, CSV) }

func BenchmarkMatrixJSON1M(b *testing.B) { benchmarkMatrix(b, JSON) }

func benchmarkMatrix(b *testing.B, f Format) {
	v := stream(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(io.Discard, v, f, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheMatrixIsWrittenInConstantMemory(t *testing.T) {
	live := func(rows int) int64 {
		var before, after runtime.MemStats
		m := stream(rows)
		inner := m.Rows
		m.Rows = func(yield func(AccessRow, error) bool) {
			n := 0
			for r, err := range inner {
				if !yield(r, err) {
					return
				}
				if n++; n == rows { // the last row is written: what is still held?
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&before)
		for _, f := range []Format{CSV, JSON, Table} {
			if err := Write(io.Discard, m, f, Options{}); err != nil {
				t.Fatal(err)
			}
		}
		return int64(after.HeapAlloc) - int64(before.HeapAlloc)
	}
	few, many := live(100), live(20_000)
	if many > few+256<<10 {
		t.Errorf("%d bytes held after 100 rows, %d after 20,000", few, many)
	}
}
