package collector

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// Estimate is what reading an organization is going to cost, before it is read.
type Estimate struct {
	Org          string
	Repositories int
	Members      int
	Teams        int
	Sampled      int  // repositories that were looked at for what hangs on them; all of them where it equals Repositories
	Known        bool // that came from an earlier snapshot instead
	Kinds        []KindCost
}

// KindCost is the share of one kind of data.
type KindCost struct {
	Kind    string // in words
	Things  int    // how many things the kind has, -1 where nobody knows beforehand
	GraphQL int    // queries; each costs a point
	REST    int    // calls
	AtMost  bool   // the numbers are a bound: how long the list is shows when it ends
}

// Counts are what an earlier snapshot knows of the things that have no total of
// their own at GitHub.
type Counts struct {
	Environments      int // in all
	WithEnvironments  int // repositories that have one
	BranchPatterns    int // environments with branch policies of their own
	Keys              int // deploy keys in all
	WithKeys          int // repositories that have one
	Outside           int // outside collaborators; a sample does not tell them
	OrganizationRoles int
	BusyTeams         int // teams with more members or repositories than a page holds
	Contributors      int // people of whom a contribution is known

	Standing []access.Area       // the areas that are not due: they stand as they were read
	Young    map[access.Area]int // of others with a tier: the repositories that are not due
}

// Queries is the number of GraphQL queries that are foreseen, each a point, and
// how many more there may be at most.
func (e Estimate) Queries() (n, more int) {
	for _, k := range e.Kinds {
		if k.AtMost {
			more += k.GraphQL
		} else {
			n += k.GraphQL
		}
	}
	return n, more
}

// Calls is the number of REST calls that are foreseen, and how many more there
// may be at most.
func (e Estimate) Calls() (n, more int) {
	for _, k := range e.Kinds {
		if k.AtMost {
			more += k.REST
		} else {
			n += k.REST
		}
	}
	return n, more
}

// sampleOf is how many of the oldest, and of the newest, repositories are looked
// at: both ends, because old ones have gathered what new ones do not have yet.
const sampleOf = 50

type estimateQuery struct {
	Organization *struct {
		DatabaseID      int64
		Login           string
		MembersWithRole *struct{ TotalCount int } `graphql:"membersWithRole(first:1)"`
		Teams           *struct{ TotalCount int } `graphql:"teams(first:1)"`
		Oldest          *nodes[sampledRepository] `graphql:"oldest:repositories(first:$n,orderBy:{field:CREATED_AT,direction:ASC})"`
		Newest          *nodes[sampledRepository] `graphql:"newest:repositories(first:$n,orderBy:{field:CREATED_AT,direction:DESC})"`
	} `graphql:"organization(login:$org)"`
	RateLimit *github.RateLimit
}

type sampledRepository struct {
	DatabaseID   int64
	Environments *struct{ TotalCount int } `graphql:"environments(first:1)"`
	DeployKeys   *struct{ TotalCount int } `graphql:"deployKeys(first:1)"`
}

// Weigh asks how large an organization is and gives what reading it is going to
// cost. It spends three points. known is what an earlier snapshot counted, nil
// where there is none: then a sample of the repositories stands for all.
func Weigh(ctx context.Context, c Client, login string, o Options, known *Counts) (Estimate, error) {
	o.defaults()
	var q estimateQuery
	_, err := sift(c.Query(ctx, &q, map[string]any{"org": githubv4.String(login), "n": githubv4.Int(sampleOf)}))
	if err == nil && q.Organization == nil {
		err = fmt.Errorf("GitHub did not say which it is: %w", github.ErrNotFound)
	}
	if err != nil {
		return Estimate{}, fmt.Errorf("weighing organization %s: %w", login, err)
	}
	e := Estimate{Org: q.Organization.Login, Known: known != nil}
	if t := q.Organization.MembersWithRole; t != nil {
		e.Members = t.TotalCount
	}
	if t := q.Organization.Teams; t != nil {
		e.Teams = t.TotalCount
	}
	sample := map[int64]sampledRepository{}
	for _, part := range []*nodes[sampledRepository]{q.Organization.Oldest, q.Organization.Newest} {
		if part == nil {
			continue
		}
		e.Repositories = part.TotalCount
		for _, n := range part.Nodes {
			if n != nil {
				sample[n.DatabaseID] = *n
			}
		}
	}
	e.Sampled = len(sample)
	e.Kinds = o.kinds(e, cmp.Or(known, extrapolate(sample, e)))
	return e, nil
}

