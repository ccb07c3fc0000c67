package baseline

import (
	"cmp"
	"slices"
	"time"
)

// Ending is an entry of the baseline that has an end, or a review that is due.
type Ending struct {
	Position
	What string    // waiver, assignment, role, key
	End  time.Time // it ends, or is to be reviewed, then
}

// Endings lists what ends, or is due for review, before a time, the earliest
// first; what has ended long ago is among it.
func (b *Baseline) Endings(before time.Time) []Ending {
	var out []Ending
	add := func(p Position, what string, ends ...time.Time) {
		for _, end := range ends {
			if !end.IsZero() && end.Before(before) {
				out = append(out, Ending{p, what, end})
				return
			}
		}
	}
	for _, w := range b.Waivers {
		add(w.Position, "waiver", w.Expires)
	}
	for _, a := range b.Assignments {
		add(a.Position, "assignment", a.Acceptance.Expires, a.Acceptance.ReviewBy)
	}
	for _, r := range b.Roles {
		add(r.Position, "role", r.Acceptance.Expires, r.Acceptance.ReviewBy)
	}
	for _, k := range b.Keys {
		add(k.Position, "key", k.Acceptance.Expires, k.Acceptance.ReviewBy)
	}
	slices.SortStableFunc(out, func(x, y Ending) int {
		return cmp.Or(x.End.Compare(y.End), cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return out
}
