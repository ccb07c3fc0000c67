package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// readMoreContributions finds the dates of issues, pull requests, reviews and
// private contributions. Whose dates do not come is neither active nor idle.
func (r *run) readMoreContributions(ctx context.Context, found map[member]sign, from time.Time) error {
	people := slices.SortedFunc(maps.Keys(found), func(a, b member) int { return cmp.Compare(a.id, b.id) })
	for batch := range slices.Chunk(people, contributorsLong) {
		if err := r.askMoreContributions(ctx, batch, found, from); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) askMoreContributions(ctx context.Context, batch []member, found map[member]sign, from time.Time) error {
	var q moreContributionsQuery
	err := r.query(ctx, &q, r.contributionVars(batch, from))
	if end := stopped(err); end != nil {
		return end
	}
	if half := len(batch) / 2; heavy(err) && half > 0 {
		r.o.Shrunk.Add(1)
		if err := r.askMoreContributions(ctx, batch[:half], found, from); err != nil {
			return err
		}
		return r.askMoreContributions(ctx, batch[half:], found, from)
	}
	t, err := sift(err)
	for i, m := range batch {
		last := found[m]
		dated := err == nil && t.at("nodes", i) == nil && i < len(q.Nodes) && q.Nodes[i] != nil && q.Nodes[i].read(&last)
		if !dated {
			if err := r.undated(ctx, m, last); err != nil {
				return err
			}
			continue
		}
		if err := r.keepContribution(ctx, m, last); err != nil {
			return err
		}
	}
	return nil
}

// read sees every dated contribution; it reports whether there was any date.
func (c moreContributions) read(last *sign) bool {
	all := c.ContributionsCollection
	if all == nil {
		return false
	}
	for _, kind := range []struct {
		what string
		page nodes[occurrence]
	}{
		{"issue", all.IssueContributions}, {"pull request", all.PullRequestContributions}, {"review", all.PullRequestReviewContributions},
	} {
		for _, o := range kind.page.Nodes {
			if o != nil {
				last.see(kind.what, o.OccurredAt)
			}
		}
	}
	if at, err := time.Parse(time.DateOnly, value(all.LatestRestrictedContributionDate)); err == nil {
		last.see("private contribution", at)
	}
	return !last.at.IsZero()
}

// undated keeps what is known of somebody who contributed on a day that GitHub
// did not tell.
func (r *run) undated(ctx context.Context, m member, s sign) error {
	rows := access.Rows{}
	if !s.at.IsZero() {
		rows = one(access.Activity{User: m.id, Last: day(s.at), What: s.what})
	}
	g := partial("%s contributed to %s on a day that GitHub did not tell", m.login, r.org.Login)
	return r.finish(ctx, access.AreaContributions, m.id, rows, &g)
}
