package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	insertJob = `
		INSERT INTO job_passes (job, org, began, ended, result, reason, failures) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	dropJobs = `
		DELETE FROM job_passes
		 WHERE job = $1 AND org = $2
		   AND id < (SELECT min(id) FROM (SELECT id FROM job_passes WHERE job = $1 AND org = $2 ORDER BY id DESC LIMIT 500))
		   AND id <> coalesce((SELECT max(id) FROM job_passes WHERE job = $1 AND org = $2 AND result IN ('ok', 'incomplete')), 0)`
	lastJobs = `
		SELECT job, org, began, ended, result, reason, failures
		  FROM job_passes p
		 WHERE id = (SELECT max(id) FROM job_passes q WHERE q.job = p.job AND q.org = p.org)
		 ORDER BY id`
	goodJobs = `
		SELECT job, org, began, ended, result, reason, failures
		  FROM job_passes p
		 WHERE id = (SELECT max(id) FROM job_passes q WHERE q.job = p.job AND q.org = p.org AND q.result IN ('ok', 'incomplete'))
		 ORDER BY id`
	recentJobs = `
		SELECT job, org, began, ended, result, reason, failures FROM job_passes ORDER BY id DESC LIMIT $1`
)

// JobPass is the record of one pass of a job of the daemon.
type JobPass struct {
	Job, Org     string    // Org is a login; "" = of the store
	Began, Ended time.Time // by the clock of the machine, to the millisecond
	Result       string    // ok, incomplete, failed, interrupted, planned
	Reason       string    // one line
	Failures     int       // in a row, this one included
}

// KeepJobPass records a pass, and forgets all but the newest few hundred of its job.
func (s *Store) KeepJobPass(ctx context.Context, p JobPass) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return fmt.Errorf("recording a pass: %w", err)
	}
	if _, err := s.exec(insertJob, p.Job, p.Org, p.Began.UnixMilli(), p.Ended.UnixMilli(), p.Result, text(p.Reason), p.Failures); err != nil {
		return fmt.Errorf("recording a pass: %w", err)
	}
	if _, err := s.exec(dropJobs, p.Job, p.Org); err != nil {
		return fmt.Errorf("forgetting old passes: %w", err)
	}
	return s.commit()
}

// LastJobPasses gives the newest pass of each job, and the newest that did what it
// is for.
func (s *Store) LastJobPasses(ctx context.Context) (last, good []JobPass, err error) {
	if last, err = s.jobPasses(ctx, lastJobs); err == nil {
		good, err = s.jobPasses(ctx, goodJobs)
	}
	return last, good, err
}

// RecentJobPasses gives the newest passes of all jobs, the newest first.
func (s *Store) RecentJobPasses(ctx context.Context, n int) ([]JobPass, error) {
	return s.jobPasses(ctx, recentJobs, n)
}

func (s *Store) jobPasses(ctx context.Context, query string, args ...any) ([]JobPass, error) {
	var out []JobPass
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var p JobPass
		var began, ended sql.NullInt64
		err := rows.Scan(&p.Job, &p.Org, &began, &ended, &p.Result, &p.Reason, &p.Failures)
		p.Began, p.Ended = instant(began), instant(ended)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the passes of the daemon: %w", explain(s.path, err))
	}
	return out, nil
}
