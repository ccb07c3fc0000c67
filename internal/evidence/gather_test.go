package evidence_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

var (
	dawn = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	acme = access.Organization{ID: 1, Login: "acme"}
)

func hour(n int) time.Time { return dawn.Add(time.Duration(n) * time.Hour) }

// past is a while after an instant: the end of a period that has what is seen at it.
func past(at time.Time) time.Time { return at.Add(time.Minute) }

// testing.T and rapid.T alike.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func check(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t tester, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(dir, "ajar.db"), store.Options{Now: func() time.Time { return hour(1000) }})
	check(t, err)
	return s
}

// pass takes a snapshot of what put writes; every area is read to its end but for those
// that gaps name.
func pass(t tester, s *store.Store, at time.Time, put func(*store.Pass), gaps ...access.Cover) store.SnapshotInfo {
	t.Helper()
	info := taken(t, s, at, put, gaps...)
	judge(t, s, info)
	return info
}

// taken is a pass that nobody judges.
func taken(t tester, s *store.Store, at time.Time, put func(*store.Pass), gaps ...access.Cover) store.SnapshotInfo {
	t.Helper()
	ctx := context.Background()
	p, err := s.Begin(ctx, acme, at)
	check(t, err)
	put(p)
	for _, a := range access.Areas {
		check(t, p.Cover(ctx, access.Cover{Area: a, Status: access.Complete, Total: -1}))
	}
	for _, c := range gaps {
		check(t, p.Cover(ctx, c))
	}
	info, err := p.Finish(ctx, store.PassStats{})
	check(t, err)
	return info
}

// judge has the rules find nothing in a snapshot.
func judge(t tester, s *store.Store, info store.SnapshotInfo) {
	t.Helper()
	ctx := context.Background()
	snap, err := s.Load(ctx, info)
	check(t, err)
	_, err = s.Judge(ctx, snap, nil, info.At, store.Terms{})
	check(t, err)
}

func gather(t tester, s *store.Store, p evidence.Period) evidence.Evidence {
	t.Helper()
	e, err := evidence.Gather(context.Background(), s, evidence.Options{Framework: evidence.SOC2, Period: p, Program: "test"})
	check(t, err)
	return e
}

// rows reads a table; each row is keyed by the names of its columns.
func rows(t tester, e evidence.Evidence, name string) []map[string]string {
	t.Helper()
	for _, table := range e.Tables {
		if table.Name != name {
			continue
		}
		var out []map[string]string
		for row, err := range table.Rows(context.Background()) {
			check(t, err)
			if len(row) != len(table.Columns) {
				t.Fatalf("%s has %d columns and a row of %d", name, len(table.Columns), len(row))
			}
			m := map[string]string{}
			for i, c := range table.Columns {
				m[c.Name] = cell(c.Kind, row[i])
			}
			out = append(out, m)
		}
		return out
	}
	t.Fatalf("there is no table %s", name)
	return nil
}

func TestEveryTableOfAnOrdinaryStoreCanBeRead(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := range 3 {
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, n) })
	}
	e := gather(t, s, evidence.Period{From: dawn, To: past(hour(2))})
	for _, table := range e.Tables {
		t.Logf("%s: %d rows", table.Name, len(rows(t, e, table.Name)))
	}
	if !e.Complete {
		t.Errorf("not complete: %v", e.Gaps)
	}
}

// passOf takes a snapshot of any organization, and has the rules find nothing in it.
func passOf(t tester, s *store.Store, org access.Organization, at time.Time) store.SnapshotInfo {
	t.Helper()
	ctx := context.Background()
	p, err := s.Begin(ctx, org, at)
	check(t, err)
	world(t, p, 0)
	for _, a := range access.Areas {
		check(t, p.Cover(ctx, access.Cover{Area: a, Status: access.Complete, Total: -1}))
	}
	info, err := p.Finish(ctx, store.PassStats{})
	check(t, err)
	judge(t, s, info)
	return info
}
