package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/transparency-dev/merkle/compact"
)

// PartReport is what the verification of a part of a journal found.
type PartReport struct {
	Origin      string
	From, To    time.Time
	First, Last int64
	Size        int64           // of the checkpoint that proves the part
	At          time.Time       // when that was signed
	Head        []byte          // of it
	Checkpoints []Checkpoint    // that fit, the newest last
	Shown       map[Shown]int64 // entries by how much is shown of them
	Bare        []Span          // entries that are withheld as another organization's, of which nothing but the hash is there, as early versions wrote them
	Kinds       map[Kind]int64  // entries of the period that are whole, by kind
	Keys        []KeySpan       // the one that signs is the last
	Copies      int             // checkpoints from elsewhere that fit
	Beyond      int             // and that are of another size than the part can show
	Longer      *Checkpoint     // of those the longest by a key of the journal, where that goes on behind the part, which does not reach the period's end
	Back        int             // entries with an earlier time than the one before
	Reaches     bool            // entries beside the period show that the part holds all of it
	Void        bool            // it was read no further than to a checkpoint that is none of it
	Problems    []Problem
	More        int // problems that are not listed
}

// Sound reports whether nothing is wrong.
func (r PartReport) Sound() bool { return len(r.Problems) == 0 }

// PartVerifier checks a part of a journal, without the rest of it.
type PartVerifier struct {
	v       *Verifier // keeps problems and keys
	r       PartReport
	changes []Entry          // that bring keys, in their order
	gone    map[int64]string // digests of bodies that an entry says were redacted
	proven  string           // the checkpoint that all the proofs are under

	head        partHead
	left        *compact.Range
	claims      map[int64]Checkpoint
	claimed     int64 // the size of the newest
	room        int   // bytes of checkpoints that may still be kept
	copies      map[int64][]claim
	next        int64
	last        Entry
	first, ends Shown // of the first and the last line
	each        func(Entry)
	orgs        []int64
	rollback    []Rollback
	began       time.Time // when their entries were written
	ended       time.Time
}

// NewPartVerifier begins the verification of a part. Whose the keys are that sign it is
// not judged: [PartReport.Keys] says which they are, and which of them vouch for others.
func NewPartVerifier() *PartVerifier {
	return &PartVerifier{
		v: NewVerifier(), gone: map[int64]string{}, claims: map[int64]Checkpoint{}, claimed: -1, room: mostNotes, copies: map[int64][]claim{},
		r: PartReport{Shown: map[Shown]int64{}, Kinds: map[Kind]int64{}},
	}
}

// Copy adds a checkpoint that was kept elsewhere, which from names. It comes before the
// rest. One of another size than the part can show is counted, and proves nothing.
func (p *PartVerifier) Copy(c Checkpoint, from string) {
	p.copies[c.Size] = append(p.copies[c.Size], claim{c, from})
	p.r.Beyond++
}

// Orgs says which organizations the part is about: none of their entries may be withheld as
// one of another organization. It comes before [PartVerifier.Part].
func (p *PartVerifier) Orgs(ids []int64) { p.orgs = ids }

// Each has a function called with the entries of the period that the part shows, in their
// order, as [PartVerifier.Part] reads them; a problem of one may already be told.
func (p *PartVerifier) Each(each func(Entry)) { p.each = each }

// Proofs reads the proofs of the entries that bring keys and of those that say what was
// redacted. It comes before [PartVerifier.Part]. The error is of the reading itself.
func (p *PartVerifier) Proofs(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), mostProof)
	lines.Split(wholeLines)
	for n := 1; lines.Scan(); n++ {
		if n > mostProofs {
			p.v.Problem(0, "there are more than %d proofs, which are not kept in memory", mostProofs)
			return nil
		}
		if err := p.proof(lines.Bytes()); err != nil {
			p.v.Problem(0, "line %d of the proofs: %v", n, err)
		}
	}
	return lines.Err()
}

// mostProofs bounds how many proofs a part has: one for each key, and for each entry of it
// that was redacted.
const mostProofs = 100_000

