package collector

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// run is one collection of one organization.
type run struct {
	c    Client
	org  access.Organization
	o    Options
	out  *outlet
	plan string // of the organization; "" where the token was not told

	stated int  // how many repositories the organization said it has; -1: not told
	shown  int  // how many the token was shown; -1: not told
	hidden bool // there may be repositories that the token is not shown; known once the lists are confirmed
	now    now

	selection selection // of an app

	total     int // how many repositories GitHub lists
	teamTotal int // and how many teams
	sums      sums
	tiers     *tiers
	custom    customRoles
	families  families
	who       []member       // members and outside collaborators, for their activity
	listed    map[int64]bool // the same by id, with those of whom too little was told

	app    atomic.Bool // the token is a GitHub App's
	owner  atomic.Bool // the token is of an owner of the organization
	blind  atomic.Bool // the token may not see the names of secrets
	probe  probe
	count  atomic.Int64 // of repositories, by GitHub
	streak atomic.Int64 // requests in a row that reached nobody

	mu    sync.Mutex
	gaps  map[access.Area]gap
	short map[access.Area]bool    // the only gap: scopes may be missing from the listing
	whole map[access.Area][]int64 // scopes with content that were read to their end
	since map[access.Area]time.Time
	met   map[int64]string // logins of who holds something directly
	rests *queue           // REST calls that belong to one team or repository

	gates    []*gateWork // that wait until it is known that each team was shown
	readings []reading   // read by the name of a repository, which is to be confirmed
}

// member is somebody whose activity is asked for.
type member struct {
	id    int64
	node  string
	login string
}

func newRun(c Client, org access.Organization, sink Sink, o Options) *run {
	return &run{
		c: c, org: org, o: o, out: newOutlet(sink, o), sums: newSums(), tiers: newTiers(sink, o), stated: -1, shown: -1, probe: probe{turn: make(chan struct{}, 1)},
		gaps: map[access.Area]gap{}, short: map[access.Area]bool{}, whole: map[access.Area][]int64{}, since: map[access.Area]time.Time{}, listed: map[int64]bool{}, met: map[int64]string{},
	}
}

// stop is an error that ends the run.
type stop struct{ err error }

func (s *stop) Error() string { return s.err.Error() }
func (s *stop) Unwrap() error { return s.err }

// stopped gives the error that ends the run, or nil where err is only a gap.
func stopped(err error) error {
	if s, ok := errors.AsType[*stop](err); ok {
		return s
	}
	return nil
}

// giveUp is how many requests in a row may reach nobody.
const giveUp = 5

// weigh looks at the outcome of a request and marks what ends the run.
func (r *run) weigh(err error) error {
	if !errors.Is(err, github.ErrUnreachable) {
		r.streak.Store(0)
	} else if r.streak.Add(1) >= giveUp {
		return &stop{err}
	}
	for _, end := range []error{github.ErrUnauthenticated, github.ErrLimited, github.ErrWrite, context.Canceled} {
		if errors.Is(err, end) {
			return &stop{err}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, github.ErrUnreachable) {
		return &stop{err}
	}
	return err
}

// query asks GraphQL.
func (r *run) query(ctx context.Context, q any, vars map[string]any) error {
	return r.weigh(r.c.Query(ctx, q, vars))
}

// reads reports whether one of the areas is wanted.
func (r *run) reads(areas ...access.Area) bool {
	return slices.ContainsFunc(areas, func(a access.Area) bool { return !r.out.without[a] })
}

// lower notes a gap of a whole area; the first one noted is the one told,
// unless a later one is a denial.
func (r *run) lower(g gap, areas ...access.Area) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range areas {
		r.short[a] = false
		if old, ok := r.gaps[a]; !ok || old.status == access.Partial && g.status != access.Partial {
			r.gaps[a] = g
		}
	}
}

// shorten notes a gap of the listing alone: what is listed was read as well as
// it would have been otherwise.
func (r *run) shorten(g gap, areas ...access.Area) {
	for _, a := range areas {
		r.mu.Lock()
		_, had := r.gaps[a]
		short := !had || r.short[a]
		r.mu.Unlock()
		r.lower(g, a)
		r.mu.Lock()
		r.short[a] = short
		r.mu.Unlock()
	}
}

