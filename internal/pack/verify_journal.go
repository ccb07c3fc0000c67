package pack

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

// journal checks the part of the journal that is in the pack against its proofs, and
// against what the manifest says of it.
func (c *checking) journal() error {
	m := c.r.Manifest
	if m.Signed != nil {
		want := fmt.Sprintf("untrusted comment: public key of an ajar journal\n%s\n", m.Signed.Minisign)
		switch got, err := c.small(keyName, maxSignature); {
		case err != nil && c.there[keyName]:
			c.r.say(keyName, "%v", err)
		case err == nil && string(got) != want:
			c.r.say(keyName, "it is not the key that the manifest names")
		}
	}
	if m.Journal == nil {
		return nil
	}
	v := journal.NewPartVerifier()
	for from, copies := range c.o.Copies {
		for _, one := range copies {
			v.Copy(one, from)
		}
	}
	var orgs []int64
	for _, o := range m.Orgs {
		orgs = append(orgs, o.ID)
	}
	v.Orgs(orgs)
	entries := c.entries(v)
	if !c.read(proofsName, v.Proofs) || !c.read(partName, v.Part) {
		return c.ctx.Err()
	}
	p := v.Finish()
	c.r.Journal, c.r.Keys, c.r.Copies, c.r.Beyond = &p, p.Keys, p.Copies, p.Beyond
	for _, problem := range p.Problems {
		c.r.say(partName, "%s", problem.What)
	}
	c.r.More += p.More
	if n := len(p.Bare); n > 0 && c.own() {
		c.r.say(partName, "entry %d is nothing but a hash, and ajar shows more of each", p.Bare[0].First)
	}
	j := *m.Journal
	told := JournalSum{p.Origin, p.First, p.Last, p.Size, p.Shown[journal.Whole], p.Shown[journal.Gone], p.Shown[journal.Outside], p.Shown[journal.Others]}
	if j.Origin != told.Origin {
		c.r.say(partName, "it is of another journal than the manifest says: %s", p.Origin)
	} else if j != told && !p.Void {
		c.r.say(partName, "the manifest says that it holds %s, and it holds %s", j.words(), told.words())
	}
	if p.Void {
		return c.ctx.Err() // nothing else in it is known
	}
	if !p.From.Equal(m.Period.From.Truncate(1e6)) || !p.To.Equal(m.Period.To.Truncate(1e6)) {
		c.r.say(partName, "it is of another period than the pack")
	}
	if n := len(p.Keys); m.Signed != nil && n > 0 && p.Keys[n-1].Key != m.Signed.Journal {
		c.r.say("", "the pack is signed with a key that does not sign the journal in it: %s", m.Signed.Journal)
	}
	c.checkpoints(p)
	if p.Sound() {
		c.compareEntries(entries)
	}
	return c.ctx.Err()
}

// words says how much of the journal it is.
func (j JournalSum) words() string {
	return fmt.Sprintf("entries %d to %d of %d, %d whole, %d redacted, %d beside the period, %d of other organizations", j.First, j.Last, j.Size, j.Whole, j.Redacted, j.Outside, j.Others)
}

// checkpoints compares the file of them with those that prove the part.
func (c *checking) checkpoints(p journal.PartReport) {
	n, same := 0, true
	got := c.read(checkpointsName, func(r io.Reader) error {
		return journal.EachCopy(r, func(_ int, one journal.Checkpoint, err error) bool {
			same = err == nil && n < len(p.Checkpoints) && one.Note == p.Checkpoints[n].Note
			n++
			return same
		})
	})
	if got && (!same || n != len(p.Checkpoints)) {
		c.r.say(checkpointsName, "it holds other checkpoints than those that fit the journal: one was forged, or is missing")
	}
}

// read hands a file to a reader, no more of it than the manifest says.
func (c *checking) read(name string, to func(io.Reader) error) bool {
	i := slices.IndexFunc(c.r.Manifest.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		c.r.say(manifestName, "it says that there is a journal, and does not list %s", name)
		return false
	}
	if !c.there[name] {
		return false
	}
	r, err := c.a.open(name)
	if err != nil {
		return false
	}
	err = to(io.LimitReader(r, c.r.Manifest.Files[i].Size))
	if err = errors.Join(err, r.Close()); err != nil {
		c.r.say(name, "%v", err)
		return false
	}
	return true
}

// trust judges whose the signature is.
func (c *checking) trust() error {
	keys := c.r.Keys
	if m := c.r.Manifest; m.Signed != nil && (len(keys) == 0 || keys[len(keys)-1].Key != m.Signed.Journal) {
		keys = []journal.KeySpan{{Key: m.Signed.Journal, Vouched: true}}
	}
	trusted := func(key string) bool {
		return slices.ContainsFunc(c.o.Keys, func(t string) bool { return sameKey(t, key) })
	}
	follows := followed(keys, trusted)
	if c.o.Journal != nil {
		through, err := c.through(keys, trusted)
		if err != nil {
			return err
		}
		c.r.Through = through && !follows
		follows = follows || through
	}
	c.r.Trusted = follows && c.r.Key != ""
	if c.r.Given && !follows && c.r.Key != "" {
		c.r.say("", "the pack is signed by %s, which is not the key that you trust and does not follow from it", c.r.Key)
	}
	return nil
}

// through reads an exported journal: whether it is signed by a trusted key or one that
// follows from it, names the key of the pack as one of its own, and agrees with the part
// in the pack.
func (c *checking) through(keys []journal.KeySpan, trusted func(string) bool) (bool, error) {
	f, err := c.o.Journal()
	if err != nil {
		return false, err
	}
	v := journal.NewVerifier()
	if p := c.r.Journal; p != nil {
		for _, one := range p.Checkpoints {
			if one.Size > 0 {
				v.Claim(one, "the pack")
			}
		}
	}
	later := c.later(v)
	if err := errors.Join(journal.ReadExport(f, v), f.Close()); err != nil {
		return false, fmt.Errorf("the exported journal: %w", err)
	}
	r := v.Finish()
	c.r.Exported = r.Sound()
	c.cutOff(v, *later)
	for _, p := range r.Problems {
		c.r.say("", "the exported journal: %s", p.What)
	}
	if len(keys) == 0 {
		return false, nil
	}
	i := slices.IndexFunc(r.Keys, func(k journal.KeySpan) bool { return k.Key == keys[len(keys)-1].Key })
	names := i >= 0
	if !names {
		c.r.say("", "the exported journal does not name the key that signed the pack: it is another one's")
	} else if end := c.r.Manifest.Period.To; i+1 < len(r.Keys) && r.Keys[i+1].At.Before(end) {
		c.r.say("", "the key that signed the pack was replaced on %s, before the period ended: no pack of it can be signed by it", r.Keys[i+1].At.UTC().Format(time.RFC3339))
	}
	return names && r.Sound() && followed(r.Keys, trusted), nil
}
