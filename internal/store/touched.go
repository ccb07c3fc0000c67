package store

import (
	"database/sql"
	"time"

	"github.com/eb661601/ajar/access"
)

// What ajar changed by itself is not any more as an earlier pass read it, whatever
// period that area has.

const readTouched = `
	SELECT coalesce(i.body ->> '$.change.repository.id', 0), coalesce(i.body ->> '$.change.team.id', 0), i.body IS NULL, max(s.at)
	  FROM journal s
	  JOIN journal i ON i.run = s.run AND i.action = s.action AND i.kind = 'intended'
	 WHERE s.kind = 'sent' AND s.org = $1 AND s.at >= $2
	 GROUP BY 1, 2, 3
	 ORDER BY 1, 2, 3`

// touched tells when ajar last sent a change of a thing.
type touched struct {
	by         map[access.Ref]time.Time
	everything time.Time // by actions of which the journal does not tell the thing any more
}

// rememberTouched asks the journal for what was sent since the oldest reading.
func (p *Pass) rememberTouched() error {
	p.touched = touched{by: map[access.Ref]time.Time{}}
	oldest := int64(0)
	for _, r := range p.read.stored {
		if oldest == 0 || r.at < oldest {
			oldest = r.at
		}
	}
	return p.s.query(readTouched, []any{p.org.ID, oldest}, func(rows *sql.Rows) error {
		var repo, team, at int64
		var redacted bool
		if err := rows.Scan(&repo, &team, &redacted, &at); err != nil {
			return err
		}
		when := time.UnixMilli(at)
		p.touched.note(access.Ref{Kind: access.Repo, ID: repo}, when)
		p.touched.note(access.Ref{Kind: access.Team, ID: team}, when)
		if redacted && when.After(p.touched.everything) {
			p.touched.everything = when
		}
		return nil
	})
}

func (t touched) note(r access.Ref, at time.Time) {
	if r.ID != 0 && at.After(t.by[r]) {
		t.by[r] = at
	}
}

// touchedSince reports whether ajar changed what a scope belongs to since the
// instant, in milliseconds, as of which it was read. A reading speaks for the start
// of its pass.
func (p *Pass) touchedSince(a *area, scope, read int64) bool {
	last := p.touched.everything
	for kind, listing := range map[access.Kind]access.Area{access.Repo: access.AreaRepositories, access.Team: access.AreaTeams} {
		if at := p.touched.by[access.Ref{Kind: kind, ID: scope}]; a.under == listing && at.After(last) {
			last = at
		}
	}
	return !last.IsZero() && last.UnixMilli() >= read
}
