package evidence

import (
	"context"
	"fmt"
)

// removed holds what is stored of the changes of grants against what each pass counted
// when it made them: one that came and went in the period leads from no end to another, so
// nothing else shows that it was taken out of the store.
func (g *gathering) removed(ctx context.Context, o *organization) ([]Gap, error) {
	if o.first.ID == o.last.ID {
		return nil, nil
	}
	stored, err := g.s.MovedBetween(ctx, o.first, o.last)
	if err != nil {
		return nil, err
	}
	var out []Gap
	all := o.snapshots()
	for i, p := range all {
		if i == 0 {
			continue
		}
		if m := stored[p.ID]; m.Came != p.Stats.GrantsAdded || m.Went != p.Stats.GrantsClosed {
			out = append(out, Gap{Org: o.Login, From: all[i-1].At, To: p.At, Snapshots: 1, Reason: fmt.Sprintf(
				"snapshot %d stored that %d grants came and %d went, and the store has %d and %d of it: somebody changed the store", p.ID, p.Stats.GrantsAdded, p.Stats.GrantsClosed, m.Came, m.Went)})
		}
	}
	return out, nil
}
