package github

import (
	"context"
	"sync"
)

// slots bound how many requests are under way at once. GraphQL goes first: its
// listings lead to everything else, while the REST calls that they lead to are
// many and would keep them waiting.
type slots struct {
	mu    sync.Mutex
	free  *sync.Cond
	total int
	used  int
	first int // GraphQL requests that wait
}

func newSlots(total int) *slots {
	s := &slots{total: total}
	s.free = sync.NewCond(&s.mu)
	return s
}

// take waits for a slot, or alone for all of them.
func (s *slots) take(ctx context.Context, graphql, alone bool) (release func(), err error) {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock() // nobody stands between looking at ctx and waiting
		defer s.mu.Unlock()
		s.free.Broadcast()
	})
	defer stop()
	n := 1
	if alone {
		n = s.total
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if graphql {
		s.first++
		defer func() {
			if s.first--; s.first == 0 {
				s.free.Broadcast() // REST may go on
			}
		}()
	}
	for ctx.Err() == nil && (s.used+n > s.total || !graphql && s.first > 0) {
		s.free.Wait()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.used += n
	return func() {
		s.mu.Lock()
		s.used -= n
		s.mu.Unlock()
		s.free.Broadcast()
	}, nil
}

// taken is how many requests are under way, or about to go out.
func (s *slots) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}