// extrapolate takes a sample for the whole.
func extrapolate(sample map[int64]sampledRepository, e Estimate) *Counts {
	var c Counts
	for _, r := range sample {
		if r.Environments != nil && r.Environments.TotalCount > 0 {
			c.WithEnvironments++
			c.Environments += r.Environments.TotalCount
		}
		if r.DeployKeys != nil && r.DeployKeys.TotalCount > 0 {
			c.WithKeys++
			c.Keys += r.DeployKeys.TotalCount
		}
	}
	all := func(n *int) { *n = (*n*e.Repositories + len(sample)/2) / max(len(sample), 1) }
	all(&c.WithEnvironments)
	all(&c.Environments)
	all(&c.WithKeys)
	all(&c.Keys)
	c.BranchPatterns = c.Environments / 4
	c.BusyTeams = (e.Teams + 19) / 20 // five of a hundred, as large organizations have it
	return &c
}

// kinds is the model of the walk: the same pages, batches and calls as the files
// of this package make, counted instead of made.
func (o Options) kinds(e Estimate, c *Counts) []KindCost {
	o.Without = slices.Concat(o.Without, c.Standing)
	pages := func(n, size int) int { return (n + size - 1) / size }
	people := e.Members + c.Outside
	calls := o.tierCalls(e, c)
	outside := c.Outside
	if !e.Known {
		outside = -1
	}
	dates, most := dated(e, c)
	all := []struct {
		KindCost
		areas []access.Area
	}{
		{KindCost{Kind: "organization, settings, roles", Things: 1, GraphQL: 2, REST: 8 + 4*c.OrganizationRoles}, nil},
		{KindCost{Kind: "members", Things: e.Members, GraphQL: max(pages(e.Members, 100), 1)}, []access.Area{access.AreaMembers, access.AreaTwoFactor}},
		{KindCost{Kind: "outside collaborators", Things: outside, REST: 2 * max(pages(c.Outside, perPage), 1)}, []access.Area{access.AreaOutside}},
		{KindCost{Kind: "teams with members and grants", Things: e.Teams, GraphQL: max(pages(e.Teams, 50), 1) + pages(c.BusyTeams, 10)}, teamAreas},
		{KindCost{Kind: "custom roles that teams hold", Things: e.Teams, REST: max(e.Teams-c.Young[access.AreaTeamGrants], 0), AtMost: true}, []access.Area{access.AreaTeamGrants}},
		{KindCost{Kind: "repositories", Things: e.Repositories, GraphQL: max(pages(e.Repositories, 100), 1)}, repositoryAreas},
		{KindCost{Kind: "direct grants and counts", Things: e.Repositories, GraphQL: pages(e.Repositories, 35)}, []access.Area{access.AreaDirectGrants, access.AreaDeployKeys}},
		{KindCost{Kind: "environments and their gates", Things: c.Environments, GraphQL: pages(c.Environments, 36)}, []access.Area{access.AreaGates}},
		{KindCost{Kind: "names of repositories read by name", Things: e.Repositories, GraphQL: pages(max(e.Repositories, c.WithEnvironments+c.WithKeys), namesAtOnce)}, []access.Area{access.AreaPolicies, access.AreaDeployKeys, access.AreaRepoInvitations}},
		{KindCost{Kind: "branches that may deploy", Things: c.Environments, REST: calls[access.AreaPolicies]}, []access.Area{access.AreaPolicies}},
		{KindCost{Kind: "deploy keys", Things: c.Keys, REST: calls[access.AreaDeployKeys]}, []access.Area{access.AreaDeployKeys}},
		{KindCost{Kind: "secrets of environments, by name", Things: c.Environments, REST: calls[access.AreaSecrets]}, []access.Area{access.AreaSecrets}},
		{KindCost{Kind: "invitations to repositories", Things: e.Repositories, REST: calls[access.AreaRepoInvitations]}, []access.Area{access.AreaRepoInvitations}},
		{KindCost{Kind: "signs of life: contributions", Things: people, GraphQL: pages(people, contributors) + dates}, []access.Area{access.AreaContributions}},
		{KindCost{Kind: "signs of life: more contributors", Things: people, GraphQL: most - dates, AtMost: true}, []access.Area{access.AreaContributions}},
		{KindCost{Kind: "signs of life: audit log", Things: -1, REST: o.AuditPages, AtMost: true}, []access.Area{access.AreaAuditLog}},
	}
	var out []KindCost
	for _, k := range all {
		nothing := k.AtMost && k.GraphQL == 0 && k.REST == 0
		if !nothing && (k.areas == nil || !o.leavesOut(k.areas)) {
			out = append(out, k.KindCost)
		}
	}
	return out
}

