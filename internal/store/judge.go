package store

import (
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
	writeFinding = `
		INSERT INTO findings (org, fingerprint, rule, category, severity, state, principal, resource, since,
		       first_seen, last_seen, resolved_at, resolved_why, unseen, reopened, needs, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		    ON CONFLICT (org, fingerprint) DO UPDATE
		   SET rule = $3, category = $4, severity = $5, state = $6, principal = $7, resource = $8, since = $9,
		       first_seen = $10, last_seen = $11, resolved_at = $12, resolved_why = $13, unseen = $14, reopened = $15,
		       needs = $16, body = $17`
	sawFinding  = `UPDATE findings SET last_seen = $3 WHERE org = $1 AND fingerprint = $2`
	insertEvent = `
		INSERT INTO finding_events (org, fingerprint, at, snapshot, what, why) VALUES ($1, $2, $3, $4, $5, $6)`
)

// Judge merges what an analysis of snap found at the instant at with the lives of
// the findings known so far, and saves them. It returns every live finding (open
// or waived) and those that this judgement resolved, the worst first.
//
// A known finding that was not found again is resolved only where everything that
// proves it was read to the end; otherwise it stays, and says so in its evidence.
// A snapshot older than the newest that was judged rewrites nothing: then the
// result is what was found, with what is known of it. A store that is open for
// reading only gives the same answers and saves nothing.
//
// A judgement without a baseline changes no life that was judged with one: a flag
// left out must not resolve a finding or take a waiver away. Then the result is
// what was found, with what is known of it, and nothing is saved; see
// [Store.JudgedBy].
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
	out := make([]access.Finding, len(lives))
	for i, l := range lives {
		out[i] = l.tell()
	}
	slices.SortFunc(out, byWeight)
	return out, nil
}

// judgedOrg is the organization of a snapshot, with what was judged of it.
type judgedOrg struct {
	id     int64
	newest int64     // snapshot that was judged, 0 for none
	first  time.Time // of its first snapshot
	by     string    // hash of the baseline that its lives were judged with, "" for none
}

// unkept reports whether a judgement on these terms may change no life.
func (o judgedOrg) unkept(with Terms) bool { return o.by != "" && with.Baseline == "" }

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
	known, err := s.liveFindings(ctx, org.id)
	if err != nil {
		return nil, org, err
	}
	j.replaced = org.by != "" && j.with.Baseline != org.by
	past, unkept := j.snap.ID < org.newest, org.unkept(j.with)
	var out []*life
	for _, f := range s.worstOfEach(found) {
		before := known[f.Fingerprint]
		delete(known, f.Fingerprint)
		if before == nil {
			if before, err = s.findingOf(ctx, org.id, f.Fingerprint); err != nil {
				return nil, org, err
			}
		}
		l := j.meet(before, f)
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
func (s *Store) worstOfEach(found []access.Finding) []access.Finding {
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(x, y access.Finding) int {
		if x.Fingerprint == y.Fingerprint {
			return byWeight(x, y)
		}
		if x.Fingerprint < y.Fingerprint {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(out, func(x, y access.Finding) bool {
		if x.Fingerprint != y.Fingerprint {
			return false
		}
		s.log.Warn("two findings have one fingerprint; the worse is kept", "rule", x.Rule, "fingerprint", x.Fingerprint)
		return true
	})
}

// save writes the lives in one transaction.
func (s *Store) save(org, snapshot int64, at time.Time, with Terms, lives []*life) error {
	for _, l := range lives {
		if err := s.saveLife(org, l); err != nil {
			return err
		}
	}
	if _, err := s.exec(markJudgedBy, org, with.Baseline); err != nil {
		return err
	}
	if _, err := s.exec(markJudged, snapshot, ms(at)); err != nil {
		return err
	}
	return s.commit()
}

func (s *Store) saveLife(org int64, l *life) error {
	r, err := l.record()
	if err != nil {
		return s.abandon(err)
	}
	f := l.finding
	if r == l.stored {
		_, err = s.exec(sawFinding, org, f.Fingerprint, ms(f.LastSeen))
	} else {
		_, err = s.exec(writeFinding, org, f.Fingerprint, f.Rule, f.Category, int64(f.Severity), string(r.state),
			text(f.Principal.Name), text(f.Resource.Name), r.since, r.first, ms(f.LastSeen), r.resolved,
			r.why, r.unseen, r.reopened, r.needs, r.body)
	}
	for _, e := range l.events {
		if err == nil {
			_, err = s.exec(insertEvent, org, f.Fingerprint, ms(e.At), e.Snapshot, e.What, e.Why)
		}
	}
	return err
}
