package doctor

import (
	"context"
	"fmt"
)

// Channel is one that people are told by.
type Channel struct {
	Name string
	Kind string
	Err  error // why it cannot work as it is configured; nil: nothing is known against it
}

// channels judges how people would be told. An audit works without, so nothing of it is
// more than a warning.
func (d *doctor) channels(ctx context.Context) {
	for _, c := range d.Channels {
		k := Check{About: Notify, Name: c.Name, Mark: OK, Found: c.Kind + ", configured in order; it was not called"}
		if c.Err != nil {
			line, hint := d.Explain(c.Err)
			k.Mark, k.Found, k.Do = Warning, line, hint
		}
		d.add(k)
	}
	if d.store == nil {
		return
	}
	counts, err := d.store.CountNotices(ctx)
	if err != nil {
		return // a store of an older schema has none; what is wrong with it is told elsewhere
	}
	if n := counts["dead"]; n > 0 {
		d.add(Check{About: Notify, Mark: Warning, Found: fmt.Sprintf("%s nobody took for 24 hours", count(n, "message")),
			Do: d.Program + " notify list --state dead says why; " + d.Program + " notify retry --dead sends it again"})
	}
}
