package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	newestFinished = `
		SELECT coalesce(max(id), 0)
		  FROM snapshots
		 WHERE org = $1 AND finished_at IS NOT NULL
		 ORDER BY 1`
	takenAt     = `SELECT at FROM snapshots WHERE id = $1 ORDER BY 1`
	brokenSince = `SELECT count(*) FROM snapshots WHERE org = $1 AND id > $2 AND id < $3 ORDER BY 1`
	// What a pass wrote that broke off no snapshot has shown.
	writtenSince = `
		SELECT DISTINCT s.area, s.scope
		  FROM scopes s
		  JOIN entities e ON e.scope = s.id
		 WHERE s.org = $1 AND e.seen_from > $2
		 ORDER BY s.area, s.scope`
	liveBodies = `
		SELECT body
		  FROM entities
		 WHERE scope = $1 AND seen_to IS NULL
		 ORDER BY id`
)

// ledger is the coverage of the newest snapshot, for a pass that carries some of
// it over.
type ledger struct {
	taken time.Time
	whole map[uint8]access.Cover // by area
	lines map[scopeKey]struct{}  // which scopes have a line of their own
}

// rememberLedger loads what the newest snapshot saw, and marks the scopes that it
// showed.
func (p *Pass) rememberLedger() error {
	s := p.s
	var last int64
	if err := s.queryRow(newestFinished, []any{p.org.ID}, &last); err != nil || last == 0 {
		return err
	}
	var taken sql.NullInt64
	if err := s.queryRow(takenAt, []any{last}, &taken); err != nil {
		return err
	}
	p.before = ledger{instant(taken), map[uint8]access.Cover{}, map[scopeKey]struct{}{}}
	err := s.query(liveCoverage, []any{p.org.ID}, func(rows *sql.Rows) error {
		l, _, err := scanCoverage(rows)
		if l.key.id == 0 {
			p.before.whole[l.key.area] = l.cover
		} else {
			p.before.lines[l.key] = struct{}{}
		}
		return err
	})
	if err != nil {
		return err
	}
	for key, st := range p.scopes {
		st.stood = st.rows > 0
		p.scopes[key] = st
	}
	var broken int
	if err := s.queryRow(brokenSince, []any{p.org.ID, last, p.id}, &broken); err != nil || broken == 0 {
		return err
	}
	return s.query(writtenSince, []any{p.org.ID, last}, func(rows *sql.Rows) error {
		var key scopeKey
		err := rows.Scan(&key.area, &key.id)
		st := p.scopes[key]
		st.stood = false
		p.scopes[key] = st
		return err
	})
}

// ReadAt tells as of when the newest snapshot knows the whole of an area. It is
// zero where no snapshot read it to its end, save for single scopes.
func (p *Pass) ReadAt(name access.Area) time.Time {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	a := byArea[name]
	if a == nil || p.before.whole[a.id].Status != access.Complete {
		return time.Time{}
	}
	if at := p.before.whole[a.id].ReadAt; !at.IsZero() {
		return at
	}
	return p.before.taken
}

// Stored gives the entities of one scope as the newest snapshot has them. whole is
// false where that snapshot does not show all of the scope: it had a gap there, or
// the thing that the scope belongs to was not there yet.
func (p *Pass) Stored(ctx context.Context, name access.Area, scope int64) (all []access.Entity, whole bool, err error) {
	a, err := areaOf(name)
	if err != nil {
		return nil, false, err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return nil, false, err
	}
	if !p.stood(a, scope) {
		return nil, false, nil
	}
	st := p.scopes[scopeKey{a.id, scope}]
	if st.rows == 0 || a.thing == nil {
		return nil, true, nil
	}
	if err := p.s.flush(); err != nil {
		return nil, false, err
	}
	err = p.s.query(liveBodies, []any{st.row}, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		e, err := a.thing.read(body)
		all = append(all, e)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading what is stored of %s of scope %d: %w", name, scope, err)
	}
	return all, true, nil
}

// stood reports whether the newest snapshot shows a scope whole.
func (p *Pass) stood(a *area, scope int64) bool {
	if p.before.whole[a.id].Status != access.Complete {
		return false
	}
	if _, gap := p.before.lines[scopeKey{a.id, scope}]; gap {
		return false
	}
	if a.under != "" && !p.scopes[scopeKey{byArea[a.under].id, scope}].stood {
		return false
	}
	st := p.scopes[scopeKey{a.id, scope}]
	return st.rows == 0 || st.digest != digest{}
}

// Keep says that a scope stands as it is stored, though this pass did not read it.
func (p *Pass) Keep(ctx context.Context, name access.Area, scope int64) error {
	a, err := areaOf(name)
	if err != nil {
		return err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	key := scopeKey{a.id, scope}
	if st, known := p.scopes[key]; known {
		st.seen = true
		p.scopes[key] = st
	}
	return nil
}
