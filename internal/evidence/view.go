package evidence

import (
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/reach"
)

// view is one snapshot that is looked at.
type view struct {
	info  store.SnapshotInfo
	snap  *access.Snapshot
	graph *reach.Graph
	since func(access.Grant) int64 // the pass since which it was seen; 0: not known
	law   law                      // by what it was judged
	drift map[access.Grant]access.Finding
	bound *baseline.Bound // nil: there was no baseline, or it is not at hand
	times map[int64]time.Time
}

// fewInViews is how many grants there are at most in the views that are kept from one table
// to the next, but for the newest of them: both ends of some small organizations, one of a
// large one.
const fewInViews = 200_000

// look loads a snapshot, or gives the one that was looked at last.
func (g *gathering) look(ctx context.Context, o *organization, info store.SnapshotInfo) (*view, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.IndexFunc(g.views, func(v *view) bool { return v.info.ID == info.ID }); i >= 0 {
		return g.views[i], nil
	}
	kept := 0
	for _, v := range g.views {
		kept += len(v.snap.Grants)
	}
	for ; kept > fewInViews; g.views = slices.Delete(g.views, 0, 1) { // before the next one is in memory too
		kept -= len(g.views[0].snap.Grants)
	}
	v, err := g.open(ctx, o, info)
	if err == nil {
		g.views = append(g.views, v)
	}
	return v, err
}

func (g *gathering) open(ctx context.Context, o *organization, info store.SnapshotInfo) (*view, error) {
	snap, err := g.s.Load(ctx, info)
	if err != nil {
		return nil, err
	}
	v := &view{info: info, snap: snap, graph: reach.New(snap), times: map[int64]time.Time{}}
	from := make(map[access.Grant]int64, len(snap.Grants))
	for _, x := range snap.Grants {
		if id, ok := g.s.SeenFrom(snap, x); ok {
			from[x] = id
		}
	}
	v.since = func(x access.Grant) int64 { return from[x] }
	if err := g.times(ctx, o, v); err != nil {
		return nil, err
	}
	if v.law, err = g.lawOf(ctx, o, info); err != nil {
		return nil, err
	}
	b, err := g.baseline(ctx, v.law)
	if err != nil {
		return nil, err
	}
	if b != nil {
		v.bound, _ = b.Bind(snap) // nil where it contradicts itself there: then no audit judged by it
	}
	return v, g.judgement(ctx, v)
}

// times gives the instants of all snapshots up to the view's.
func (g *gathering) times(ctx context.Context, o *organization, v *view) error {
	var waiting []int64 // passes that broke off: what they saw is known as of the next snapshot
	return g.s.Passes(ctx, o.ID, 0, v.info.At, func(p store.PassInfo) error {
		waiting = append(waiting, p.ID)
		if p.FinishedAt.IsZero() {
			return nil
		}
		for _, id := range waiting {
			v.times[id] = p.At
		}
		waiting = waiting[:0]
		return nil
	})
}

// astray holds the changes against the two ends: where they do not lead from the one to
// the other, that is a gap, and no table of changes is whole.
func (g *gathering) astray(ctx context.Context, o *organization) ([]Gap, error) {
	if o.first.ID == o.last.ID {
		return nil, nil
	}
	was, is, err := g.s.LoadTwo(ctx, o.first, o.last)
	if err != nil {
		return nil, err
	}
	net := map[access.Grant]int{}
	err = o.parts(func(earlier, later store.PassInfo) error {
		moves, err := g.s.GrantMoves(ctx, earlier.SnapshotInfo, later.SnapshotInfo)
		for _, m := range moves {
			if m.Came {
				net[m.Grant]++
			} else {
				net[m.Grant]--
			}
			if net[m.Grant] == 0 {
				delete(net, m.Grant)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	changes.Grants(was.Grants, is.Grants, func(x access.Grant, newer bool) {
		if newer {
			net[x]--
		} else {
			net[x]++
		}
		if net[x] == 0 {
			delete(net, x)
		}
	})
	if len(net) == 0 {
		return nil, nil
	}
	return []Gap{{Org: o.Login, From: o.Start, To: o.End,
		Reason: "the changes that are stored do not lead from the population at the start to the one at the end: the store does not hold together, see ajar store check"}}, nil
}
