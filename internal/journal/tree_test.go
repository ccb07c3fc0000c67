package journal

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestProofsShowAnEntryAndAnExtensionWithoutTheRest(t *testing.T) {
	b := filled(t, 130)
	var leaves [][]byte
	for _, e := range b.entries {
		leaves = append(leaves, e.Leaf())
	}
	newest := b.checkpoints[len(b.checkpoints)-1]
	rapid.Check(t, func(r *rapid.T) {
		seq := rapid.Int64Range(1, newest.Size).Draw(r, "entry")
		hashes, err := ProveInclusion(leaves, seq)
		if err != nil {
			r.Fatal(err)
		}
		e := b.entries[seq-1]
		if err := VerifyInclusion(e, newest.Size, newest.Head, hashes); err != nil {
			r.Fatal(err)
		}
		e.Who = "mallory (6)"
		if VerifyInclusion(e, newest.Size, newest.Head, hashes) == nil {
			r.Fatalf("another entry %d passes", seq)
		}
		size := rapid.Int64Range(1, newest.Size).Draw(r, "older size")
		older := Checkpoint{Size: size, Head: headOf(r, leaves[:size])}
		if hashes, err = ProveConsistency(leaves, size); err != nil {
			r.Fatal(err)
		}
		if err := VerifyConsistency(older, newest, hashes); err != nil {
			r.Fatal(err)
		}
		older.Head = bytes.Clone(older.Head)
		older.Head[rapid.IntRange(0, 31).Draw(r, "byte")] ^= 1
		if VerifyConsistency(older, newest, hashes) == nil {
			r.Fatalf("a fork of %d entries passes", size)
		}
	})
	for _, bad := range []int64{-1, newest.Size + 1} {
		if _, err := ProveConsistency(leaves, bad); err == nil {
			t.Errorf("%d entries are extended", bad)
		}
		if _, err := ProveInclusion(leaves, bad); err == nil {
			t.Errorf("entry %d is proven", bad)
		}
	}
}

func headOf(t rapid.TB, leaves [][]byte) []byte {
	tree := NewTree()
	for _, leaf := range leaves {
		if err := tree.Append(leaf); err != nil {
			t.Fatal(err)
		}
	}
	head, err := tree.Head()
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestATreeGoesOnFromItsHashesAsIfItHadNeverStopped(t *testing.T) {
	b := filled(t, 200)
	tree := NewTree()
	for _, e := range b.entries {
		again, err := RestoreTree(tree.Size(), tree.Hashes())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Append(e.Leaf()); err != nil {
			t.Fatal(err)
		}
		tree = again
	}
	head, err := tree.Head()
	if err != nil || !bytes.Equal(head, b.checkpoints[len(b.checkpoints)-1].Head) {
		t.Errorf("the head is %x, %v", head, err)
	}
	for _, bad := range [][]byte{nil, {1}, make([]byte, 64)} {
		if _, err := RestoreTree(7, bad); err == nil {
			t.Errorf("a tree of 7 leaves came from %d bytes", len(bad))
		}
	}
}
