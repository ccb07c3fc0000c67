package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/store"
)

// Forecast is what a pass is going to cost: requests, points, and time.
type Forecast struct {
	collector.Estimate
	Took    time.Duration            // by the speeds below
	Waiting time.Duration            // of it, for an hourly limit to begin anew
	Budgets map[string]github.Budget // what is left, by resource; none where GitHub states no limit
	Last    *store.SnapshotInfo      // the newest pass, and so what one really cost; nil: none
}

// How long GitHub takes for an answer, where nothing better is known: large
// organizations see this for a page of repositories, and a REST call is quick.
// GraphQL may take 55 seconds of answering in a minute (docs/architecture.md).
const (
	queryTime  = 1500 * time.Millisecond
	callTime   = 250 * time.Millisecond
	perMinute  = 55 * time.Second
	callMinute = 850
)

// Forecast asks GitHub how large the organization is, and says what reading it
// is going to cost. It collects nothing and spends three points.
func (p Pass) Forecast(ctx context.Context) (Forecast, error) {
	known, last, err := p.lastCounts(ctx)
	if err != nil {
		return Forecast{}, err
	}
	e, err := collector.Weigh(ctx, p.Client, p.Org, p.Collect, known)
	// A whole address that is not there is a StatusError, and another matter.
	if _, address := errors.AsType[*github.StatusError](err); errors.Is(err, github.ErrNotFound) && !address {
		return Forecast{}, fmt.Errorf("%w: %w", ErrNoOrganization, err)
	}
	if err != nil {
		return Forecast{}, err
	}
	// One free call tells what is left of the REST limit.
	if _, _, err := p.Client.REST().RateLimit.Get(ctx); err != nil && !errors.Is(err, github.ErrNotFound) {
		return Forecast{}, fmt.Errorf("asking what is left of the hourly limit: %w", err)
	}
	f := Forecast{Estimate: e, Budgets: p.Client.Budgets(), Last: last}
	f.Took, f.Waiting = f.time(p.Now(), max(p.Collect.Concurrency, 1))
	return f, nil
}

// lastCounts gives what the newest stored snapshot counts.
func (p Pass) lastCounts(ctx context.Context) (*collector.Counts, *store.SnapshotInfo, error) {
	if p.Store == nil {
		return nil, nil, nil
	}
	info, err := p.Store.Latest(ctx, p.Org)
	if errors.Is(err, store.ErrNoSnapshot) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking for an earlier snapshot of %s: %w", p.Org, err)
	}
	s, err := p.Store.Load(ctx, info)
	if err != nil {
		return nil, nil, fmt.Errorf("loading snapshot %d of %s: %w", info.ID, info.Org, err)
	}
	c := countsOf(s)
	return c, &info, p.standing(ctx, s, c)
}

// standing notes what is not due of the areas that have a tier of their own. Of
// teams' grants only the names of roles are in one.
func (p Pass) standing(ctx context.Context, s *access.Snapshot, c *collector.Counts) error {
	c.Young = map[access.Area]int{}
	for _, a := range access.Tiers {
		every := p.Collect.Every[a]
		if p.Collect.Fresh || every <= 0 {
			continue
		}
		known, young, err := p.Store.Readings(ctx, s.Org.ID, a, p.Now().Add(-every))
		if err != nil {
			return fmt.Errorf("looking for what is due of %s: %w", p.Org, err)
		}
		c.Young[a] = young
		age := p.Now().Sub(s.Coverage.AsOf(a, s.TakenAt))
		if a != access.AreaTeamGrants && known == 0 && s.Coverage.Of(a).Status == access.Complete && age < every {
			c.Standing = append(c.Standing, a)
		}
	}
	return nil
}

// countsOf counts what has no total of its own at GitHub.
func countsOf(s *access.Snapshot) *collector.Counts {
	c := &collector.Counts{Environments: len(s.Environments), Keys: len(s.DeployKeys), Outside: len(s.Outside), OrganizationRoles: len(s.OrgRoles)}
	repos, keyed := map[int64]bool{}, map[int64]bool{}
	for _, e := range s.Environments {
		repos[e.Repo] = true
		if e.Policy != nil && e.Policy.Branches == access.SelectedBranches {
			c.BranchPatterns++
		}
	}
	for _, k := range s.DeployKeys {
		keyed[k.Repo] = true
	}
	sizes := map[access.Ref]int{}
	for _, g := range s.Grants {
		switch {
		case g.Resource.Kind == access.Team:
			sizes[g.Resource]++
		case g.Principal.Kind == access.Team && g.Resource.Kind == access.Repo:
			sizes[access.Ref{Kind: access.Repo, ID: g.Principal.ID}]++
		}
	}
	for _, n := range sizes {
		if n > 100 {
			c.BusyTeams++
		}
	}
	c.WithEnvironments, c.WithKeys = len(repos), len(keyed)
	c.Contributors = len(s.Contributions)
	return c
}

// time is how long the requests take: the slower of the two queues, which go
// side by side, and the hours that the budget does not cover.
func (f Forecast) time(now time.Time, inFlight int) (took, waiting time.Duration) {
	calls, _ := f.Calls()
	points, _ := f.Queries()
	queries := time.Duration(points) * queryTime
	if queries > perMinute {
		queries += queries / 11 // 55 s in a minute: one answer after another, in the long run
	} else {
		queries /= time.Duration(min(inFlight, 2))
	}
	rest := time.Duration(calls) * callTime / time.Duration(inFlight)
	if calls > callMinute {
		rest = max(rest, time.Duration(calls/callMinute)*time.Minute)
	}
	took = max(queries, rest)
	for resource, need := range map[string]int64{"graphql": int64(points), "core": int64(calls)} {
		b, ok := f.Budgets[resource]
		if !ok || need <= b.Remaining || b.Limit <= 0 {
			continue
		}
		hours := (need - b.Remaining - 1) / b.Limit // full ones, after the present one
		begins := max(b.Reset.Sub(now), 0) + time.Duration(hours)*time.Hour
		waiting = max(waiting, begins-took) // while it reads, the hours pass as well
	}
	return took + waiting, waiting
}
