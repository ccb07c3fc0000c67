package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/eb661601/ajar/access"
)

// A batch ends at this many rows or this age, whichever comes first: a commit
// costs as much as some thousand rows, and rows that are not committed are lost
// with the process.
const (
	batchRows = 10_000
	batchAge  = 2 * time.Second
)

const (
	beginBatch    = `BEGIN IMMEDIATE`
	commitBatch   = `COMMIT`
	rollbackBatch = `ROLLBACK`
	trustLinks    = `PRAGMA foreign_keys = 0`
	checkLinks    = `PRAGMA foreign_keys = 1`
)

// batch is the one transaction that all open passes write into. New rows wait in
// it until there are enough of them for a wide statement.
type batch struct {
	open     bool
	began    time.Time
	rows     int
	scopes   bulk
	entities bulk
	grants   bulk
	mentions []mention
}

// mention is one entry of the reverse index.
type mention struct {
	kind  access.Kind
	id    int64
	scope int64
}

// exec runs one statement in the batch, which it begins where none is open. The
// context is not the caller's: rows that wait belong to others too, and a
// statement that is cut short would take them along.
func (s *Store) exec(query string, args ...any) (sql.Result, error) {
	st, err := s.statement(query)
	if err != nil {
		return nil, err
	}
	res, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return nil, s.abandon(err)
	}
	return res, nil
}

// changes is exec for those who ask how many rows it met.
func (s *Store) changes(query string, args ...any) (int64, error) {
	res, err := s.exec(query, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, s.abandon(err)
	}
	return n, nil
}

// queryRow is exec for one row of answer.
func (s *Store) queryRow(query string, args []any, into ...any) error {
	st, err := s.statement(query)
	if err != nil {
		return err
	}
	if err := st.QueryRowContext(context.Background(), args...).Scan(into...); err != nil {
		return s.abandon(err)
	}
	return nil
}

// query is exec for many rows; each is called once per row.
func (s *Store) query(query string, args []any, each func(*sql.Rows) error) error {
	st, err := s.statement(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(context.Background(), args...)
	if err == nil {
		err = drain(rows, each)
	}
	if err != nil {
		return s.abandon(err)
	}
	return nil
}

// drain calls each for every row, and closes.
func drain(rows *sql.Rows, each func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// begin opens a batch, if none is open.
func (s *Store) begin() error {
	if s.batch.open {
		return nil
	}
	if err := s.watchLinks(len(s.passes) == 0); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(context.Background(), beginBatch); err != nil {
		return s.abandon(err)
	}
	s.batch.open, s.batch.began = true, s.now()
	return nil
}

// watchLinks says whether SQLite looks up what each new row points at. A pass made or
// read the rows that its own point at, and looking them up again would be a tenth of
// the whole work of a first load; so while one is open nothing is looked up, and
// [Store.Check] looks at all of it. SQLite heeds this between two transactions only.
func (s *Store) watchLinks(watch bool) error {
	if s.trusting != watch {
		return nil
	}
	say := trustLinks
	if watch {
		say = checkLinks
	}
	if _, err := s.conn.ExecContext(context.Background(), say); err != nil {
		return s.abandon(err)
	}
	s.trusting = !watch
	return nil
}

// statement prepares a query once in the life of the store, and sees that a
// batch is open when it runs.
func (s *Store) statement(query string) (*sql.Stmt, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	if st, ok := s.prepared[query]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, s.abandon(fmt.Errorf("%w, preparing %s", err, query))
	}
	s.prepared[query] = st
	return st, nil
}

// addScope, addEntity and addGrant queue a new row. Scopes are written before the
// rows that point at them.
func (s *Store) addScope(row, org int64, key scopeKey, rows int32, d digest, snapshot int64) error {
	return s.batch.scopes.add(s, insertScopes, row, org, int64(key.area), key.id, int64(rows), stored(d), snapshot)
}

func (s *Store) addEntity(scope int64, e entityRow, from int64) error {
	s.batch.rows++
	if s.batch.entities.filled(insertEntities) {
		if err := s.batch.scopes.flush(s, insertScopes); err != nil {
			return err
		}
	}
	return s.batch.entities.add(s, insertEntities, scope, e.id, from, e.label, e.body)
}

func (s *Store) addGrant(scope int64, g grantRow, from int64) error {
	s.batch.rows++
	if s.batch.grants.filled(insertGrants) {
		if err := s.batch.scopes.flush(s, insertScopes); err != nil {
			return err
		}
	}
	return s.batch.grants.add(s, insertGrants, scope, g.principal, g.resource, g.relation, from)
}

// flush writes the rows that wait.
func (s *Store) flush() error {
	if err := s.batch.scopes.flush(s, insertScopes); err != nil {
		return err
	}
	if err := s.batch.entities.flush(s, insertEntities); err != nil {
		return err
	}
	return s.batch.grants.flush(s, insertGrants)
}

// flushMentions writes the reverse index in its own order, which touches each of
// its pages once a batch.
func (s *Store) flushMentions() error {
	slices.SortFunc(s.batch.mentions, func(x, y mention) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.id, y.id), cmp.Compare(x.scope, y.scope))
	})
	var waiting bulk
	for _, m := range slices.Compact(s.batch.mentions) {
		if err := waiting.add(s, insertMentions, int64(m.kind), m.id, m.scope); err != nil {
			return err
		}
	}
	s.batch.mentions = s.batch.mentions[:0]
	return waiting.flush(s, insertMentions)
}

// commit ends the batch, if one is open.
func (s *Store) commit() error {
	if !s.batch.open {
		return nil // rows wait only in an open one
	}
	began := s.now()
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.flushMentions(); err != nil {
		return err
	}
	if _, err := s.exec(commitBatch); err != nil {
		return err
	}
	if s.wrote != nil {
		s.wrote(s.now().Sub(began))
	}
	s.endBatch()
	return nil
}

func (s *Store) commitIfDue() error {
	if !s.batch.open || (s.batch.rows < batchRows && s.now().Sub(s.batch.began) < batchAge) {
		return nil
	}
	return s.commit()
}

func (s *Store) endBatch() {
	s.batch = batch{mentions: s.batch.mentions[:0]}
}

// abandon rolls the batch back and gives the error in clear words. What open
// passes believe to be stored may be gone with it, so they end here. An error of
// the disk ends all writing: a later sync does not repair an earlier one.
func (s *Store) abandon(cause error) error {
	err := explain(s.path, cause)
	if s.batch.open {
		// SQLite may have rolled back by itself; then this says so, and is right.
		_, _ = s.conn.ExecContext(context.Background(), rollbackBatch)
	}
	s.endBatch()
	s.relations, s.lastScope = relationSet{}, 0
	for org, p := range s.passes {
		p.err = fmt.Errorf("the pass over %s ended early: %w", p.org.Login, err)
		delete(s.passes, org)
	}
	var e *sqlite.Error
	if errors.As(cause, &e) && e.Code()&0xff == sqlite3.SQLITE_IOERR {
		s.broken = err
	}
	return err
}
