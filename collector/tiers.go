package collector

import (
	"context"
	"sync"
	"time"

	"github.com/eb661601/ajar/access"
)

// Some data has no bulk source: one request for each repository, and nothing
// tells whether it changed. Such an area has a tier of its own: a scope of it is
// read once in a period, and in the passes between it stands as it was stored. So
// that the first pass over a large organization does not spend an hour's limit on
// that, all tiers together may make so many calls in a pass; what is left over
// follows in the next ones. What is new is read first, then what was never read,
// then what was read longest ago.

// Known is what a sink may tell of earlier passes. One that knows nothing has
// everything read in each pass.
type Known interface {
	// ReadAt tells when a scope was last asked for, the zero time where it never
	// was. whole says that it was read to its end then and stands so in the store.
	ReadAt(area access.Area, scope int64) (at time.Time, whole bool)
	// Listed tells whether the newest snapshot has what a scope belongs to, as it is
	// now: what ajar changed since it was read is as good as new.
	Listed(area access.Area, scope int64) bool
	// Stored gives the entities of one scope as they are stored.
	Stored(ctx context.Context, area access.Area, scope int64) ([]access.Entity, error)
	// Keep says that a scope stands as it is stored.
	Keep(ctx context.Context, area access.Area, scope int64) error
	// Read says that a scope was asked for in this pass, and whether it was read to
	// its end.
	Read(ctx context.Context, area access.Area, scope int64, whole bool) error
	// StandsOn is ReadAt for a scope whose reading rests on what is seen in each
	// pass: whole says besides that this is the same as it was then, and that just
	// what was read then is stored.
	StandsOn(area access.Area, scope int64, basis [16]byte) (at time.Time, whole bool)
	// ReadOn is Read for such a scope.
	ReadOn(ctx context.Context, area access.Area, scope int64, whole bool, basis [16]byte) error
	// Taken gives the instant of the n-th snapshot before this pass; the zero time
	// where there are fewer.
	Taken(ctx context.Context, n int) (time.Time, error)
	// Later says that an area lacks nothing but what the next passes read.
	Later(area access.Area)
}

// tiers are the areas of this pass that have a tier of their own.
type tiers struct {
	known Known
	now   time.Time // the start of the pass, as precise as what is stored
	of    map[access.Area]*tier

	mu      sync.Mutex
	all     []*tierRead // what is not carried over
	pending map[tierKey]*tierRead
	todo    []*tierRead // what waits until everything else is read
	limited bool        // GitHub's limit ended the reading
}

// tier is how far one of them is.
type tier struct {
	every  time.Duration
	things int         // scopes that take a call
	calls  int         // that all of them take
	read   []readScope // those that were read to their end, now or before
	behind int         // of these: due, and not read again in this pass
	unread int         // those of which nothing can be said
	goal   int         // scopes that will be handed on, for the progress; 0: not known yet
}

// readScope is a scope, and as of when it is known.
type readScope struct {
	id int64
	at time.Time
}

type tierKey struct {
	area  access.Area
	scope int64
}

// tierRead is one scope that is to be read.
type tierRead struct {
	area  access.Area
	scope int64
	calls int                               // that reading it takes, if no list is long
	same  func(stored []access.Entity) bool // nothing of it changed, as far as can be seen
	read  func(context.Context) error       // ends in finish
	first bool                              // what is not known is read at once, whatever it costs
	basis [16]byte                          // what the reading rests on, where that is seen in each pass

	fresh bool      // it is new, or is not any more as it is stored
	at    time.Time // when it was last asked for
	whole bool      // it may stand as it is stored
	done  bool
}

// newTiers finds the areas that are not read in each pass.
func newTiers(sink Sink, o Options) *tiers {
	t := &tiers{now: o.At.Truncate(time.Millisecond), of: map[access.Area]*tier{}, pending: map[tierKey]*tierRead{}}
	known, ok := sink.(Known)
	if !ok {
		return t
	}
	t.known = known
	for _, a := range access.Tiers {
		if o.Every[a] > 0 && !o.leavesOut([]access.Area{a}) {
			t.of[a] = &tier{every: o.Every[a]}
		}
	}
	return t
}

// inTier lets a scope stand as it is stored where it was read within its period
// and did not change since, as far as can be seen. Else it is read: at the end of
// the pass, or with the other calls where the area has no tier.
func (r *run) inTier(ctx context.Context, one tierRead) error {
	t := r.tiers.of[one.area]
	if t == nil {
		r.rests.add(one.read)
		return nil
	}
	one.fresh = !r.tiers.known.Listed(one.area, one.scope)
	if one.at, one.whole = r.tiers.known.ReadAt(one.area, one.scope); one.whole {
		stored, err := r.tiers.known.Stored(ctx, one.area, one.scope)
		if err != nil {
			return &stop{err}
		}
		one.whole = one.same(stored)
		one.fresh = !one.whole
	}
	r.tiers.mu.Lock()
	t.things, t.calls = t.things+1, t.calls+one.calls
	r.tiers.mu.Unlock()
	if one.whole && r.young(t, one.at) {
		return r.stands(ctx, &one, false)
	}
	r.tiers.mu.Lock()
	defer r.tiers.mu.Unlock()
	r.tiers.all = append(r.tiers.all, &one)
	r.tiers.pending[tierKey{one.area, one.scope}] = &one
	if r.o.Fresh || one.first && !one.whole {
		r.rests.add(one.read)
	} else {
		r.tiers.todo = append(r.tiers.todo, &one)
	}
	return nil
}

// young reports whether what was read at an instant may stand for another pass.
func (r *run) young(t *tier, at time.Time) bool {
	now := !at.Before(r.tiers.now) // another credential did, in this very pass
	return now || !r.o.Fresh && !at.After(r.o.At) && r.o.At.Sub(at) < t.every
}

// stands lets a scope stand as it is stored.
func (r *run) stands(ctx context.Context, one *tierRead, due bool) error {
	r.tiers.mu.Lock()
	t := r.tiers.of[one.area]
	t.read = append(t.read, readScope{one.scope, one.at})
	if due {
		t.behind++
	}
	r.tiers.mu.Unlock()
	return r.out.keep(ctx, r.tiers.known, one.area, one.scope)
}

// asked notes that a scope of a tier was read, to its end or not. It says whether
// the scope is one of a tier that takes a call.
func (r *run) asked(ctx context.Context, a access.Area, scope int64, whole bool) (bool, error) {
	r.tiers.mu.Lock()
	one := r.tiers.pending[tierKey{a, scope}]
	if one == nil {
		r.tiers.mu.Unlock()
		return false, nil
	}
	if one.done = true; whole {
		t := r.tiers.of[a]
		t.read = append(t.read, readScope{scope, r.tiers.now})
	}
	r.tiers.mu.Unlock()
	return true, r.out.asked(ctx, r.tiers.known, one, whole)
}

// anything stands for a scope of which nothing can be seen but by reading it, and
// nothing for one of which it is known that it cannot stand.
func anything([]access.Entity) bool { return true }
func nothing([]access.Entity) bool  { return false }

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
