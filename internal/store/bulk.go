package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// bulk gathers the arguments of one insert until there are enough for a wide
// statement. Its parameters have no numbers: the driver asks SQLite for the name
// of each one, which it finds by a search through all that have one.
type bulk struct{ args []any }

// wide is how many rows the widest statement has; more gain nothing that can be
// measured. What waits when rows have to be written goes by the narrower ones, few of
// them, since each statement costs about as much as ten more rows of another.
const wide = 64

var widths = [...]int{wide, 16, 4, 1}

// inserts is one INSERT, in each of the widths.
type inserts struct {
	of      [len(widths)]string
	columns int
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
	in := inserts{columns: columns}
	for i, rows := range widths {
		in.of[i] = head + strings.Repeat(values+", ", rows-1) + values + tail
	}
	return in
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
	err := s.wide.insert(s, in.of[0], b.args)
	b.args = b.args[:0]
	return err
}

// wideInserts are the wide statements, prepared once. They go past database/sql,
// which copies and converts each argument, and these are most of what a store is ever
// given.
type wideInserts struct {
	prepared map[string]driver.Stmt
	named    []driver.NamedValue // of the last one, to be used again
}

func (w *wideInserts) insert(s *Store, query string, args []any) error {
	if err := s.begin(); err != nil {
		return err
	}
	w.named = w.named[:0]
	for i, a := range args {
		switch a.(type) {
		case int64, string, []byte:
		default: // as database/sql does it
			var err error
			if a, err = driver.DefaultParameterConverter.ConvertValue(a); err != nil {
				return s.abandon(err)
			}
		}
		w.named = append(w.named, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	err := s.conn.Raw(func(c any) error {
		st, err := w.statement(c, query)
		if err != nil {
			return err
		}
		_, err = st.ExecContext(context.Background(), w.named)
		return err
	})
	if err != nil {
		return s.abandon(err)
	}
	return nil
}

// statement prepares a query on the connection that writes, which is always the same.
func (w *wideInserts) statement(conn any, query string) (driver.StmtExecContext, error) {
	st := w.prepared[query]
	if st == nil {
		preparer, ok := conn.(driver.ConnPrepareContext)
		if !ok {
			return nil, fmt.Errorf("a %T prepares no statements", conn)
		}
		var err error
		if st, err = preparer.PrepareContext(context.Background(), query); err != nil {
			return nil, fmt.Errorf("%w, preparing %.60s", err, query)
		}
		if w.prepared == nil {
			w.prepared = map[string]driver.Stmt{}
		}
		w.prepared[query] = st
	}
	exec, ok := st.(driver.StmtExecContext)
	if !ok {
		return nil, fmt.Errorf("a %T carries nothing out", st)
	}
	return exec, nil
}

// close lets go of the statements, before their connection does.
func (w *wideInserts) close() (err error) {
	for _, st := range w.prepared {
		err = errors.Join(err, st.Close())
	}
	w.prepared = nil
	return err
}

// flush writes the rows that wait.
func (b *bulk) flush(s *Store, in inserts) error {
	waiting := b.args
	b.args = b.args[:0]
	for i, rows := range widths {
		for n := rows * in.columns; len(waiting) >= n; waiting = waiting[n:] {
			if err := s.wide.insert(s, in.of[i], waiting[:n]); err != nil {
				return err
			}
		}
	}
	return nil
}
