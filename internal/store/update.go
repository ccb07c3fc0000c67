package store

import "github.com/eb661601/ajar/access"

const (
	newestScope = `SELECT coalesce(max(id), 0) FROM scopes ORDER BY 1`
	updateScope = `UPDATE scopes SET rows = $2, digest = $3, changed = $4 WHERE id = $1`
)

// update brings the rows of one scope up to date.
type update struct {
	*Pass
	area  *area
	own   access.Ref // what the scope is; zero where no grant can name it
	scope int64      // its row
	again bool       // this pass wrote to it before
	whole bool       // rows that are not given are gone
	less  []string   // JSON keys of entities that were not told
}

// lived is a stored row with the snapshot that first showed it.
type lived[T any] struct {
	row  T
	from int64
}

// outcome is how many rows live after an update, and whether any was written.
type outcome struct {
	live    int
	changed bool
}

// update merges the content of one scope into its live rows.
func (p *Pass) update(a *area, key scopeKey, st scopeState, c content, whole bool) error {
	old, empty := st, st.rows == 0 && !st.touched
	if !empty {
		if err := p.s.flush(); err != nil {
			return err
		}
	}
	if st.row == 0 {
		// A new one has no rows yet, so what it will hold is known beforehand.
		st.rows = int32(c.rows())
		if whole {
			st.digest = c.digest
		}
		var err error
		if st.row, err = p.s.newScope(p.org.ID, key, st.rows, st.digest, p.id); err != nil {
			return err
		}
	}
	u := update{Pass: p, area: a, scope: st.row, again: old.touched, whole: whole, less: c.untold}
	if a.scopeKind != access.NoKind {
		u.own = access.Ref{Kind: a.scopeKind, ID: key.id}
	}
	g, err := u.grants(c.grants, empty)
	if err != nil {
		return err
	}
	e, err := u.entities(c.entities, empty)
	if err != nil {
		return err
	}
	next := st
	next.rows = int32(g.live + e.live)
	next.touched = st.touched || g.changed || e.changed
	if whole {
		next.digest = c.digest
	} else if g.changed || e.changed {
		next.digest = digest{}
	}
	p.scopes[key] = next
	if next.digest == st.digest && next.rows == st.rows && (old.row == 0 || !g.changed && !e.changed) {
		return nil
	}
	_, err = p.s.exec(updateScope, next.row, next.rows, stored(next.digest), p.id)
	return err
}

// newScope numbers a scope that has no row yet.
func (s *Store) newScope(org int64, key scopeKey, rows int32, d digest, snapshot int64) (int64, error) {
	if s.lastScope == 0 {
		if err := s.queryRow(newestScope, nil, &s.lastScope); err != nil {
			return 0, err
		}
	}
	s.lastScope++
	return s.lastScope, s.addScope(s.lastScope, org, key, rows, d, snapshot)
}

// stored gives a digest as a column holds it, NULL for none.
func stored(d digest) []byte {
	if d == (digest{}) {
		return nil
	}
	return d[:]
}

// merge walks what is stored and what was seen, both sorted and without doubles,
// and calls opened for what is new, gone for what is not seen, kept for both.
func merge[Old, New any](old []Old, seen []New, compare func(Old, New) int,
	kept func(Old, New) error, opened func(New) error, gone func(Old) error) error {
	for len(old) > 0 || len(seen) > 0 {
		c := 1
		if len(seen) == 0 {
			c = -1
		} else if len(old) > 0 {
			c = compare(old[0], seen[0])
		}
		var err error
		switch {
		case c < 0:
			err, old = gone(old[0]), old[1:]
		case c > 0:
			err, seen = opened(seen[0]), seen[1:]
		default:
			err, old, seen = kept(old[0], seen[0]), old[1:], seen[1:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}
