package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"github.com/eb661601/ajar/access"
)

const newestRelation = `SELECT coalesce(max(id), 0) FROM relations ORDER BY 1`

// mostRelations is more than there can be: a relation is a permission, and a role
// that somebody made.
const mostRelations = 1 << 20

// edge is a grant while it is sorted: small to move and cheap to compare, which
// is half of what loading a million of them takes.
type edge struct {
	resource, principal int64
	relation            int32
	since               int32 // snapshot, where the query tells it
}

// compare orders edges on one kind of thing as access.Grant.Compare does.
func (x edge) compare(y edge, known relations) int {
	if x.resource != y.resource {
		return cmp.Compare(x.resource, y.resource)
	}
	a, b := &known[x.relation], &known[y.relation]
	return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(x.principal, y.principal), cmp.Compare(a.rank, b.rank))
}

// compareDated puts the earliest snapshot first among edges that are the same.
func (x edge) compareDated(y edge, known relations) int {
	if c := x.compare(y, known); c != 0 {
		return c
	}
	return cmp.Compare(x.since, y.since)
}

// edges holds them by the kind of what they are on, the first thing that orders
// grants.
type edges [256][]edge

// gathered are edges that were used, for the next question: the most of them are
// small, and many.
var gathered = sync.Pool{New: func() any { return new(edges) }}

// keptEdges is how many edges on one kind of thing are room worth keeping.
const keptEdges = 1024

// free makes room for other edges.
func (e *edges) free() {
	for kind, on := range e {
		if e[kind] = on[:0]; cap(on) > keptEdges {
			e[kind] = nil
		}
	}
	gathered.Put(e)
}

// ranked is a relation with its place in the order of grants that have both ends
// in common.
type ranked struct {
	relation
	rank int
}

// relations holds them by number, empty where there is none.
type relations []ranked

// of gives the relation that a stored grant has.
func (r relations) of(id int64) (ranked, error) {
	if id < 0 || id >= int64(len(r)) || r[id].principal == access.NoKind {
		return ranked{}, fmt.Errorf("%w: a grant has the relation %d, which does not exist", ErrDamaged, id)
	}
	return r[id], nil
}

// grants reads principals, resources and relations, keeps those of the wanted
// sort, and gives them in the order of access.Grant.Compare. As in a walk, SQLite
// gets no context: a question about one thing takes it less time than that would.
func (s *Store) grants(ctx context.Context, query string, args []any, wanted func(ranked) bool) ([]access.Grant, error) {
	known, err := s.rankedRelations(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	all := gathered.Get().(*edges)
	defer all.free()
	var e edge
	var relation int64
	n := 0
	err = s.read.rows(context.WithoutCancel(ctx), query, args, func(rows *sql.Rows) error {
		if n++; n%walkChecks == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Scan(&e.principal, &e.resource, &relation); err != nil {
			return err
		}
		r, err := known.of(relation)
		if err == nil && wanted(r) {
			e.relation = int32(relation)
			all[r.resource] = append(all[r.resource], e)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	grants, _ := all.sorted(known, false)
	return grants, nil
}

// rankedRelations gives all relations. They are only ever added to, so those that
// were read before serve until there is a newer one.
func (s *Store) rankedRelations(ctx context.Context) (relations, error) {
	var newest int64
	if err := s.read.row(ctx, newestRelation, nil, &newest); err != nil {
		return nil, err
	}
	if newest >= mostRelations {
		return nil, fmt.Errorf("%w: it has a relation %d, which is more than there can be", ErrDamaged, newest)
	}
	s.read.mu.Lock()
	known, upTo := s.read.relations, s.read.newest
	s.read.mu.Unlock()
	if known != nil && newest == upTo {
		return known, nil
	}
	known = make(relations, newest+1)
	var ids []int64
	err := s.read.rows(ctx, readRelations, nil, func(rows *sql.Rows) error {
		id, r, err := scanRelation(rows)
		if err == nil && 0 <= id && id <= newest { // else it came meanwhile
			known[id].relation = r
			ids = append(ids, id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(ids, func(x, y int64) int {
		return known[x].grant(0, 0).Compare(known[y].grant(0, 0))
	})
	for n, id := range ids {
		known[id].rank = n
	}
	s.read.mu.Lock()
	defer s.read.mu.Unlock()
	s.read.relations, s.read.newest = known, newest
	return known, nil
}

// sorted orders the edges and gives them as what they stand for and, if wanted,
// since which snapshot each has been seen, in any scope.
func (e *edges) sorted(known relations, dated bool) (out []access.Grant, since []int32) {
	total := 0
	for _, on := range e {
		order(on, known)
		total += len(on)
	}
	out = make([]access.Grant, 0, total)
	if dated {
		since = make([]int32, 0, total)
	}
	for _, on := range e {
		for i, x := range on {
			if i > 0 && x.compare(on[i-1], known) == 0 {
				continue
			}
			out = append(out, known[x.relation].grant(x.principal, x.resource))
			if dated {
				since = append(since, x.since)
			}
		}
	}
	return out, since
}
