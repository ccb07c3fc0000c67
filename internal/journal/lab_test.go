package journal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// book is a journal as a store would hold it, in memory.
type book struct {
	t           testing.TB
	signer      *Signer
	entries     []Entry
	checkpoints []Checkpoint
	keys        []string
	tree        *Tree
}

func newBook(t testing.TB) *book {
	t.Helper()
	origin, err := NewOrigin(strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{t: t, tree: NewTree()}
	b.signer = b.newKey(origin)
	b.keys = []string{b.signer.Public()}
	b.add(KeyMade, NewKey{b.signer.Public()})
	b.add(TookOver, map[string]string{"owner": "test"})
	return b
}

func (b *book) newKey(origin string) *Signer {
	b.t.Helper()
	s, err := NewSigner(nil, origin)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *book) add(kind Kind, body any) Entry {
	b.t.Helper()
	e, err := NewEntry(kind, body)
	if err != nil {
		b.t.Fatal(err)
	}
	e.Seq, e.Epoch, e.Org = int64(len(b.entries)+1), 1, 77
	e.At = noon.Add(time.Duration(e.Seq) * time.Second)
	e.Who, e.Run, e.Action = "alice (1)", "r1", fmt.Sprintf("a%d", e.Seq%7)
	b.put(e)
	return e
}

func (b *book) put(e Entry) {
	b.t.Helper()
	e.Digest = e.Sum()
	if err := b.tree.Append(e.Leaf()); err != nil {
		b.t.Fatal(err)
	}
	b.entries = append(b.entries, e)
}

func (b *book) sign() Checkpoint {
	b.t.Helper()
	head, err := b.tree.Head()
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := b.signer.Sign(Checkpoint{Size: b.tree.Size(), Head: head, At: noon, Generation: 3})
	if err != nil {
		b.t.Fatal(err)
	}
	b.checkpoints = append(b.checkpoints, c)
	return c
}

func (b *book) rotate() {
	b.t.Helper()
	next := b.newKey(b.signer.Origin())
	r, err := Rotate(b.signer, "", next, "a year is over")
	if err != nil {
		b.t.Fatal(err)
	}
	b.add(KeyChange, r)
	b.signer, b.keys = next, append(b.keys, next.Public())
}

func (b *book) redact(seq int64) {
	e := &b.entries[seq-1]
	b.add(Redacted, Redaction{Seq: seq, Digest: hex.EncodeToString(e.Digest[:]), Reason: "TICKET-12"})
	b.entries[seq-1].Body = nil
}

// filled is a journal of n entries with everything in it, signed at its end.
func filled(t testing.TB, n int) *book {
	b := newBook(t)
	for len(b.entries) < n-2 {
		switch i := len(b.entries); {
		case i == n/2:
			b.rotate()
		case i == n/2+7:
			b.redact(int64(n / 4))
		case i%97 == 0:
			b.sign()
			fallthrough
		default:
			kind := []Kind{Intended, Sent, Answered, Verified}[i%4]
			b.add(kind, map[string]any{"of": i, "name": "运 <script>\u202e & \"", "at": noon})
		}
	}
	b.add(RunEnded, nil)
	b.add(Notice, nil)
	b.sign()
	return b
}

func (b *book) export() []byte {
	b.t.Helper()
	var out bytes.Buffer
	err := Export(&out, b.keys, b.checkpoints, func(yield func(Entry, error) bool) {
		for _, e := range b.entries {
			if !yield(e, nil) {
				return
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

// look verifies an exported journal; what cannot be read at all is a problem too.
func look(file []byte, copies []Checkpoint, trusted ...string) Report {
	v := NewVerifier(trusted...)
	for _, c := range copies {
		v.Claim(c, "a copy")
	}
	if err := ReadExport(bytes.NewReader(file), v); err != nil {
		v.Problem(0, "%v", err)
	}
	return v.Finish()
}

func mustBeSound(t testing.TB, r Report) {
	t.Helper()
	if !r.Sound() {
		t.Fatalf("wrong: %v", r.Problems)
	}
}

func mustSay(t testing.TB, r Report, want string) {
	t.Helper()
	if !slices.ContainsFunc(r.Problems, func(p Problem) bool { return strings.Contains(p.What, want) }) {
		t.Errorf("nothing says %q: %v", want, r.Problems)
	}
}

// lines splits an exported journal; the line feeds stay.
func lines(file []byte) [][]byte { return slices.Collect(bytes.Lines(file)) }

func join(lines [][]byte) []byte { return bytes.Join(lines, nil) }

// resigned is what somebody makes of a changed journal who has a key of their own:
// every hash and every signature fits again.
func resigned(t testing.TB, b *book, with *Signer, change func(*Entry)) *book {
	t.Helper()
	fork := &book{t: t, signer: with, keys: []string{with.Public()}, tree: NewTree()}
	for _, e := range b.entries {
		if e.Body == nil || e.Kind == KeyChange || e.Kind == Redacted {
			e.Kind, e.Body = Notice, json.RawMessage("{}")
		}
		if e.Kind == KeyMade {
			e.Body, _ = json.Marshal(NewKey{with.Public()}) // a struct of one text
		}
		change(&e)
		fork.put(e)
		if slices.ContainsFunc(b.checkpoints, func(c Checkpoint) bool { return c.Size == e.Seq }) {
			fork.sign()
		}
	}
	return fork
}

// size picks how much a proof does, as in the package prove.
func size(small, full, long int) int {
	switch os.Getenv("AJAR_PROVE") {
	case "full":
		return full
	case "long":
		return long
	}
	return small
}

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(7, n)) }
