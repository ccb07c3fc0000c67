package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// ProofSchema is the name of the format of a proof that one entry is in a journal.
const ProofSchema = "ajar.journal-proof/v1"

// mostProof bounds the file of a proof, in bytes: an entry, and a hash for each
// doubling of the log.
const mostProof = 3 * MaxBody

// Proof shows one entry without the rest of its journal: the entry, a checkpoint that
// somebody signed, and the hashes that lead from the one to the other.
type Proof struct {
	Schema     string   `json:"schema"`
	Keys       []string `json:"public_keys"` // that the journal says it was signed with
	Checkpoint string   `json:"checkpoint"`  // the whole signed note
	Entry      line     `json:"entry"`
	Hashes     []string `json:"hashes"` // of RFC 6962, section 2.1.1, in hex
}

// Prove makes the proof of entry seq under the newest of the checkpoints. entries
// yields what that covers.
func Prove(seq int64, keys []string, checkpoints []Checkpoint, entries iter.Seq2[Entry, error]) (Proof, error) {
	if len(checkpoints) == 0 {
		return Proof{}, errors.New("journal: nothing is signed yet")
	}
	c := checkpoints[len(checkpoints)-1]
	if seq < 1 || seq > c.Size {
		return Proof{}, fmt.Errorf("journal: there is no entry %d among the %d that are signed", seq, c.Size)
	}
	p := Proof{Schema: ProofSchema, Keys: slices.Clone(keys), Checkpoint: c.Note, Hashes: []string{}}
	var leaves [][]byte
	for e, err := range entries {
		if err != nil {
			return p, err
		}
		if e.Seq == seq {
			p.Entry = lineOf(e)
		}
		if leaves = append(leaves, e.Leaf()); int64(len(leaves)) == c.Size {
			break
		}
	}
	if int64(len(leaves)) != c.Size {
		return p, fmt.Errorf("journal: it has %d entries, and its checkpoint covers %d", len(leaves), c.Size)
	}
	hashes, err := ProveInclusion(leaves, seq)
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, hex.EncodeToString(h))
	}
	if err == nil {
		_, _, err = p.Verify() // a journal that was tampered with proves nothing
	}
	return p, err
}

// Write writes the proof, one line of JSON.
func (p Proof) Write(w io.Writer) error {
	b, err := encode(p)
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("journal: writing a proof: %w", err)
	}
	return nil
}

// ReadProof reads a proof as strictly as what may come from anywhere: only the very
// bytes that [Proof.Write] writes.
func ReadProof(r io.Reader) (Proof, error) {
	var p Proof
	b, err := io.ReadAll(io.LimitReader(r, mostProof+1))
	switch {
	case err != nil:
		return p, fmt.Errorf("journal: reading a proof: %w", err)
	case len(b) > mostProof:
		return p, fmt.Errorf("journal: reading a proof: it is longer than %d bytes", mostProof)
	}
	if err := strict(bytes.TrimSuffix(b, []byte("\n")), &p); err != nil {
		return p, fmt.Errorf("journal: reading a proof: %w", err)
	}
	if p.Schema != ProofSchema {
		return p, fmt.Errorf("journal: reading a proof: its schema is %.40q", p.Schema)
	}
	return p, nil
}

// Verify reports whether the entry is in the journal that one of the trusted keys
// signed, and gives it with the checkpoint. Without a trusted key, those count that
// the proof itself names: then nobody knows whose journal it is.
func (p Proof) Verify(trusted ...string) (Entry, Checkpoint, error) {
	if len(trusted) == 0 {
		trusted = p.Keys
	}
	e, leaf, err := p.Entry.entry()
	if err != nil {
		return e, Checkpoint{}, fmt.Errorf("journal: the entry of the proof: %w", err)
	}
	if e.Body != nil && sha256.Sum256(e.Body) != e.Digest || !bytes.Equal(e.Leaf(), leaf) {
		return e, Checkpoint{}, errors.New("journal: the entry of the proof is not what its hash says")
	}
	c, err := OpenCheckpoint(p.Checkpoint, trusted...)
	if err != nil {
		return e, c, fmt.Errorf("journal: the checkpoint of the proof: %w", err)
	}
	hashes := make([][]byte, 0, len(p.Hashes))
	for _, text := range p.Hashes {
		h, err := hex.DecodeString(text)
		if err != nil || len(h) != sha256.Size {
			return e, c, errors.New("journal: a hash of the proof is none")
		}
		hashes = append(hashes, h)
	}
	return e, c, VerifyInclusion(e, c.Size, c.Head, hashes)
}
