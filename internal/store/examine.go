package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/access"
)

const (
	newestBegun  = `SELECT coalesce(max(id), 0) FROM snapshots WHERE org = $1 ORDER BY 1`
	allOrgs      = `SELECT id, login FROM orgs ORDER BY id`
	danglingRows = `SELECT count(*), coalesce(min("table"), '') FROM pragma_foreign_key_check ORDER BY 1`

	// A row that begins before the one before it has ended would be seen twice.
	grantOverlaps = `
		SELECT count(*) FROM (
		  SELECT seen_to, lead(seen_from) OVER (PARTITION BY scope, principal, resource, relation ORDER BY seen_from) AS next
		    FROM grants)
		 WHERE next IS NOT NULL AND (seen_to IS NULL OR seen_to > next)
		 ORDER BY 1`
	entityOverlaps = `
		SELECT count(*) FROM (
		  SELECT seen_to, lead(seen_from) OVER (PARTITION BY scope, id ORDER BY seen_from) AS next
		    FROM entities)
		 WHERE next IS NOT NULL AND (seen_to IS NULL OR seen_to > next)
		 ORDER BY 1`
	coverOverlaps = `
		SELECT count(*) FROM (
		  SELECT seen_to, lead(seen_from) OVER (PARTITION BY org, area, scope ORDER BY seen_from) AS next
		    FROM coverage)
		 WHERE next IS NOT NULL AND (seen_to IS NULL OR seen_to > next)
		 ORDER BY 1`
	// Intervals count snapshots of their own organization.
	strangeGrants = `
		SELECT count(*)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE NOT EXISTS (SELECT 1 FROM snapshots n WHERE n.id = g.seen_from AND n.org = s.org)
		    OR g.seen_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM snapshots n WHERE n.id = g.seen_to AND n.org = s.org)
		 ORDER BY 1`
	// What changed is looked for only in scopes that say so.
	silentGrants = `
		SELECT count(*)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE g.seen_from > s.changed OR g.seen_to > s.changed
		 ORDER BY 1`
	strangeEntities = `
		SELECT count(*)
		  FROM scopes s
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE NOT EXISTS (SELECT 1 FROM snapshots n WHERE n.id = e.seen_from AND n.org = s.org)
		    OR e.seen_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM snapshots n WHERE n.id = e.seen_to AND n.org = s.org)
		 ORDER BY 1`
)

// Examined is one thing that was looked at, and what is wrong with it.
type Examined struct {
	What  string // "pages and indexes"
	Wrong string // "" where it is sound
}

// Examine looks at everything that can be told of a store without asking anybody:
// its pages and indexes, its references, its intervals, whether what is live is what
// was stored, and whether the journal is what was signed and published. It changes nothing. The error is of the look itself.
func (s *Store) Examine(ctx context.Context) ([]Examined, error) {
	var out []Examined
	note := func(what, wrong string) { out = append(out, Examined{what, wrong}) }
	if err := s.Check(ctx); err != nil {
		if !errors.Is(err, ErrDamaged) {
			return nil, err
		}
		note("pages and indexes", err.Error())
		return out, nil // what else is read from it may be anything
	}
	note("pages and indexes", "")
	var n int64
	var table string
	if err := s.read.row(ctx, danglingRows, nil, &n, &table); err != nil {
		return nil, explain(s.path, err)
	}
	note("references", wrongIf(n, "rows point at nothing, the first in "+table))
	for _, part := range []struct {
		what, wrong string
		queries     []string
	}{
		{"intervals", "intervals overlap", []string{grantOverlaps, entityOverlaps, coverOverlaps}},
		{"snapshots of the intervals", "intervals begin or end at no snapshot of their organization", []string{strangeGrants, strangeEntities}},
		{"last change of the scopes", "intervals begin or end after their scope changed last", []string{silentGrants}},
	} {
		var sum int64
		for _, q := range part.queries {
			if err := s.read.row(ctx, q, nil, &n); err != nil {
				return nil, fmt.Errorf("examining %s: %w", part.what, explain(s.path, err))
			}
			sum += n
		}
		note(part.what, wrongIf(sum, part.wrong))
	}
	if err := s.examineContent(ctx, note); err != nil {
		return nil, err
	}
	if err := s.examineBaselines(ctx, note); err != nil {
		return nil, err
	}
	if err := s.examineJournal(ctx, note); err != nil {
		return nil, err
	}
	return out, s.examineGeneration(ctx, note)
}

func wrongIf(n int64, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, what)
}

// examineContent holds what is live of each organization against its digests. It
// reads as of the newest pass, finished or not, since digests are of what is live.
func (s *Store) examineContent(ctx context.Context, note func(what, wrong string)) error {
	var orgs []access.Organization
	err := s.read.rows(ctx, allOrgs, nil, func(rows *sql.Rows) error {
		var o access.Organization
		err := rows.Scan(&o.ID, &o.Login)
		orgs = append(orgs, o)
		return err
	})
	if err != nil {
		return explain(s.path, err)
	}
	for _, o := range orgs {
		var newest int64
		if err := s.read.row(ctx, newestBegun, []any{o.ID}, &newest); err != nil {
			return explain(s.path, err)
		}
		what := "digests of what is live of " + o.Login
		switch _, err := s.Load(ctx, SnapshotInfo{ID: newest, OrgID: o.ID, Org: o.Login}); {
		case errors.Is(err, ErrDamaged):
			note(what, err.Error())
		case err != nil:
			return err
		default:
			note(what, "")
		}
	}
	return nil
}

// examineJournal holds the journal against its signatures, and against the
// checkpoints that were copied out of the store.
func (s *Store) examineJournal(ctx context.Context, note func(what, wrong string)) error {
	r, err := s.VerifyJournal(ctx, nil, s.CheckpointFiles())
	if err != nil {
		return err
	}
	what := fmt.Sprintf("journal of %d entries", r.Entries)
	if r.Sound() {
		note(what, "")
		return nil
	}
	note(what, r.Problems[0].What+"; "+seeVerify)
	return nil
}

// examineGeneration says whether an older store was put in the place of this one.
func (s *Store) examineGeneration(ctx context.Context, note func(what, wrong string)) error {
	witness, err := readWitness(s.path)
	if err != nil {
		note("generation", err.Error())
		return nil
	}
	var n int64
	var at sql.NullInt64
	if err := s.read.row(ctx, readGeneration, nil, &n, &at); err != nil {
		return explain(s.path, err)
	}
	switch {
	case at.Valid || n < witness:
		note("generation", "a backup was put back: what happened since it was made is not in it")
	default:
		note("generation", "")
	}
	return nil
}
