package githubsim

import (
	"net/http"
	"slices"
	"time"
)

// Mutation is a request that asked for a change, whatever came of it.
type Mutation struct {
	At        time.Time
	Kind      Kind
	Method    string
	Path      string // escaped, without /api/v3 and query
	Route     string // "PUT /orgs/{org}/memberships/{username}", "mutation updateEnvironment"
	Body      string
	Status    int    // 0 when no answer reached the client
	RequestID string // X-GitHub-Request-Id of the answer
	Login     string // the account behind the token, "" for an App or a stranger
	Fault     string // name of the fault that met it, "" for none
	// Applied tells that it took effect, be it later than its answer. Changed
	// tells that the world is different from before: a repeated request takes
	// effect and changes nothing.
	Applied, Changed bool
}

// mutationName is "mutation updateEnvironment" for such a document, else "".
func (c *call) mutationName() string {
	if c.kind != GraphQL {
		return ""
	}
	return "mutation " + c.query.mutation
}

// arrived notes a request for a change.
func (m *meter) arrived(c *call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.entry = &Mutation{At: c.now, Kind: c.kind, Method: c.r.Method, Path: c.path, Route: c.note.Route, Body: string(c.body), RequestID: c.id}
	if c.kind == GraphQL {
		c.entry.Route = c.mutationName()
	}
	m.mutations = append(m.mutations, c.entry)
}

// answered notes what the client of a request for a change is told.
func (m *meter) answered(c *call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.entry.Status, c.entry.Login, c.entry.Fault = c.note.Status, c.note.Login, c.note.Fault
}

// took notes that a request for a change took effect.
func (m *meter) took(c *call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.entry.Applied, c.entry.Changed = c.applied, c.changed
}

// Mutations lists every request that asked for a change, in the order in which
// they came. It is there from the moment the answer is sent.
func (s *Server) Mutations() []Mutation {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	out := make([]Mutation, 0, len(s.meter.mutations))
	for _, m := range s.meter.mutations {
		out = append(out, *m)
	}
	return slices.Clip(out)
}

// Snapshot is a copy of the world as it is, which belongs to the caller. What
// readers are not shown yet is in it.
func (s *Server) Snapshot() *World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.world.Clone()
}

// created answers 201 with a body.
func created(body any) *reply { return &reply{status: http.StatusCreated, body: body} }