// dated gives the queries for the dates of what is no commit: as many as are
// likely, and as many as there are if everybody does something else than commit.
// They are asked for each batch of people on its own. How many contribute is told
// by the last snapshot; before the first, between one and two queries a batch is
// what communities and companies were seen to take.
func dated(e Estimate, c *Counts) (likely, most int) {
	people := e.Members + c.Outside
	for left := people; left > 0; left -= contributors {
		n := min(left, contributors)
		most += (n + contributorsLong - 1) / contributorsLong
		if e.Known {
			active := (n*c.Contributors + people - 1) / people
			likely += (active + contributorsLong - 1) / contributorsLong
		}
	}
	if !e.Known {
		likely = (most + 1) / 2
	}
	return min(likely, most), most
}

// tierCalls gives the calls that the areas with a tier take: of what is due, and
// of that no more than one pass may make. Keys that are not known are read in any
// case.
func (o Options) tierCalls(e Estimate, c *Counts) map[access.Area]int {
	calls := map[access.Area]int{}
	bounded := 0
	for _, t := range []struct {
		area          access.Area
		things, calls int
	}{
		{access.AreaPolicies, c.WithEnvironments, c.WithEnvironments + c.BranchPatterns},
		{access.AreaDeployKeys, c.WithKeys, c.WithKeys},
		{access.AreaSecrets, c.WithEnvironments, c.Environments},
		{access.AreaRepoInvitations, e.Repositories, e.Repositories},
	} {
		due := max(t.things-c.Young[t.area], 0)
		calls[t.area] = t.calls * due / max(t.things, 1)
		if o.bounds(t.area, e) && !o.leavesOut([]access.Area{t.area}) {
			bounded += calls[t.area]
		}
	}
	if o.TierCalls <= 0 || o.Fresh || bounded <= o.TierCalls {
		return calls
	}
	for a, n := range calls {
		if o.bounds(a, e) {
			calls[a] = n * o.TierCalls / bounded
		}
	}
	return calls
}

// bounds reports whether the calls for an area are among those of which a pass
// may make only so many.
func (o Options) bounds(a access.Area, e Estimate) bool {
	return o.Every[a] > 0 && (a != access.AreaDeployKeys || e.Known)
}

// leavesOut reports whether none of the areas is read.
func (o Options) leavesOut(areas []access.Area) bool {
	left := map[access.Area]bool{}
	for _, a := range o.Without {
		left[a] = true
	}
	for _, a := range areas {
		if !left[a] {
			return false
		}
	}
	return true
}