func (p *PartVerifier) proof(text []byte) error {
	one, err := ReadProof(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if p.proven == "" {
		p.proven = one.Checkpoint
	}
	if one.Checkpoint != p.proven {
		return errors.New("it is under another checkpoint than the ones before")
	}
	e, _, err := one.Verify() // by the keys that it names; whose they are is judged by the entries that bring them
	if err != nil {
		return err
	}
	switch e.Kind {
	case KeyMade, KeyChange:
		if n := len(p.changes); (n == 0) != (e.Kind == KeyMade) || n == 0 && e.Seq != 1 || n > 0 && e.Seq <= p.changes[n-1].Seq {
			return fmt.Errorf("entry %d (%s) is not the next change of the key", e.Seq, e.Kind)
		}
		p.v.meaning(e)
		e.Body = nil
		p.changes = append(p.changes, e)
	case Redacted:
		var r Redaction
		if err := e.Decode(&r); err != nil {
			return err
		}
		p.gone[r.Seq] = r.Digest
	default:
		return fmt.Errorf("entry %d (%s) is none that a part is read with", e.Seq, e.Kind)
	}
	return nil
}

// signedBy is the key that was in force at a size.
func (p *PartVerifier) signedBy(size int64) string {
	key := ""
	for _, k := range p.v.report.Keys {
		if k.From <= size {
			key = k.Key
		}
	}
	return key
}

// Part reads the part itself. What is wrong with it is a problem; the error is of the
// reading itself, or says that it is no part of a journal at all.
func (p *PartVerifier) Part(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	lines.Split(wholeLines)
	if !lines.Scan() {
		return errors.Join(errors.New("it is empty"), lines.Err())
	}
	if err := p.begin(lines.Bytes()); err != nil {
		return err
	}
	var n int64
	last := int64(p.head.Checkpoints) + p.head.Last - p.head.First + 1
	for ; lines.Scan(); n++ {
		switch {
		case n < int64(p.head.Checkpoints):
			if p.claim(n+2, lines.Bytes()); p.r.Void {
				return nil
			}
		case n < last:
			p.entry(n+2, lines.Bytes())
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+2, err)
	}
	if n < last {
		p.v.Problem(p.next, "the journal was cut off: its first line promises %d lines, and %d follow", last, n)
	} else if n > last {
		p.v.Problem(0, "the journal was added to: its first line promises %d lines, and %d follow", last, n)
	}
	return nil
}

// begin reads the first line.
func (p *PartVerifier) begin(text []byte) error {
	h := &p.head
	err := strict(text, h)
	from, errFrom := time.Parse(timeForm, h.From)
	to, errTo := time.Parse(timeForm, h.To)
	if errors.Join(err, errFrom, errTo) != nil || h.Schema != PartSchema || !isOrigin(h.Origin) || h.First < 1 || h.Last < h.First || h.Size < h.Last || h.Checkpoints < 1 {
		return fmt.Errorf("its first line is not that of a part of a journal (%s)", PartSchema)
	}
	p.r.Origin, p.r.From, p.r.To, p.r.First, p.r.Last, p.r.Size = h.Origin, from, to, h.First, h.Last, h.Size
	p.next = h.First
	if p.left, err = rangeOf(0, h.First-1, h.Before); err != nil {
		return fmt.Errorf("its first line: the entries before it: %w", err)
	}
	p.compare(h.First - 1)
	return nil
}

func rangeOf(begin, end int64, texts []string) (*compact.Range, error) {
	var hashes [][]byte
	for _, text := range texts {
		h, err := hex.DecodeString(text)
		if err != nil || len(h) != sha256.Size {
			return nil, errors.New("a hash is none")
		}
		hashes = append(hashes, h)
	}
	return ranges.NewRange(uint64(begin), uint64(end), hashes)
}

// mostNotes bounds the checkpoints of a part, in bytes: they are kept until the entries of
// their sizes come. There is room for some 200 000.
const mostNotes = 64 << 20

// claim takes a checkpoint. All are kept, so that the first one that does not belong to the
// part, or that no key of the journal signed, ends the reading.
func (p *PartVerifier) claim(n int64, text []byte) {
	var l copied
	err := strict(text, &l)
	var c Checkpoint
	if err == nil {
		c, err = ReadCheckpoint(l.Checkpoint)
	}
	p.r.Void = true
	switch p.room -= len(text); {
	case err != nil:
		p.v.Problem(0, "line %d is no checkpoint: %v", n, err)
	case p.room < 0:
		p.v.Problem(0, "line %d: the checkpoints have more than %d bytes, which are not kept in memory", n, mostNotes)
	case c.Origin != p.head.Origin:
		p.v.Problem(c.Size, "line %d is a checkpoint of another journal", n)
	case c.Size <= p.claimed || c.Size < p.head.First-1 || c.Size > p.head.Last && c.Size != p.head.Size:
		p.v.Problem(c.Size, "line %d is a checkpoint that does not belong here", n)
	case c.Size == p.head.Size && c.Note != p.proven:
		p.v.Problem(c.Size, "line %d is not the checkpoint that the proofs are under", n)
	default:
		if _, err = OpenCheckpoint(c.Note, p.signedBy(c.Size)); err != nil {
			p.v.Problem(c.Size, "the checkpoint of %s is forged, or by a key that the journal does not name: %v", counted(c.Size), err)
			return
		}
		p.claims[c.Size], p.claimed, p.r.Void = c, c.Size, false
		p.compare(p.head.First - 1)
	}
}

func (p *PartVerifier) entry(n int64, text []byte) {
	var l partLine
	err := strict(text, &l)
	var leaf []byte
	if err == nil {
		leaf, err = hex.DecodeString(l.Leaf)
	}
	if err == nil && len(leaf) != sha256.Size {
		err = errors.New("its hash is none")
	}
	if err != nil {
		p.v.Problem(0, "line %d is no entry: %v", n, err)
		return
	}
	if l.Seq != p.next {
		p.v.Problem(l.Seq, "entry %d stands where entry %d should: it was moved, or one is missing", l.Seq, p.next)
	}
	p.next = l.Seq + 1
	p.shown(l, leaf)
	if err := p.left.Append(leaf, nil); err != nil {
		p.v.Problem(l.Seq, "%v", err)
	}
	p.compare(int64(p.left.End()))
}

// shown checks what a line shows of its entry.
func (p *PartVerifier) shown(l partLine, leaf []byte) {
	p.r.Shown[l.Shown]++
	if p.ends = l.Shown; l.Seq == p.head.First {
		p.first = l.Shown
	}
	if l.Entry == nil && l.Shown == Others {
		p.bare(l.Seq)
		return
	}
	if l.Entry == nil {
		p.v.Problem(l.Seq, "entry %d is not there", l.Seq)
		return
	}
	e, stated, err := l.Entry.entry()
	switch {
	case err != nil:
		p.v.Problem(l.Seq, "entry %d cannot be read: %v", l.Seq, err)
		return
	case e.Seq != l.Seq || !bytes.Equal(stated, leaf) || !bytes.Equal(e.Leaf(), leaf) || e.Body != nil && sha256.Sum256(e.Body) != e.Digest:
		p.v.Problem(l.Seq, "entry %d is not what was written", l.Seq)
	}
	inside := !e.At.Before(p.r.From) && e.At.Before(p.r.To)
	if problem := p.misstated(l.Shown, e, inside); problem != "" {
		p.v.Problem(l.Seq, "entry %d %s", l.Seq, problem)
	}
	if inside && l.Shown == Whole {
		p.r.Kinds[e.Kind]++
	}
	if r := (Rollback{}); e.Kind == RollbackAccepted && e.Body != nil && e.Decode(&r) == nil {
		p.rollback = append(p.rollback, r)
	}
	if inside && p.each != nil && l.Shown != Others {
		p.each(e)
	}
	if e.At.Before(p.last.At) {
		p.r.Back++
	}
	if l.Seq == p.head.First {
		p.began = e.At
	}
	p.ended, p.last = e.At, Entry{At: e.At}
}

// misstated says what is wrong with how much a line says that it shows.
func (p *PartVerifier) misstated(shown Shown, e Entry, inside bool) string {
	switch {
	case shown == Whole && e.Body == nil:
		return "has lost its body"
	case shown == Whole:
		if err := e.Check(); err != nil {
			return "is none that ajar writes: " + err.Error()
		}
		return ""
	case e.Body != nil:
		return "shows more than it says"
	case shown == Gone && p.gone[e.Seq] != hex.EncodeToString(e.Digest[:]):
		return "has lost its body, and no entry says that it was redacted"
	case shown == Outside && inside:
		return "is of the period, and its body is withheld"
	case shown == Others && e.Org == 0:
		return "is of no organization, and its body is withheld as if it were of another one"
	case shown == Others && slices.Contains(p.orgs, e.Org):
		return fmt.Sprintf("is of organization %d, and its body is withheld as if it were of another one", e.Org)
	case shown != Gone && shown != Outside && shown != Others:
		return fmt.Sprintf("is shown as %.20q, which means nothing", shown)
	}
	return ""
}
