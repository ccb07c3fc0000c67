package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	begunSince = `SELECT count(*) FROM snapshots WHERE id > $1 AND org = $2 ORDER BY 1`
	// The plus keeps SQLite from going through the index, which costs a look-up
	// for each scope; most stores have few organizations.
	allScopes = `SELECT id, area, rows, digest FROM scopes WHERE +org = $1 ORDER BY id`
)

// proof holds what is read of a snapshot against the digests of its scopes and
// the number of its rows. It finds what SQLite does not look at: a bit that was
// turned inside of a page, where it makes one permission out of another.
//
// Digests and numbers are of what is live now. So they say nothing of an older
// snapshot, nor of one since which a pass has begun.
type proof struct {
	off      bool
	scopes   []sealed // in the order of their rows
	grantsOn map[access.Kind]int
	total    int   // rows that there must be
	found    int   // those that were read
	first    int64 // row of the first scope that is not what was stored; 0: none

	scope  int64 // row of the one that is being read; 0: none
	later  bool  // its area has grants, which come later
	count  uint64
	body   []byte // what was read of it, as the digest takes it
	grants []edge
	text   []byte // scratch

	halves map[int64][]byte // what was read of scopes whose grants come later
}

// sealed is a scope with its digest, which is zero where there is none.
type sealed struct {
	row    int64
	digest digest
}

// startProof reads what there must be.
func (s *Store) startProof(ctx context.Context, info SnapshotInfo, l *loading) error {
	var n int
	if err := s.read.row(ctx, begunSince, []any{info.ID, info.OrgID}, &n); err != nil {
		return err
	}
	p := &l.proof
	*p = proof{off: n > 0, grantsOn: map[access.Kind]int{}, halves: map[int64][]byte{}}
	return s.read.rows(ctx, allScopes, []any{info.OrgID}, func(rows *sql.Rows) error {
		var c sealed
		var id uint8
		var n int
		var want sql.RawBytes
		if err := rows.Scan(&c.row, &id, &n, &want); err != nil {
			return err
		}
		p.total += n
		if a := byAreaID[id]; a != nil && a.grantsOn != access.NoKind {
			p.grantsOn[a.grantsOn] += n
		}
		copy(c.digest[:], want)
		p.scopes = append(p.scopes, c)
		return nil
	})
}

// endProof gives the verdict, unless a pass has begun meanwhile.
func (s *Store) endProof(ctx context.Context, info SnapshotInfo, l *loading) error {
	p := &l.proof
	if p.off {
		return nil
	}
	for row, text := range p.halves { // those without a grant
		p.check(row, text)
	}
	if p.first == 0 && p.found == p.total {
		return nil
	}
	var n int
	if err := s.read.row(ctx, begunSince, []any{info.ID, info.OrgID}, &n); err != nil || n > 0 {
		return err
	}
	what := fmt.Sprintf("scope %d is not what was stored", p.first)
	if p.first == 0 {
		what = fmt.Sprintf("it has %d rows instead of %d", p.found, p.total)
	}
	return fmt.Errorf("%w (%s); it is left as it is: put a backup in its place, or move it away and collect again", ErrDamaged, what)
}

// entity takes one of the entities, which come scope by scope.
func (p *proof) entity(a *area, row, id int64, label, body sql.RawBytes) {
	if p.off {
		return
	}
	if row != p.scope {
		p.endEntities()
		p.begin(row)
		p.later = a.grantsOn != access.NoKind
	}
	p.found++
	p.count++
	p.body = appendEntity(p.body, id, []byte(label), []byte(body))
}

func (p *proof) begin(row int64) {
	p.scope, p.count, p.body, p.grants = row, 0, p.body[:0], p.grants[:0]
}

// endEntities checks a scope when all its entities are there, or keeps what it
// has of one whose grants are still to come.
func (p *proof) endEntities() {
	if p.scope == 0 {
		return
	}
	p.text = append(binary.AppendUvarint(p.text[:0], p.count), p.body...)
	if p.later {
		p.halves[p.scope] = slices.Clone(p.text)
		return
	}
	p.check(p.scope, p.text)
}

// grant takes one of the grants, which come scope by scope after the entities.
func (p *proof) grant(known relations, row int64, e edge) {
	if p.off {
		return
	}
	if row != p.scope {
		p.endGrants(known)
		p.begin(row)
	}
	p.found++
	p.grants = append(p.grants, e)
}

// endGrants checks a scope when all its grants are there.
func (p *proof) endGrants(known relations) {
	if p.off || len(p.grants) == 0 {
		return
	}
	p.text = binary.AppendUvarint(p.text[:0], 0)
	if text, ok := p.halves[p.scope]; ok {
		p.text = append(p.text[:0], text...)
		delete(p.halves, p.scope)
	}
	slices.SortFunc(p.grants, func(x, y edge) int { return x.compare(y, known) })
	for _, e := range p.grants {
		p.text = appendGrant(p.text, known[e.relation].grant(e.principal, e.resource))
	}
	p.check(p.scope, p.text)
}

func (p *proof) check(row int64, text []byte) {
	i, ok := slices.BinarySearchFunc(p.scopes, row, func(c sealed, row int64) int { return cmp.Compare(c.row, row) })
	if p.first != 0 || ok && p.scopes[i].digest == (digest{}) {
		return
	}
	if !ok || p.scopes[i].digest != sum(text) {
		p.first = row
	}
}
