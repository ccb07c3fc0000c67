// Package clock tells by which instant the ends of access are judged (invariant
// S23): by GitHub's clock as its answers state it, carried on by the monotonic
// clock of this machine, and never before the highest instant that was seen. What
// the local clock says is believed only where GitHub said nothing.
package clock

import (
	"fmt"
	"sync"
	"time"
)

// Apart is by how much two statements of the time may differ before one of them is
// doubted.
const Apart = 2 * time.Minute

// Clock is safe for use by several goroutines at once.
//
// GitHub's Date header counts whole seconds and is older than its answer, so what
// Now tells is behind GitHub's clock, by less than a second and the answer's way,
// and not ahead of it: nothing ends early. A machine that was suspended is further
// behind until it hears the next answer.
type Clock struct {
	wall func() time.Time
	mono func() time.Duration

	mu      sync.Mutex
	base    mark // what GitHub said last and is believed
	sure    bool // base agrees with a second statement: another answer, or the local clock
	odd     mark // a statement that contradicts base, until a second one decides
	highest time.Time
	stored  bool // highest stands as it is in the store
}

// mark is a statement of GitHub's, and when it was heard by the monotonic clock.
type mark struct {
	date  time.Time
	heard time.Duration
}

// New makes a clock that has heard nothing. wall is the clock of this machine; mono
// counts on while the machine runs, whatever is done to that clock: nil takes the
// monotonic part of what wall tells, which time.Now has.
func New(wall func() time.Time, mono func() time.Duration) *Clock {
	if mono == nil {
		start := wall()
		mono = func() time.Duration { return wall().Sub(start) }
	}
	return &Clock{wall: wall, mono: mono}
}

// Hear takes the Date of an answer of GitHub's that has just come. One that leaps,
// compared with what was to be expected, is believed when a second one says the
// same: a single answer with a wrong date, from a proxy that kept it, moves nothing.
func (c *Clock) Hear(date time.Time) {
	if date.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := mark{date.UTC(), c.mono()}
	switch {
	case c.base.date.IsZero():
		c.base, c.sure = m, near(date, c.wall())
	case near(date, c.carried(c.base)):
		c.base, c.sure, c.odd = m, true, mark{}
	case !c.odd.date.IsZero() && near(date, c.carried(c.odd)):
		c.base, c.sure, c.odd = m, true, mark{}
	default:
		c.odd = m
	}
}

// Restore tells the highest instant that a store holds.
func (c *Clock) Restore(highest time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if highest.After(c.highest) {
		c.highest, c.stored = highest.UTC(), true
	}
}

// Now gives the instant to judge by, in UTC. It never goes back behind an instant
// that GitHub was sure of. Where GitHub said nothing it is the local clock's.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	t := c.wall().UTC()
	if !c.base.date.IsZero() {
		t = c.carried(c.base)
	}
	if t.Before(c.highest) {
		return c.highest
	}
	if c.sure {
		c.highest, c.stored = t, false
	}
	return t
}

// carried carries a statement on to now.
func (c *Clock) carried(m mark) time.Time { return m.date.Add(max(c.mono()-m.heard, 0)) }

// Highest gives the instant to store, and whether it is news to the store: the
// latest that GitHub was sure of. The local clock alone moves it never, or a clock
// set forward once would end access for good.
func (c *Clock) Highest() (at time.Time, news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sure {
		c.now()
	}
	return c.highest, c.sure && !c.stored
}

// Heard reports whether GitHub has told the time.
func (c *Clock) Heard() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.base.date.IsZero()
}

// Skew gives by how much the local clock is ahead of GitHub's, to about a second;
// 0 where GitHub has not told the time.
func (c *Clock) Skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base.date.IsZero() {
		return 0
	}
	return c.wall().Sub(c.carried(c.base))
}

// Doubt says in one line why no end may be carried out by this clock; "" where
// nothing speaks against it.
func (c *Clock) Doubt() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base.date.IsZero() {
		return ""
	}
	now := c.carried(c.base)
	if ahead := c.highest.Sub(now); ahead > Apart {
		return fmt.Sprintf("GitHub's clock says %s, and a pass before this one heard %s: one of them was wrong",
			now.Format(layout), c.highest.Format(layout))
	}
	return ""
}

const layout = "2006-01-02 15:04:05 MST"

// near reports whether two statements of the time are as good as the same.
func near(a, b time.Time) bool { return a.Sub(b).Abs() <= Apart }
