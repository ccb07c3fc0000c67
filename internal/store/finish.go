package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	// What a pass wrote is not what is read next.
	letPagesGo      = `PRAGMA shrink_memory`
	closeGrantsOf   = `UPDATE grants SET seen_to = $2 WHERE scope = $1 AND seen_to IS NULL`
	closeEntitiesOf = `UPDATE entities SET seen_to = $2 WHERE scope = $1 AND seen_to IS NULL`
	emptyScope      = `UPDATE scopes SET rows = 0, digest = NULL, changed = $2 WHERE id = $1`
	finishSnapshot  = `
		UPDATE snapshots
		   SET finished_at = $2, requests = $3, points = $4, bytes = $5, took_ms = $6,
		       grants_added = $7, grants_closed = $8, entities_added = $9, entities_closed = $10,
		       not_modified = $11, replayed = $12, retries = $13, shrunk = $14, waited_ms = $15
		 WHERE id = $1`
)

// Finish makes the pass a snapshot: it closes what a complete read did not show
// again, and writes the coverage and the snapshot's own row in one transaction.
func (p *Pass) Finish(ctx context.Context, stats PassStats) (SnapshotInfo, error) {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return SnapshotInfo{}, err
	}
	if err := s.writable(); err != nil {
		return SnapshotInfo{}, err
	}
	if err := p.closeVanished(); err != nil {
		return SnapshotInfo{}, err
	}
	if err := p.writeReadings(); err != nil {
		return SnapshotInfo{}, err
	}
	if err := p.writeCoverage(); err != nil {
		return SnapshotInfo{}, err
	}
	info := p.info(stats)
	st := info.Stats
	_, err := s.exec(finishSnapshot, p.id, ms(info.FinishedAt), st.Requests, st.Points, st.Bytes, st.Took.Milliseconds(),
		st.GrantsAdded, st.GrantsClosed, st.EntitiesAdded, st.EntitiesClosed,
		st.NotModified, st.Replayed, st.Retries, st.Shrunk, st.Waited.Milliseconds())
	if err != nil {
		return SnapshotInfo{}, err
	}
	var generation int64
	if err := s.queryRow(nextGeneration, nil, &generation); err != nil {
		return SnapshotInfo{}, err
	}
	if err := s.commit(); err != nil {
		return SnapshotInfo{}, err
	}
	p.end()
	if _, err := s.conn.ExecContext(ctx, letPagesGo); err != nil { // the snapshot is whole
		s.log.Warn("letting go of cached pages", "path", s.path, "err", err)
	}
	if err := writeWitness(s.path, generation); err != nil {
		// The snapshot is whole; a witness that is behind is no sign of anything.
		s.log.Warn("writing the witness", "path", s.path, "err", err)
	}
	return info, nil
}

func (p *Pass) info(stats PassStats) SnapshotInfo {
	stats.GrantsAdded, stats.GrantsClosed = p.stats.GrantsAdded, p.stats.GrantsClosed
	stats.EntitiesAdded, stats.EntitiesClosed = p.stats.EntitiesAdded, p.stats.EntitiesClosed
	stats.Waited = stats.Waited.Truncate(time.Millisecond)
	stats.Took = stats.Took.Truncate(time.Millisecond)
	return SnapshotInfo{
		ID: p.id, OrgID: p.org.ID, Org: name(p.org.Login), At: p.at,
		FinishedAt: p.s.now().UTC().Truncate(time.Millisecond), Stats: stats,
	}
}

// closeVanished ends the scopes that have rows and were not read in this pass,
// where that proves that they are gone.
func (p *Pass) closeVanished() error {
	if err := p.s.flush(); err != nil {
		return err
	}
	var gone []scopeKey
	for key, st := range p.scopes {
		if st.rows > 0 && !st.seen && p.proves(byAreaID[key.area], key.id) {
			gone = append(gone, key)
		}
	}
	slices.SortFunc(gone, func(x, y scopeKey) int {
		return cmp.Or(cmp.Compare(x.area, y.area), cmp.Compare(x.id, y.id))
	})
	for _, key := range gone {
		st := p.scopes[key]
		if err := p.closeScope(byAreaID[key.area], st); err != nil {
			return fmt.Errorf("closing scope %d of %s: %w", key.id, byAreaID[key.area].name, err)
		}
		st.rows = 0
		p.scopes[key] = st
	}
	return nil
}

// proves reports whether this pass would have shown a scope that exists: its area
// was read to the end, and so was the listing that names the scopes, and neither
// has a gap in this place.
func (p *Pass) proves(a *area, scope int64) bool {
	if a == nil || p.lines[scopeKey{a.id, 0}].Status != access.Complete {
		return false
	}
	if _, gap := p.lines[scopeKey{a.id, scope}]; gap {
		return false
	}
	return a.under == "" || p.proves(byArea[a.under], scope)
}

func (p *Pass) closeScope(a *area, st scopeState) error {
	if a.grantsOn != access.NoKind {
		n, err := p.s.changes(closeGrantsOf, st.row, p.id)
		if err != nil {
			return err
		}
		p.stats.GrantsClosed += n
	}
	if a.thing != nil {
		n, err := p.s.changes(closeEntitiesOf, st.row, p.id)
		if err != nil {
			return err
		}
		p.stats.EntitiesClosed += n
	}
	_, err := p.s.exec(emptyScope, st.row, p.id)
	return err
}
