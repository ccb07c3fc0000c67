package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	insertPlan = `INSERT INTO plans (hash, org, made_at, body) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING`
	planByHash = `SELECT hash, org, made_at, body FROM plans WHERE hash = $1 ORDER BY hash`
	lastPlanOf = `SELECT hash, org, made_at, body FROM plans WHERE org = $1 AND body ->> 'schema' = $2 ORDER BY made_at DESC, hash LIMIT 1`
	plansOf    = `SELECT hash, org, made_at, body FROM plans WHERE org = $1 ORDER BY made_at DESC, hash`
)

// SavedPlan is a plan as it was saved.
type SavedPlan struct {
	Hash   string
	Org    int64
	MadeAt time.Time
	Body   []byte // byte for byte
}

// SavePlan keeps a plan under its hash, for good. One that is there already must be
// the same, and stays.
func (s *Store) SavePlan(ctx context.Context, hash string, org int64, body []byte, madeAt time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return fmt.Errorf("saving plan %s: %w", hash, err)
	}
	if _, err := s.exec(insertPlan, hash, org, madeAt.UnixMilli(), string(body)); err != nil {
		return fmt.Errorf("saving plan %s: %w", hash, err)
	}
	var there SavedPlan
	var at sql.NullInt64
	if err := s.queryRow(planByHash, []any{hash}, &there.Hash, &there.Org, &at, &there.Body); err != nil {
		return fmt.Errorf("saving plan %s: %w", hash, err)
	}
	if there.Org != org || string(there.Body) != string(body) {
		return fmt.Errorf("saving plan %s: %w", hash, s.undo(errors.New("another plan was saved with that hash")))
	}
	return s.commit()
}

// PlanByHash gives a saved plan, or [ErrNoPlan].
func (s *Store) PlanByHash(ctx context.Context, hash string) (SavedPlan, error) {
	all, err := s.plans(ctx, planByHash, hash)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("plan %.80q: %w", hash, ErrNoPlan)
	}
	if err != nil {
		return SavedPlan{}, err
	}
	return all[0], nil
}

// LastPlan gives the newest saved plan of an organization whose body has that
// schema (what puts a run back is saved too), or [ErrNoPlan].
func (s *Store) LastPlan(ctx context.Context, org int64, schema string) (SavedPlan, error) {
	all, err := s.plans(ctx, lastPlanOf, org, schema)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("the newest plan: %w", ErrNoPlan)
	}
	if err != nil {
		return SavedPlan{}, err
	}
	return all[0], nil
}

// Plans gives the saved plans of an organization, the newest first.
func (s *Store) Plans(ctx context.Context, org int64) ([]SavedPlan, error) {
	return s.plans(ctx, plansOf, org)
}

func (s *Store) plans(ctx context.Context, query string, args ...any) ([]SavedPlan, error) {
	var out []SavedPlan
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var p SavedPlan
		var at sql.NullInt64
		err := rows.Scan(&p.Hash, &p.Org, &at, &p.Body)
		p.MadeAt = instant(at)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading saved plans: %w", explain(s.path, err))
	}
	return out, nil
}
