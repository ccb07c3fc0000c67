package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

// What can have become of a thing since people were told of it.
const (
	ToldNew    = "new"    // nobody was told yet
	ToldAgain  = "again"  // it had ended, and came back
	ToldWorse  = "worse"  // it is more severe than it was told
	ToldWaived = "waived" // a waiver is in force
	ToldOver   = "over"   // it has ended
)

// toldFindings is the kind under which findings are told of.
const toldFindings = "finding"

// Thing is something other than a finding that people are told of while it lasts.
type Thing struct {
	Kind     string
	Key      string // which of its kind
	Severity access.Severity
	Title    string
	Since    time.Time // people were told of it first; not set by callers
}

// ToldChange is one thing that is not as people know it.
type ToldChange struct {
	Thing            // of a finding Key is the fingerprint, and Title is ""
	What      string // ToldNew, ToldAgain, ToldWorse, ToldWaived or ToldOver
	Was       access.Severity
	Rule      string // these three of a finding alone
	Principal string
	Resource  string
}

// Telling compares what is with what people know.
type Telling struct {
	Org      int64
	At       time.Time
	Findings bool     // those of the organization are compared
	Kinds    []string // whose things are all in Things: the others of them have ended
	Things   []Thing
	// Once are things that are told once while the finding lasts that Key names; they
	// are no part of Things.
	Once []Thing
	// Compose makes notices of the changes; open are all things but findings, as they
	// are now. Those of supersede take the place of what waits of their kind.
	Compose func(changes []ToldChange, open []Thing) (notices, supersede []Notice, err error)
}

const (
	untoldFindings = `
		SELECT f.fingerprint, f.severity, f.rule, f.principal, f.resource, coalesce(t.severity, 0),
		       CASE WHEN t.thing IS NULL AND f.reopened = 0 THEN 'new' WHEN t.thing IS NULL OR f.reopened > t.times THEN 'again' ELSE 'worse' END
		  FROM findings f
		  LEFT JOIN told t ON t.org = f.org AND t.kind = 'finding' AND t.thing = f.fingerprint
		 WHERE f.org = $1 AND f.state = 'open' AND (t.thing IS NULL OR t.severity < f.severity OR t.times < f.reopened)
		 ORDER BY f.severity DESC, f.body ->> 'ended' IS NOT NULL DESC, f.rule, f.fingerprint`
	pastFindings = `
		SELECT f.fingerprint, t.severity, f.rule, f.principal, f.resource, t.severity,
		       CASE f.state WHEN 'waived' THEN 'waived' ELSE 'over' END
		  FROM told t
		  JOIN findings f ON f.org = t.org AND f.fingerprint = t.thing
		 WHERE t.org = $1 AND t.kind = 'finding' AND f.state <> 'open'
		 ORDER BY t.severity DESC, f.rule, f.fingerprint`
	toldThings = `SELECT thing, severity, title FROM told WHERE org = $1 AND kind = $2 ORDER BY thing`
	insertTold = `
		INSERT INTO told (org, kind, thing, severity, times, at, title) VALUES ($1, $2, $3, $4, $5, $6, $7)
		    ON CONFLICT (org, kind, thing) DO UPDATE SET severity = excluded.severity, title = excluded.title`
	toldFindingsNow = `
		INSERT INTO told (org, kind, thing, severity, times, at, title)
		SELECT f.org, 'finding', f.fingerprint, f.severity, f.reopened, $2, ''
		  FROM findings f
		  LEFT JOIN told t ON t.org = f.org AND t.kind = 'finding' AND t.thing = f.fingerprint
		 WHERE f.org = $1 AND f.state = 'open' AND (t.thing IS NULL OR t.severity < f.severity OR t.times < f.reopened)
		    ON CONFLICT (org, kind, thing) DO UPDATE SET severity = excluded.severity, times = excluded.times, at = excluded.at`
	forgetFindings = `
		DELETE FROM told
		 WHERE org = $1 AND kind = 'finding'
		   AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.org = told.org AND f.fingerprint = told.thing AND f.state = 'open')`
	forgetOnce = `
		DELETE FROM told
		 WHERE org = $1 AND kind = 'grace'
		   AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.org = told.org AND f.fingerprint = told.thing AND f.state = 'open')`
	wasTold    = `SELECT count(*) FROM told WHERE org = $1 AND kind = $2 AND thing = $3 ORDER BY 1`
	openThings = `SELECT kind, thing, severity, title, at FROM told WHERE org = $1 AND kind NOT IN ('finding', 'grace') ORDER BY severity DESC, kind, thing`
	deleteTold = `DELETE FROM told WHERE org = $1 AND kind = $2 AND thing = $3`
)

// Tell finds out what is not as people know it, has notices composed of that, and
// keeps them and what people know from now on in one transaction. Where nothing has
// changed Compose is called with nothing, and may still have something to say.
func (s *Store) Tell(ctx context.Context, t Telling) error {
	return s.posting(ctx, func() error {
		changes, err := s.untold(t)
		if err != nil {
			return err
		}
		if err := s.keepTold(t, changes); err != nil {
			return err
		}
		open, err := s.openThings(t.Org)
		if err != nil {
			return err
		}
		notices, supersede, err := t.Compose(changes, open)
		if err != nil {
			return err
		}
		for _, n := range supersede {
			if _, err := s.exec(supersedeOthers, n.Channel, n.Org, n.Kind, n.At.UnixMilli(), n.Key); err != nil {
				return err
			}
		}
		for _, n := range append(notices, supersede...) {
			if err := s.addNotice(n); err != nil {
				return err
			}
		}
		return nil
	})
}

