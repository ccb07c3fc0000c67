package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// digest stands for the whole content of a scope. It is half of a SHA-256: names
// come from strangers, so it must not be possible to make two contents agree.
// The zero digest stands for nothing.
type digest [16]byte

type entityRow struct {
	id    int64
	label string
	body  string
}

// content is what one scope holds, sorted and without doubles.
type content struct {
	entities []entityRow
	grants   []access.Grant
	untold   []string // JSON keys of entities: what is stored of them stays
	digest   digest
}

func (c content) rows() int { return len(c.entities) + len(c.grants) }

// pack checks the rows of one scope and brings them into their stored form.
func pack(a *area, scope int64, rows access.Rows) (content, error) {
	if scope <= 0 {
		return content{}, fmt.Errorf("scope %d is not the number of anything", scope)
	}
	c := content{untold: rows.Untold}
	for _, e := range rows.Entities {
		r, err := packEntity(a, scope, e)
		if err != nil {
			return content{}, err
		}
		c.entities = append(c.entities, r)
	}
	slices.SortStableFunc(c.entities, func(x, y entityRow) int { return cmp.Compare(x.id, y.id) })
	c.entities = lastOfEach(c.entities)
	for _, g := range rows.Grants {
		if err := checkGrant(a, g); err != nil {
			return content{}, err
		}
	}
	c.grants = slices.Clone(rows.Grants)
	slices.SortFunc(c.grants, access.Grant.Compare)
	c.grants = slices.Compact(c.grants)
	c.digest = digestOf(c)
	return c, nil
}

func packEntity(a *area, scope int64, e access.Entity) (entityRow, error) {
	if e == nil || a.thing == nil || !a.thing.is(e) {
		return entityRow{}, fmt.Errorf("a %T does not belong here", e)
	}
	if a.own && e.Key() != scope {
		return entityRow{}, fmt.Errorf("number %d does not belong to this scope", e.Key())
	}
	body, err := json.Marshal(e)
	if err != nil {
		return entityRow{}, fmt.Errorf("number %d: %w", e.Key(), err)
	}
	if len(body) > longestName {
		if short, cut := shortened(e); cut {
			if body, err = json.Marshal(short); err != nil {
				return entityRow{}, fmt.Errorf("number %d: %w", e.Key(), err)
			}
		}
	}
	return entityRow{e.Key(), name(e.Label()), string(body)}, nil
}

// lastOfEach keeps the last of several rows with one id: a list that changes
// while it is paged can show a thing twice.
func lastOfEach(rows []entityRow) []entityRow {
	out := rows[:0]
	for i, r := range rows {
		if i+1 == len(rows) || rows[i+1].id != r.id {
			out = append(out, r)
		}
	}
	return out
}

func checkGrant(a *area, g access.Grant) error {
	switch {
	case a.grantsOn == access.NoKind:
		return fmt.Errorf("it holds no grants, but was given %s", g.Key())
	case g.Resource.Kind != a.grantsOn:
		return fmt.Errorf("its grants are on a %s, but it was given %s", a.grantsOn, g.Key())
	case g.Principal.IsZero() || g.Principal.ID <= 0 || g.Resource.ID <= 0:
		return fmt.Errorf("%s names nobody or nothing", g.Key())
	case g.Privilege == access.NoPrivilege || g.Source == access.NoSource:
		return fmt.Errorf("%s has no privilege or no source", g.Key())
	}
	return nil
}

func digestOf(c content) digest {
	b := make([]byte, 0, 64+48*len(c.grants)+512*len(c.entities))
	b = binary.AppendUvarint(b, uint64(len(c.entities)))
	for _, e := range c.entities {
		b = appendEntity(b, e.id, e.label, e.body)
	}
	for _, g := range c.grants {
		b = appendGrant(b, g)
	}
	return sum(b)
}

func appendEntity[T string | []byte](b []byte, id int64, label, body T) []byte {
	b = binary.AppendVarint(b, id)
	b = binary.AppendUvarint(b, uint64(len(label)))
	b = append(b, label...)
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

func appendGrant(b []byte, g access.Grant) []byte {
	b = append(b, byte(g.Principal.Kind), byte(g.Resource.Kind), byte(g.Privilege), byte(g.Source))
	b = binary.AppendVarint(b, g.Principal.ID)
	b = binary.AppendVarint(b, g.Resource.ID)
	return binary.AppendVarint(b, g.Role)
}

func sum(b []byte) digest {
	all := sha256.Sum256(b)
	return digest(all[:16])
}

// text makes what a stranger named something fit to be stored as text.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
