package audit

import (
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// best is what several credentials together saw of an organization. For each
// scope the reading counts that saw most, and the earlier one where two saw as
// much: a weaker credential never lowers what a stronger one saw, counts inside
// an entity included.
type best struct {
	pass  *store.Pass
	lines access.Coverage

	handed map[access.Area]map[int64]struct{} // scopes of which some credential handed on rows
	by     map[access.Area]string             // who read an area, where it was not the first
	later  map[access.Area]bool               // what an area lacks is read by the next passes
}

func newBest(pass *store.Pass) *best {
	return &best{pass: pass, handed: map[access.Area]map[int64]struct{}{}, by: map[access.Area]string{}, later: map[access.Area]bool{}}
}

// turn is the sink of one credential's collection: of all areas, or of some. As
// the collector's sink it is called once at a time.
type turn struct {
	b     *best
	first bool
	areas map[access.Area]bool // that are held back until the outcome is known: an earlier credential saw something of them
	lines access.Coverage
	held  []reading
	only  []access.Area
	fresh map[access.Area]map[int64]struct{} // scopes handed on in this turn
}

// reading is the content of one scope that waits for its line of the ledger.
type reading struct {
	area  access.Area
	scope int64
	rows  access.Rows
	whole bool
}

// turn begins a collection. The first, of all areas, is handed on as it comes. A
// later one is held back where an earlier credential saw something of the area;
// of an area that was denied altogether there is nothing to lower.
func (b *best) turn(only []access.Area) *turn {
	t := &turn{b: b, first: only == nil, only: only, areas: map[access.Area]bool{}, fresh: map[access.Area]map[int64]struct{}{}}
	for _, a := range only {
		t.areas[a] = len(b.handed[a]) > 0
	}
	return t
}

// People hands on who was seen.
func (t *turn) People(ctx context.Context, people []access.Person) error {
	return t.b.pass.People(ctx, people)
}

// Heard hands on what the audit log tells of access that was given.
func (t *turn) Heard(ctx context.Context, events []access.Event) error {
	return t.b.pass.Heard(ctx, events)
}

// Put hands on, or holds back, the content of a scope.
func (t *turn) Put(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return t.take(ctx, reading{a, scope, rows, true})
}

// Add does so with some of the content of a scope.
func (t *turn) Add(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return t.take(ctx, reading{a, scope, rows, false})
}

func (t *turn) take(ctx context.Context, r reading) error {
	if t.areas[r.area] {
		t.held = append(t.held, r)
		return nil
	}
	if t.fresh[r.area] == nil {
		t.fresh[r.area] = map[int64]struct{}{}
	}
	t.fresh[r.area][r.scope] = struct{}{}
	return t.b.give(ctx, r)
}

// note says that some credential read a scope.
func (b *best) note(a access.Area, scope int64) {
	if b.handed[a] == nil {
		b.handed[a] = map[int64]struct{}{}
	}
	b.handed[a][scope] = struct{}{}
}

// give writes a reading into the pass.
func (b *best) give(ctx context.Context, r reading) error {
	b.note(r.area, r.scope)
	if r.whole {
		return b.pass.Put(ctx, r.area, r.scope, r.rows)
	}
	return b.pass.Add(ctx, r.area, r.scope, r.rows)
}

// Cover keeps a line of the ledger until all credentials had their turn.
func (t *turn) Cover(_ context.Context, line access.Cover) error {
	if t.first || slices.Contains(t.only, line.Area) {
		t.lines.Set(line)
	}
	return nil
}

// lacking lists the areas that another credential may see more of.
func (b *best) lacking(without []access.Area) []access.Area {
	var out []access.Area
	for _, a := range access.Areas {
		if b.later[a] && len(b.lines.Exceptions(a)) == 0 {
			continue
		}
		if s := b.lines.Of(a).Status; s != access.Complete && s != access.Unavailable && !slices.Contains(without, a) {
			out = append(out, a)
		}
	}
	return out
}

// worth orders the outcomes.
func worth(s access.Status) int {
	return slices.Index([]access.Status{access.Unread, access.Denied, access.Unavailable, access.Partial, access.Complete}, s)
}

// merge lays a later credential's collection over the earlier ones': rows of the
// scopes that it saw more of, or that nobody had seen; and the better lines.
func (b *best) merge(ctx context.Context, t *turn, name string) error {
	for _, r := range t.held {
		_, had := b.handed[r.area][r.scope]
		if had && worth(t.lines.For(r.area, r.scope).Status) <= worth(b.lines.For(r.area, r.scope).Status) {
			if _, here := t.fresh[r.area][r.scope]; !here { // a scope may be handed on in parts
				continue
			}
		}
		if t.fresh[r.area] == nil {
			t.fresh[r.area] = map[int64]struct{}{}
		}
		t.fresh[r.area][r.scope] = struct{}{}
		if err := b.give(ctx, r); err != nil {
			return err
		}
	}
	merged := access.NewCoverage()
	for _, a := range access.Areas {
		for _, l := range better(a, b.lines, t.lines) {
			merged.Set(l)
		}
		if slices.Contains(t.only, a) && worth(t.lines.For(a, 0).Status) > worth(b.lines.For(a, 0).Status) || len(t.fresh[a]) > 0 {
			b.by[a] = name
		}
	}
	b.lines = merged
	return nil
}

// better gives the lines of one area: of the whole and of each scope the better
// one, the earlier where they are as good.
func better(a access.Area, earlier, later access.Coverage) []access.Cover {
	choose := func(x, y access.Cover) access.Cover {
		if worth(y.Status) > worth(x.Status) {
			return y
		}
		return x
	}
	whole := choose(earlier.For(a, 0), later.For(a, 0))
	for _, l := range []access.Cover{earlier.For(a, 0), later.For(a, 0)} {
		if l.Seen > whole.Seen {
			whole.Seen, whole.Total = l.Seen, max(l.Total, whole.Total)
		}
	}
	if whole.Status == access.Unread {
		return nil
	}
	out := []access.Cover{whole}
	for _, scope := range scopes(a, earlier, later) {
		l := choose(earlier.For(a, scope), later.For(a, scope))
		if l.Scope = scope; l.Status != whole.Status || l.Status != access.Complete {
			out = append(out, l)
		}
	}
	return out
}

// scopes lists the scopes of an area that have a line of their own in a ledger.
func scopes(a access.Area, ledgers ...access.Coverage) []int64 {
	var out []int64
	for _, c := range ledgers {
		for _, l := range c.Lines() {
			if l.Area == a && l.Scope != 0 {
				out = append(out, l.Scope)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unusable adds to the gaps why another credential did not close them.
func (b *best) unusable(areas []access.Area, why string) {
	for _, a := range areas {
		if l := b.lines.For(a, 0); l.Status != access.Unread && l.Status != access.Complete {
			l.Reason += "; " + why
			b.lines.Set(l)
		}
	}
}

// write hands the ledger on. Of an area that is whole thanks to another
// credential its line says so.
func (b *best) write(ctx context.Context) error {
	for _, l := range b.lines.Lines() {
		if by := b.by[l.Area]; by != "" && l.Scope == 0 && l.Status == access.Complete {
			l.Reason = "read with " + by
		}
		if err := b.pass.Cover(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// ReadAt tells the collector when a scope was last asked for, by whomever.
func (t *turn) ReadAt(a access.Area, scope int64) (time.Time, bool) {
	return t.b.pass.ReadAt(a, scope)
}

// Listed tells it whether the newest snapshot has what a scope belongs to.
func (t *turn) Listed(a access.Area, scope int64) bool { return t.b.pass.Listed(a, scope) }

// Stored gives it a scope as it is stored.
func (t *turn) Stored(ctx context.Context, a access.Area, scope int64) ([]access.Entity, error) {
	return t.b.pass.Stored(ctx, a, scope)
}

// Keep lets a scope stand as it is stored: what stands counts as read by this
// credential.
func (t *turn) Keep(ctx context.Context, a access.Area, scope int64) error {
	t.b.note(a, scope)
	return t.b.pass.Keep(ctx, a, scope)
}

// Read notes that a scope was asked for.
func (t *turn) Read(ctx context.Context, a access.Area, scope int64, whole bool) error {
	return t.b.pass.Read(ctx, a, scope, whole)
}

// StandsOn tells it whether a scope stands that rests on what was seen elsewhere.
func (t *turn) StandsOn(a access.Area, scope int64, basis [16]byte) (time.Time, bool) {
	return t.b.pass.StandsOn(a, scope, basis)
}

// ReadOn notes that such a scope was asked for.
func (t *turn) ReadOn(ctx context.Context, a access.Area, scope int64, whole bool, basis [16]byte) error {
	return t.b.pass.ReadOn(ctx, a, scope, whole, basis)
}

// Taken gives the instant of an earlier snapshot.
func (t *turn) Taken(ctx context.Context, n int) (time.Time, error) { return t.b.pass.Taken(ctx, n) }

// Later notes that no other credential is to be asked for what an area lacks.
func (t *turn) Later(a access.Area) { t.b.later[a] = true }