// untold lists what is not as people know it.
func (s *Store) untold(t Telling) ([]ToldChange, error) {
	var out []ToldChange
	if t.Findings {
		for _, q := range []string{untoldFindings, pastFindings} {
			err := s.query(q, []any{t.Org}, func(rows *sql.Rows) error {
				c := ToldChange{Thing: Thing{Kind: toldFindings}}
				err := rows.Scan(&c.Key, &c.Severity, &c.Rule, &c.Principal, &c.Resource, &c.Was, &c.What)
				out = append(out, c)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	for _, kind := range t.Kinds {
		of, err := s.untoldThings(t, kind)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	for _, x := range t.Once {
		var n int
		if err := s.queryRow(wasTold, []any{t.Org, x.Kind, x.Key}, &n); err != nil {
			return nil, err
		}
		if n == 0 {
			out = append(out, ToldChange{Thing: x, What: ToldNew})
		}
	}
	return out, nil
}

// openThings lists what people know to be open, but for findings and what is told
// once.
func (s *Store) openThings(org int64) ([]Thing, error) {
	var out []Thing
	err := s.query(openThings, []any{org}, func(rows *sql.Rows) error {
		var x Thing
		var at sql.NullInt64
		err := rows.Scan(&x.Kind, &x.Key, &x.Severity, &x.Title, &at)
		x.Since = instant(at)
		out = append(out, x)
		return err
	})
	return out, err
}

// untoldThings lists what of a kind other than findings is not as people know it.
func (s *Store) untoldThings(t Telling, kind string) ([]ToldChange, error) {
	var out []ToldChange
	known := map[string]Thing{}
	var order []string
	err := s.query(toldThings, []any{t.Org, kind}, func(rows *sql.Rows) error {
		k := Thing{Kind: kind}
		err := rows.Scan(&k.Key, &k.Severity, &k.Title)
		known[k.Key] = k
		order = append(order, k.Key)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, x := range t.Things {
		if x.Kind != kind {
			continue
		}
		was, there := known[x.Key]
		delete(known, x.Key)
		switch {
		case !there:
			out = append(out, ToldChange{Thing: x, What: ToldNew})
		case was.Severity < x.Severity:
			out = append(out, ToldChange{Thing: x, What: ToldWorse, Was: was.Severity})
		}
	}
	for _, key := range order {
		if was, left := known[key]; left {
			out = append(out, ToldChange{Thing: was, What: ToldOver, Was: was.Severity})
		}
	}
	return out, nil
}

// keepTold keeps that people know the changes from now on.
func (s *Store) keepTold(t Telling, changes []ToldChange) error {
	if t.Findings {
		if _, err := s.exec(toldFindingsNow, t.Org, t.At.UnixMilli()); err != nil {
			return err
		}
		for _, q := range []string{forgetFindings, forgetOnce} {
			if _, err := s.exec(q, t.Org); err != nil {
				return err
			}
		}
	}
	for _, c := range changes {
		var err error
		switch {
		case c.Kind == toldFindings:
		case c.What == ToldOver:
			_, err = s.exec(deleteTold, t.Org, c.Kind, text(c.Key))
		default:
			_, err = s.exec(insertTold, t.Org, c.Kind, text(c.Key), int64(c.Severity), 0, t.At.UnixMilli(), text(c.Title))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const supersedeOthers = `
	UPDATE outbox SET state = 'superseded', ended_at = $4
	 WHERE channel = $1 AND org = $2 AND kind = $3 AND state IN ('waiting', 'held', 'dead') AND key <> $5`

// OpenFinding is a finding that is open, in short.
type OpenFinding struct {
	Fingerprint, Rule   string
	Severity            access.Severity
	Principal, Resource string
	Since               time.Time
}

const openFindings = `
	SELECT fingerprint, rule, severity, principal, resource, coalesce(since, first_seen)
	  FROM findings
	 WHERE org = $1 AND state = 'open'
	 ORDER BY severity DESC, body ->> 'ended' IS NOT NULL DESC, rule, fingerprint`

// OpenFindings calls each with the open findings of an organization, the worst first.
func (s *Store) OpenFindings(ctx context.Context, org int64, each func(OpenFinding) error) error {
	err := s.read.rows(ctx, openFindings, []any{org}, func(rows *sql.Rows) error {
		var f OpenFinding
		var since sql.NullInt64
		if err := rows.Scan(&f.Fingerprint, &f.Rule, &f.Severity, &f.Principal, &f.Resource, &since); err != nil {
			return err
		}
		f.Since = instant(since)
		return each(f)
	})
	if err != nil {
		return fmt.Errorf("reading open findings: %w", explain(s.path, err))
	}
	return nil
}

// WaiverEnd is a waiver in force that ends, by the finding that it covers.
type WaiverEnd struct {
	Fingerprint string
	Title       string
	End         time.Time
}

const endingWaivers = `
	SELECT fingerprint, body ->> 'title', body ->> 'waiver_end'
	  FROM findings
	 WHERE org = $1 AND state = 'waived' AND body ->> 'waiver_end' IS NOT NULL
	 ORDER BY body ->> 'waiver_end', fingerprint`

// EndingWaivers gives the waivers of an organization that end before an instant.
func (s *Store) EndingWaivers(ctx context.Context, org int64, before time.Time) ([]WaiverEnd, error) {
	var out []WaiverEnd
	err := s.read.rows(ctx, endingWaivers, []any{org}, func(rows *sql.Rows) error {
		var e WaiverEnd
		var end string
		err := rows.Scan(&e.Fingerprint, &e.Title, &end)
		if err == nil {
			e.End, err = time.Parse(time.RFC3339, end)
		}
		if e.End.Before(before) {
			out = append(out, e)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which waivers end: %w", explain(s.path, err))
	}
	return out, nil
}
