package store

import (
	"cmp"
	"database/sql"
	"fmt"
)

const (
	liveEntities = `
		SELECT id, label, body, seen_from
		  FROM entities
		 WHERE scope = $1 AND seen_to IS NULL
		 ORDER BY id`
	closeEntity  = `UPDATE entities SET seen_to = $4 WHERE scope = $1 AND id = $2 AND seen_from = $3`
	forgetEntity = `DELETE FROM entities WHERE scope = $1 AND id = $2 AND seen_from = $3`
	reviveEntity = `
		UPDATE entities SET seen_to = NULL
		 WHERE scope = $1 AND id = $2 AND label = $3 AND body = $4 AND seen_to = $5`
)

// entities brings the entities of one scope up to date.
func (u *update) entities(seen []entityRow, empty bool) (outcome, error) {
	var old []lived[entityRow]
	if !empty && u.area.thing != nil {
		var err error
		if old, err = u.s.liveEntities(u.scope); err != nil {
			return outcome{}, err
		}
	}
	out := outcome{live: len(old)}
	err := merge(old, seen, func(o lived[entityRow], n entityRow) int { return cmp.Compare(o.row.id, n.id) },
		func(o lived[entityRow], n entityRow) error {
			if !u.whole && len(u.less) > 0 {
				var err error
				if n.body, err = u.area.thing.over(o.row.body, n.body, u.less); err != nil {
					return fmt.Errorf("reading %s, number %d: %w", u.area.name, n.id, err)
				}
			}
			if o.row == n {
				return nil
			}
			out.changed = true
			if err := u.closeEntity(o); err != nil {
				return err
			}
			return u.openEntity(n)
		},
		func(n entityRow) error {
			out.live, out.changed = out.live+1, true
			return u.openEntity(n)
		},
		func(o lived[entityRow]) error {
			if !u.whole {
				return nil
			}
			out.live, out.changed = out.live-1, true
			return u.closeEntity(o)
		})
	return out, err
}

func (s *Store) liveEntities(scope int64) ([]lived[entityRow], error) {
	var out []lived[entityRow]
	err := s.query(liveEntities, []any{scope}, func(rows *sql.Rows) error {
		var e lived[entityRow]
		err := rows.Scan(&e.row.id, &e.row.label, &e.row.body, &e.from)
		out = append(out, e)
		return err
	})
	return out, err
}

func (u *update) openEntity(e entityRow) error {
	if u.again { // closed by this very pass? then it was never away
		n, err := u.s.changes(reviveEntity, u.scope, e.id, e.label, e.body, u.id)
		if err != nil || n > 0 {
			u.stats.EntitiesClosed -= n
			return err
		}
	}
	u.stats.EntitiesAdded++
	return u.s.addEntity(u.scope, e, u.id)
}

func (u *update) closeEntity(e lived[entityRow]) error {
	u.s.batch.rows++
	if e.from == u.id { // opened by this very pass: no snapshot will have shown it
		u.stats.EntitiesAdded--
		_, err := u.s.exec(forgetEntity, u.scope, e.row.id, e.from)
		return err
	}
	u.stats.EntitiesClosed++
	_, err := u.s.exec(closeEntity, u.scope, e.row.id, e.from, u.id)
	return err
}
