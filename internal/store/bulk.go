package store

import (
	"fmt"
	"strings"
)

// bulk gathers the arguments of one insert until there are enough for a wide
// statement. Eight rows are the measured best: with more, the driver's search for
// its numbered parameters costs what the shorter way saves.
type bulk struct{ args []any }

const wide = 8

// inserts is one INSERT, for a single row and for several.
type inserts struct {
	row, rows string
	columns   int
}

var (
	insertScopes = widen(`INSERT INTO scopes (id, org, area, scope, rows, digest) VALUES `,
		`($1, $2, $3, $4, $5, $6)`, 6, ``)
	insertEntities = widen(`INSERT INTO entities (scope, id, seen_from, label, body) VALUES `,
		`($1, $2, $3, $4, $5)`, 5, ``)
	insertGrants = widen(`INSERT INTO grants (scope, principal, resource, relation, seen_from) VALUES `,
		`($1, $2, $3, $4, $5)`, 5, ``)
	insertMentions = widen(`INSERT INTO mentions (kind, id, scope) VALUES `,
		`($1, $2, $3)`, 3, ` ON CONFLICT DO NOTHING`)
)

func widen(head, values string, columns int, tail string) inserts {
	var b strings.Builder
	b.WriteString(head + values)
	for n := columns; n < wide*columns; n += columns {
		b.WriteString(", (")
		for c := range columns {
			fmt.Fprintf(&b, "$%d", n+c+1)
			if c+1 < columns {
				b.WriteString(", ")
			}
		}
		b.WriteString(")")
	}
	return inserts{row: head + values + tail, rows: b.String() + tail, columns: columns}
}

// filled reports whether the next row makes the statement wide.
func (b *bulk) filled(in inserts) bool { return len(b.args) == (wide-1)*in.columns }

func (b *bulk) add(s *Store, in inserts, args ...any) error {
	if err := s.begin(); err != nil {
		return err
	}
	b.args = append(b.args, args...)
	if len(b.args) < wide*in.columns {
		return nil
	}
	_, err := s.exec(in.rows, b.args...)
	b.args = b.args[:0]
	return err
}

func (b *bulk) flush(s *Store, in inserts) error {
	waiting := b.args
	b.args = b.args[:0]
	for ; len(waiting) > 0; waiting = waiting[in.columns:] {
		if _, err := s.exec(in.row, waiting[:in.columns]...); err != nil {
			return err
		}
	}
	return nil
}
