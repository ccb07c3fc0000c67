package journal

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// agree holds the copies of a size against the head that the part has there.
func (p *PartVerifier) agree(size int64, head []byte) {
	for _, c := range p.copies[size] {
		p.r.Beyond--
		switch {
		case c.Origin != p.head.Origin:
			p.v.Problem(size, "the checkpoint of %s in %s is of another journal", counted(size), c.from)
		case !bytes.Equal(c.Head, head):
			p.v.Problem(size, "the checkpoint of %s in %s: the entries are not those that were signed then: the journal was rewritten, or forked", counted(size), c.from)
		default:
			if _, err := OpenCheckpoint(c.Note, p.signedBy(size)); err != nil {
				p.v.Problem(size, "the checkpoint of %s in %s: %v", counted(size), c.from, err)
				continue
			}
			p.r.Copies++
		}
	}
	delete(p.copies, size)
}

// compare holds the tree so far against the checkpoints of its size.
func (p *PartVerifier) compare(size int64) {
	c, ok := p.claims[size]
	if n := len(p.r.Checkpoints); n > 0 && p.r.Checkpoints[n-1].Size == size {
		ok = false // sizes only grow, so it was the last that was compared
	}
	ok = ok && (size != p.head.Size || size == p.head.Last)
	if int64(p.left.End()) != size || !ok && p.copies[size] == nil {
		return
	}
	var head []byte
	var err error
	if head = hasher.EmptyRoot(); size > 0 {
		head, err = p.left.GetRootHash(nil)
	}
	if ok {
		p.fits(c, head, err)
	}
	if err == nil {
		p.agree(size, head)
	}
}

func (p *PartVerifier) fits(c Checkpoint, head []byte, err error) {
	if err == nil {
		c, err = OpenCheckpoint(c.Note, p.signedBy(c.Size))
	}
	switch {
	case err != nil:
		p.v.Problem(c.Size, "the checkpoint of %s is forged, or by a key that the journal does not name: %v", counted(c.Size), err)
	case !bytes.Equal(head, c.Head):
		p.v.Problem(c.Size, "the checkpoint of %s: the entries are not those that were signed", counted(c.Size))
	default:
		p.r.Checkpoints = append(p.r.Checkpoints, c)
	}
}

// Finish gives what was found.
func (p *PartVerifier) Finish() PartReport {
	if len(p.changes) == 0 {
		p.v.Problem(0, "no proof says which key signs the journal")
	}
	if p.left != nil && !p.r.Void {
		p.whole()
	}
	r, of := &p.r, p.v.report
	r.Keys, r.Problems, r.More = of.Keys, of.Problems, of.More
	return *r
}

// whole checks that the part leads to the checkpoint that proves it, and that it holds
// all of the period.
func (p *PartVerifier) whole() {
	c, ok := p.claims[p.head.Size]
	if !ok {
		p.v.Problem(p.head.Size, "the checkpoint of %s that proves the part is missing", counted(p.head.Size))
		return
	}
	p.r.At, p.r.Head = c.At, c.Head
	if p.head.Size > p.head.Last {
		right, err := rangeOf(p.head.Last, p.head.Size, p.head.After)
		if end := int64(p.left.End()); err == nil && end != p.head.Last {
			err = fmt.Errorf("the last entry that is here is %d, and it is to be %d", end, p.head.Last)
		}
		if err == nil {
			err = p.left.AppendRange(right, nil)
		}
		var head []byte
		if err == nil {
			head, err = p.left.GetRootHash(nil)
		}
		if err != nil {
			p.v.Problem(0, "the entries do not lead to the checkpoint that proves them: %v", err)
			return
		}
		p.fits(c, head, nil)
		p.agree(p.head.Size, head)
	}
	p.r.Reaches = (p.head.First == 1 || p.first == Outside && p.began.Before(p.r.From)) && p.ends == Outside && !p.ended.Before(p.r.To)
	if p.head.First > 1 && (p.first != Outside || !p.began.Before(p.r.From)) {
		p.v.Problem(p.head.First, "the part begins at entry %d, and nothing shows that the period does", p.head.First)
	}
	if p.head.Last < p.head.Size && (p.ends != Outside || p.ended.Before(p.r.To)) {
		p.v.Problem(p.head.Last, "the part ends at entry %d, and nothing shows that the period does: it was cut off", p.head.Last)
	}
	if !p.r.Reaches && p.head.Last == p.head.Size {
		p.longer()
	}
}

// longer judges the copies of more entries than the part has, where nothing beside the
// period shows that it has no others. Nobody makes a pack before its period is over: what
// was signed within it was there.
func (p *PartVerifier) longer() {
	for _, size := range slices.Sorted(maps.Keys(p.copies)) {
		for _, c := range p.copies[size] {
			if size <= p.head.Size || p.givenUp(size) {
				continue
			}
			if _, err := OpenCheckpoint(c.Note, p.v.known()...); err != nil || c.Origin != p.head.Origin {
				continue // whose word it is, nobody knows
			}
			p.r.Longer = &c.Checkpoint
			if c.At.Before(p.r.To) {
				p.v.Problem(size, "the part ends at entry %d, and the checkpoint of %s in %s was signed on %s, before the period ended: its end was cut off",
					p.head.Last, counted(size), c.from, stamp(c.At))
			}
		}
	}
}

// Span is some entries one after the other, both ends included.
type Span struct{ First, Last int64 }

// mostSpans bounds how many spans are kept of entries that are bare.
const mostSpans = 1 << 20

// bare notes an entry of which nothing is there.
func (p *PartVerifier) bare(seq int64) {
	n := len(p.r.Bare)
	switch {
	case n > 0 && p.r.Bare[n-1].Last == seq-1:
		p.r.Bare[n-1].Last = seq
	case n == mostSpans:
		p.v.Problem(seq, "entry %d is withheld as another organization's, and so are those at more than %d places, which are not kept in memory", seq, mostSpans)
	default:
		p.r.Bare = append(p.r.Bare, Span{seq, seq})
	}
}

// givenUp reports whether a size is one of a history that was given up when a backup was
// put back, as an entry of the part says.
func (p *PartVerifier) givenUp(size int64) bool {
	return slices.ContainsFunc(p.rollback, func(r Rollback) bool { return size > r.Size && size <= r.Lost })
}
