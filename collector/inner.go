package collector

import (
	"context"
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

	pages chain
	edges []*E
	holes int
	total int
	moved bool // the total changed between pages
	again bool // this is the second reading
	loop  bool
}

// take adds a page and reports whether the list has to be asked for more: the
// next page, or everything anew because it did not add up.
func (l *inner[E]) take(c *conn[E]) (more bool) {
	l.moved = l.moved || l.pages.after != nil && l.total != c.TotalCount
	l.total = c.TotalCount
	for _, e := range c.Edges {
		if e == nil || l.key(*e) <= 0 {
			l.holes++
			continue
		}
		l.edges = append(l.edges, e)
	}
	more, ok := l.pages.step(c.PageInfo, len(c.Edges))
	if l.loop = !ok; more {
		return true
	}
	l.edges = distinct(l.edges, l.key)
	if l.whole() || l.again {
		return false
	}
	l.restart()
	return true
}

// whole reports whether what came is what GitHub counts.
func (l *inner[E]) whole() bool {
	return !l.loop && !l.moved && l.holes == 0 && len(l.edges) == l.total
}

func (l *inner[E]) restart() {
	l.pages, l.edges, l.holes, l.moved, l.again = chain{}, nil, 0, false, true
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
