package pack

import (
	"time"

	"github.com/eb661601/ajar/internal/stamp"
)

// slow is by how much the clock of an authority may be behind the one of whoever made the
// pack.
const slow = 10 * time.Minute

// stamped checks the time stamp beside the pack.
func (c *checking) stamped() {
	if c.o.Stamp == nil {
		return
	}
	sum, err := c.r.Manifest.Stands()
	if err != nil {
		c.r.say(manifestName, "%v", err)
		return
	}
	t, err := stamp.Read(c.o.Stamp, sum, c.o.Authorities)
	if err != nil {
		c.r.say("", "the time stamp beside the pack: %v", err)
		return
	}
	if end := c.r.Manifest.Period.To; t.At.Add(t.Accuracy + slow).Before(end) {
		c.r.say("", "the time stamp beside the pack is of %s, before the period ended: a pack of it could not be made yet", t.At.Format(time.RFC3339))
		return
	}
	c.r.Stamp = &t
}
