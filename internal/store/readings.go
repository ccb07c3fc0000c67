package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	readReadings = `SELECT area, scope, at, whole, basis FROM readings WHERE org = $1 ORDER BY area, scope`
	setReading   = `
		INSERT INTO readings (org, area, scope, at, whole, basis) VALUES ($1, $2, $3, $4, $5, $6)
		    ON CONFLICT (org, area, scope) DO UPDATE SET at = $4, whole = $5, basis = $6`
	dropReading   = `DELETE FROM readings WHERE org = $1 AND area = $2 AND scope = $3`
	countReadings = `
		SELECT count(*), count(*) FILTER (WHERE whole = 1 AND at > $3)
		  FROM readings
		 WHERE org = $1 AND area = $2
		 ORDER BY 1`
	snapshotAgo = `
		SELECT max(at)
		  FROM (SELECT at FROM snapshots WHERE org = $1 AND finished_at IS NOT NULL AND id < $2 ORDER BY at DESC LIMIT 1 OFFSET $3)
		 ORDER BY 1`
)

// reading is when a scope was last asked for, in milliseconds, and whether it was
// read to its end then. basis stands for what the collector saw elsewhere that the
// reading rests on; what is stored of it is that together with what was read.
type reading struct {
	at    int64
	whole bool
	basis digest
}

// readings are those of an area that is not read in each pass.
type readings struct {
	stored map[scopeKey]reading
	tiers  map[uint8]bool       // areas of which there are some
	new    map[scopeKey]reading // what this pass asked for
}

func (p *Pass) rememberReadings() error {
	p.read = readings{map[scopeKey]reading{}, map[uint8]bool{}, map[scopeKey]reading{}}
	err := p.s.query(readReadings, []any{p.org.ID}, func(rows *sql.Rows) error {
		var key scopeKey
		var r reading
		var basis sql.RawBytes
		err := rows.Scan(&key.area, &key.id, &r.at, &r.whole, &basis)
		copy(r.basis[:], basis)
		p.read.stored[key], p.read.tiers[key.area] = r, true
		return err
	})
	if err != nil {
		return err
	}
	return p.rememberTouched()
}

// ReadAt tells when a scope of an area was last asked for, the zero time where it
// never was. whole says that it was read to its end then, and that the store shows
// it so: no snapshot had a gap there since, what the scope belongs to was there all
// the time, and ajar itself changed nothing of it. Where an area had no tier before, its line in the newest snapshot
// speaks for each scope.
func (p *Pass) ReadAt(name access.Area, scope int64) (at time.Time, whole bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	a := byArea[name]
	if a == nil {
		return time.Time{}, false
	}
	r, ok := p.reading(a, scope)
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(r.at).UTC(), r.whole && p.stood(a, scope) && !p.touchedSince(a, scope, r.at)
}

func (p *Pass) reading(a *area, scope int64) (reading, bool) {
	key := scopeKey{a.id, scope}
	if r, ok := p.read.new[key]; ok {
		return r, true
	}
	r, ok := p.read.stored[key]
	if line := p.before.whole[a.id]; !ok && !p.read.tiers[a.id] && line.Status == access.Complete && p.stood(a, scope) {
		r, ok = reading{p.before.taken.UnixMilli(), true, digest{}}, true
		if !line.ReadAt.IsZero() {
			r.at = line.ReadAt.UnixMilli()
		}
	}
	return r, ok
}

// Listed tells whether the newest snapshot has what a scope belongs to, as it is now:
// what ajar changed since it was read is as good as new.
func (p *Pass) Listed(name access.Area, scope int64) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	a := byArea[name]
	if a == nil || a.under == "" || !p.scopes[scopeKey{byArea[a.under].id, scope}].stood {
		return false
	}
	r, ok := p.reading(a, scope)
	return !ok || !p.touchedSince(a, scope, r.at)
}

