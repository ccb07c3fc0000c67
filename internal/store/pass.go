package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	lastFinished = `
		SELECT coalesce(max(at), -9223372036854775808)
		  FROM snapshots
		 WHERE org = $1 AND finished_at IS NOT NULL
		 ORDER BY 1`
	insertSnapshot = `INSERT INTO snapshots (org, at) VALUES ($1, $2)`
	upsertOrg      = `
		INSERT INTO orgs (id, node_id, login, name, created_at) VALUES ($1, $2, $3, $4, $5)
		    ON CONFLICT (id) DO UPDATE SET node_id = $2, login = $3, name = $4, created_at = coalesce($5, created_at)`
	insertOrgLogin = `
		INSERT INTO org_logins (org, seen_from, login)
		SELECT $1, $2, $3
		 WHERE $3 IS NOT (SELECT login FROM org_logins WHERE org = $1 ORDER BY seen_from DESC LIMIT 1)`
	readScopes = `
		SELECT id, area, scope, digest, rows
		  FROM scopes
		 WHERE org = $1
		 ORDER BY area, scope`
)

// PassStats is what one pass cost and changed. The store counts itself what was
// added and closed; the caller fills in the rest.
type PassStats struct {
	Requests       int64         // HTTP requests sent
	Points         int64         // GraphQL points spent
	Bytes          int64         // bytes received
	Took           time.Duration // to the millisecond
	NotModified    int64         // of Requests: GitHub confirmed what was kept (304)
	Replayed       int64         // answers taken from a run of this pass that broke off
	Retries        int64         // of Requests: sent again after a failure
	Shrunk         int64         // pages and batches asked for again in smaller ones
	Waited         time.Duration // for limits, pacing and retries, summed over goroutines; to the millisecond
	GrantsAdded    int64         // intervals opened
	GrantsClosed   int64         // intervals closed
	EntitiesAdded  int64
	EntitiesClosed int64
}

// Pass writes one observation of one organization, as it streams in. It has the
// methods of the collector's sink, which may be called by several goroutines. It
// is not a snapshot before Finish: a pass that is dropped leaves rows that are
// true but that no snapshot shows until a later one does.
type Pass struct {
	s   *Store
	org access.Organization
	id  int64 // of the snapshot it becomes
	at  time.Time

	// All of it is held by s.mu.
	scopes  map[scopeKey]scopeState // those that have or had rows
	people  map[int64]label
	lines   map[scopeKey]access.Cover // by area and scope, 0 for the whole
	before  ledger                    // what the newest snapshot says
	read    readings                  // of what is not read in each pass
	touched touched                   // what ajar changed by itself
	stats   PassStats
	err     error // why nothing more is accepted
}

// scopeKey and scopeState take about 70 bytes in the map, so that the state of a
// hundred thousand repositories fits into memory.
type scopeKey struct {
	area uint8
	id   int64
}

type scopeState struct {
	row     int64 // the scope's id in the store
	digest  digest
	rows    int32 // live ones
	seen    bool  // this pass read it, all or some
	touched bool  // this pass wrote rows of it
	stood   bool  // the newest snapshot has it as it was when this pass began
}

var errFinished = errors.New("this pass has ended")

// Begin opens a pass over org at the instant at, which must be later than its
// newest snapshot. One pass over an organization may be open at a time.
func (s *Store) Begin(ctx context.Context, org access.Organization, at time.Time) (*Pass, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable()); err != nil {
		return nil, err
	}
	if org.ID <= 0 || org.Login == "" {
		return nil, fmt.Errorf("beginning a pass: organization %q has no number or no login", org.Login)
	}
	if _, open := s.passes[org.ID]; open {
		return nil, fmt.Errorf("beginning a pass: another over %s is still open", org.Login)
	}
	at = at.UTC().Truncate(time.Millisecond)
	p := &Pass{s: s, org: org, at: at, scopes: map[scopeKey]scopeState{}, people: map[int64]label{},
		lines: map[scopeKey]access.Cover{}}
	if err := p.register(); err != nil {
		return nil, err
	}
	if err := p.remember(); err != nil {
		return nil, err
	}
	s.passes[org.ID] = p
	return p, nil
}

