package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	judgedUntil = `
		SELECT org, coalesce((SELECT max(id) FROM snapshots WHERE org = s.org AND judged_at IS NOT NULL), 0),
		       (SELECT min(at) FROM snapshots WHERE org = s.org AND finished_at IS NOT NULL),
		       coalesce((SELECT baseline FROM judged_by WHERE org = s.org), '')
		  FROM snapshots s
		 WHERE id = $1 AND finished_at IS NOT NULL
		 ORDER BY id`
	markJudged   = `UPDATE snapshots SET judged_at = $2 WHERE id = $1`
	markJudgedBy = `
		INSERT INTO judged_by (org, baseline) VALUES ($1, $2)
		    ON CONFLICT (org) DO UPDATE SET baseline = $2 WHERE baseline <> $2`
	readJudgedBy = `SELECT coalesce((SELECT baseline FROM judged_by WHERE org = $1 ORDER BY org), '')`
)

var (
	writeFindings = widen(`
		INSERT INTO findings (org, fingerprint, rule, category, severity, state, principal, resource, since,
		       first_seen, last_seen, resolved_at, resolved_why, unseen, reopened, needs, body)
		VALUES `, `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, 17, `
		    ON CONFLICT (org, fingerprint) DO UPDATE
		   SET rule = excluded.rule, category = excluded.category, severity = excluded.severity, state = excluded.state,
		       principal = excluded.principal, resource = excluded.resource, since = excluded.since,
		       first_seen = excluded.first_seen, last_seen = excluded.last_seen, resolved_at = excluded.resolved_at,
		       resolved_why = excluded.resolved_why, unseen = excluded.unseen, reopened = excluded.reopened,
		       needs = excluded.needs, body = excluded.body`)
	insertEvents = widen(`INSERT INTO finding_events (org, fingerprint, at, snapshot, what, why) VALUES `, `(?, ?, ?, ?, ?, ?)`, 6, ``)
)

// Judge merges what an analysis of snap found at the instant at with the lives of
// the findings known so far, and saves them. It uses what was found up, and returns every live finding (open
// or waived) and those that this judgement resolved, the worst first.
//
// A known finding that was not found again is resolved only where everything that
// proves it was read to the end; otherwise it stays, and says so in its evidence.
// A snapshot older than the newest that was judged rewrites nothing: then the
// result is what was found, with what is known of it. A store that is open for
// reading only gives the same answers and saves nothing.
//
// A judgement without a baseline changes no life that was judged with one: a flag
// left out must not resolve a finding or take a waiver away. Nor does one that is
// aside. Then the result is what was found, with what is known of it, and nothing is
// saved; see [Store.JudgedBy].
func (s *Store) Judge(ctx context.Context, snap *access.Snapshot, found []access.Finding, at time.Time, with Terms) ([]access.Finding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	saves := s.conn != nil
	if saves {
		if err := errors.Join(ctx.Err(), s.writable()); err != nil {
			return nil, fmt.Errorf("judging: %w", err)
		}
		if err := s.commit(); err != nil {
			return nil, fmt.Errorf("judging: %w", err)
		}
	}
	lives, org, err := s.judged(ctx, judgement{snap: snap, at: at.UTC().Truncate(time.Millisecond), with: with}, found)
	if err != nil {
		return nil, fmt.Errorf("judging snapshot %d: %w", snap.ID, explain(s.path, err))
	}
	if saves && org.newest <= snap.ID && !org.unkept(with) {
		if err := s.save(org.id, snap.ID, at, with, lives); err != nil {
			return nil, fmt.Errorf("judging snapshot %d: %w", snap.ID, err)
		}
	}
	return tellAll(found, lives), nil
}

// judgedOrg is the organization of a snapshot, with what was judged of it.
type judgedOrg struct {
	id     int64
	newest int64     // snapshot that was judged, 0 for none
	first  time.Time // of its first snapshot
	by     string    // hash of the baseline that its lives were judged with, "" for none
}

// unkept reports whether a judgement on these terms may change no life.
func (o judgedOrg) unkept(with Terms) bool { return with.Aside || o.by != "" && with.Baseline == "" }

// judged works out the lives after a judgement.
func (s *Store) judged(ctx context.Context, j judgement, found []access.Finding) ([]*life, judgedOrg, error) {
	var org judgedOrg
	var first sql.NullInt64
	err := s.read.row(ctx, judgedUntil, []any{j.snap.ID}, &org.id, &org.newest, &first, &org.by)
	org.first = instant(first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, org, fmt.Errorf("store %s: %w", s.path, ErrNoSnapshot)
	}
	if err != nil {
		return nil, org, err
	}
	known, err := s.knownLives(ctx, org.id)
	if err != nil {
		return nil, org, err
	}
	worst := s.worstOfEach(found)
	var unknown []string
	for _, f := range worst {
		if known[f.Fingerprint] == nil {
			unknown = append(unknown, f.Fingerprint)
		}
	}
	if err := s.pastLives(ctx, org.id, known, unknown); err != nil {
		return nil, org, err
	}
	j.replaced = org.by != "" && j.with.Baseline != org.by
	past, unkept := j.snap.ID < org.newest, org.unkept(j.with)
	out := make([]*life, 0, len(worst)+len(known)/8)
	for _, f := range worst {
		l := j.meet(known[f.Fingerprint], f)
		delete(known, f.Fingerprint)
		if past {
			l.asOf(j.snap.TakenAt)
		}
		if unkept {
			l.reopened = 0 // it was not found again by those who keep count
		}
		out = append(out, l)
	}
	if err := s.dateCauses(ctx, j, org, out); err != nil || past || unkept {
		return out, org, err
	}
	if err := s.whole(ctx, org.id, known); err != nil {
		return nil, org, err
	}
	for _, l := range known {
		j.miss(l)
		out = append(out, l)
	}
	return out, org, nil
}

// asOf takes back what was only known later.
func (l *life) asOf(t time.Time) {
	l.finding.LastSeen, l.reopened = t, 0
	if l.finding.FirstSeen.After(t) {
		l.finding.FirstSeen = t
	}
}

// worstOfEach keeps one finding per fingerprint. Two are a mistake in a rule,
// which must not cost the whole audit.
func (s *Store) worstOfEach(found []access.Finding) []*access.Finding {
	out := make([]*access.Finding, len(found))
	for i := range found {
		out[i] = &found[i]
	}
	slices.SortStableFunc(out, func(x, y *access.Finding) int {
		if x.Fingerprint == y.Fingerprint {
			return byWeight(x, y)
		}
		return cmp.Compare(x.Fingerprint, y.Fingerprint)
	})
	return slices.CompactFunc(out, func(x, y *access.Finding) bool {
		if x.Fingerprint != y.Fingerprint {
			return false
		}
		s.log.Warn("two findings have one fingerprint; the worse is kept", "rule", x.Rule, "fingerprint", x.Fingerprint)
		return true
	})
}

// save writes the lives in one transaction.
func (s *Store) save(org, snapshot int64, at time.Time, with Terms, lives []*life) error {
	err := s.saveLives(org, snapshot, lives)
	if err == nil {
		err = s.saveJudgement(org, snapshot, with)
	}
	if err == nil {
		_, err = s.exec(markJudgedBy, org, with.Baseline)
	}
	if err == nil {
		_, err = s.exec(markJudged, snapshot, ms(at))
	}
	if err != nil {
		return err
	}
	return s.commit()
}

// saveLives writes what changed of each finding, and keeps what it said before. That it was seen again is told by
// the judgement itself; see findingColumns.
func (s *Store) saveLives(org, snapshot int64, lives []*life) error {
	var findings bulk
	var rows [][]any
	var told []*access.Finding // otherwise than before
	write := func() error {
		err := s.saveForms(org, snapshot, told) // what stands there yet
		for _, row := range rows {
			if err == nil {
				err = findings.add(s, writeFindings, row...)
			}
		}
		rows, told = rows[:0], told[:0]
		return err
	}
	for _, l := range lives {
		r, needs, body, err := l.record()
		if err != nil {
			return s.abandon(err)
		}
		f := l.finding
		if r == l.stored {
			continue
		}
		if known := l.stored != (record{}); known && l.met && r.texts != l.stored.texts {
			told = append(told, f)
		}
		rows = append(rows, []any{org, f.Fingerprint, f.Rule, f.Category, int64(f.Severity), string(r.state),
			text(f.Principal.Name), text(f.Resource.Name), r.since, r.first, ms(f.LastSeen), r.resolved,
			r.why, r.unseen, r.reopened, string(needs), string(body)})
		if len(rows) < asked {
			continue
		}
		if err := write(); err != nil {
			return err
		}
	}
	if err := write(); err != nil {
		return err
	}
	if err := findings.flush(s, writeFindings); err != nil {
		return err
	}
	return s.saveEvents(org, lives)
}

func (s *Store) saveEvents(org int64, lives []*life) error {
	var events bulk
	for _, l := range lives {
		for _, e := range l.events {
			if err := events.add(s, insertEvents, org, l.finding.Fingerprint, ms(e.At), e.Snapshot, e.What, e.Why); err != nil {
				return err
			}
		}
	}
	return events.flush(s, insertEvents)
}
