package collector

import (
	"context"
	"maps"
	"slices"

	"github.com/eb661601/ajar/access"
)

// conn is a connection inside another one: the members of a team, the
// collaborators of a repository.
type conn[E any] struct {
	TotalCount int
	PageInfo   pageInfo
	Edges      []*E
}

// inner is one such list on its way to its end. Its first page comes with the
// thing that it belongs to; what does not fit, or does not add up, is asked for
// by an overflow.
type inner[E any] struct {
	node string        // GraphQL id of the thing that has the list
	area access.Area   // what the list is for
	what string        // for people: "members of team acme/sre"
	key  func(E) int64 // whom an edge is about; 0 or less: it has no node, or no number
	end  func(ctx context.Context, edges []*E, g *gap) error
	sum  *tally // where it is counted with the others of its area; nil: nowhere

	pages  chain
	edges  []*E
	seen   map[int64]struct{} // whom the edges are about, where there are several pages
	holes  int
	total  int
	moved  bool      // the list changed between pages: another total, or pages that do not join
	before *inner[E] // the first reading, where this is the second
	same   bool      // both found the same
	loop   bool
}

// take adds a page and reports whether the list has to be asked for more: the
// next page, or everything anew because it did not add up.
func (l *inner[E]) take(c *conn[E]) (more bool) {
	l.moved = l.moved || l.pages.after != nil && l.total != c.TotalCount || !l.pages.joins()
	l.total = c.TotalCount
	l.keep(c.Edges, c.PageInfo.HasNextPage || l.pages.after != nil)
	page := leaf{pageInfo: c.PageInfo, total: c.TotalCount, rows: len(c.Edges), last: lastOf(c.Edges, func(e *E) int64 { return l.key(*e) })}
	more, ok := l.pages.step(page, len(l.edges)+l.holes)
	if l.loop = !ok; more {
		return true
	}
	if l.seen == nil {
		l.edges = distinct(l.edges, l.key)
	}
	if b := l.before; b != nil {
		l.same = l.total == b.total && maps.Equal(ids(l.edges, l.key), ids(b.edges, b.key))
		return false
	}
	if l.whole() {
		return false
	}
	l.restart()
	return true
}

// keep adds the edges of a page. Where the list has several, each is kept once, so
// that one without end stays as small as it is.
func (l *inner[E]) keep(edges []*E, several bool) {
	if several && l.seen == nil {
		l.seen = map[int64]struct{}{}
	}
	for _, e := range edges {
		if e == nil || l.key(*e) <= 0 {
			l.holes++
			continue
		}
		if l.seen != nil {
			k := l.key(*e)
			if _, twice := l.seen[k]; twice {
				continue
			}
			l.seen[k] = struct{}{}
		}
		l.edges = append(l.edges, e)
	}
}

// whole reports whether what came is what GitHub counts, and nothing moved
// meanwhile, or it did not matter (see settle).
func (l *inner[E]) whole() bool {
	return !l.loop && (!l.moved || l.same) && l.holes == 0 && len(l.edges) == l.total
}

// restart begins the second reading.
func (l *inner[E]) restart() {
	first := *l
	l.pages, l.edges, l.seen, l.holes, l.moved, l.before = chain{}, nil, nil, 0, false, &first
}

// done hands the list on: complete, or with what is wrong with it.
func (l *inner[E]) done(ctx context.Context) error {
	l.sum.count(l.node, len(l.edges), l.total)
	if l.whole() {
		return l.end(ctx, l.edges, nil)
	}
	g := (&listing{holes: l.holes, total: l.total, moved: l.moved, loop: l.loop, ids: ids(l.edges, l.key)}).words(l.what)
	return l.end(ctx, l.edges, &g)
}

// fail hands on what there is, with the reason why there is no more.
func (l *inner[E]) fail(ctx context.Context, g gap) error {
	l.sum.count(l.node, len(l.edges), l.total)
	return l.end(ctx, l.edges, &g)
}

// distinct drops repeated rows: lists that change while they are read shift.
func distinct[E any](edges []*E, key func(E) int64) []*E {
	if sorted := keys(edges, key); len(slices.Compact(sorted)) == len(edges) {
		return edges
	}
	seen := make(map[int64]struct{}, len(edges))
	return slices.DeleteFunc(edges, func(e *E) bool {
		k := key(*e)
		_, twice := seen[k]
		seen[k] = struct{}{}
		return twice
	})
}

func keys[E any](edges []*E, key func(E) int64) []int64 {
	out := make([]int64, len(edges))
	for i, e := range edges {
		out[i] = key(*e)
	}
	slices.Sort(out)
	return out
}

func ids[E any](edges []*E, key func(E) int64) map[int64]struct{} {
	out := make(map[int64]struct{}, len(edges))
	for _, e := range edges {
		out[key(*e)] = struct{}{}
	}
	return out
}
