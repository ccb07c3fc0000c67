package pack

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

// later counts the entries of the period that an exported journal has behind those of the
// part in the pack, of what the pack is about, while it is read. Of those that the part
// has as nothing but a hash it says whether they are another organization's.
func (c *checking) later(v *journal.Verifier) *int {
	m, n := c.r.Manifest, 0
	if m.Journal == nil || c.r.Journal == nil {
		return &n
	}
	bare := c.r.Journal.Bare
	v.Each(func(e journal.Entry) {
		about := e.Org == 0 || slices.ContainsFunc(m.Orgs, func(o Org) bool { return o.ID == e.Org })
		for len(bare) > 0 && bare[0].Last < e.Seq {
			bare = bare[1:]
		}
		if about && len(bare) > 0 && bare[0].First <= e.Seq {
			c.r.say(partName, "entry %d is withheld as another organization's, and the exported journal shows that it is not", e.Seq)
		}
		if about && e.Seq > m.Journal.Last && !e.At.Before(m.Period.From) && e.At.Before(m.Period.To) {
			n++
		}
	})
	return &n
}

// cutOff judges them. Those that no checkpoint covered when the pack was made are in no
// part; the table journal lists them. A pack without that table is held against what was
// signed within the period, which is over when a pack is made.
func (c *checking) cutOff(v *journal.Verifier, later int) {
	if later == 0 {
		return
	}
	last, to := c.r.Manifest.Journal.Last, c.r.Manifest.Period.To
	if one, found := v.SignedBetween(last, to); found {
		c.r.say(partName, "it ends at entry %d, and the exported journal has %d more of the period, and a checkpoint of %d entries that was signed on %s: its end was cut off",
			last, later, one.Size, one.At.UTC().Format(time.RFC3339))
		return
	}
	if c.table != nil && c.r.Uncovered != later {
		c.r.say(partName, "it ends at entry %d, and the exported journal has %d more of the period; the table journal lists %d of them", last, later, c.r.Uncovered)
		return
	}
	c.r.Behind = later
}
