package journal

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"
)

// PartSchema is the name of the format of a part of a journal.
const PartSchema = "ajar.journal-part/v1"

// Shown says how much of an entry a part shows.
type Shown string

// What a part shows of an entry.
const (
	Whole   Shown = "whole"    // everything
	Gone    Shown = "redacted" // its body was redacted
	Outside Shown = "outside"  // no body: it is the neighbour of the period, which shows that the part reaches so far
	Others  Shown = "other"    // no body: it is about another organization, which what is around the body proves
)

// partHead is the first line of a part.
type partHead struct {
	Schema      string   `json:"schema"`
	Origin      string   `json:"origin"`
	From        string   `json:"from"` // the period, its end not included
	To          string   `json:"to"`
	First       int64    `json:"first"` // the entries that follow, both included
	Last        int64    `json:"last"`
	Size        int64    `json:"size"`        // of the newest checkpoint, which proves them
	Checkpoints int      `json:"checkpoints"` // lines that follow this one; the last is that one
	Before      []string `json:"before"`      // hashes of the subtrees of entries 1 to first-1, in hex
	After       []string `json:"after"`       // and of last+1 to size
}

// partLine is one entry of a part.
type partLine struct {
	Seq   int64  `json:"seq"`
	Shown Shown  `json:"shown"`
	Leaf  string `json:"leaf"`
	Entry *line  `json:"entry"`
}

// PartOptions says which part of a journal is wanted.
type PartOptions struct {
	From, To time.Time
	Orgs     []int64 // besides entries of no organization, theirs are shown; nil: all are
}

func (o PartOptions) shows(e Entry) bool {
	return e.Org == 0 || o.Orgs == nil || slices.Contains(o.Orgs, e.Org)
}

// Part is the part of a journal that belongs to a period: its entries, the neighbour on
// each side, and the hashes that prove them all together under one checkpoint.
type Part struct {
	First, Last int64 // entries that it holds
	Size        int64 // of the checkpoint that proves them
	Keys        []string

	o           PartOptions
	checkpoints []Checkpoint // of sizes within the part, then the one that proves it
	proofs      []Proof      // of the entries elsewhere that it is read with
	before      []string
	after       []string
}

// CutPart finds the part of the journal that belongs to a period. It takes what
// [Export] takes, and walks the entries once; their hashes are kept meanwhile, 32 bytes
// each. A journal that is not as it was signed is refused with [ErrUnsound].
func CutPart(keys []string, checkpoints []Checkpoint, entries iter.Seq2[Entry, error], o PartOptions) (*Part, error) {
	c := cutting{o: o, v: NewVerifier(), redactions: map[int64]Entry{}}
	for _, one := range checkpoints {
		c.v.Claim(one, "")
	}
	for e, err := range entries {
		if err != nil {
			return nil, fmt.Errorf("cutting a part of the journal: %w", err)
		}
		c.entry(e)
	}
	if r := c.v.Finish(); !r.Sound() {
		return nil, fmt.Errorf("cutting a part of the journal: %w: %s", ErrUnsound, r.Problems[0].What)
	}
	return c.part(keys, checkpoints)
}

// ErrUnsound says that a journal is not as it was signed.
var ErrUnsound = errors.New("the journal is not as it was signed")

// cutting is the walk of CutPart.
type cutting struct {
	o          PartOptions
	v          *Verifier
	leaves     [][]byte
	last       int64 // the newest entry of the period; 0: none
	earlier    int64 // the neighbours of the period that may be shown; 0: none
	later      int64
	keys       []Entry
	redactions map[int64]Entry // by the entry that they are about
}

func (c *cutting) entry(e Entry) {
	c.v.Entry(e, nil)
	c.leaves = append(c.leaves, e.Leaf())
	shown := c.o.shows(e)
	switch {
	case e.At.Before(c.o.From):
		if shown && c.last == 0 {
			c.earlier, c.later = e.Seq, 0
		}
	case e.At.Before(c.o.To):
		c.last, c.later = e.Seq, 0
	case shown && c.later == 0:
		c.later = e.Seq
	}
	switch e.Kind {
	case KeyMade, KeyChange:
		c.keys = append(c.keys, e)
	case Redacted:
		var r Redaction
		if e.Decode(&r) == nil {
			c.redactions[r.Seq] = e
		}
	}
}

// part makes the part of what was walked.
func (c *cutting) part(keys []string, checkpoints []Checkpoint) (*Part, error) {
	n := int64(len(c.leaves))
	if n == 0 || len(checkpoints) == 0 {
		return nil, errors.New("cutting a part of the journal: it is empty")
	}
	p := &Part{First: max(c.earlier, 1), Last: c.later, Keys: slices.Clone(keys), o: c.o}
	if p.Last == 0 {
		p.Last = n
	}
	need := max(p.Last, c.keys[len(c.keys)-1].Seq)
	var also []Entry
	for seq, e := range c.redactions {
		if seq >= p.First && seq <= p.Last && c.o.shows(e) { // it is of the same organization as what it is about
			also, need = append(also, e), max(need, e.Seq)
		}
	}
	slices.SortFunc(also, func(x, y Entry) int { return int(x.Seq - y.Seq) })
	i := slices.IndexFunc(checkpoints, func(x Checkpoint) bool { return x.Size >= need })
	if i < 0 {
		return nil, fmt.Errorf("cutting a part of the journal: no checkpoint covers entry %d", need)
	}
	for _, x := range checkpoints[:i] {
		if x.Size >= p.First-1 && x.Size > 0 && x.Size <= p.Last {
			p.checkpoints = append(p.checkpoints, x)
		}
	}
	proving := checkpoints[i]
	p.checkpoints, p.Size = append(thinned(p.checkpoints, mostNotes/2), proving), proving.Size
	if err := p.hashes(c.leaves[:p.Size]); err != nil {
		return nil, err
	}
	return p, p.prove(append(slices.Clone(c.keys), also...), c.leaves[:p.Size], proving)
}

