package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// asked is how many fingerprints one question holds.
const asked = 64

var (
	knownFindings = `SELECT fingerprint, ` + strings.TrimPrefix(strings.TrimSpace(findingColumns), `SELECT `)
	liveRecords   = knownFindings + `
		 WHERE org = $1 AND state <> 'resolved'
		 ORDER BY fingerprint`
	recordsOf = knownFindings + `
		 WHERE org = $1 AND fingerprint IN (?` + strings.Repeat(`, ?`, asked-1) + `)
		 ORDER BY fingerprint`
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

// whole adds what their bodies tell to lives that are known by their records
// alone.
func (s *Store) whole(ctx context.Context, org int64, lives map[string]*life) error {
	for args := range grouped(slices.Sorted(maps.Keys(lives)), org) {
		err := s.read.rows(ctx, recordsOf, args, func(rows *sql.Rows) error {
			fingerprint, _, needs, body, err := scanRecord(rows)
			if l := lives[fingerprint]; err == nil && l != nil {
				err = l.open(needs, body)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for fingerprint, l := range lives {
		if l.finding == nil {
			return fmt.Errorf("finding %s went away while it was judged", fingerprint)
		}
	}
	return nil
}

func (s *Store) readRecords(ctx context.Context, into map[string]*life, query string, args ...any) error {
	return s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		fingerprint, l, needs, body, err := scanRecord(rows)
		if err != nil {
			return err
		}
		l.stored.texts = digestOfTexts(needs, body)
		into[fingerprint] = l
		return nil
	})
}

// scanRecord reads a life without its finding. The texts hold until the next row.
func scanRecord(rows *sql.Rows) (fingerprint string, l *life, needs, body sql.RawBytes, err error) {
	var last sql.NullInt64
	var r record
	err = rows.Scan(&fingerprint, &r.state, &r.since, &r.first, &last, &r.resolved, &r.why, &r.unseen, &r.reopened, &needs, &body)
	return fingerprint, &life{why: r.why, unseen: r.unseen, reopened: r.reopened, stored: r, last: instant(last)}, needs, body, err
}

// open reads the finding itself, of a life that is known by its record alone.
func (l *life) open(needs, body []byte) error {
	f, r := &access.Finding{}, l.stored
	if err := errors.Join(json.Unmarshal(body, f), json.Unmarshal(needs, &f.Needs)); err != nil {
		return fmt.Errorf("reading a finding: %w", err)
	}
	f.State, f.Since, f.FirstSeen, f.LastSeen, f.ResolvedAt = r.state, instant(r.since), instant(r.first), l.last, instant(r.resolved)
	l.finding = f
	return nil
}
