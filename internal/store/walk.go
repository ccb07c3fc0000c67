package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// walkChecks is after how many rows a walk looks whether it should go on.
const walkChecks = 4096

// walk calls each for every row of a long answer, all of whose columns are whole
// numbers. It goes past database/sql, whose locks and conversions for each row
// cost as much as SQLite does. The values are good until each returns.
//
// SQLite gets no context: with one the driver arms a waiting for locks at each
// step. A reader waits for none but while a crashed writer's log is put in order.
func (p *pool) walk(ctx context.Context, query string, args []int64, each func([]driver.Value) error) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(c any) error {
		preparer, ok := c.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("a %T prepares no statements", c)
		}
		st, err := preparer.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		return errors.Join(walkRows(ctx, st, args, each), st.Close())
	})
	return errors.Join(err, conn.Close())
}

func walkRows(ctx context.Context, st driver.Stmt, args []int64, each func([]driver.Value) error) error {
	asker, ok := st.(driver.StmtQueryContext)
	if !ok {
		return fmt.Errorf("a %T answers no questions", st)
	}
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	rows, err := asker.QueryContext(context.WithoutCancel(ctx), named)
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	for n := 0; err == nil; n++ {
		if n%walkChecks == 0 && ctx.Err() != nil {
			err = ctx.Err()
		} else if err = rows.Next(row); err == nil {
			err = each(row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}
