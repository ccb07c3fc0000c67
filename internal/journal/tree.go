package journal

import (
	"crypto/sha256"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

var hasher = rfc6962.DefaultHasher

var ranges = compact.RangeFactory{Hash: hasher.HashChildren}

// Tree is the head of the log as it grows: of n leaves it keeps the hashes of at
// most log2(n)+1 subtrees, which is all that the next head needs.
type Tree struct{ r *compact.Range }

// NewTree is the tree without a leaf.
func NewTree() *Tree { return &Tree{ranges.NewEmptyRange(0)} }

// RestoreTree is the tree that [Tree.Hashes] was asked of.
func RestoreTree(size int64, hashes []byte) (*Tree, error) {
	if size < 0 || len(hashes)%sha256.Size != 0 {
		return nil, fmt.Errorf("journal: a tree of %d leaves cannot have %d bytes of hashes", size, len(hashes))
	}
	var split [][]byte
	for i := 0; i < len(hashes); i += sha256.Size {
		split = append(split, hashes[i:i+sha256.Size:i+sha256.Size])
	}
	r, err := ranges.NewRange(0, uint64(size), split)
	if err != nil {
		return nil, fmt.Errorf("journal: restoring the tree of %d leaves: %w", size, err)
	}
	return &Tree{r}, nil
}

// Append adds the hash of a leaf.
func (t *Tree) Append(leaf []byte) error {
	if err := t.r.Append(leaf, nil); err != nil {
		return fmt.Errorf("journal: adding leaf %d to the tree: %w", t.Size()+1, err)
	}
	return nil
}

// Size is how many leaves there are.
func (t *Tree) Size() int64 { return int64(t.r.End()) }

// Head is the root hash of the tree: the Merkle tree hash of RFC 6962.
func (t *Tree) Head() ([]byte, error) {
	if t.Size() == 0 {
		return hasher.EmptyRoot(), nil
	}
	head, err := t.r.GetRootHash(nil)
	if err != nil {
		return nil, fmt.Errorf("journal: the head of the tree: %w", err)
	}
	return head, nil
}

// Hashes gives what [RestoreTree] takes.
func (t *Tree) Hashes() []byte {
	var out []byte
	for _, h := range t.r.Hashes() {
		out = append(out, h...)
	}
	return out
}

// ProveInclusion gives the hashes that prove that the leaf of entry seq is in the
// log of these leaves: [VerifyInclusion] takes them.
func ProveInclusion(leaves [][]byte, seq int64) ([][]byte, error) {
	n := int64(len(leaves))
	if seq < 1 || seq > n {
		return nil, fmt.Errorf("journal: there is no entry %d among %d", seq, n)
	}
	nodes, err := proof.Inclusion(uint64(seq-1), uint64(n))
	if err != nil {
		return nil, fmt.Errorf("journal: proving entry %d of %d: %w", seq, n, err)
	}
	return rehash(leaves, nodes)
}

// VerifyInclusion reports whether an entry is in the log with this size and head.
func VerifyInclusion(e Entry, size int64, head []byte, hashes [][]byte) error {
	if e.Seq < 1 || e.Seq > size {
		return fmt.Errorf("journal: entry %d cannot be one of %d", e.Seq, size)
	}
	if err := proof.VerifyInclusion(hasher, uint64(e.Seq-1), uint64(size), e.Leaf(), hashes, head); err != nil {
		return fmt.Errorf("journal: entry %d is not in the log of %d entries with that head: %w", e.Seq, size, err)
	}
	return nil
}

// ProveConsistency gives the hashes that prove that the log of these leaves extends
// that of its first size leaves.
func ProveConsistency(leaves [][]byte, size int64) ([][]byte, error) {
	n := int64(len(leaves))
	if size < 0 || size > n {
		return nil, fmt.Errorf("journal: a log of %d entries does not extend one of %d", n, size)
	}
	nodes, err := proof.Consistency(uint64(size), uint64(n))
	if err != nil {
		return nil, fmt.Errorf("journal: proving that %d entries extend %d: %w", n, size, err)
	}
	return rehash(leaves, nodes)
}

// VerifyConsistency reports whether a later checkpoint extends an earlier one.
func VerifyConsistency(older, newer Checkpoint, hashes [][]byte) error {
	if older.Size < 0 || newer.Size < older.Size {
		return fmt.Errorf("journal: a checkpoint of %d entries cannot extend one of %d", newer.Size, older.Size)
	}
	err := proof.VerifyConsistency(hasher, uint64(older.Size), uint64(newer.Size), hashes, older.Head, newer.Head)
	if err != nil {
		return fmt.Errorf("journal: the checkpoint of %d entries does not extend that of %d: %w", newer.Size, older.Size, err)
	}
	return nil
}

// rehash computes the nodes of a proof from all leaves.
func rehash(leaves [][]byte, nodes proof.Nodes) ([][]byte, error) {
	var hashes [][]byte
	for _, id := range nodes.IDs {
		begin, end := id.Coverage()
		if end > uint64(len(leaves)) {
			return nil, fmt.Errorf("journal: a proof reaches past the last of %d leaves", len(leaves))
		}
		t := ranges.NewEmptyRange(begin)
		for _, leaf := range leaves[begin:end] {
			if err := t.Append(leaf, nil); err != nil {
				return nil, fmt.Errorf("journal: computing a proof: %w", err)
			}
		}
		// A range that does not begin at 0 has no root of its own; a perfect subtree is one hash.
		h := t.Hashes()
		if len(h) != 1 {
			return nil, fmt.Errorf("journal: leaves %d to %d are no subtree", begin, end)
		}
		hashes = append(hashes, h[0])
	}
	out, err := nodes.Rehash(hashes, hasher.HashChildren)
	if err != nil {
		return nil, fmt.Errorf("journal: computing a proof: %w", err)
	}
	return out, nil
}
