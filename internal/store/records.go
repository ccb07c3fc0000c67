package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// asked is how many fingerprints one question holds.
const asked = 64

var (
	knownFindings = `SELECT fingerprint, ` + strings.TrimPrefix(strings.TrimSpace(findingColumns), `SELECT `)
	liveRecords   = knownFindings + `
		 WHERE org = $1 AND state <> 'resolved'
		 ORDER BY fingerprint`
	recordsOf = knownFindings + `
		 WHERE org = ? AND fingerprint IN (?` + strings.Repeat(`, ?`, asked-1) + `)
		 ORDER BY fingerprint`
	sawFindings = `
		UPDATE findings SET last_seen = ?
		 WHERE org = ? AND fingerprint IN (?` + strings.Repeat(`, ?`, asked-1) + `)`
)

// knownLives gives the open and waived findings by fingerprint, without what only
// their bodies tell: see [life.open]. Of most of them a judgement needs no more.
func (s *Store) knownLives(ctx context.Context, org int64) (map[string]*life, error) {
	known := map[string]*life{}
	return known, s.readRecords(ctx, known, liveRecords, org)
}

// pastLives adds to known what the store has of findings that are not live.
func (s *Store) pastLives(ctx context.Context, org int64, known map[string]*life, fingerprints []string) error {
	for args := range grouped(fingerprints, org) {
		if err := s.readRecords(ctx, known, recordsOf, args...); err != nil {
			return err
		}
	}
	return nil
}

// grouped gives fingerprints as the arguments of questions, behind those that all
// of them have. The last one is filled up with the last fingerprint.
func grouped(fingerprints []string, before ...any) func(yield func([]any) bool) {
	return func(yield func([]any) bool) {
		for len(fingerprints) > 0 {
			n := min(asked, len(fingerprints))
			args := append(make([]any, 0, len(before)+asked), before...)
			for i := range asked {
				args = append(args, fingerprints[min(i, n-1)])
			}
			if !yield(args) {
				return
			}
			fingerprints = fingerprints[n:]
		}
	}
}

func (s *Store) readRecords(ctx context.Context, into map[string]*life, query string, args ...any) error {
	return s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var fingerprint string
		var last sql.NullInt64
		var r record
		err := rows.Scan(&fingerprint, &r.state, &r.since, &r.first, &last, &r.resolved, &r.why, &r.unseen, &r.reopened, &r.needs, &r.body)
		if err != nil {
			return err
		}
		l := &life{why: r.why, unseen: r.unseen, reopened: r.reopened, stored: r}
		l.finding.Fingerprint, l.finding.LastSeen = fingerprint, instant(last)
		l.date()
		into[fingerprint] = l
		return nil
	})
}

// date sets what stands beside the body of a finding, but for when it was seen last.
func (l *life) date() {
	f, r := &l.finding, l.stored
	f.State, f.Since, f.FirstSeen, f.ResolvedAt = r.state, instant(r.since), instant(r.first), instant(r.resolved)
}

// open reads the body of a finding that is known by its record alone.
func (l *life) open() error {
	f, last := &l.finding, l.finding.LastSeen
	if err := errors.Join(json.Unmarshal([]byte(l.stored.body), f), json.Unmarshal([]byte(l.stored.needs), &f.Needs)); err != nil {
		return fmt.Errorf("reading a finding: %w", err)
	}
	f.LastSeen = last
	l.date()
	return nil
}
