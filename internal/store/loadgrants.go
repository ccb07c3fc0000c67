package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
)

// Each column of a grant costs a look-up for each row, so that small numbers share
// one. "IS NOT TRUE" is one comparison where "IS NULL OR" would be two.
const (
	allRows = `SELECT coalesce(sum(rows), 0) FROM scopes ORDER BY 1`
	// Without asking for each scope where its grants begin, and for each grant
	// whether they end there.
	grantsOfAllAt = `
		SELECT principal, resource, (relation << 32) + seen_from, scope
		  FROM grants
		 WHERE seen_from <= $1 AND (seen_to <= $1) IS NOT TRUE
		 ORDER BY scope, principal, resource, relation`
	// Of what nobody has closed since: one comparison less for each past grant.
	grantsOfAllNow = `
		SELECT principal, resource, (relation << 32) + seen_from, scope
		  FROM grants
		 WHERE seen_to IS NULL
		 ORDER BY scope, principal, resource, relation`
	// CROSS JOIN only fixes which table leads, whatever SQLite counts in them.
	grantsAt = `
		SELECT g.principal, g.resource, (g.relation << 32) + g.seen_from, s.id
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $2 AND s.area = a.id
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE a.grants_on IS NOT NULL AND g.seen_from <= $1 AND (g.seen_to <= $1) IS NOT TRUE
		 ORDER BY a.id, s.scope, g.principal, g.resource, g.relation`
)

// loadGrants reads the grants of a snapshot.
func (s *Store) loadGrants(ctx context.Context, info SnapshotInfo, l *loading) error {
	known, err := s.rankedRelations(ctx)
	if err != nil {
		return err
	}
	all, err := s.edgesAt(ctx, info, l, known)
	if err != nil {
		return err
	}
	l.proof.endGrants(known)
	l.snap.Grants, l.since = all.sorted(known, true)
	read := 0
	for _, on := range all {
		read += len(on)
	}
	l.doubled = read > len(l.snap.Grants)
	return nil
}

// edgesAt walks through all grants of the store where most of them are of the
// organization.
func (s *Store) edgesAt(ctx context.Context, info SnapshotInfo, l *loading, known relations) (*edges, error) {
	var stored int
	if err := s.read.row(ctx, allRows, nil, &stored); err != nil {
		return nil, err
	}
	if 2*l.proof.total < stored {
		return s.walkGrants(ctx, info, l, known, grantsAt, info.ID, info.OrgID)
	}
	if !l.proof.off {
		all, err := s.walkGrants(ctx, info, l, known, grantsOfAllNow)
		if err != nil {
			return nil, err
		}
		// A walk sees the store as it is when it begins. Had a pass begun by then,
		// which may have closed some, there is a newer snapshot now.
		var n int
		if err := s.read.row(ctx, begunSince, []any{info.ID, info.OrgID}, &n); err != nil || n == 0 {
			return all, err
		}
		l.proof.off = true
	}
	return s.walkGrants(ctx, info, l, known, grantsOfAllAt, info.ID)
}

// walkGrants reads grants by one of the queries above. Those of other
// organizations, which come in between where the scopes do so in the order of
// their rows, are left out.
func (s *Store) walkGrants(ctx context.Context, info SnapshotInfo, l *loading, known relations, query string, args ...int64) (*edges, error) {
	var all edges // as much as there is now, which saves growing
	for kind, n := range l.proof.grantsOn {
		all[kind] = make([]edge, 0, n)
	}
	scopes := l.proof.scopes
	err := s.read.walk(ctx, query, args, func(row []driver.Value) error {
		e, scope, err := edgeOf(row)
		if err != nil {
			return err
		}
		if query != grantsAt {
			for len(scopes) > 0 && scopes[0].row < scope {
				scopes = scopes[1:]
			}
			if len(scopes) == 0 || scopes[0].row != scope {
				return nil
			}
		}
		if int64(e.since) > info.ID {
			if query == grantsOfAllNow {
				return nil // of a pass that has begun; else the proof misses it
			}
			return noEdge(scope)
		}
		r, err := known.of(int64(e.relation))
		if err != nil {
			return err
		}
		l.proof.grant(known, scope, e)
		all[r.resource] = append(all[r.resource], e)
		return nil
	})
	return &all, err
}

// edgeOf reads one row of a walk through grants.
func edgeOf(row []driver.Value) (e edge, scope int64, err error) {
	var ok [4]bool
	var small int64
	e.principal, ok[0] = row[0].(int64)
	e.resource, ok[1] = row[1].(int64)
	small, ok[2] = row[2].(int64)
	scope, ok[3] = row[3].(int64)
	since := small & math.MaxUint32
	if ok != [4]bool{true, true, true, true} || since > math.MaxInt32 {
		return edge{}, 0, noEdge(scope)
	}
	e.relation, e.since = int32(small>>32), int32(since)
	return e, scope, nil
}

func noEdge(scope int64) error {
	return fmt.Errorf("%w: a grant of scope %d is not made of numbers that can be", ErrDamaged, scope)
}
