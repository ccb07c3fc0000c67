package collector

import (
	"context"
	"time"

	"github.com/eb661601/ajar/access"
)

// Some data has no bulk source: one request for each repository, and nothing
// tells whether it changed. Such an area has a tier of its own: it is read once
// in a period, and in the passes between it stands as it was stored. What
// appeared since then is read at once, so that the area stays complete, as of the
// oldest reading that it rests on.

// Known is what a sink may tell of earlier passes. One that knows nothing has
// everything read in each pass.
type Known interface {
	// ReadAt tells as of when the newest snapshot knows the whole of an area; the
	// zero time where it does not.
	ReadAt(area access.Area) time.Time
	// Stored gives the entities of one scope as the newest snapshot has them. whole
	// is false where it does not show all of the scope.
	Stored(ctx context.Context, area access.Area, scope int64) (entities []access.Entity, whole bool, err error)
	// Keep says that a scope stands as it is stored.
	Keep(ctx context.Context, area access.Area, scope int64) error
}

// tiers say which areas this pass carries over.
type tiers struct {
	known Known
	as    map[access.Area]time.Time // the areas that are carried over, and as of when
}

// newTiers looks for the areas that were read to their end, less than their
// period ago.
func newTiers(sink Sink, o Options) tiers {
	t := tiers{as: map[access.Area]time.Time{}}
	known, ok := sink.(Known)
	if !ok {
		return t
	}
	t.known = known
	for _, a := range access.Tiers {
		if at := known.ReadAt(a); !at.IsZero() && !at.After(o.At) && o.At.Sub(at) < o.Every[a] {
			t.as[a] = at
		}
	}
	return t
}

// carry lets one scope of an area stand as it is stored, if the area is not due
// and same finds that nothing of it changed as far as can be seen. It reports
// whether the scope needs no reading.
func (r *run) carry(ctx context.Context, a access.Area, scope int64, same func(stored []access.Entity) bool) (bool, error) {
	if _, ok := r.tiers.as[a]; !ok || r.out.without[a] {
		return false, nil
	}
	stored, whole, err := r.tiers.known.Stored(ctx, a, scope)
	if err != nil {
		return false, &stop{err}
	}
	if !whole || !same(stored) {
		return false, nil
	}
	return true, r.out.keep(ctx, r.tiers.known, a, scope)
}

// anything stands for a scope of which nothing can be seen but by reading it.
func anything([]access.Entity) bool { return true }

// just reports whether the stored rows are about these things, sorted, and no
// other.
func just(ids []int64) func([]access.Entity) bool {
	return func(stored []access.Entity) bool {
		if len(stored) != len(ids) {
			return false
		}
		for i, e := range stored { // they come by id
			if e.Key() != ids[i] {
				return false
			}
		}
		return true
	}
}
