package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
)

// A live finding that was looked for was seen by the newest judgement, which
// accounts for each of them: so its row is written only when something else of it
// changes, and last_seen is of then. $1 is the organization.
const findingColumns = `
		SELECT state, since, first_seen,
		       CASE WHEN state <> 'resolved' AND unseen = ''
		            THEN max(last_seen, coalesce((SELECT max(at) FROM snapshots WHERE org = $1 AND judged_at IS NOT NULL), last_seen))
		            ELSE last_seen END,
		       resolved_at, resolved_why, unseen, reopened, needs, body
		  FROM findings`

const (
	findingsLike = findingColumns + `
		 WHERE org = $1 AND substr(fingerprint, 1, length($2)) = $2
		 ORDER BY fingerprint
		 LIMIT 9`
	// A name with its kind in front ("repo:acme/api") must match as a whole,
	// anything else may be part of one.
	findingsBy = findingColumns + `
		 WHERE org = $1
		   AND ($2 = '' OR rule = $2)
		   AND ($3 = '' OR category = $3)
		   AND severity >= $4
		   AND ($5 = '' OR lower(principal) = lower($5) OR ($6 AND instr(lower(principal), lower($5)) > 0))
		   AND ($7 = '' OR lower(resource) = lower($7) OR ($8 AND instr(lower(resource), lower($7)) > 0))
		   AND ($9 = '' OR instr($9, ' ' || state || ' ') > 0)
		 ORDER BY severity DESC, state = 'open' AND body ->> 'ended' IS NOT NULL DESC, rule, fingerprint`
	readEvents = `
		SELECT at, snapshot, what, why
		  FROM finding_events
		 WHERE org = $1 AND fingerprint = $2
		 ORDER BY id`
)

// Filter says which findings are wanted. The zero Filter wants all of them, the
// resolved ones too.
type Filter struct {
	Rule     string
	Category string
	Severity access.Severity // at least this
	// Principal and Resource are part of a name, in any case; with a kind in
	// front ("user:ann", "repo:acme/api") they are the whole of it.
	Principal string
	Resource  string
	States    []access.State // any of these; none given: all
}

// Findings lists the findings of an organization, the worst first, as
// [access.Pressing] has it.
func (s *Store) Findings(ctx context.Context, org string, f Filter) ([]access.Finding, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return nil, err
	}
	lives, err := s.lives(ctx, id, f)
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", org, explain(s.path, err))
	}
	out := make([]access.Finding, len(lives))
	for i, l := range lives {
		out[i] = l.tell()
	}
	return out, nil
}

// lives reads what a filter wants, the worst first.
func (s *Store) lives(ctx context.Context, org int64, f Filter) ([]*life, error) {
	var states string
	for _, st := range f.States {
		states += " " + string(st) + " "
	}
	return s.readLives(ctx, findingsBy, org, f.Rule, f.Category, int64(f.Severity),
		f.Principal, !strings.Contains(f.Principal, ":"), f.Resource, !strings.Contains(f.Resource, ":"), states)
}

// Finding gives the one finding of an organization whose fingerprint begins with prefix,
// [ErrNoFinding] where there is none and [ErrManyFound] where there are more.
func (s *Store) Finding(ctx context.Context, org, prefix string) (access.Finding, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return access.Finding{}, err
	}
	prefix = strings.ToLower(prefix)
	lives, err := s.readLives(ctx, findingsLike, id, prefix)
	switch {
	case err != nil:
		return access.Finding{}, fmt.Errorf("finding %s of %s: %w", prefix, org, explain(s.path, err))
	case len(lives) == 0 || prefix == "":
		return access.Finding{}, fmt.Errorf("%w: none of %s begins with %q", ErrNoFinding, org, prefix)
	case len(lives) == 1 || lives[0].finding.Fingerprint == prefix:
		return lives[0].tell(), nil
	}
	var ids []string
	for _, l := range lives {
		ids = append(ids, l.finding.Fingerprint)
	}
	return access.Finding{}, fmt.Errorf("%w: %q could be any of %s of %s; give more of it", ErrManyFound, prefix, strings.Join(ids, ", "), org)
}

// Events tells the life of one finding, from its first event on.
func (s *Store) Events(ctx context.Context, org, fingerprint string) ([]Event, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return nil, err
	}
	var out []Event
	err = s.read.rows(ctx, readEvents, []any{id, fingerprint}, func(rows *sql.Rows) error {
		var e Event
		var at sql.NullInt64
		err := rows.Scan(&at, &e.Snapshot, &e.What, &e.Why)
		e.At = instant(at)
		out = append(out, e)
		return err
	})
	return out, explain(s.path, err)
}

// JudgedBy gives the hash of the baseline with which the findings of an
// organization were judged last, "" where there was none or nothing was judged.
func (s *Store) JudgedBy(ctx context.Context, org string) (string, error) {
	id, err := s.orgID(ctx, org)
	if err != nil {
		return "", err
	}
	var hash string
	if err := s.read.row(ctx, readJudgedBy, []any{id}, &hash); err != nil {
		return "", fmt.Errorf("how the findings of %s were judged: %w", org, explain(s.path, err))
	}
	return hash, nil
}

func (s *Store) readLives(ctx context.Context, query string, args ...any) ([]*life, error) {
	var out []*life
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		l, err := scanLife(rows)
		out = append(out, l)
		return err
	})
	return out, err
}

func scanLife(rows *sql.Rows) (*life, error) {
	var last sql.NullInt64
	var needs, body sql.RawBytes
	var r record
	err := rows.Scan(&r.state, &r.since, &r.first, &last, &r.resolved, &r.why, &r.unseen, &r.reopened, &needs, &body)
	if err != nil {
		return nil, err
	}
	l := life{why: r.why, unseen: r.unseen, reopened: r.reopened, stored: r, last: instant(last)}
	return &l, l.open(needs, body)
}
