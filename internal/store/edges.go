package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	newestRelation = `SELECT coalesce(max(id), 0) FROM relations ORDER BY 1`
	// CROSS JOIN only fixes which table leads, whatever SQLite counts in them.
	grantsAt = `
		SELECT g.principal, g.resource, g.relation, s.id, g.seen_from
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on IS NOT NULL AND g.seen_from <= $2 AND (g.seen_to IS NULL OR g.seen_to > $2)
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`
)

// edge is a grant while it is sorted: small to move and cheap to compare, which
// is half of what loading a million of them takes.
type edge struct {
	resource, principal int64
	relation            int32
	since               int32 // snapshot, where the query tells it
}

// compare orders edges on one kind of thing as access.Grant.Compare does.
func (x edge) compare(y edge, known map[int64]ranked) int {
	if x.resource != y.resource {
		return cmp.Compare(x.resource, y.resource)
	}
	a, b := known[int64(x.relation)], known[int64(y.relation)]
	return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(x.principal, y.principal), cmp.Compare(a.rank, b.rank))
}

// edges holds them by the kind of what they are on, the first thing that orders
// grants.
type edges [256][]edge

// ranked is a relation with its place in the order of grants that have both ends
// in common.
type ranked struct {
	relation
	rank int
}

// loadGrants reads the grants of a snapshot.
func (s *Store) loadGrants(ctx context.Context, info SnapshotInfo, l *loading) error {
	var all edges // as much as there is now, which saves growing
	for kind, n := range l.proof.grantsOn {
		all[kind] = make([]edge, 0, n)
	}
	var err error
	l.snap.Grants, l.since, err = s.grants(ctx, grantsAt, []any{info.OrgID, info.ID}, &all, func(ranked) bool { return true }, &l.proof)
	return err
}

// grants reads principals, resources and relations, keeps those of the wanted
// sort, and gives them in the order of access.Grant.Compare. Where there is a
// proof, the query gives the row of each scope as well, and since which snapshot
// the grant has been seen, which is told of each then.
func (s *Store) grants(ctx context.Context, query string, args []any, all *edges, wanted func(ranked) bool, p *proof) ([]access.Grant, []int32, error) {
	known, err := s.rankedRelations(ctx)
	if err != nil {
		return nil, nil, err
	}
	var e edge
	var scope, relation, since int64
	into := []any{&e.principal, &e.resource, &relation, &scope, &since}
	if p == nil {
		into = into[:3]
	}
	err = s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		r, ok := known[relation]
		if !ok {
			return fmt.Errorf("%w: a grant has the relation %d, which does not exist", ErrDamaged, relation)
		}
		if relation > math.MaxInt32 || since > math.MaxInt32 {
			return fmt.Errorf("relation %d or snapshot %d: more than there can be", relation, since)
		}
		e.relation, e.since = int32(relation), int32(since)
		if p != nil {
			p.grant(known, scope, e)
		}
		if wanted(r) {
			all[r.resource] = append(all[r.resource], e)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if p != nil {
		p.endGrants(known)
	}
	grants, from := all.sorted(known, p != nil)
	return grants, from, nil
}

// rankedRelations gives all relations. They are only ever added to, so those that
// were read before serve until there is a newer one.
func (s *Store) rankedRelations(ctx context.Context) (map[int64]ranked, error) {
	var newest int64
	if err := s.read.row(ctx, newestRelation, nil, &newest); err != nil {
		return nil, err
	}
	s.read.mu.Lock()
	known, upTo := s.read.relations, s.read.newest
	s.read.mu.Unlock()
	if known != nil && newest == upTo {
		return known, nil
	}
	known = map[int64]ranked{}
	var ids []int64
	err := s.read.rows(ctx, readRelations, nil, func(rows *sql.Rows) error {
		id, r, err := scanRelation(rows)
		known[id] = ranked{relation: r}
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(ids, func(x, y int64) int {
		return known[x].grant(0, 0).Compare(known[y].grant(0, 0))
	})
	for n, id := range ids {
		known[id] = ranked{known[id].relation, n}
	}
	s.read.mu.Lock()
	defer s.read.mu.Unlock()
	s.read.relations, s.read.newest = known, newest
	return known, nil
}

// sorted orders the edges and gives them as what they stand for and, if wanted,
// since which snapshot each has been seen, in any scope.
func (e *edges) sorted(known map[int64]ranked, dated bool) (out []access.Grant, since []int32) {
	total := 0
	for _, on := range e {
		total += len(on)
	}
	out = make([]access.Grant, 0, total)
	if dated {
		since = make([]int32, 0, total)
	}
	for kind := range e {
		on := e[kind]
		slices.SortFunc(on, func(x, y edge) int { return cmp.Or(x.compare(y, known), cmp.Compare(x.since, y.since)) })
		for i, x := range on {
			if i > 0 && x.compare(on[i-1], known) == 0 {
				continue
			}
			out = append(out, known[int64(x.relation)].grant(x.principal, x.resource))
			if dated {
				since = append(since, x.since)
			}
		}
	}
	return out, since
}
