package store

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	liveGrants = `
		SELECT principal, resource, relation, seen_from
		  FROM grants
		 WHERE scope = $1 AND seen_to IS NULL
		 ORDER BY principal, resource, relation`
	closeGrant = `
		UPDATE grants SET seen_to = $6
		 WHERE scope = $1 AND principal = $2 AND resource = $3 AND relation = $4 AND seen_from = $5`
	forgetGrant = `
		DELETE FROM grants
		 WHERE scope = $1 AND principal = $2 AND resource = $3 AND relation = $4 AND seen_from = $5`
	reviveGrant = `
		UPDATE grants SET seen_to = NULL
		 WHERE scope = $1 AND principal = $2 AND resource = $3 AND relation = $4 AND seen_to = $5`
)

// grantRow is a grant as it stands in its scope.
type grantRow struct{ principal, resource, relation int64 }

func (g grantRow) compare(o grantRow) int {
	return cmp.Or(cmp.Compare(g.principal, o.principal), cmp.Compare(g.resource, o.resource), cmp.Compare(g.relation, o.relation))
}

// grants brings the grants of one scope up to date. Where the scope is known to
// be empty, nothing is read.
func (u *update) grants(seen []access.Grant, empty bool) (outcome, error) {
	rows, err := u.s.grantRows(seen)
	if err != nil {
		return outcome{}, err
	}
	var old []lived[grantRow]
	if !empty && u.area.grantsOn != access.NoKind {
		if old, err = u.s.liveGrants(u.scope); err != nil {
			return outcome{}, err
		}
	}
	out := outcome{live: len(old)}
	err = merge(old, rows, func(o lived[grantRow], n grantRow) int { return o.row.compare(n) },
		func(lived[grantRow], grantRow) error { return nil },
		func(g grantRow) error {
			out.live, out.changed = out.live+1, true
			return u.openGrant(g)
		},
		func(g lived[grantRow]) error {
			if !u.whole {
				return nil
			}
			out.live, out.changed = out.live-1, true
			return u.closeGrant(g)
		})
	return out, err
}

func (s *Store) grantRows(grants []access.Grant) ([]grantRow, error) {
	out := make([]grantRow, len(grants))
	for i, g := range grants {
		id, err := s.relationID(relationOf(g))
		if err != nil {
			return nil, err
		}
		out[i] = grantRow{g.Principal.ID, g.Resource.ID, id}
	}
	slices.SortFunc(out, grantRow.compare)
	return out, nil
}

func (s *Store) liveGrants(scope int64) ([]lived[grantRow], error) {
	var out []lived[grantRow]
	err := s.query(liveGrants, []any{scope}, func(rows *sql.Rows) error {
		var g lived[grantRow]
		err := rows.Scan(&g.row.principal, &g.row.resource, &g.row.relation, &g.from)
		out = append(out, g)
		return err
	})
	return out, err
}

func (u *update) openGrant(g grantRow) error {
	if u.again { // closed by this very pass? then it was never away
		n, err := u.s.changes(reviveGrant, u.scope, g.principal, g.resource, g.relation, u.id)
		if err != nil || n > 0 {
			u.stats.GrantsClosed -= n
			return err
		}
	}
	u.stats.GrantsAdded++
	u.mention(g)
	return u.s.addGrant(u.scope, g, u.id)
}

// mention notes both ends of a grant in the reverse index, but for the end that
// the scope itself is, and the organization, on which everything hangs.
func (u *update) mention(g grantRow) {
	r := u.s.relations.byID[g.relation]
	for _, end := range []access.Ref{{Kind: r.principal, ID: g.principal}, {Kind: r.resource, ID: g.resource}} {
		if end != u.own && end.Kind != access.Org {
			u.s.batch.mentions = append(u.s.batch.mentions, mention{end.Kind, end.ID, u.scope})
		}
	}
}

func (u *update) closeGrant(g lived[grantRow]) error {
	u.s.batch.rows++
	if g.from == u.id { // opened by this very pass: no snapshot will have shown it
		u.stats.GrantsAdded--
		_, err := u.s.exec(forgetGrant, u.scope, g.row.principal, g.row.resource, g.row.relation, g.from)
		return err
	}
	u.stats.GrantsClosed++
	_, err := u.s.exec(closeGrant, u.scope, g.row.principal, g.row.resource, g.row.relation, g.from, u.id)
	return err
}
