package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/eb661601/ajar/access"
)

const (
	rowsByArea = `
		SELECT area, sum(rows)
		  FROM scopes
		 WHERE +org = $1
		 GROUP BY area
		 ORDER BY area`
	// Of the areas that hold both, what is a thing and what a grant.
	thingsBesideGrants = `
		SELECT s.area, count(*)
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE a.things AND a.grants_on IS NOT NULL AND e.seen_to IS NULL
		 GROUP BY s.area
		 ORDER BY s.area`
)

// Outline is what can be said of the newest snapshot without reading it.
type Outline struct {
	Org      access.Organization
	Coverage access.Coverage
	Things   map[access.Area]int // how many entities each area holds
	Grants   map[access.Area]int // how many grants; one that stands in two scopes counts twice
}

// Outline counts the newest snapshot, and gives its coverage. newest says whether
// it is that, and no pass has begun since: of no other one are the counts known.
func (s *Store) Outline(ctx context.Context, info SnapshotInfo) (o Outline, newest bool, err error) {
	var begun int
	l := &loading{snap: &access.Snapshot{}}
	o = Outline{Things: map[access.Area]int{}, Grants: map[access.Area]int{}}
	err = s.loadOrg(ctx, info, l)
	if err == nil {
		o.Org = l.snap.Org
		o.Coverage, err = s.coverage(ctx, info)
	}
	if err == nil {
		err = s.read.rows(ctx, rowsByArea, []any{info.OrgID}, func(rows *sql.Rows) error {
			return counted(rows, func(a *area, n int) {
				if a.grantsOn == access.NoKind {
					o.Things[a.name] = n
				} else {
					o.Grants[a.name] = n
				}
			})
		})
	}
	if err == nil {
		err = s.read.rows(ctx, thingsBesideGrants, []any{info.OrgID}, func(rows *sql.Rows) error {
			return counted(rows, func(a *area, n int) {
				o.Things[a.name] = n
				o.Grants[a.name] -= n
			})
		})
	}
	if err == nil { // last, so that a pass which began in between is noticed
		err = s.read.row(ctx, begunSince, []any{info.ID, info.OrgID}, &begun)
	}
	if err != nil {
		return o, false, fmt.Errorf("counting snapshot %d of %s: %w", info.ID, info.Org, explain(s.path, err))
	}
	return o, begun == 0, nil
}

// counted reads an area and a number; areas of a later ajar are nobody's here.
func counted(rows *sql.Rows, each func(*area, int)) error {
	var id uint8
	var n int
	if err := rows.Scan(&id, &n); err != nil {
		return err
	}
	if a := byAreaID[id]; a != nil {
		each(a, n)
	}
	return nil
}
