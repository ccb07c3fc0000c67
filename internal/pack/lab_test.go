package pack_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

var (
	quarter = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	next    = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
)

// book is a journal as a store would hold it, in memory: an entry each day.
type book struct {
	t           testing.TB
	signer      *journal.Signer
	keys        []string
	entries     []journal.Entry
	checkpoints []journal.Checkpoint
	tree        *journal.Tree
	seed        byte
}

func newBook(t testing.TB, seed byte) *book {
	t.Helper()
	origin, err := journal.NewOrigin(bytes.NewReader(bytes.Repeat([]byte{seed}, 16)))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{t: t, tree: journal.NewTree(), seed: seed}
	b.signer = b.key(origin)
	b.keys = []string{b.signer.Public()}
	b.add(journal.KeyMade, 0, journal.NewKey{Key: b.signer.Public()})
	b.add(journal.TookOver, 0, nil)
	return b
}

func (b *book) key(origin string) *journal.Signer {
	b.t.Helper()
	b.seed++
	s, err := journal.NewSigner(bytes.NewReader(bytes.Repeat([]byte{b.seed}, 64)), origin)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// add writes an entry; the first is of 27 November.
func (b *book) add(kind journal.Kind, org int64, body any) {
	b.t.Helper()
	e, err := journal.NewEntry(kind, body)
	if err != nil {
		b.t.Fatal(err)
	}
	e.Seq, e.Epoch, e.Org, e.Who = int64(len(b.entries))+1, 1, org, "mirela (1)"
	e.At = quarter.AddDate(0, 0, int(e.Seq)-36)
	e.Digest = e.Sum()
	if err := b.tree.Append(e.Leaf()); err != nil {
		b.t.Fatal(err)
	}
	b.entries = append(b.entries, e)
}

func (b *book) sign() {
	b.t.Helper()
	head, err := b.tree.Head()
	if err != nil {
		b.t.Fatal(err)
	}
	last := b.entries[len(b.entries)-1]
	c, err := b.signer.Sign(journal.Checkpoint{Size: b.tree.Size(), Head: head, At: last.At, Generation: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	b.checkpoints = append(b.checkpoints, c)
}

func (b *book) rotate(lost bool) {
	b.t.Helper()
	fresh := b.key(b.signer.Origin())
	old := b.signer
	if lost {
		old = nil
	}
	r, err := journal.Rotate(old, b.signer.Public(), fresh, "a year is over")
	if err != nil {
		b.t.Fatal(err)
	}
	b.add(journal.KeyChange, 0, r)
	b.signer, b.keys = fresh, append(b.keys, fresh.Public())
}

// fill writes n entries of the organizations 7 and 8, with a checkpoint after every tenth.
func (b *book) fill(n int) *book {
	for range n {
		org := int64(7)
		if len(b.entries)%5 == 0 {
			org = 8
		}
		b.add(journal.Sent, org, map[string]int{"n": len(b.entries)})
		if len(b.entries)%10 == 0 {
			b.sign()
		}
	}
	b.sign()
	return b
}

func (b *book) journal() *pack.Journal {
	return &pack.Journal{Keys: b.keys, Checkpoints: b.checkpoints, Entries: func(from, to int64) iter.Seq2[journal.Entry, error] {
		return func(yield func(journal.Entry, error) bool) {
			for _, e := range b.entries {
				if e.Seq >= from && (to == 0 || e.Seq <= to) && !yield(e, nil) {
					return
				}
			}
		}
	}}
}

// export writes the whole journal.
func (b *book) export() string {
	b.t.Helper()
	var out strings.Builder
	if err := journal.Export(&out, b.keys, b.checkpoints, b.journal().Entries(1, 0)); err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// year is a journal from November to June.
func year(t testing.TB) *book { return newBook(t, 1).fill(200) }

func of(rows ...[]evidence.Value) func(context.Context) iter.Seq2[[]evidence.Value, error] {
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

// proof is a small evidence, with names that nobody should trust.
func proof() evidence.Evidence {
	var owners [][]evidence.Value
	for i := range 40 {
		owners = append(owners, []evidence.Value{evidence.Of(fmt.Sprintf("=owner,\"%d\"\n\x1b]0;", i)), evidence.Count(i), evidence.At(quarter)})
	}
	return evidence.Evidence{
		Framework: evidence.SOC2, Period: evidence.Period{From: quarter, To: next}, Program: "ajar 0.6.0", Complete: true,
		Orgs: []evidence.Org{{ID: 7, Login: "acme-robotics", First: 1, Last: 9, Start: quarter, End: next.Add(-time.Hour)}},
		Tables: []evidence.Table{
			{
				Name: "owners", Title: "Owners", About: "A row is an owner.", Source: "the store", Rows: of(owners...),
				Columns: []evidence.Column{
					{Name: "principal", Title: "Principal", About: "Who.", Kind: evidence.Text},
					{Name: "number", Title: "Number", About: "Which.", Kind: evidence.Whole},
					{Name: "since", Title: "Since", About: "When.", Kind: evidence.Instant},
				},
			},
			{Name: "waivers", Title: "Waivers", About: "A row is a waiver.", Source: "the store", Rows: of(), Columns: []evidence.Column{{Name: "name", Title: "Name", About: "Of it.", Kind: evidence.Text}}},
		},
		Controls: []evidence.Control{{ID: "CC6.1", Title: "Access", Statement: "Shown.", Tables: []string{"owners"}, Numbers: []evidence.Figure{{Name: "owners", Title: "Owners", Query: "SELECT count(*) FROM owners", Value: 40}}}},
	}
}

// made writes a pack of single tables, with a sample.
func made(t testing.TB, b *book) []byte {
	t.Helper()
	o := pack.Options{Tables: []string{"owners", "waivers", "gaps"}, Sample: &pack.Draw{Size: 5, Seed: "auditor 12"}}
	if b != nil {
		o.Signer, o.Journal = b.signer, b.journal()
	}
	return written(t, proof(), o)
}

func written(t testing.TB, e evidence.Evidence, o pack.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := pack.Write(t.Context(), &out, e, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// look verifies a pack; what cannot be read at all is a problem too.
func look(t testing.TB, zip []byte, o pack.VerifyOptions) *pack.Report {
	t.Helper()
	r, err := pack.Verify(t.Context(), bytes.NewReader(zip), int64(len(zip)), o)
	if err != nil {
		return &pack.Report{Problems: []pack.Problem{{What: err.Error()}}}
	}
	return r
}
