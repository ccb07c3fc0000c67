package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	countRows = `
		SELECT a.grants_on, sum(s.rows)
		  FROM scopes s
		  JOIN areas a ON a.id = s.area
		 WHERE s.org = $1 AND a.grants_on IS NOT NULL
		 GROUP BY a.grants_on
		 ORDER BY a.grants_on`
	// CROSS JOIN only fixes which table leads, whatever SQLite counts in them.
	grantsAt = `
		SELECT g.principal, g.resource, g.relation
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on IS NOT NULL AND g.seen_from <= $2 AND (g.seen_to IS NULL OR g.seen_to > $2)
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`
)

// edge is a grant while it is sorted: small to move and cheap to compare, which
// is half of what loading a million of them takes.
type edge struct{ resource, principal, relation int64 }

// edges holds them by the kind of what they are on, the first thing that orders
// grants.
type edges [256][]edge

// ranked is a relation with its place in the order of grants that have both ends
// in common.
type ranked struct {
	relation
	rank int
}

// loadGrants reads the grants of a snapshot in the order of access.Grant.Compare.
func (s *Store) loadGrants(ctx context.Context, info SnapshotInfo, l *loading) error {
	known, err := s.rankedRelations(ctx)
	if err != nil {
		return err
	}
	var all edges
	if err := s.makeRoom(ctx, info.OrgID, &all); err != nil {
		return err
	}
	err = s.read.rows(ctx, grantsAt, []any{info.OrgID, info.ID}, func(rows *sql.Rows) error {
		var e edge
		if err := rows.Scan(&e.principal, &e.resource, &e.relation); err != nil {
			return err
		}
		r, ok := known[e.relation]
		if !ok {
			return fmt.Errorf("%w: a grant has the relation %d, which does not exist", ErrDamaged, e.relation)
		}
		all[r.resource] = append(all[r.resource], e)
		return nil
	})
	if err == nil {
		l.snap.Grants = all.grants(known)
	}
	return err
}

// makeRoom takes as much as there is now, which saves growing.
func (s *Store) makeRoom(ctx context.Context, org int64, all *edges) error {
	return s.read.rows(ctx, countRows, []any{org}, func(rows *sql.Rows) error {
		var kind access.Kind
		var n int
		err := rows.Scan(&kind, &n)
		all[kind] = make([]edge, 0, n)
		return err
	})
}

func (s *Store) rankedRelations(ctx context.Context) (map[int64]ranked, error) {
	known := map[int64]ranked{}
	var ids []int64
	err := s.read.rows(ctx, readRelations, nil, func(rows *sql.Rows) error {
		id, r, err := scanRelation(rows)
		known[id] = ranked{relation: r}
		ids = append(ids, id)
		return err
	})
	slices.SortFunc(ids, func(x, y int64) int {
		return known[x].grant(0, 0).Compare(known[y].grant(0, 0))
	})
	for n, id := range ids {
		known[id] = ranked{known[id].relation, n}
	}
	return known, err
}

// grants sorts the edges and gives them as what they stand for.
func (e *edges) grants(known map[int64]ranked) []access.Grant {
	total := 0
	for _, on := range e {
		total += len(on)
	}
	out := make([]access.Grant, 0, total)
	for kind := range e {
		on := e[kind]
		slices.SortFunc(on, func(x, y edge) int {
			if x.resource != y.resource {
				return cmp.Compare(x.resource, y.resource)
			}
			a, b := known[x.relation], known[y.relation]
			return cmp.Or(cmp.Compare(a.principal, b.principal), cmp.Compare(x.principal, y.principal), cmp.Compare(a.rank, b.rank))
		})
		for i, x := range on {
			if i == 0 || x != on[i-1] {
				out = append(out, known[x.relation].grant(x.principal, x.resource))
			}
		}
	}
	return out
}
