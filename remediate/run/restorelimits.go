package run

import (
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

// caps holds the limits for what a restore takes, as a restore that is put back does.
func (c RestoreCase) caps() *RefusedError { return c.capsWith(nil) }

// capsWith is caps with people who lose something and whom the journal does not name.
// A restore rests on the journal alone, so how many there are of a kind is the newest
// snapshot's word; where that does not know it, nothing is taken.
func (c RestoreCase) capsWith(more []remediate.Lost) *RefusedError {
	if len(c.Restore.Takes) == 0 {
		return nil
	}
	together, takes := Losses{}, Losses{}
	for kind, who := range c.Lost {
		together[kind] = maps.Clone(who)
	}
	for _, a := range c.Restore.Actions {
		takes.add(a.Lost)
	}
	takes.add(more)
	for kind, who := range takes {
		if together[kind] == nil {
			together[kind] = who
			continue
		}
		maps.Copy(together[kind], who)
	}
	const hint = "put back less in a day, or plan it: ajar plan --out FILE"
	if n := len(together.all()); n > c.Guards.MaxChanges {
		return refuse(OverLimit, hint, "max_changes: with what was done in the last 24 hours, %d people and principals would lose something, and the limit is %d",
			n, c.Guards.MaxChanges)
	}
	for _, kind := range slices.Sorted(maps.Keys(takes)) {
		population, ok := c.Populations[kind]
		if !ok {
			population = -1
		}
		if broken := c.Guards.LossOf(kind, len(together[kind]), population).Broken(); len(broken) > 0 {
			return refuse(OverLimit, hint, "with what was done in the last 24 hours: %s", strings.Join(broken, "; "))
		}
	}
	return nil
}
