package collector

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// A round is the passes that it takes to read all scopes of the tiers once, at so
// many calls a pass.

// readTiers reads what waits, as far as this pass may, after everything else: a
// limit that is reached here, or a kill, costs the least. What is left over stands
// as it is stored, or is not known yet.
func (r *run) readTiers(ctx context.Context) error {
	t := r.tiers
	if len(t.of) == 0 {
		return nil
	}
	slices.SortFunc(t.todo, before)
	chosen := r.choose()
	q := newQueue()
	for _, one := range chosen {
		t.of[one.area].goal++
		q.add(one.read)
	}
	q.close()
	for a, of := range t.of {
		if of.goal > 0 {
			of.goal += r.out.seen(a)
		}
	}
	err := q.work(ctx, r.o.Concurrency)
	if err == nil {
		err = r.confirmRest(ctx)
	}
	if t.limited = errors.Is(err, github.ErrLimited); err != nil && !t.limited {
		return err
	}
	r.readings = nil // what a limit left unconfirmed was not read
	for _, one := range t.all {
		switch {
		case one.done:
		case one.whole:
			if err := r.stands(ctx, one, true); err != nil {
				return err
			}
		default:
			t.of[one.area].unread++
		}
	}
	for _, a := range access.Tiers {
		if t.of[a] == nil || a == access.AreaTeamGrants { // which is closed with the teams
			continue
		}
		if err := r.closeTier(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// before orders what waits: what is new, or is not any more as it is stored; what
// was never asked for; and then what was asked for longest ago. Of what was never
// asked for, branch policies come first: whether a gate holds is decided by them.
// Otherwise repositories come one after the other, so that no area waits for
// another one's end.
func before(x, y *tierRead) int {
	rank := func(one *tierRead) int {
		switch {
		case one.fresh:
			return 0
		case one.at.IsZero():
			return 1
		}
		return 2
	}
	last := func(one *tierRead) int {
		if one.area == access.AreaPolicies {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(x), rank(y)), x.at.Compare(y.at), cmp.Compare(last(x), last(y)), cmp.Compare(x.scope, y.scope), cmp.Compare(x.area, y.area))
}

// choose gives as many as this pass may read. A scope is begun while a call is
// left, so that one that takes many calls has its turn too.
func (r *run) choose() []*tierRead {
	if r.o.TierCalls <= 0 {
		return r.tiers.todo
	}
	n := 0
	for n < len(r.tiers.todo) && r.o.TierSpent.Load() < int64(r.o.TierCalls) {
		r.o.TierSpent.Add(int64(r.tiers.todo[n].calls))
		n++
	}
	return r.tiers.todo[:n]
}

// closeTier writes the line of an area: complete where each scope was read to its
// end within its period and the time that a round takes.
func (r *run) closeTier(ctx context.Context, a access.Area) error {
	t := r.tiers.of[a]
	since, err := r.roundBegan(ctx)
	if err != nil {
		return err
	}
	oldest := r.oldest(a)
	switch {
	case t.unread > 0:
		g := partial("%d of %d repositories are read so far; %s", len(t.read), t.things, r.rest())
		g.help = "--fresh reads all of them in one pass; [collect] tier_calls is how many calls a pass may take for them"
		r.later(g, a)
	case t.behind > 0 && !since.IsZero() && oldest.Before(since.Add(-t.every)):
		g := partial("%d of %d repositories are due to be read again, the oldest since %s; %s", t.behind, t.things,
			oldest.Add(t.every).UTC().Format("2006-01-02 15:04 MST"), r.rest())
		g.help = "--fresh reads all of them in one pass; [collect] tier_calls is how many calls a pass may take for them, every how old they may grow"
		r.later(g, a)
	}
	return r.close(ctx, a, r.total)
}

// rest says what becomes of what was left over.
func (r *run) rest() string {
	g := partial("the rest follows in the next passes, %d calls a pass", r.o.TierCalls)
	if r.tiers.limited {
		g = partial("then GitHub's limit was reached, and the rest follows in the next passes")
	} else if r.o.TierCalls <= 0 {
		g = partial("the rest follows in the next pass")
	}
	return g.reason
}

// later notes that scopes are left to the next passes.
func (r *run) later(g gap, a access.Area) {
	if _, had := r.lowered(a); !had {
		r.tiers.known.Later(a)
	}
	r.shorten(g, a)
}

// roundBegan gives the instant of the pass at which a round must have begun that
// ends with this one; the zero time where there are not so many passes.
func (r *run) roundBegan(ctx context.Context) (time.Time, error) {
	calls, passes := 0, 1
	for _, t := range r.tiers.of {
		calls += t.calls
	}
	if n := r.o.TierCalls; n > 0 {
		passes = max((calls+n-1)/n, 1)
	}
	at, err := r.tiers.known.Taken(ctx, passes+1) // one more, as what is new comes between
	if err != nil {
		return at, &stop{err}
	}
	return at, nil
}

// oldest gives the reading that an area rests on; the zero time where all of it
// was read in this pass, or it has no tier.
func (r *run) oldest(a access.Area) (at time.Time) {
	t := r.tiers.of[a]
	if t == nil {
		return at
	}
	for _, s := range t.read {
		if s.at.Before(r.tiers.now) && (at.IsZero() || s.at.Before(at)) {
			at = s.at
		}
	}
	return at
}

// due says how much of an area that is complete is due to be read again; "" where
// nothing is.
func (r *run) due(a access.Area) string {
	t := r.tiers.of[a]
	if t == nil || t.behind == 0 {
		return ""
	}
	return partial("%d of %d repositories are due to be read again; %s", t.behind, t.things, r.rest()).reason
}

// told tells how far an area is that is read repository by repository.
func (r *run) told(a access.Area) {
	total := int(r.count.Load())
	if t := r.tiers.of[a]; t != nil && t.goal > 0 {
		total = t.goal
	}
	r.out.progress(a, total)
}
