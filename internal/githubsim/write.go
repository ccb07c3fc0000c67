package githubsim

import (
	"cmp"
	"net/http"
	"time"
)

// writeFunc looks at a request for a change and says what would come of it.
// Nothing is changed before [effect.do].
type writeFunc func(*call) effect

// effect is a refusal, or a change that may be carried out.
type effect struct {
	refused *reply
	// do changes the world and gives the answer. It calls call.touch for each
	// thing that is different afterwards.
	do func() *reply
}

// no refuses.
func no(refused *reply) effect { return effect{refused: refused} }

// yes allows.
func yes(do func() *reply) effect { return effect{do: do} }

// done answers 204, which has no body.
func done() *reply { return &reply{status: http.StatusNoContent} }

// changes reports whether the request asks for a change of the world; that an
// App is given a token is none.
func (c *call) changes() bool { return c.writes() && !c.route.forApps() }

// look gives the call the state of the world that it works on.
func (c *call) look(x *Index) { c.x, c.viewer = x, x.viewerOf(c.token) }

// touch notes that the world is no longer what it was.
func (c *call) touch() { c.changed = true }

// version is what readers saw before a change that they do not see yet.
type version struct {
	until time.Time
	index *Index
}

// postponed is a change that was accepted and not yet carried out.
type postponed struct {
	due   time.Time // the zero time: when enough requests have come
	after int       // requests that have to come first
	run   func()    // with the lock of the world held
}

// write carries a request for a change out, or refuses it.
func (s *Server) write(c *call, f *Fault) *reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.look(s.index)
	rep := s.attempt(c, f)
	if f != nil {
		rep = f.spoil(c, rep)
	}
	rep.encode()
	return rep
}

// attempt answers a request for a change, with the world held.
func (s *Server) attempt(c *call, f *Fault) *reply {
	s.meter.mutation(cmp.Or(c.mutationName(), c.r.Method+" "+c.path))
	if !s.o.Writable || c.token.Scope.ReadOnly {
		return c.readOnly()
	}
	e := c.plan()
	if e.refused != nil {
		return e.refused
	}
	if f != nil && (f.Action == NoEffect || f.Action == AppliedLater) {
		return s.pretend(c, f, e)
	}
	lag := s.o.Lag
	if f != nil && f.Action == Lagged {
		lag = f.After
	}
	return s.carryOut(c, e, lag)
}

// plan finds out what a request for a change would do.
func (c *call) plan() effect {
	switch {
	case c.kind == GraphQL:
		return c.mutation()
	case c.route == nil || c.route.write == nil:
		return no(c.notFound())
	}
	return c.route.write(c)
}

// readOnly refuses what a token may never do, in the words of the API.
func (c *call) readOnly() *reply {
	if c.kind == GraphQL {
		return ok(&gqlBody{hasData: true, errs: []*gqlError{fail("FORBIDDEN", "Resource not accessible by integration")}})
	}
	return c.failure(http.StatusForbidden, "Resource not accessible by integration")
}

// carryOut does it. Readers see the result only after the lag.
func (s *Server) carryOut(c *call, e effect, lag time.Duration) *reply {
	var before *Index
	if lag > 0 {
		before = s.world.Clone().Index()
	}
	rep := e.do()
	if c.kind == REST {
		c.applied = true
	}
	s.refresh(c)
	if before != nil && c.changed {
		until := c.now.Add(lag)
		if n := len(s.past); n > 0 && s.past[n-1].until.After(until) {
			until = s.past[n-1].until
		}
		s.past = append(s.past, version{until, before})
	}
	rep.encode() // while the world is as it answers
	s.meter.took(c)
	return rep
}

// pretend answers as if the change had been made: it never is, or later.
func (s *Server) pretend(c *call, f *Fault, e effect) *reply {
	saved := s.world.Clone()
	rep := e.do()
	rep.encode()
	*s.world = *saved
	s.index = s.world.Index()
	c.applied, c.changed = false, false
	if f.Action == NoEffect {
		return rep
	}
	if f.Status == 0 && c.kind == REST {
		rep = &reply{status: http.StatusAccepted, body: object{}}
	}
	s.postpone(c, f.After, f.Requests)
	return rep
}

// postpone carries the request out later, if it then still may be.
func (s *Server) postpone(c *call, after time.Duration, requests int) {
	own := *c // the request itself may still be on its way out
	l := &postponed{after: requests, run: func() {
		own.look(s.index)
		own.now = s.o.Now().UTC()
		if e := own.plan(); e.refused == nil {
			s.carryOut(&own, e, 0)
		}
	}}
	if requests == 0 {
		l.due = c.now.Add(after)
	}
	s.pending = append(s.pending, l)
	s.waiting.Store(int64(len(s.pending)))
}

// settle carries out what is due by now. Every request counts as one that came.
func (s *Server) settle(now time.Time) {
	if s.waiting.Load() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []*postponed
	due := s.pending
	s.pending = nil
	for _, l := range due {
		if l.due.IsZero() {
			if l.after--; l.after >= 0 {
				kept = append(kept, l)
				continue
			}
		} else if now.Before(l.due) {
			kept = append(kept, l)
			continue
		}
		l.run()
	}
	s.pending = append(kept, s.pending...)
	s.waiting.Store(int64(len(s.pending)))
}

// refresh builds the lookups anew after a change, and takes away the private
// forks of whoever lost the last right to read what they are forks of.
func (s *Server) refresh(c *call) {
	if !c.changed {
		return
	}
	s.index = s.world.Index()
	for _, o := range s.world.Orgs {
		s.index.orgs[fold(o.Login)].dropForks()
	}
	c.look(s.index)
}

// visible is the state that a reader is shown.
func (s *Server) visible(now time.Time) *Index {
	for _, v := range s.past {
		if now.Before(v.until) {
			return v.index
		}
	}
	return s.index
}

// newID is a number that nothing in the world has, or ever had.
func (s *Server) newID() int64 {
	if !s.counted {
		s.lastID, s.counted = max(s.lastID, s.world.largestID()), true
	}
	s.lastID++
	return s.lastID
}
