package journal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Problem is one thing that is wrong with a journal.
type Problem struct {
	Seq  int64  // the entry that it is about, or the size of a checkpoint; 0: neither
	What string // one sentence
}

// KeySpan says from which entry on a public key signs.
type KeySpan struct {
	Key     string
	From    int64
	At      time.Time // when that entry was written
	Vouched bool      // the key before signed the change; of the first key: it is a trusted one
	Trusted bool      // it is one of those that the verifier was told to trust
}

// maxProblems is how many problems are told; the rest is counted.
const maxProblems = 100

// Verifier checks a journal entry by entry, in constant memory. Every checkpoint is
// handed in with [Verifier.Claim] before the first entry.
type Verifier struct {
	trusted []string
	each    func(Entry)
	claims  map[int64][]claim // by size
	report  Report

	tree     *Tree
	next     int64 // the place that the next entry should have
	last     Entry // the one before, without its body
	key      string
	good     int64 // the size of the newest checkpoint that fits
	newest   int64 // the largest size that the journal's own checkpoints state
	differs  int64 // the size of the first checkpoint whose head is another; 0: none
	apart    []apart
	gone     map[int64]string
	removals map[int64]string
	rollback []Rollback
}

// claim is a checkpoint and where it is from; "" is the journal itself.
type claim struct {
	Checkpoint
	from string
}

// apart is a copy of a checkpoint that does not fit: something from entry after on.
type apart struct {
	claim
	after int64
}

// NewVerifier begins the verification of a journal. Of the trusted public keys, one
// must be among those that sign it; where none is given, whom the signatures are by
// is not judged, and the report says so.
func NewVerifier(trusted ...string) *Verifier {
	return &Verifier{
		trusted: trusted, claims: map[int64][]claim{}, tree: NewTree(), next: 1,
		gone: map[int64]string{}, removals: map[int64]string{},
	}
}

// Claim adds a checkpoint that the journal must agree with. from names the copy
// that it is from, and is "" where it came with the journal.
func (v *Verifier) Claim(c Checkpoint, from string) {
	v.claims[c.Size] = append(v.claims[c.Size], claim{c, from})
	if from == "" {
		v.newest = max(v.newest, c.Size)
	}
}

// Each has a function called with the entries, in their order, as they are added; a problem
// of one may already be told.
func (v *Verifier) Each(each func(Entry)) { v.each = each }

// SignedBetween gives the longest checkpoint that came with the journal, of more entries
// than size and signed before a time. Whether it fits, the report says.
func (v *Verifier) SignedBetween(size int64, before time.Time) (out Checkpoint, found bool) {
	for _, claims := range v.claims {
		for _, c := range claims {
			if c.from == "" && c.Size > max(size, out.Size) && c.At.Before(before) {
				out, found = c.Checkpoint, true
			}
		}
	}
	return out, found
}

// Problem adds what was wrong before an entry could be read.
func (v *Verifier) Problem(seq int64, format string, args ...any) {
	if len(v.report.Problems) == maxProblems {
		v.report.More++
		return
	}
	v.report.Problems = append(v.report.Problems, Problem{seq, fmt.Sprintf(format, args...)})
}

// Entry adds the next entry as it is found. leaf is the hash that was stored with
// it, nil where there is none.
func (v *Verifier) Entry(e Entry, leaf []byte) {
	found := e.Leaf()
	if leaf != nil && !bytes.Equal(leaf, found) {
		v.Problem(e.Seq, "entry %d is not what was written", e.Seq)
	}
	v.place(e)
	v.shape(e)
	v.tenure(e)
	v.meaning(e)
	if err := v.tree.Append(found); err != nil {
		v.Problem(e.Seq, "%v", err)
	}
	if v.report.Entries++; v.report.Entries == 1 {
		v.report.First = e.At
	}
	v.report.Last = e.At
	v.last, v.last.Body = e, nil
	for _, c := range v.claims[v.tree.Size()] {
		v.hold(c)
	}
	if v.each != nil {
		v.each(e)
	}
}