// register writes the organization and the row of the snapshot to come.
func (p *Pass) register() error {
	s := p.s
	var last int64
	if err := s.queryRow(lastFinished, []any{p.org.ID}, &last); err != nil {
		return err
	}
	if p.at.UnixMilli() <= last {
		return fmt.Errorf("beginning a pass over %s at %s: %w (its newest snapshot is of %s); set the clock right, or wait until then",
			p.org.Login, p.at.Format(time.RFC3339Nano), ErrClock, time.UnixMilli(last).UTC().Format(time.RFC3339Nano))
	}
	login, named := name(p.org.Login), name(p.org.Name)
	if _, err := s.exec(upsertOrg, p.org.ID, p.org.NodeID, login, named, ms(p.org.CreatedAt)); err != nil {
		return err
	}
	res, err := s.exec(insertSnapshot, p.org.ID, p.at.UnixMilli())
	if err != nil {
		return err
	}
	if p.id, err = res.LastInsertId(); err != nil {
		return s.abandon(err)
	}
	if _, err := s.exec(insertOrgLogin, p.org.ID, p.id, login); err != nil {
		return err
	}
	return s.commit()
}

// remember loads what is needed to tell the changed from the unchanged.
func (p *Pass) remember() error {
	err := p.s.query(readScopes, []any{p.org.ID}, func(rows *sql.Rows) error {
		var k scopeKey
		var st scopeState
		var sum sql.RawBytes
		err := rows.Scan(&st.row, &k.area, &k.id, &sum, &st.rows)
		copy(st.digest[:], sum)
		p.scopes[k] = st
		return err
	})
	if err != nil {
		return err
	}
	if err := p.rememberPeople(); err != nil {
		return err
	}
	if err := p.rememberLedger(); err != nil {
		return err
	}
	if err := p.rememberReadings(); err != nil {
		return err
	}
	return p.s.commit()
}

// usable reports why the pass accepts nothing more. The caller holds s.mu.
func (p *Pass) usable(ctx context.Context) error {
	if p.err != nil {
		return p.err
	}
	return ctx.Err()
}

// Put replaces the content of one scope: what is not in rows is no longer there.
// The rows must be all that the scope has. Putting the same again is harmless and
// costs no write.
func (p *Pass) Put(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return p.take(ctx, a, scope, rows, true)
}

// Add adds rows of a scope that could not be read to its end. It closes nothing,
// but an entity that is stored otherwise takes its new form.
func (p *Pass) Add(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return p.take(ctx, a, scope, rows, false)
}

func (p *Pass) take(ctx context.Context, name access.Area, scope int64, rows access.Rows, whole bool) error {
	a, err := areaOf(name)
	if err != nil {
		return err
	}
	c, err := pack(a, scope, rows)
	if err != nil {
		return fmt.Errorf("storing %s of scope %d: %w", name, scope, err)
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	if err := p.write(a, scope, c, whole); err != nil {
		return err
	}
	return p.s.commitIfDue()
}

// write brings one scope up to date. An equal digest ends it without a look at
// the file.
func (p *Pass) write(a *area, scope int64, c content, whole bool) error {
	key := scopeKey{a.id, scope}
	st, known := p.scopes[key]
	if !known && c.rows() == 0 {
		return nil
	}
	st.seen = true
	if whole && (st.digest == c.digest || st.rows == 0 && c.rows() == 0) {
		p.scopes[key] = st
		return nil
	}
	return p.update(a, key, st, c, whole)
}

// Cover writes one line of the coverage ledger. Of two lines for one area and
// scope the last holds.
func (p *Pass) Cover(ctx context.Context, c access.Cover) error {
	a, err := areaOf(c.Area)
	if err != nil {
		return err
	}
	if c.Scope < 0 {
		return fmt.Errorf("coverage of %s: scope %d is not the number of anything", c.Area, c.Scope)
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err := p.usable(ctx); err != nil {
		return err
	}
	c.Reason, c.Help = bounded(c.Reason, longestReason), bounded(c.Help, longestReason)
	p.lines[scopeKey{a.id, c.Scope}] = c
	return nil
}

// Abort ends the pass without a snapshot. What it wrote stays: it was seen.
func (p *Pass) Abort(ctx context.Context) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.err != nil {
		return nil
	}
	p.end()
	return p.s.commit()
}

// end frees the pass.
func (p *Pass) end() {
	delete(p.s.passes, p.org.ID)
	p.err = errFinished
	p.scopes, p.people, p.lines, p.before, p.read = nil, nil, nil, ledger{}, readings{}
}
