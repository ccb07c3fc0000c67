// Package githubsim is a small real GitHub: an HTTP server that answers the
// REST and GraphQL calls of an access audit from one world file, with GitHub's
// paging, costs, limits, error texts and failures. Where GitHub's behaviour is
// in doubt it takes the harsher reading. It imports nothing of ajar: what it
// answers is worked out naively, so that agreement with it proves something.
package githubsim

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how a server behaves. The zero value accepts no token and is
// otherwise a fast, healthy GitHub with a primary limit of 5000.
type Options struct {
	Tokens []Token
	// Apps are the GitHub Apps that may ask with their own signature, and whose
	// installations in the world may be given tokens.
	Apps []App
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Sleep waits; a real timer if nil. It is only called with Latency or a
	// fault that takes time.
	Sleep func(context.Context, time.Duration) error
	// Latency is the time an answer takes, before it is sent; none if nil.
	Latency func(Kind) time.Duration
	// Log receives one debug line per request; nothing if nil.
	Log *slog.Logger
	// PrimaryLimit is how many points (GraphQL) and requests (REST) a token has
	// an hour: 0 means GitHub's 5000, Unlimited switches it off as GHES does,
	// and then there are no rate limit headers and rateLimit is null.
	PrimaryLimit int
	// Secondary limits; the zero value has none. See GitHubSecondary.
	Secondary Secondary
	// Faults are met in the order given; the first that matches wins.
	Faults []Fault
	// InheritedTeamRepositories makes Team.repositories list what a team inherits
	// from its ancestors too. GitHub does not document which it is.
	InheritedTeamRepositories bool
	// LooseDirect makes collaborators(affiliation: DIRECT) list people whom only
	// a team reaches too, as its description allows.
	LooseDirect bool
	// Writable lets tokens that may change something do so. Without it every
	// request for a change is noted and refused with 403, whatever it asks for.
	Writable bool
	// Lag is how long readers are shown what was before a change.
	Lag time.Duration
	// Background is how long a new base permission takes to reach the members.
	Background time.Duration
	// Seed is for the faults that strike with a probability.
	Seed uint64
}

// Unlimited as Options.PrimaryLimit switches the primary limit off.
const Unlimited = -1

// Server answers for a world. It is safe for concurrent use.
type Server struct {
	o      Options
	tokens map[string]*Token
	issuer *issuer
	meter  *meter
	limits *limits
	faults *faults
	routes *routeTable
	serial atomic.Int64 // of X-GitHub-Request-Id

	waiting atomic.Int64 // changes that were accepted and are not carried out yet

	mu      sync.RWMutex // guards the world and what hangs on it
	world   *World
	index   *Index
	past    []version // what readers are still shown, the oldest first
	pending []*postponed
	lastID  int64
	counted bool                  // lastID is as high as any in the world
	sent    map[int64][]time.Time // invitations of the last day, by organization
}

// New returns a server for w, which it owns from now on: change it only with
// Mutate.
func New(w *World, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.PrimaryLimit == 0 {
		o.PrimaryLimit = 5000
	}
	s := &Server{o: o, tokens: map[string]*Token{}, issuer: newIssuer(), meter: newMeter(), world: w, index: w.Index(), sent: map[int64][]time.Time{}}
	for i := range o.Tokens {
		s.tokens[o.Tokens[i].Value] = &o.Tokens[i]
	}
	if o.Writable {
		s.lastID = w.largestID() // a number is never used again, also where what had it is gone
	}
	s.limits, s.faults = newLimits(o), newFaults(o)
	s.routes = newRouteTable(slices.Concat(s.coreRoutes(), s.restRoutes(), writeRoutes(), byNumbers(s.restRoutes()), byNumbers(writeRoutes())))
	return s
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Mutate changes the world while the server runs. No request is half way
// through meanwhile, and readers see all of it at once.
func (s *Server) Mutate(change func(*World)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Writable {
		s.lastID = max(s.lastID, s.world.largestID())
	}
	change(s.world)
	s.index, s.past, s.counted = s.world.Index(), nil, false
}

// call is one request on its way through the server. Handlers read it and
// return a reply; x and viewer are frozen for the time of the call.
type call struct {
	s        *Server
	r        *http.Request
	body     []byte
	kind     Kind
	path     string // escaped, without /api/v3
	route    *route // REST; nil when no route fits
	params   map[string]string
	query    *document // GraphQL; nil when it could not be read
	token    *Token
	app      *App  // where an App asks with its own signature
	userID   int64 // of the person behind the token
	x        *Index
	viewer   *viewer
	now      time.Time
	start    time.Time
	id       string
	note     Request
	penalty  bool // the points are charged once more
	admitted bool // a change that counts as under way
	entry    *Mutation
	applied  bool // the change that was asked for took effect
	changed  bool // and the world is different
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inFlight := s.meter.enter()
	defer s.meter.leave()
	c := &call{s: s, r: r, start: s.o.Now(), id: s.requestID()}
	c.now = c.start.UTC()
	c.resolve()
	if c.changes() {
		s.meter.arrived(c)
	}
	rep := s.answer(c, inFlight)
	s.finish(c, rep, w)
}

// resolve finds out what is asked for, before anybody asks whether it may be.
func (c *call) resolve() {
	c.path = c.r.URL.EscapedPath()
	c.note = Request{At: c.now, Kind: REST, Method: c.r.Method, Path: c.r.URL.RequestURI()}
	c.kind = REST
	if c.path == "/graphql" || c.path == "/api/graphql" {
		c.kind, c.note.Kind = GraphQL, GraphQL
	}
	c.path = strings.TrimPrefix(c.path, "/api/v3")
	c.body, _ = io.ReadAll(io.LimitReader(c.r.Body, 1<<20))
	if c.kind == GraphQL {
		c.query = readQuery(c.body)
		c.note.Route, c.note.Query, c.note.Count = c.query.shape, c.query.text, c.query.charge()
		return
	}
	c.route, c.params = c.s.routes.find(c.r.Method, c.path)
	c.note.Route, c.note.Count = c.r.Method+" (no route)", Count{Points: 1}
	if c.route != nil {
		c.note.Route = c.route.method + " " + c.route.template
	}
}

// answer passes the call through authentication, limits and faults to its
// handler.
func (s *Server) answer(c *call, inFlight int) *reply {
	if rep := s.authenticate(c); rep != nil {
		return rep
	}
	if rep := s.limits.admit(c, inFlight); rep != nil {
		return rep
	}
	f := s.faults.strike(c)
	if f != nil && f.Mutate != nil {
		s.Mutate(f.Mutate)
	}
	if f != nil {
		if rep := f.instead(c); rep != nil {
			return rep
		}
	}
	return s.handle(c, f)
}

// handle answers from the world as it is now; a fault may spoil the answer.
func (s *Server) handle(c *call, f *Fault) *reply {
	s.settle(c.now)
	if c.changes() {
		return s.write(c, f)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	c.look(s.visible(c.now))
	var rep *reply
	switch {
	case c.kind == GraphQL:
		rep = c.graphql()
	case c.route.forApps():
		rep = c.route.handle(c)
	case c.route == nil:
		rep = c.notFound()
	default:
		rep = c.route.handle(c)
	}
	if f != nil {
		rep = f.spoil(c, rep)
	}
	rep.encode()
	return rep
}
