package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// pool is the connections that read. It prepares each question once: for the
// small ones that is most of their cost.
type pool struct {
	db *sql.DB

	mu        sync.Mutex // holds everything below
	prepared  map[string]*sql.Stmt
	relations relations // nil: not read yet
	newest    int64     // the highest number among them
}

const poolSize = 4

func openPool(path, params string) (*pool, error) {
	db, err := sql.Open("sqlite", dsn(path, params))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return &pool{db: db, prepared: map[string]*sql.Stmt{}}, nil
}

func (p *pool) statement(query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if st, ok := p.prepared[query]; ok {
		return st, nil
	}
	st, err := p.db.PrepareContext(context.Background(), query)
	if err == nil {
		p.prepared[query] = st
	}
	return st, err
}

// row reads the one row of an answer, sql.ErrNoRows where there is none.
func (p *pool) row(ctx context.Context, query string, args []any, into ...any) error {
	st, err := p.statement(query)
	if err != nil {
		return err
	}
	return st.QueryRowContext(ctx, args...).Scan(into...)
}

// rows calls each for every row of an answer.
func (p *pool) rows(ctx context.Context, query string, args []any, each func(*sql.Rows) error) error {
	st, err := p.statement(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	return drain(rows, each)
}

// rest closes the connections that nobody uses, with the pages that they keep.
func (p *pool) rest() {
	p.db.SetMaxIdleConns(0)
	p.db.SetMaxIdleConns(poolSize)
}

// close ends the connections; what is asked afterwards gets an error.
func (p *pool) close() error { return p.db.Close() }
