package collector

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// recorder is a sink that remembers. It fails the test when two calls overlap.
type recorder struct {
	t    testing.TB
	busy sync.Mutex

	people map[int64]access.Person
	put    map[access.Area]map[int64]access.Rows
	added  map[access.Area]map[int64]access.Rows
	ledger access.Coverage
	closed map[access.Area]int // lines for whole areas
	fail   error               // returned from Put once it is set
}

func newRecorder(t testing.TB) *recorder {
	return &recorder{
		t: t, people: map[int64]access.Person{}, put: map[access.Area]map[int64]access.Rows{},
		added: map[access.Area]map[int64]access.Rows{}, closed: map[access.Area]int{},
	}
}

func (s *recorder) alone() func() {
	if !s.busy.TryLock() {
		s.t.Error("two calls of the sink overlap")
		return func() {}
	}
	return s.busy.Unlock
}

func (s *recorder) People(_ context.Context, people []access.Person) error {
	defer s.alone()()
	for _, p := range people {
		s.people[p.ID] = p
	}
	return nil
}

func (s *recorder) Put(_ context.Context, a access.Area, scope int64, rows access.Rows) error {
	defer s.alone()()
	if s.fail != nil {
		return s.fail
	}
	keep(s.put, a, scope, rows)
	return nil
}

func (s *recorder) Add(_ context.Context, a access.Area, scope int64, rows access.Rows) error {
	defer s.alone()()
	keep(s.added, a, scope, rows)
	return nil
}

func keep(into map[access.Area]map[int64]access.Rows, a access.Area, scope int64, rows access.Rows) {
	if into[a] == nil {
		into[a] = map[int64]access.Rows{}
	}
	into[a][scope] = rows
}

func (s *recorder) Cover(_ context.Context, line access.Cover) error {
	defer s.alone()()
	s.ledger.Set(line)
	if line.Scope == 0 {
		s.closed[line.Area]++
	}
	return nil
}

// grants lists what an area holds, complete or not, in order.
func (s *recorder) grants(areas ...access.Area) []access.Grant {
	var out []access.Grant
	for _, a := range areas {
		for _, from := range []map[access.Area]map[int64]access.Rows{s.put, s.added} {
			for _, rows := range from[a] {
				out = append(out, rows.Grants...)
			}
		}
	}
	slices.SortFunc(out, access.Grant.Compare)
	return out
}

// entities lists the things of an area by id.
func entities[T access.Entity](s *recorder, a access.Area) map[int64]T {
	out := map[int64]T{}
	for _, rows := range s.put[a] {
		for _, e := range rows.Entities {
			out[e.Key()] = e.(T)
		}
	}
	return out
}

// hub is a simulator behind a real HTTP server, and a client for it.
type hub struct {
	sim    *githubsim.Server
	client *github.Client
	now    time.Time
	world  *githubsim.World
}

const token = "ghp_tokentokentokentokentokentoken"

// setup is what a test may change of a hub.
type setup struct {
	sim    githubsim.Options
	client github.Options
	prefix string // of the API's path
}

// as lets somebody else than an owner ask.
func as(s githubsim.Scope, login string) func(*setup) {
	return func(o *setup) { o.sim.Tokens = []githubsim.Token{{Value: token, Login: login, Scope: s}} }
}

// through puts a transport between client and simulator.
func through(f func(next http.RoundTripper) http.RoundTripper) func(*setup) {
	return func(o *setup) { o.client.Base = f(http.DefaultTransport.(*http.Transport).Clone()) }
}

// judged holds each REST call against GitHub's own description.
func judged(t testing.TB, j *contract.Judge) func(*setup) {
	return through(func(next http.RoundTripper) http.RoundTripper {
		return contract.Transport(next, j, func(err error) { t.Error(err) })
	})
}

func start(t testing.TB, w *githubsim.World, change ...func(*setup)) *hub {
	t.Helper()
	h := &hub{world: w, now: w.Meta.Now}
	o := setup{
		sim: githubsim.Options{
			Now: h.clock, PrimaryLimit: githubsim.Unlimited,
			Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}},
		},
		client: github.Options{
			Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Now: h.clock,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Unpaced: true, InFlight: 100,
		},
	}
	for _, f := range change {
		f(&o)
	}
	h.sim = githubsim.New(w, o.sim)
	srv := httptest.NewServer(h.sim)
	t.Cleanup(srv.Close)
	o.client.APIURL = srv.URL + o.prefix
	client, err := github.New(o.client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	h.client = client
	return h
}

func (h *hub) clock() time.Time { return h.now }

// collect reads one organization into a new recorder.
func (h *hub) collect(t testing.TB, login string, change ...func(*Options)) *recorder {
	t.Helper()
	s := newRecorder(t)
	if err := h.into(s, login, change...); err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *hub) into(s Sink, login string, change ...func(*Options)) error {
	ctx := context.Background()
	org, err := Identify(ctx, h.client, login)
	if err != nil {
		return err
	}
	o := Options{Now: h.clock}
	for _, f := range change {
		f(&o)
	}
	return Collect(ctx, h.client, org, s, o)
}

// world loads one of the world files, or skips.
func world(t testing.TB, name string) *githubsim.World {
	t.Helper()
	w, err := githubsim.Load(contract.WorldFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return w
}
