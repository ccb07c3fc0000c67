package collector

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// deployKeys sets out to read the keys of one repository. GraphQL knows neither
// their numbers nor their last use, so REST is asked where there are some. That
// there are none is believed only from a token that may see them.
func (w *repoWalk) deployKeys(ctx context.Context, d detailed, s sight) error {
	area, of, r := access.AreaDeployKeys, d.place(), w.r
	what := "deploy keys of " + r.name(of.name)
	if !r.reads(area) {
		return nil
	}
	count := -1
	trouble := d.trouble("deployKeys")
	if trouble == nil && d.DeployKeys != nil && d.DeployKeys.TotalCount != nil {
		count = *d.DeployKeys.TotalCount
	}
	switch {
	case trouble != nil && !heavy(trouble):
		g := gapOf(area, what, trouble)
		return r.finish(ctx, area, of.id, access.Rows{}, &g)
	case count != 0:
		r.rests.add(func(ctx context.Context) error { return r.readKeys(ctx, of, count) })
		return nil
	case s == hiddenHere:
		g := denied(area, "%s: GitHub shows them to administrators of the repository alone", what)
		return r.finish(ctx, area, of.id, access.Rows{}, &g)
	case s == hiddenEverywhere: // the area has its gap
		return nil
	}
	return r.out.put(ctx, area, of.id, access.Rows{})
}

func (r *run) readKeys(ctx context.Context, of place, count int) error {
	what := "deploy keys of " + r.name(of.name)
	rows, seen := access.Rows{}, map[int64]bool{}
	err := r.pages(ctx, func(page int) (int, *gh.Response, error) {
		keys, resp, err := r.c.REST().Repositories.ListKeys(ctx, r.org.Login, of.name, &gh.ListOptions{Page: page, PerPage: perPage})
		for _, k := range keys {
			if k.GetID() == 0 {
				return 0, resp, errNull
			}
			if seen[k.GetID()] {
				continue
			}
			seen[k.GetID()] = true
			if k.ReadOnly == nil {
				return 0, resp, fmt.Errorf("GitHub did not tell whether key %d is read-only", k.GetID())
			}
			key, grant := keyOf(of.id, k)
			rows.Entities, rows.Grants = append(rows.Entities, key), append(rows.Grants, grant)
		}
		return len(keys), resp, err
	})
	if end := stopped(err); end != nil {
		return end
	}
	var g *gap
	if err != nil {
		why := gapOf(access.AreaDeployKeys, what, err)
		g = &why
	} else if count >= 0 && len(seen) != count {
		why := partial("%s: GraphQL counts %d and REST lists %d", what, count, len(seen))
		g = &why
	}
	r.out.progress(access.AreaDeployKeys, int(r.count.Load()))
	return r.finish(ctx, access.AreaDeployKeys, of.id, rows, g)
}

// keyOf turns a key into the thing and its grant. A server that does not know
// enabled has no way to switch keys off.
func keyOf(repository int64, k *gh.Key) (access.DeployKey, access.Grant) {
	key := access.DeployKey{
		ID: k.GetID(), Repo: repository, Title: k.GetTitle(), Public: k.GetKey(), ReadOnly: k.GetReadOnly(),
		Verified: k.GetVerified(), Enabled: k.Enabled == nil || *k.Enabled, CreatedAt: k.GetCreatedAt().UTC(), AddedBy: k.GetAddedBy(),
	}
	if k.LastUsed != nil {
		key.LastUsed = day(k.GetLastUsed().Time)
	}
	grant := access.Grant{
		Principal: access.Ref{Kind: access.Key, ID: key.ID}, Resource: repo(repository), Privilege: access.Write, Source: access.ByKey,
	}
	if key.ReadOnly {
		grant.Privilege = access.Read
	}
	return key, grant
}