// coverWhole writes the lines of the scopes that were read to their end in an
// area whose listing may lack others.
func (r *run) coverWhole(ctx context.Context, a access.Area) error {
	r.mu.Lock()
	short := r.short[a]
	scopes := make([]readScope, 0, len(r.whole[a]))
	for _, id := range r.whole[a] {
		scopes = append(scopes, readScope{id: id})
	}
	r.mu.Unlock()
	if !short {
		return nil
	}
	if t := r.tiers.of[a]; t != nil {
		scopes = append(scopes, t.read...)
	}
	for _, s := range scopes {
		if err := r.out.cover(ctx, access.Cover{Area: a, Scope: s.id, Status: access.Complete, Seen: 1, Total: -1, ReadAt: s.at}); err != nil {
			return err
		}
	}
	return nil
}

// lowered gives the gap of an area, if it has one.
func (r *run) lowered(a access.Area) (gap, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok := r.gaps[a]
	return g, ok
}

// close writes the line of a whole area: complete, unless a gap was noted.
// total is what GitHub states, -1 where it states nothing.
func (r *run) close(ctx context.Context, a access.Area, total int) error {
	line := access.Cover{Area: a, Status: access.Complete, Seen: r.out.seen(a), Total: total}
	if s := r.sums[a]; s != nil && total >= 0 {
		line.Seen, line.Total = s.rows()
	}
	r.mu.Lock()
	line.Since = r.since[a]
	r.mu.Unlock()
	line.ReadAt, line.Reason = r.oldest(a), r.due(a)
	if g, ok := r.lowered(a); ok {
		line.Status, line.Reason, line.Help = g.status, g.reason, g.help
		if err := r.coverWhole(ctx, a); err != nil {
			return err
		}
	}
	if !r.reads(a) {
		line = access.Cover{Area: a, Status: access.Partial, Reason: "left out by [collect] without", Total: -1}
	}
	r.out.finished(a)
	return r.out.cover(ctx, line)
}

// closeAll closes areas that share a number of scopes.
func (r *run) closeAll(ctx context.Context, total int, areas ...access.Area) error {
	for _, a := range areas {
		if err := r.close(ctx, a, total); err != nil {
			return err
		}
	}
	return nil
}

// finish gives one scope its content: complete, or with a gap what was seen.
func (r *run) finish(ctx context.Context, a access.Area, scope int64, rows access.Rows, g *gap) error {
	inTier, err := r.asked(ctx, a, scope, g == nil)
	if err != nil {
		return err
	}
	if g == nil {
		if !inTier && slices.Contains(repositoryAreas[1:], a) && len(rows.Entities)+len(rows.Grants) > 0 {
			r.mu.Lock()
			r.whole[a] = append(r.whole[a], scope)
			r.mu.Unlock()
		}
		return r.out.put(ctx, a, scope, rows)
	}
	if len(rows.Entities)+len(rows.Grants) > 0 {
		if err := r.out.add(ctx, a, scope, rows); err != nil {
			return err
		}
	}
	return r.out.cover(ctx, access.Cover{
		Area: a, Scope: scope, Status: g.status, Reason: g.reason, Help: g.help,
		Seen: len(rows.Entities) + len(rows.Grants), Total: -1,
	})
}

// same refuses an answer about another organization than the one identified: a
// login may be given to somebody else meanwhile.
func (r *run) same(id int64) error {
	if id == r.org.ID {
		return nil
	}
	return &stop{&elsewhere{r.org.Login, id, r.org.ID}}
}

// user, team, … are references to things seen.
func user(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }
func repo(id int64) access.Ref { return access.Ref{Kind: access.Repo, ID: id} }
func env(id int64) access.Ref  { return access.Ref{Kind: access.Env, ID: id} }
func (r *run) self() access.Ref {
	return access.Ref{Kind: access.Org, ID: r.org.ID}
}