// place checks that no entry is missing, inserted or moved.
func (v *Verifier) place(e Entry) {
	switch {
	case e.Seq == v.next+1:
		v.Problem(v.next, "entry %d is missing", v.next)
	case e.Seq > v.next:
		v.Problem(v.next, "entries %d to %d are missing", v.next, e.Seq-1)
	case e.Seq < v.next:
		v.Problem(e.Seq, "entry %d stands where entry %d should: it was moved, or stands there twice", e.Seq, v.next)
	}
	v.next = e.Seq + 1
}

// shape checks an entry by itself.
func (v *Verifier) shape(e Entry) {
	checked := e
	if e.Body == nil {
		v.gone[e.Seq] = hex.EncodeToString(e.Digest[:])
		checked.Body = []byte("{}")
	} else if e.Sum() != e.Digest {
		v.Problem(e.Seq, "the body of entry %d is not what was written", e.Seq)
	}
	if err := checked.Check(); err != nil {
		v.Problem(e.Seq, "entry %d is none that ajar writes: %v", e.Seq, err)
	}
	if e.At.Before(v.last.At) {
		v.report.Back++
	}
}

// tenure checks that only the newest writer wrote.
func (v *Verifier) tenure(e Entry) {
	switch {
	case e.Epoch == v.last.Epoch && e.Kind != TookOver,
		e.Epoch > v.last.Epoch && (e.Kind == TookOver || e.Seq == 1),
		e.Seq == 2 && e.Epoch == v.last.Epoch: // the first take-over comes after the key
	default:
		v.Problem(e.Seq, "entry %d was written under epoch %d after one of epoch %d: its writer was not the newest", e.Seq, e.Epoch, v.last.Epoch)
	}
}

// meaning follows what the journal says about itself.
func (v *Verifier) meaning(e Entry) {
	if v.key == "" && e.Kind != KeyMade {
		v.Problem(e.Seq, "entry %d comes before the journal names its key", e.Seq)
	}
	var err error
	switch e.Kind {
	case KeyMade:
		var k NewKey
		if err = e.Decode(&k); err == nil && v.key != "" {
			err = errors.New("the journal has a key already")
		} else if err == nil {
			v.sign(KeySpan{Key: k.Key, From: e.Seq, At: e.At, Vouched: true})
		}
	case KeyChange:
		var r Rotation
		if err = e.Decode(&r); err == nil {
			err = v.change(e, r)
		}
	case Redacted:
		var r Redaction
		if err = e.Decode(&r); err == nil && (r.Seq >= e.Seq || r.Seq < 1) {
			err = fmt.Errorf("there is no entry %d before it", r.Seq)
		} else if err == nil {
			v.removals[r.Seq] = r.Digest
		}
	case RollbackAccepted:
		var r Rollback
		if err = e.Decode(&r); err == nil {
			r.seq = e.Seq
			v.rollback = append(v.rollback, r)
		}
	}
	if err != nil {
		v.Problem(e.Seq, "entry %d (%s) cannot be followed: %v", e.Seq, e.Kind, err)
	}
}

func (v *Verifier) change(e Entry, r Rotation) error {
	err := r.Check()
	if err != nil && !errors.Is(err, ErrUnsigned) {
		return err
	}
	if r.Old != v.key {
		return errors.New("it replaces a key that was not in force")
	}
	v.sign(KeySpan{Key: r.New, From: e.Seq, At: e.At, Vouched: err == nil})
	return nil
}

func (v *Verifier) sign(k KeySpan) {
	k.Trusted = slices.Contains(v.trusted, k.Key)
	v.key = k.Key
	v.report.Keys = append(v.report.Keys, k)
}

// hold compares a checkpoint with the entries up to its size.
func (v *Verifier) hold(c claim) {
	whose := "the checkpoint of " + counted(c.Size)
	if c.from != "" {
		whose += " in " + c.from
	}
	head, err := v.tree.Head()
	fits := bytes.Equal(head, c.Head)
	if !fits && c.from != "" { // a later entry may say why
		v.apart = append(v.apart, apart{c, v.good + 1})
		return
	}
	if err == nil && v.key == "" {
		err = errors.New("no key is known that could have signed it")
	} else if err == nil {
		_, err = OpenCheckpoint(c.Note, v.key)
	}
	switch {
	case err != nil:
		v.Problem(c.Size, "%s: %v", whose, err)
		return
	case fits:
		v.good, v.report.Head = c.Size, head
		v.count(c)
		return
	case v.differs == 0:
		v.differs = c.Size
		v.Problem(c.Size, "%s: something among entries %d to %d is not what was signed", whose, v.good+1, c.Size)
	default:
		v.report.Later++
	}
}