// thinned leaves every second, fourth, eighth … of the checkpoints, so that a reader keeps no
// more of them than it has room for. The newest one proves the whole part; the others say no
// more than which copies agree.
func thinned(checkpoints []Checkpoint, room int) []Checkpoint {
	for {
		bytes := 0
		for _, c := range checkpoints {
			bytes += len(c.Note)
		}
		if bytes <= room || len(checkpoints) < 2 {
			return checkpoints
		}
		var half []Checkpoint
		for i := 1; i < len(checkpoints); i += 2 {
			half = append(half, checkpoints[i])
		}
		checkpoints = half
	}
}

// hashes computes the subtrees on both sides of the part.
func (p *Part) hashes(leaves [][]byte) error {
	before, after := ranges.NewEmptyRange(0), ranges.NewEmptyRange(uint64(p.Last))
	for i, leaf := range leaves {
		var err error
		switch seq := int64(i) + 1; {
		case seq < p.First:
			err = before.Append(leaf, nil)
		case seq > p.Last:
			err = after.Append(leaf, nil)
		}
		if err != nil {
			return fmt.Errorf("cutting a part of the journal: entry %d: %w", i+1, err)
		}
	}
	p.before, p.after = hexed(before.Hashes()), hexed(after.Hashes())
	return nil
}

func hexed(hashes [][]byte) []string {
	out := []string{}
	for _, h := range hashes {
		out = append(out, hex.EncodeToString(h))
	}
	return out
}

// prove makes the proofs of the entries that the part is read with: those that bring
// keys, and those that say that a body was redacted.
func (p *Part) prove(entries []Entry, leaves [][]byte, c Checkpoint) error {
	for _, e := range entries {
		hashes, err := ProveInclusion(leaves, e.Seq)
		if err != nil {
			return err
		}
		one := Proof{Schema: ProofSchema, Keys: p.Keys, Checkpoint: c.Note, Entry: lineOf(e), Hashes: hexed(hashes)}
		if _, _, err := one.Verify(); err != nil {
			return err
		}
		p.proofs = append(p.proofs, one)
	}
	return nil
}

// Checkpoint is the one that proves the part.
func (p *Part) Checkpoint() Checkpoint { return p.checkpoints[len(p.checkpoints)-1] }

// Write writes the part, one JSON object to a line. entries yields those from First to
// Last.
func (p *Part) Write(w io.Writer, entries iter.Seq2[Entry, error]) error {
	out := bufio.NewWriter(w)
	head := partHead{
		Schema: PartSchema, Origin: p.Checkpoint().Origin, From: stamp(p.o.From), To: stamp(p.o.To), First: p.First, Last: p.Last, Size: p.Size,
		Checkpoints: len(p.checkpoints), Before: p.before, After: p.after,
	}
	err := putLine(out, head)
	for _, c := range p.checkpoints {
		if err == nil {
			err = putLine(out, copied{c.Note})
		}
	}
	next := p.First
	for e, bad := range entries {
		if err = errors.Join(err, bad); err != nil {
			break
		}
		if e.Seq != next {
			err = fmt.Errorf("entry %d comes where entry %d should", e.Seq, next)
			break
		}
		err = putLine(out, p.line(e))
		next++
	}
	if err == nil && next != p.Last+1 {
		err = fmt.Errorf("it ends before entry %d", next)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing a part of the journal: %w", err)
	}
	return nil
}

func (p *Part) line(e Entry) partLine {
	l := lineOf(e)
	out := partLine{Seq: e.Seq, Shown: p.Shows(e), Leaf: l.Leaf, Entry: &l}
	if out.Shown == Others || out.Shown == Outside {
		l.Body = nil
	}
	return out
}

// Shows says how much the part shows of an entry.
func (p *Part) Shows(e Entry) Shown {
	switch {
	case !p.o.shows(e):
		return Others
	case e.At.Before(p.o.From) || !e.At.Before(p.o.To):
		return Outside
	case e.Body == nil:
		return Gone
	}
	return Whole
}

// WriteCheckpoints writes the checkpoints of the part in the form of a file of copies:
// [DecodeCopies] reads it.
func (p *Part) WriteCheckpoints(w io.Writer) error {
	out := bufio.NewWriter(w)
	var err error
	for _, c := range p.checkpoints {
		err = errors.Join(err, putLine(out, copied{c.Note}))
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("writing checkpoints: %w", err)
	}
	return nil
}

// WriteProofs writes the proofs that the part is read with, one to a line, each in the
// form of [Proof.Write].
func (p *Part) WriteProofs(w io.Writer) error {
	for _, one := range p.proofs {
		if err := one.Write(w); err != nil {
			return err
		}
	}
	return nil
}

func putLine(w *bufio.Writer, v any) error {
	b, err := encode(v)
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	return err
}
