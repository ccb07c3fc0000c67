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
	// What a pass wrote that broke off no snapshot has shown, unless it had been
	// there before.
	writtenSince = `
		SELECT DISTINCT s.area, s.scope
		  FROM scopes s
		  JOIN entities e ON e.scope = s.id
		 WHERE s.org = $1 AND e.seen_from > $2
		   AND NOT EXISTS (SELECT 1 FROM entities o WHERE o.scope = s.id AND o.seen_from <= $2 AND (o.seen_to IS NULL OR o.seen_to > $2))
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
	gaps  map[scopeKey]struct{}  // which scopes have one of their own
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
		} else if l.cover.Status != access.Complete {
			p.before.gaps[l.key] = struct{}{}
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

// Stored gives the entities of one scope as they are stored.
func (p *Pass) Stored(ctx context.Context, name access.Area, scope int64) (all []access.Entity, err error) {
	a, err := areaOf(name)
	if err != nil {
		return nil, err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return nil, err
	}
	st := p.scopes[scopeKey{a.id, scope}]
	if st.rows == 0 || a.thing == nil {
		return nil, nil
	}
	if err := p.s.flush(); err != nil {
		return nil, err
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
		return nil, fmt.Errorf("reading what is stored of %s of scope %d: %w", name, scope, err)
	}
	return all, nil
}

// stood reports whether what was once read of a scope to its end is still stored
// so: the newest snapshot has no gap there, and has what the scope belongs to.
func (p *Pass) stood(a *area, scope int64) bool {
	if _, gap := p.before.gaps[scopeKey{a.id, scope}]; gap {
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
	if _, stored := p.read.stored[key]; !stored { // its area had no tier before
		if r, ok := p.reading(a, scope); ok {
			p.read.new[key] = r
		}
	}
	return nil
}