// forks judges the copies of checkpoints that do not fit.
func (v *Verifier) forks() {
	for _, a := range v.apart {
		whose := fmt.Sprintf("the checkpoint of %s in %s", counted(a.Size), a.from)
		if v.excused(a.claim) {
			v.report.GivenUp = append(v.report.GivenUp, a.Size)
		} else if _, err := OpenCheckpoint(a.Note, v.known()...); err != nil {
			v.Problem(a.Size, "%s: %v", whose, err)
		} else {
			v.Problem(a.Size, "%s: something among entries %d to %d is not what was signed then: it was changed, or the history was forked", whose, a.after, a.Size)
		}
	}
}

func (v *Verifier) count(c claim) {
	if c.from == "" {
		v.report.Checkpoints++
	} else {
		v.report.Copies++
	}
}

// excused reports whether a copy is of a history that was given up, as the journal
// itself says, when a backup was put back.
func (v *Verifier) excused(c claim) bool {
	return c.from != "" && slices.ContainsFunc(v.rollback, func(r Rollback) bool { return c.Size > r.Size && c.Size <= r.Lost })
}

// Tree is that of the entries so far.
func (v *Verifier) Tree() *Tree { return v.tree }

func counted(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// Finish gives what was found once the last entry was added.
func (v *Verifier) Finish() Report {
	n := v.tree.Size()
	v.forks()
	for _, size := range slices.Sorted(maps.Keys(v.claims)) {
		if size > n || size < 1 {
			v.beyond(n, v.claims[size])
		}
	}
	if n > 0 && v.newest < n {
		v.Problem(v.newest+1, "entries %d to %d come after the newest signature", v.newest+1, n)
	}
	for _, seq := range slices.Sorted(maps.Keys(v.gone)) {
		if v.removals[seq] != v.gone[seq] {
			v.Problem(seq, "the body of entry %d is gone, and no entry says that it was redacted", seq)
		}
		v.report.Redacted = append(v.report.Redacted, seq)
	}
	v.trust()
	v.report.trusted = v.trusted
	return v.report
}

// beyond judges checkpoints of more entries than there are.
func (v *Verifier) beyond(n int64, claims []claim) {
	for _, c := range claims {
		if v.excused(c) {
			v.report.GivenUp = append(v.report.GivenUp, c.Size)
			continue
		}
		from := c.from
		if from == "" {
			from = "the journal's own checkpoint"
		}
		how := "the end was cut off"
		if _, err := OpenCheckpoint(c.Note, append(v.known(), v.trusted...)...); err != nil && n > 0 {
			how += ", or the checkpoint is forged: it is by a key that they do not name"
		}
		v.Problem(c.Size, "%s: %s were signed on %s, and %d are there: %s", from, counted(c.Size), stamp(c.At), n, how)
	}
}

func (v *Verifier) known() []string {
	var keys []string
	for _, k := range v.report.Keys {
		keys = append(keys, k.Key)
	}
	return keys
}

// trust judges whether the key that signs now follows from a trusted one.
func (v *Verifier) trust() {
	if len(v.trusted) == 0 || len(v.report.Keys) == 0 {
		return
	}
	follows := false
	for i, k := range v.report.Keys {
		follows = k.Trusted || follows && (i == 0 || k.Vouched)
	}
	if !follows {
		v.Problem(0, "the journal is signed by %s, which is not the key that you trust and does not follow from it", v.key)
	}
	v.report.Anchored = follows
}

// Rollback is the body of an entry of kind [RollbackAccepted].
type Rollback struct {
	Reason     string    `json:"reason"`
	Noticed    time.Time `json:"noticed"`    // that a backup was put in the place of the store
	Size       int64     `json:"size"`       // entries that the backup held
	Lost       int64     `json:"lost_size"`  // entries that were signed before, as far as published checkpoints show; 0: none is known
	LostNote   string    `json:"lost_note"`  // that checkpoint
	Generation int64     `json:"generation"` // of the store by now

	seq int64
}
