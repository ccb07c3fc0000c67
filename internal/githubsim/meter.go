package githubsim

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Kind is one of GitHub's two APIs.
type Kind string

// The two APIs.
const (
	REST    Kind = "rest"
	GraphQL Kind = "graphql"
)

// Count adds up what one kind of request cost. Points are GraphQL points; a
// REST call has one. Time is the response time as a client sees it.
type Count struct {
	Requests int
	Points   int
	Nodes    int
	Bytes    int64
	Time     time.Duration
}

func (c *Count) add(d Count) {
	c.Requests += d.Requests
	c.Points += d.Points
	c.Nodes += d.Nodes
	c.Bytes += d.Bytes
	c.Time += d.Time
}

// Meters is what a server has been asked for so far.
type Meters struct {
	// GraphQL counts by shape: the root field with the main connection under it,
	// as "organization.repositories", "nodes(Environment)" or "viewer".
	GraphQL map[string]Count
	// REST counts by route, as "GET /repos/{owner}/{repo}/keys". A request that
	// meets no route counts under "GET (no route)".
	REST map[string]Count
	// Total adds up all of both.
	Total Count
	// InFlightMax is the largest number of requests answered at the same time.
	InFlightMax int
	// Limited counts answers that refused a request for a primary or secondary limit.
	Limited int
	// Faulted counts the requests that a fault met.
	Faulted int
	// Mutations lists every request that tried to change something, in order:
	// "PUT /orgs/acme/memberships/x" or "mutation updateEnvironment".
	Mutations []string
}

// Request is one line of a server's log.
type Request struct {
	At     time.Time
	Kind   Kind
	Method string
	Path   string // escaped, with its query
	Route  string // route template, or GraphQL shape
	Status int    // 0 when the connection was cut
	Login  string // the account behind the token, "" for an App or a stranger
	Query  string // text of a GraphQL query
	Count  Count
	Fault  string // name of the fault that met it, "" for none
}

// meter keeps counts and log; safe for concurrent use.
type meter struct {
	mu        sync.Mutex
	m         Meters
	log       []Request
	mutations []*Mutation
	texts     map[string]string // one copy of each query text
	inFlight  int
}

func newMeter() *meter {
	return &meter{m: Meters{GraphQL: map[string]Count{}, REST: map[string]Count{}}, texts: map[string]string{}}
}

// enter counts a request in and returns how many are in flight now.
func (m *meter) enter() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight++
	m.m.InFlightMax = max(m.m.InFlightMax, m.inFlight)
	return m.inFlight
}

func (m *meter) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight--
}

func (m *meter) note(r Request, limited bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.Query != "" {
		if old, ok := m.texts[r.Query]; ok {
			r.Query = old
		} else {
			m.texts[r.Query] = r.Query
		}
	}
	m.log = append(m.log, r)
	by := m.m.REST
	if r.Kind == GraphQL {
		by = m.m.GraphQL
	}
	c := by[r.Route]
	c.add(r.Count)
	by[r.Route] = c
	m.m.Total.add(r.Count)
	if limited {
		m.m.Limited++
	}
	if r.Fault != "" {
		m.m.Faulted++
	}
}

func (m *meter) mutation(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.m.Mutations = append(m.m.Mutations, what)
}

// Meters returns a copy of the counts so far.
func (s *Server) Meters() Meters {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	out := s.meter.m
	out.GraphQL, out.REST, out.Mutations = maps.Clone(out.GraphQL), maps.Clone(out.REST), slices.Clone(out.Mutations)
	return out
}

// Requests returns a copy of the log so far, in the order of the answers.
func (s *Server) Requests() []Request {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	return slices.Clone(s.meter.log)
}

// ResetMeters forgets counts and log; limits and faults stay as they are.
func (s *Server) ResetMeters() {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	fresh := newMeter()
	s.meter.m, s.meter.log, s.meter.mutations, s.meter.texts = fresh.m, nil, nil, fresh.texts
}
