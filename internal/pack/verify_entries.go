package pack

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"iter"
	"slices"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
)

// journalTable lists the entries of the journal, which are in the pack themselves.
const journalTable = "journal"

// rowSum is numbers that stand for rows, however many they are.
type rowSum struct {
	seqs hash.Hash // of which entries they are
	sum  hash.Hash // and of what they say
	rows int64
}

func newRowSum() *rowSum { return &rowSum{seqs: sha256.New(), sum: sha256.New()} }

func (s *rowSum) add(seq int64, row []evidence.Value) {
	s.rows++
	_, _ = fmt.Fprintln(s.seqs, seq)
	for _, v := range row {
		// A hash takes everything.
		_, _ = fmt.Fprintf(s.sum, "%t %q %d %v %d\n", v.Set, v.Text, v.Whole, v.Number, v.Instant.Unix())
	}
}

// listed reports whether both are of the same entries, and same whether they say the same.
func (s *rowSum) listed(other *rowSum) bool {
	return s.rows == other.rows && slices.Equal(s.seqs.Sum(nil), other.seqs.Sum(nil))
}

func (s *rowSum) same(other *rowSum) bool {
	return s.listed(other) && slices.Equal(s.sum.Sum(nil), other.sum.Sum(nil))
}

// listing adds up the rows of the table journal as they go by, up to the last entry of the
// part of the journal in the pack. What is behind that was written when the newest
// checkpoint was signed already, and is counted.
func (v *retelling) listing(t evidence.Table) evidence.Table {
	m := v.c.r.Manifest
	if t.Name != journalTable || m.Journal == nil {
		return t
	}
	// Whatever another version says of an entry, its number stands there.
	entry := slices.IndexFunc(t.Columns, func(c evidence.Column) bool { return c.Name == "entry" && c.Kind == evidence.Whole })
	if entry < 0 {
		v.c.r.say("tables/"+journalTable+".json", "it has no column entry, so nobody can tell which entries of the journal it lists")
		return t
	}
	v.c.table = newRowSum()
	rows := t.Rows
	t.Rows = func(ctx context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			for row, err := range rows(ctx) {
				switch {
				case err != nil:
				case row[entry].Whole > m.Journal.Last:
					v.c.r.Uncovered++
				default:
					v.c.table.add(row[entry].Whole, row)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
	return t
}

// entries adds up the entries of the part as they are read.
func (c *checking) entries(v *journal.PartVerifier) *rowSum {
	logins := map[int64]string{}
	for _, o := range c.r.Manifest.Orgs {
		logins[o.ID] = o.Login
	}
	sum := newRowSum()
	v.Each(func(e journal.Entry) { sum.add(e.Seq, evidence.JournalRow(logins[e.Org], e)) })
	return sum
}

// compareEntries holds the table journal against the entries themselves.
func (c *checking) compareEntries(entries *rowSum) {
	const file = "tables/" + journalTable + ".json"
	switch {
	case c.table == nil:
	case c.table.same(entries):
		c.r.Entries = entries.rows
	case !c.table.listed(entries):
		c.r.say(file, "it does not list the entries of the journal that the pack shows: it has %d of them, and there are %d, or it has other ones", c.table.rows, entries.rows)
	case c.own():
		c.r.say(file, "it says something else of an entry than the journal in the pack does")
	default:
		c.r.Unmade = append(c.r.Unmade, file)
	}
}
