package store

import (
	"strings"
)

// bulk gathers the arguments of one insert until there are enough for a wide
// statement. Its parameters have no numbers: the driver asks SQLite for the name
// of each one, which it finds by a search through all that have one.
type bulk struct{ args []any }

// wide is how many rows a wide statement has; more gain nothing that can be
// measured.
const wide = 64

// inserts is one INSERT, for a single row and for several.
type inserts struct {
	row, rows string
	columns   int
}

var (
	insertScopes = widen(`INSERT INTO scopes (id, org, area, scope, rows, digest, changed) VALUES `,
		`(?, ?, ?, ?, ?, ?, ?)`, 7, ``)
	insertEntities = widen(`INSERT INTO entities (scope, id, seen_from, label, body) VALUES `,
		`(?, ?, ?, ?, ?)`, 5, ``)
	insertGrants = widen(`INSERT INTO grants (scope, principal, resource, relation, seen_from) VALUES `,
		`(?, ?, ?, ?, ?)`, 5, ``)
	insertMentions = widen(`INSERT INTO mentions (kind, id, scope) VALUES `,
		`(?, ?, ?)`, 3, ` ON CONFLICT DO NOTHING`)
)

func widen(head, values string, columns int, tail string) inserts {
	var b strings.Builder
	b.WriteString(head + values)
	for range wide - 1 {
		b.WriteString(", " + values)
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
