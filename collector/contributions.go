package collector

import (
	"context"
	"slices"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// How many people one query asks for. The first asks one connection each, the
// second, which is only for those who did something other than commit, three.
const (
	contributors     = 100
	contributorsLong = 48
)

type contributionsQuery struct {
	Nodes []*struct {
		Typename string `graphql:"__typename" json:"__typename"`
		commits  `graphql:"... on User"`
	} `graphql:"nodes(ids:$ids)"`
	RateLimit *github.RateLimit
}

type commits struct {
	DatabaseID              int64
	ContributionsCollection *struct {
		HasAnyContributions                 *bool
		TotalIssueContributions             *int
		TotalPullRequestContributions       *int
		TotalPullRequestReviewContributions *int
		RestrictedContributionsCount        *int
		CommitContributionsByRepository     []struct {
			Contributions nodes[occurrence] `graphql:"contributions(first:1,orderBy:{field:OCCURRED_AT,direction:DESC})"`
		} `graphql:"commitContributionsByRepository(maxRepositories:100)"`
	} `graphql:"contributionsCollection(organizationID:$org,from:$from)"`
}

type occurrence struct{ OccurredAt time.Time }

type moreContributionsQuery struct {
	Nodes []*struct {
		Typename          string `graphql:"__typename" json:"__typename"`
		moreContributions `graphql:"... on User"`
	} `graphql:"nodes(ids:$ids)"`
	RateLimit *github.RateLimit
}

type moreContributions struct {
	ContributionsCollection *struct {
		LatestRestrictedContributionDate *string
		IssueContributions               nodes[occurrence] `graphql:"issueContributions(first:1,orderBy:{direction:DESC})"`
		PullRequestContributions         nodes[occurrence] `graphql:"pullRequestContributions(first:1,orderBy:{direction:DESC})"`
		PullRequestReviewContributions   nodes[occurrence] `graphql:"pullRequestReviewContributions(first:1,orderBy:{direction:DESC})"`
	} `graphql:"contributionsCollection(organizationID:$org,from:$from)"`
}

// sign is the newest sign of life of somebody.
type sign struct {
	at   time.Time
	what string
}

func (s *sign) see(what string, at time.Time) {
	if at.After(s.at) {
		s.at, s.what = at, what
	}
}

// contributions reads the newest contribution of every member and outside
// collaborator to the organization. No contribution in a window that was read is
// no row: the window is the area's Since.
func (r *run) contributions(ctx context.Context) error {
	area := access.AreaContributions
	if !r.reads(area) {
		return nil
	}
	for _, a := range []access.Area{access.AreaMembers, access.AreaOutside} {
		if g, ok := r.lowered(a); ok {
			r.lower(partial("not everybody is known whose contributions to ask for: %s", g.reason), area)
		}
	}
	// GitHub looks at a year at most; a day less keeps clear of leap days.
	from := day(r.o.At.Add(-min(r.o.ActivityWindow, 364*24*time.Hour)))
	r.mu.Lock()
	r.since[area] = from
	r.mu.Unlock()
	g, ctx2 := errgroup.WithContext(ctx)
	g.SetLimit(r.o.Concurrency)
	for batch := range slices.Chunk(r.who, contributors) {
		g.Go(func() error { return r.readContributions(ctx2, batch, from) })
	}
	return g.Wait()
}

func (r *run) contributionVars(batch []member, from time.Time) map[string]any {
	ids := make([]githubv4.ID, len(batch))
	for i, m := range batch {
		ids[i] = m.node
	}
	return map[string]any{"ids": ids, "org": githubv4.ID(r.org.NodeID), "from": githubv4.DateTime{Time: from}}
}

func (r *run) readContributions(ctx context.Context, batch []member, from time.Time) error {
	var q contributionsQuery
	err := r.query(ctx, &q, r.contributionVars(batch, from))
	if end := stopped(err); end != nil {
		return end
	}
	if half := len(batch) / 2; heavy(err) && half > 0 {
		r.o.Shrunk.Add(1)
		if err := r.readContributions(ctx, batch[:half], from); err != nil {
			return err
		}
		return r.readContributions(ctx, batch[half:], from)
	}
	t, err := sift(err)
	if t.sso != nil {
		r.lower(leftOut("contributions to "+r.org.Login, t.sso), access.AreaContributions)
	}
	more := map[member]sign{}
	for i, m := range batch {
		trouble := err
		if err == nil {
			trouble = t.at("nodes", i)
		}
		if trouble != nil || i >= len(q.Nodes) || q.Nodes[i] == nil || !q.Nodes[i].told() {
			if err := r.noContributions(ctx, m, trouble); err != nil {
				return err
			}
			continue
		}
		last, undated := q.Nodes[i].read()
		if undated {
			more[m] = last
			continue
		}
		if err := r.keepContribution(ctx, m, last); err != nil {
			return err
		}
	}
	r.out.progress(access.AreaContributions, len(r.who))
	return r.readMoreContributions(ctx, more, from)
}

// read finds the newest commit. undated says that there are contributions of
// other kinds, whose dates another query gives.
func (c commits) read() (last sign, undated bool) {
	all := c.ContributionsCollection
	for _, in := range all.CommitContributionsByRepository {
		for _, o := range in.Contributions.Nodes {
			if o != nil {
				last.see("commit", o.OccurredAt)
			}
		}
	}
	others := *all.TotalIssueContributions + *all.TotalPullRequestContributions + *all.TotalPullRequestReviewContributions + *all.RestrictedContributionsCount
	return last, others > 0 || *all.HasAnyContributions && last.at.IsZero()
}

// told reports whether everything came by which read tells idle from active.
func (c commits) told() bool {
	all := c.ContributionsCollection
	return all != nil && all.HasAnyContributions != nil && all.TotalIssueContributions != nil && all.TotalPullRequestContributions != nil &&
		all.TotalPullRequestReviewContributions != nil && all.RestrictedContributionsCount != nil && all.CommitContributionsByRepository != nil
}

func (r *run) noContributions(ctx context.Context, m member, err error) error {
	g := missing(access.AreaContributions, "contributions of "+m.login+" to "+r.org.Login, err)
	return r.finish(ctx, access.AreaContributions, m.id, access.Rows{}, &g)
}

func (r *run) keepContribution(ctx context.Context, m member, s sign) error {
	if s.at.IsZero() {
		return nil
	}
	if !r.happened(s.at) {
		g := partial("contributions of %s to %s: one is of %s, which is no time at which anything happened",
			m.login, r.org.Login, s.at.UTC().Format(time.DateOnly))
		return r.finish(ctx, access.AreaContributions, m.id, access.Rows{}, &g)
	}
	return r.out.put(ctx, access.AreaContributions, m.id, one(access.Activity{User: m.id, Last: day(s.at), What: s.what}))
}
