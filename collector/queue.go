package collector

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// queue holds the REST calls that belong to one repository. Those are many and
// slow, while the listings that find them are few and quick: the queue has no
// bound, so that a listing never waits for them, and a job is small.
type queue struct {
	mu     sync.Mutex
	wake   *sync.Cond
	jobs   []func(context.Context) error
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.wake = sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(job func(context.Context) error) {
	q.mu.Lock()
	q.jobs = append(q.jobs, job)
	q.mu.Unlock()
	q.wake.Signal()
}

// close says that no job follows.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake.Broadcast()
}

// next gives the oldest job; nil at the end, or when the context ends.
func (q *queue) next(ctx context.Context) func(context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 && !q.closed && ctx.Err() == nil {
		q.wake.Wait()
	}
	if len(q.jobs) == 0 || ctx.Err() != nil {
		return nil
	}
	job := q.jobs[0]
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	return job
}

// work does the jobs with a number of workers until the queue is closed and
// empty, or one fails.
func (q *queue) work(ctx context.Context, workers int) error {
	g, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, func() {
		q.mu.Lock() // nobody stands between looking at ctx and waiting
		defer q.mu.Unlock()
		q.wake.Broadcast()
	})()
	for range workers {
		g.Go(func() error {
			for job := q.next(ctx); job != nil; job = q.next(ctx) {
				if err := job(ctx); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}
