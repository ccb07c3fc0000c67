package journal

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAProofShowsOneEntryAndNothingElse(t *testing.T) {
	origin, err := NewOrigin(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := NewSigner(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	tree, all := NewTree(), []Entry{}
	for n := range int64(11) {
		e, err := NewEntry(Hold, map[string]any{"n": n})
		if err != nil {
			t.Fatal(err)
		}
		e.Seq, e.At, e.Who = n+1, at, "erin"
		e.Digest = e.Sum()
		if err := tree.Append(e.Leaf()); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	head, err := tree.Head()
	if err != nil {
		t.Fatal(err)
	}
	c, err := signer.Sign(Checkpoint{Size: 11, Head: head, At: at})
	if err != nil {
		t.Fatal(err)
	}
	each := func(yield func(Entry, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
	for _, e := range all {
		p, err := Prove(e.Seq, []string{signer.Public()}, []Checkpoint{c}, each)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := p.Write(&file); err != nil {
			t.Fatal(err)
		}
		back, err := ReadProof(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := back.Verify(signer.Public()); err != nil || got.Seq != e.Seq || string(got.Body) != string(e.Body) {
			t.Errorf("entry %d: %v %+v", e.Seq, err, got)
		}
		if _, _, err := back.Verify(stranger.Public()); err == nil {
			t.Errorf("entry %d is proven by a key that signed nothing", e.Seq)
		}
		for i := range file.Len() - 1 { // no bit of it can be turned
			bent := slices.Clone(file.Bytes())
			bent[i] ^= 1
			p, err := ReadProof(bytes.NewReader(bent))
			if err != nil {
				continue
			}
			if _, _, err := p.Verify(signer.Public()); err == nil && !strings.Contains(string(bent[:i+1]), `"public_keys":[`) {
				t.Errorf("entry %d: byte %d may be another", e.Seq, i)
			}
		}
	}
	for _, seq := range []int64{-1, 0, 12} {
		if _, err := Prove(seq, nil, []Checkpoint{c}, each); err == nil {
			t.Errorf("entry %d is proven", seq)
		}
	}
	all[4].Who = "frank"
	if _, err := Prove(2, []string{signer.Public()}, []Checkpoint{c}, each); err == nil {
		t.Error("a journal that was tampered with proves something")
	}
}
