package collector

import (
	"context"
	"fmt"
	"sync"

	"github.com/eb661601/ajar/access"
)

// outlet is the sink as the loops see it: one call at a time, areas that were
// left out dropped, scopes counted, and nobody introduced twice.
type outlet struct {
	sink    Sink
	without map[access.Area]bool
	tell    func(access.Area, int, int)

	mu     sync.Mutex
	known  map[int64]label // people told so far
	counts map[access.Area]int
}

func newOutlet(sink Sink, o Options) *outlet {
	out := &outlet{
		sink: sink, tell: o.Progress, without: map[access.Area]bool{},
		known: map[int64]label{}, counts: map[access.Area]int{},
	}
	for _, a := range o.Without {
		out.without[a] = true
	}
	return out
}

func (o *outlet) put(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return o.pass(a, func() error { return o.sink.Put(ctx, a, scope, rows) })
}

func (o *outlet) add(ctx context.Context, a access.Area, scope int64, rows access.Rows) error {
	return o.pass(a, func() error { return o.sink.Add(ctx, a, scope, rows) })
}

// asked says that a scope of a tier was read, to its end or not.
func (o *outlet) asked(ctx context.Context, k Known, one *tierRead, whole bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	basis := one.basis
	if !whole {
		basis = [16]byte{}
	}
	if err := k.ReadOn(ctx, one.area, one.scope, whole, basis); err != nil {
		return &stop{fmt.Errorf("keeping when %s was read: %w", one.area, err)}
	}
	return nil
}

// keep lets a scope stand as it is stored.
func (o *outlet) keep(ctx context.Context, k Known, a access.Area, scope int64) error {
	return o.pass(a, func() error { return k.Keep(ctx, a, scope) })
}

func (o *outlet) pass(a access.Area, call func() error) error {
	if o.without[a] {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts[a]++
	if err := call(); err != nil {
		return &stop{fmt.Errorf("keeping %s: %w", a, err)}
	}
	return nil
}

func (o *outlet) cover(ctx context.Context, line access.Cover) error {
	if o.without[line.Area] && line.Scope != 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.sink.Cover(ctx, line); err != nil {
		return &stop{fmt.Errorf("keeping the coverage of %s: %w", line.Area, err)}
	}
	return nil
}

// seen is how many scopes of the area were handed on.
func (o *outlet) seen(a access.Area) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counts[a]
}

// progress tells how far an area is.
func (o *outlet) progress(a access.Area, total int) {
	if o.without[a] {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tell(a, o.counts[a], total)
}

// finished tells that an area was walked to its end.
func (o *outlet) finished(a access.Area) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := o.counts[a]; n > 0 {
		o.tell(a, n, n)
	}
}

// label is how much was told of a person: the audit log gives no node id, and the
// list of members alone gives name and creation time. More replaces less, whichever
// comes first.
type label int

const (
	loginOnly label = iota + 1
	withNode
	fullLabel
)

func labelOf(p access.Person, full bool) label {
	switch {
	case full:
		return fullLabel
	case p.NodeID != "":
		return withNode
	}
	return loginOnly
}

// people introduces who was not introduced yet, or not as well.
func (o *outlet) people(ctx context.Context, full bool, people []access.Person) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := people[:0]
	for _, p := range people {
		l := labelOf(p, full)
		if p.ID <= 0 || o.known[p.ID] >= l {
			continue
		}
		o.known[p.ID] = l
		fresh = append(fresh, p)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := o.sink.People(ctx, fresh); err != nil {
		return &stop{fmt.Errorf("keeping people: %w", err)}
	}
	return nil
}
