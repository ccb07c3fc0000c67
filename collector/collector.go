// Package collector reads who can do what in one GitHub organization and hands
// it on by the page, with a ledger of what could not be seen.
//
// Each file is one area: the query, and beside it the loop that walks it. What
// GraphQL tells is asked there in batches; REST is asked only for what GraphQL
// has nothing of. Nothing is concluded here: the collector knows no rule.
package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	gh "github.com/google/go-github/v92/github"
	"golang.org/x/sync/errgroup"

	"github.com/eb661601/ajar/access"
)

// Client is what the collector needs of a connection to GitHub; the client of
// internal/github has it.
type Client interface {
	// Query fills the struct that q points to; see the client's documentation
	// for partial answers.
	Query(ctx context.Context, q any, vars map[string]any) error
	// REST gives the REST client on the same transport.
	REST() *gh.Client
}

// Sink takes what was read. Calls come one at a time, from several goroutines.
type Sink interface {
	// People tells who was seen, with today's labels.
	People(ctx context.Context, people []access.Person) error
	// Put gives the complete content of one scope of an area.
	Put(ctx context.Context, area access.Area, scope int64, rows access.Rows) error
	// Add gives some of the content of a scope: nothing is known to be gone.
	Add(ctx context.Context, area access.Area, scope int64, rows access.Rows) error
	// Cover writes one line of the coverage ledger.
	Cover(ctx context.Context, line access.Cover) error
}

// Listener is a sink that keeps the events of the audit log that change access.
type Listener interface {
	// Heard tells of events, some of them again with every pass.
	Heard(ctx context.Context, events []access.Event) error
}

// Options vary a collection. The zero value reads everything.
type Options struct {
	Now     func() time.Time // time.Now unless given
	At      time.Time        // start of the observation, which windows end at; now unless given
	Log     *slog.Logger     // nothing unless given
	Without []access.Area    // areas to leave out; the ledger says so

	// Progress hears how many of an area's scopes are done, and how many there
	// are, -1 where that is not known. It may be called from several goroutines,
	// one at a time, and must be quick.
	Progress func(area access.Area, done, total int)

	// Shrunk counts the pages and batches that the server could not bear and that
	// were asked for again in smaller ones; nobody counts them unless given.
	Shrunk *atomic.Int64
	// Sizes are how large pages and batches were at the end of the last pass, and
	// are at the end of this one; pages start at their usual size unless given.
	Sizes *Sizes
	// Every says how old an area of [access.Tiers] may grow before it is read
	// again; 0 is each pass. It takes a sink that is [Known].
	Every map[access.Area]time.Duration
	// TierCalls is how many REST calls a pass may make for what Every speaks of; 0
	// is no bound. TierSpent counts them over the collections of one pass.
	TierCalls int
	TierSpent *atomic.Int64
	// Fresh has all of that read in this pass, whatever its age and the bound.
	Fresh bool

	ActivityWindow time.Duration // how far back signs of life are looked for; 0 means 90 days
	AuditPages     int           // most pages of 100 audit events that are read; 0 means 100
	Concurrency    int           // batches, and REST calls, under way beside the listings; 0 means 6
}

func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.At.IsZero() {
		o.At = o.Now()
	}
	if o.Sizes == nil {
		o.Sizes = &Sizes{}
	}
	if o.TierSpent == nil {
		o.TierSpent = &atomic.Int64{}
	}
	if o.Shrunk == nil {
		o.Shrunk = &atomic.Int64{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(access.Area, int, int) {}
	}
	if o.ActivityWindow <= 0 {
		o.ActivityWindow = 90 * 24 * time.Hour
	}
	if o.AuditPages <= 0 {
		o.AuditPages = 100
	}
	if o.Concurrency <= 0 {
		o.Concurrency = 6
	}
}

// Collect reads the organization into the sink. What cannot be read becomes a
// line of the ledger and never stops the run; only a token that is refused, a
// limit that is not worth waiting for, a network that is gone, a sink that
// fails, and the end of ctx do, and then the error is returned and areas are
// left without a line.
func Collect(ctx context.Context, c Client, org access.Organization, sink Sink, o Options) (err error) {
	o.defaults()
	start := o.Now()
	defer func() {
		said := []any{"org", org.Login, "took", o.Now().Sub(start).Round(time.Millisecond).String()}
		if err != nil {
			said = append(said, "err", err)
		}
		o.Log.InfoContext(ctx, "collect", said...)
	}()
	if org.ID <= 0 || org.NodeID == "" {
		return errors.New("collecting an organization: it has no id; identify it first")
	}
	r := newRun(c, org, sink, o)
	if err := r.all(ctx); err != nil {
		return fmt.Errorf("collecting %s: %w", org.Login, err)
	}
	return nil
}

// all walks every area: first what the others are read by, then the listings
// side by side.
func (r *run) all(ctx context.Context) error {
	if err := errors.Join(r.organization(ctx), r.settings(ctx), r.customRoles(ctx)); err != nil {
		return err
	}
	g, within := errgroup.WithContext(ctx)
	g.Go(func() error { return r.people(within) })
	g.Go(func() error { return r.things(within) })
	g.Go(func() error { return r.organizationLists(within) })
	if err := g.Wait(); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{r.confirmLists, r.settleThings, r.settleGuests, r.readTiers} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// things reads teams and repositories, and what only REST tells of each of
// them: those calls wait in one queue, so that no listing waits for them.
func (r *run) things(ctx context.Context) error {
	r.rests = newQueue()
	g, ctx2 := errgroup.WithContext(ctx)
	g.Go(func() error { return r.rests.work(ctx2, r.o.Concurrency) })
	g.Go(func() error {
		defer r.rests.close()
		lists, ctx2 := errgroup.WithContext(ctx2)
		lists.Go(func() (err error) { r.teamTotal, err = r.teams(ctx2); return err })
		lists.Go(func() (err error) { r.total, err = r.repositories(ctx2); return err })
		return lists.Wait()
	})
	return g.Wait()
}

// settleThings ends what rests on the lists of teams and repositories, once it is
// known whether all of them were shown.
func (r *run) settleThings(ctx context.Context) error {
	if err := r.settleFamilies(ctx); err != nil {
		return err
	}
	// A team that the token may not see is no reviewer that it is shown either.
	if g, ok := r.lowered(access.AreaTeams); ok {
		r.lower(partial("a reviewer may be a team that is not shown: %s", g.reason), access.AreaGates)
	}
	if err := r.closeAll(ctx, r.teamTotal, teamAreas...); err != nil {
		return err
	}
	// A repository that is gone stays where not all of them were seen in full, and so
	// does what hangs on it: only what is listed was read.
	if g, ok := r.lowered(access.AreaRepositories); ok {
		r.shorten(ofGone(g), repositoryAreas[1:]...)
	}
	return r.closeAll(ctx, r.total, slices.DeleteFunc(slices.Clone(repositoryAreas), func(a access.Area) bool { return r.tiers.of[a] != nil })...)
}

// people reads who there is, then what they did.
func (r *run) people(ctx context.Context) error {
	for _, step := range []func(context.Context) error{r.members, r.outside, r.contributions} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// organizationLists reads what the organization has one list of.
func (r *run) organizationLists(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		r.workflowToken, r.invitations, r.failedInvitations, r.orgRoles, r.auditLog,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