// StandsOn is [Pass.ReadAt] for a scope whose reading rests on what was seen
// elsewhere: whole says besides that this was the same then as it is now, and that
// what is stored is just what that reading found.
func (p *Pass) StandsOn(name access.Area, scope int64, basis [16]byte) (at time.Time, whole bool) {
	at, whole = p.ReadAt(name, scope)
	if !whole || basis == (digest{}) {
		return at, false
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	key := scopeKey{byArea[name].id, scope}
	if r, now := p.read.new[key]; now {
		return at, r.basis == basis
	}
	return at, p.read.stored[key].basis == p.resting(key, basis)
}

// resting joins what a reading rests on with what is stored of its scope.
func (p *Pass) resting(key scopeKey, basis digest) digest {
	if basis == (digest{}) {
		return digest{}
	}
	content := p.scopes[key].digest
	sum := sha256.Sum256(append(basis[:], content[:]...))
	return digest(sum[:len(digest{})])
}

// Read says that a scope was asked for in this pass, and whether it was read to
// its end. What one credential read stays read where another cannot.
func (p *Pass) Read(ctx context.Context, name access.Area, scope int64, whole bool) error {
	return p.ReadOn(ctx, name, scope, whole, digest{})
}

// ReadOn is [Pass.Read] for a scope whose reading rests on what was seen elsewhere,
// which basis stands for; the zero basis stands for what will not be seen again.
func (p *Pass) ReadOn(ctx context.Context, name access.Area, scope int64, whole bool, basis [16]byte) error {
	a, err := areaOf(name)
	if err != nil {
		return err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	key, now := scopeKey{a.id, scope}, reading{p.at.UnixMilli(), whole, basis}
	if had := p.read.new[key]; had.at != now.at || !had.whole {
		p.read.new[key] = now
	}
	return nil
}

// Taken gives the instant of the n-th snapshot before this pass; the zero time
// where there are fewer.
func (p *Pass) Taken(ctx context.Context, n int) (time.Time, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return time.Time{}, err
	}
	var at sql.NullInt64
	err := p.s.queryRow(snapshotAgo, []any{p.org.ID, p.id, n - 1}, &at)
	return instant(at), err
}

// Later is for the collector, and changes nothing: what an area lacks is in its
// line of the ledger.
func (p *Pass) Later(access.Area) {}

// writeReadings stores what this pass asked for. What belongs to a thing that is
// gone goes with it: should it come back, nothing of it is known.
func (p *Pass) writeReadings() error {
	gone := func(key scopeKey) bool {
		under := byArea[byAreaID[key.area].under]
		return under != nil && p.scopes[scopeKey{under.id, key.id}].rows == 0
	}
	for _, key := range sortedKeys(p.read.stored) {
		if !gone(key) {
			continue
		}
		if _, err := p.s.exec(dropReading, p.org.ID, key.area, key.id); err != nil {
			return fmt.Errorf("dropping when %s was read: %w", byAreaID[key.area].name, err)
		}
	}
	for _, key := range sortedKeys(p.read.new) {
		r := p.read.new[key]
		r.basis = p.resting(key, r.basis)
		if gone(key) || p.read.stored[key] == r {
			continue
		}
		if _, err := p.s.exec(setReading, p.org.ID, key.area, key.id, r.at, r.whole, stored(r.basis)); err != nil {
			return fmt.Errorf("keeping when %s was read: %w", byAreaID[key.area].name, err)
		}
	}
	return nil
}

func sortedKeys(of map[scopeKey]reading) []scopeKey {
	keys := make([]scopeKey, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(x, y scopeKey) int { return cmp.Or(cmp.Compare(x.area, y.area), cmp.Compare(x.id, y.id)) })
	return keys
}

// Readings counts the scopes of an area that were asked for at some time, and of
// these the ones that were read to their end after an instant.
func (s *Store) Readings(ctx context.Context, org int64, name access.Area, after time.Time) (known, young int, err error) {
	a, err := areaOf(name)
	if err != nil {
		return 0, 0, err
	}
	if err := s.read.row(ctx, countReadings, []any{org, a.id, after.UnixMilli()}, &known, &young); err != nil {
		return 0, 0, fmt.Errorf("counting when %s was read: %w", name, explain(s.path, err))
	}
	return known, young, nil
}
