package evidence

import (
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/reach"
)

// view is one snapshot that is looked at.
type view struct {
	info   store.SnapshotInfo
	snap   *access.Snapshot
	graph  *reach.Graph
	since  func(access.Grant) int64 // the pass since which it was seen; 0: not known
	drift  map[access.Grant]access.Finding
	judged string          // hash of the baseline by which the snapshot was judged, as far as the store knows; "": it does not
	bound  *baseline.Bound // nil: not at hand
	times  map[int64]time.Time
}

// Views are kept from one table to the next: two of small organizations, one of others.
const (
	keptViews  = 2
	fewInViews = 200_000 // grants
)

// look loads a snapshot, or gives the one that was looked at last.
func (g *gathering) look(ctx context.Context, o *organization, info store.SnapshotInfo) (*view, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.IndexFunc(g.views, func(v *view) bool { return v.info.ID == info.ID }); i >= 0 {
		return g.views[i], nil
	}
	if len(g.views) >= keptViews || len(g.views) > 0 && len(g.views[0].snap.Grants) > fewInViews {
		g.views = g.views[:0]
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
	if v.judged, err = g.judgedBy(ctx, o, info); err != nil {
		return nil, err
	}
	for _, b := range g.o.Baselines {
		if v.judged != "" && b.Hash() == v.judged {
			v.bound, _ = b.Bind(snap) // nil where it contradicts itself there: then nothing is known
		}
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

// judgement reads which grants of the snapshot were called drift when it was judged.
func (g *gathering) judgement(ctx context.Context, v *view) error {
	v.drift = map[access.Grant]access.Finding{}
	judged, ok, err := g.s.Judged(ctx, v.info)
	if err != nil || !ok || judged.ID != v.info.ID {
		return err
	}
	found, err := g.s.FindingsAt(ctx, store.Filter{States: []access.State{access.Open, access.Waived}}, judged)
	for _, f := range found {
		if f.Grant == nil || f.Category != analyzer.Overprivileged && f.Rule != "expired-assignment" {
			continue
		}
		if old, ok := v.drift[*f.Grant]; !ok || old.State == access.Waived {
			v.drift[*f.Grant] = f
		}
	}
	return err
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
