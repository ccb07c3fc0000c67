package evidence_test

import (
	"context"
	"iter"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/evidence"
)

// recounted counts the figures of a framework again, as somebody does who has the tables.
func recounted(t fataler, f evidence.Framework, tables []evidence.Table) []evidence.Control {
	t.Helper()
	r, err := evidence.NewRecount(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, err := range r.Watch(table).Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return r.Controls()
}

// Whoever writes the tables chooses the kinds of their columns too. What is counted then is
// what the query gives over the CSV, or nothing.
func TestWhatIsCountedAgainIsWhatTheQueryGivesWhateverTheKinds(t *testing.T) {
	e := gathered(t, evidence.SOC2)
	kinds := []evidence.Kind{evidence.Text, evidence.Whole, evidence.Number, evidence.Instant, evidence.Yes}
	rapid.Check(t, func(t *rapid.T) {
		lying := make([]evidence.Table, len(e.Tables))
		copy(lying, e.Tables)
		for i := range lying {
			columns := append([]evidence.Column(nil), lying[i].Columns...)
			for j := range columns {
				if rapid.IntRange(0, 3).Draw(t, "lies") == 0 {
					columns[j].Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
				}
			}
			lying[i].Columns = columns
		}
		other := e
		other.Tables = drawn(t, lying)
		other.Controls = recounted(t, e.Framework, other.Tables)
		reproduced(t, other, rapid.Bool().Draw(t, "null"))
	})
}

func TestWhatCannotBeCountedAgainHasNoNumber(t *testing.T) {
	if _, err := evidence.NewRecount("pci"); err == nil {
		t.Error("an unknown framework is counted")
	}
	figures := func(tables ...evidence.Table) (n int) {
		for _, c := range recounted(t, evidence.SOC2, tables) {
			n += len(c.Numbers)
		}
		return n
	}
	rows := func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(func([]evidence.Value, error) bool) {}
	}
	gaps := evidence.GapTable(nil)
	if figures(gaps) == 0 {
		t.Error("a table without rows is not counted")
	}
	if n := figures(evidence.Table{Name: "owners", Rows: rows}); n != 0 {
		t.Errorf("%d figures of a table without columns", n)
	}
	r, err := evidence.NewRecount(evidence.SOC2)
	if err != nil {
		t.Fatal(err)
	}
	gaps.Rows = func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) { yield(nil, context.Canceled) }
	}
	for range r.Watch(gaps).Rows(t.Context()) {
	}
	for _, c := range r.Controls() {
		if len(c.Numbers) > 0 {
			t.Errorf("%s has figures of a table that was not read to its end", c.ID)
		}
	}
}
