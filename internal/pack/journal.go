package pack

import (
	"errors"
	"fmt"
	"io"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
)

// The files of the journal in a pack.
const (
	partName        = "journal/journal.jsonl"
	proofsName      = "journal/proofs.jsonl"
	checkpointsName = "journal/checkpoints.jsonl"
	keyName         = "journal/minisign.pub"
)

// cutJournal finds the part of the journal that belongs to the period.
func (p *packing) cutJournal(e evidence.Evidence) error {
	j := p.o.Journal
	o := journal.PartOptions{From: e.Period.From, To: e.Period.To, Orgs: []int64{}}
	for _, org := range e.Orgs {
		o.Orgs = append(o.Orgs, org.ID)
	}
	part, err := journal.CutPart(j.Keys, j.Checkpoints, j.Entries(1, 0), o)
	if err != nil {
		return err
	}
	if s := p.o.Signer; s != nil && (len(j.Keys) == 0 || s.Public() != j.Keys[len(j.Keys)-1]) {
		return errors.New("the signing key is not the one that signs the journal now")
	}
	p.part = part
	return nil
}

// journal writes it, and how much of it is shown into the manifest.
func (p *packing) journal(evidence.Evidence) error {
	if p.o.Signer != nil {
		text := text(fmt.Appendf(nil, "untrusted comment: public key of an ajar journal\n%s\n", p.m.Signed.Minisign))
		if err := p.put(keyName, text); err != nil {
			return err
		}
	}
	if p.part == nil {
		return nil
	}
	counts := map[journal.Shown]int64{}
	entries := func(yield func(journal.Entry, error) bool) {
		for e, err := range p.o.Journal.Entries(p.part.First, p.part.Last) {
			if err == nil {
				counts[p.part.Shows(e)]++
			}
			if !yield(e, err) {
				return
			}
		}
	}
	err := p.put(partName, func(w io.Writer) error { return p.part.Write(w, entries) })
	if err == nil {
		err = p.put(proofsName, p.part.WriteProofs)
	}
	if err == nil {
		err = p.put(checkpointsName, p.part.WriteCheckpoints)
	}
	p.m.Journal = &JournalSum{
		Origin: p.part.Checkpoint().Origin, First: p.part.First, Last: p.part.Last, Size: p.part.Size,
		Whole: counts[journal.Whole], Redacted: counts[journal.Gone], Outside: counts[journal.Outside], Others: counts[journal.Others],
	}
	return err
}

// followed reports whether the last of the keys of a journal is trusted, or follows from
// one that is by changes that the key before signed.
func followed(keys []journal.KeySpan, trusted func(key string) bool) bool {
	follows := false
	for i, k := range keys {
		follows = trusted(k.Key) || follows && (i == 0 || k.Vouched)
	}
	return follows
}

// sameKey reports whether two texts name one key, each as the journal or as minisign
// writes it.
func sameKey(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := minisignOf(a)
	y, errY := minisignOf(b)
	return errX == nil && errY == nil && x == y
}

func minisignOf(key string) (string, error) {
	if journal.CheckPublic(key) == nil {
		return journal.MinisignKey(key)
	}
	return key, CheckKey(key)
}

// CheckKey says what is wrong with the text of a public key: of a journal, or of
// minisign.
func CheckKey(key string) error {
	if journal.CheckPublic(key) == nil {
		return nil
	}
	if journal.CheckMinisign(key) != nil {
		return fmt.Errorf("%.80q is no public key of a journal and none of minisign", key)
	}
	return nil
}
