package collector

import (
	"maps"
	"sync"
)

// Sizes are how large a page, or a batch, of each list was when the server last
// bore it well. They are worth keeping from one pass to the next: an organization
// whose pages are heavy today has heavy pages tomorrow. Safe for concurrent use;
// the zero value knows nothing.
type Sizes struct {
	mu sync.Mutex
	of map[string]int
}

// NewSizes takes up what was kept.
func NewSizes(kept map[string]int) *Sizes { return &Sizes{of: maps.Clone(kept)} }

// All gives the sizes by the names of the lists.
func (s *Sizes) All() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.of)
}

func (s *Sizes) set(list string, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]int{}
	}
	s.of[list] = size
}

func (s *Sizes) get(list string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[list]
}

// sizer is how large a page or a batch is: as large as the server bears. It
// starts where the last pass ended, else where large organizations are known to
// fare well, halves on trouble and grows again slowly.
type sizer struct {
	mu              sync.Mutex
	now, most, step int
	calm            int // answers without trouble since the size changed last
	list            string
	kept            *Sizes
}

// calmBefore is how many answers in a row must come without trouble before a page
// grows: growing at once after each would run into the limit every other time.
const calmBefore = 3

// sizer gives the sizer of a list.
func (r *run) sizer(list string, start, most, step int) *sizer {
	if kept := r.o.Sizes.get(list); kept > 0 {
		start = min(kept, most)
	}
	s := &sizer{now: start, most: most, step: step, list: list, kept: r.o.Sizes}
	s.kept.set(list, start)
	return s
}

func (s *sizer) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// grow notes an answer without trouble.
func (s *sizer) grow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm++; s.calm >= calmBefore && s.now < s.most {
		s.change(min(s.now+s.step, s.most))
	}
}

// shrink halves from n, what was asked for when trouble came.
func (s *sizer) shrink(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(max(min(s.now, n/2), 1))
}

func (s *sizer) change(size int) {
	s.now, s.calm = size, 0
	s.kept.set(s.list, size)
}
