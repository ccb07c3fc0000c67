package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	liveCoverage = `
		SELECT area, scope, status, reason, help, since, seen, total, read_at, seen_from
		  FROM coverage
		 WHERE org = $1 AND seen_to IS NULL
		 ORDER BY area, scope`
	coverageAt = `
		SELECT area, scope, status, reason, help, since, seen, total, read_at, seen_from
		  FROM coverage
		 WHERE org = $1 AND seen_from <= $2 AND (seen_to IS NULL OR seen_to > $2)
		 ORDER BY area, scope`
	insertCoverage = `
		INSERT INTO coverage (org, area, scope, seen_from, status, reason, help, since, seen, total, read_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	closeCoverage = `UPDATE coverage SET seen_to = $5 WHERE org = $1 AND area = $2 AND scope = $3 AND seen_from = $4`
)

// coverLine is one line of the ledger as it is stored.
type coverLine struct {
	key   scopeKey
	cover access.Cover
}

func (l coverLine) compare(o coverLine) int {
	return cmp.Or(cmp.Compare(l.key.area, o.key.area), cmp.Compare(l.key.id, o.key.id))
}

// equal compares at the precision of the store.
func (l coverLine) equal(o coverLine) bool {
	x, y := l.cover, o.cover
	return l.key == o.key && x.Status == y.Status && x.Reason == y.Reason && x.Help == y.Help &&
		ms(x.Since) == ms(y.Since) && ms(x.ReadAt) == ms(y.ReadAt) && x.Seen == y.Seen && x.Total == y.Total
}

// stands reports whether a line says of a scope what the next one says, but for a
// later reading. It stands then: it rests on no older one than it says, and a
// scope that is read each day would else take a row for each.
func (l coverLine) stands(next coverLine) bool {
	x, y := l.cover, next.cover
	if l.key.id == 0 || x.Status != access.Complete || x.ReadAt.IsZero() || !y.ReadAt.After(x.ReadAt) {
		return false
	}
	next.cover.ReadAt = x.ReadAt
	return l.equal(next)
}

// scanCoverage reads a line and since which snapshot it holds, and more that stands
// behind.
func scanCoverage(rows *sql.Rows, more ...any) (coverLine, int64, error) {
	var l coverLine
	var since, read sql.NullInt64
	var from int64
	c := &l.cover
	err := rows.Scan(append([]any{&l.key.area, &l.key.id, &c.Status, &c.Reason, &c.Help, &since, &c.Seen, &c.Total, &read, &from}, more...)...)
	c.Since, c.ReadAt, c.Scope = instant(since), instant(read), l.key.id
	if a := byAreaID[l.key.area]; a != nil {
		c.Area = a.name
	}
	return l, from, err
}

// writeCoverage brings the ledger up to date. Lines are intervals too: a gap that
// lasts for a year in a thousand repositories is a thousand rows, not a thousand
// an hour. Unlike rows of access, a line that was not written again is over.
func (p *Pass) writeCoverage() error {
	var old []lived[coverLine]
	err := p.s.query(liveCoverage, []any{p.org.ID}, func(rows *sql.Rows) error {
		l, from, err := scanCoverage(rows)
		old = append(old, lived[coverLine]{l, from})
		return err
	})
	if err != nil {
		return err
	}
	var now []coverLine
	for key, c := range p.lines {
		now = append(now, coverLine{key, c})
	}
	slices.SortFunc(now, coverLine.compare)
	return merge(old, now, func(o lived[coverLine], n coverLine) int { return o.row.compare(n) },
		func(o lived[coverLine], n coverLine) error {
			if o.row.equal(n) || o.row.stands(n) {
				return nil
			}
			if err := p.closeCover(o); err != nil {
				return err
			}
			return p.openCover(n)
		}, p.openCover, p.closeCover)
}

func (p *Pass) openCover(l coverLine) error {
	c := l.cover
	_, err := p.s.exec(insertCoverage, p.org.ID, l.key.area, l.key.id, p.id,
		string(c.Status), c.Reason, c.Help, ms(c.Since), c.Seen, c.Total, ms(c.ReadAt))
	return err
}

func (p *Pass) closeCover(l lived[coverLine]) error {
	_, err := p.s.exec(closeCoverage, p.org.ID, l.row.key.area, l.row.key.id, l.from, p.id)
	return err
}

// coverage reads the ledger of one snapshot.
func (s *Store) coverage(ctx context.Context, info SnapshotInfo) (access.Coverage, error) {
	var c access.Coverage
	err := s.read.rows(ctx, coverageAt, []any{info.OrgID, info.ID}, func(rows *sql.Rows) error {
		l, _, err := scanCoverage(rows)
		if err == nil && l.cover.Area != "" {
			c.Set(l.cover)
		}
		return err
	})
	return c, err
}
