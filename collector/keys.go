package collector

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// keyWork is one repository whose deploy keys are to be read.
type keyWork struct {
	of    place
	count int  // what GraphQL counts; -1: it did not tell
	gap   *gap // why they cannot be read
}

// keysOf decides what to do about a repository's deploy keys. A count of none
// is believed only from a token that may see keys: an administrator's, or an
// app's, which would be refused otherwise.
func (w *repoWalk) keysOf(n *repositoryNode, c *count, trouble error) keyWork {
	k := keyWork{of: place{n.DatabaseID, n.Name}, count: -1}
	switch {
	case c != nil && c.TotalCount != nil && trouble == nil:
		k.count = *c.TotalCount
	case trouble != nil && !heavy(trouble):
		g := gapOf(access.AreaDeployKeys, "deploy keys of "+w.r.name(n.Name), trouble)
		k.gap = &g
		return k
	}
	if k.count == 0 && !n.ViewerCanAdminister && !w.r.app.Load() {
		g := denied(access.AreaDeployKeys, "deploy keys of %s: GitHub shows them to administrators of the repository alone", w.r.name(n.Name))
		k.gap = &g
	}
	return k
}

// deployKeys sets out to read the keys of one repository. GraphQL knows neither
// their numbers nor their last use.
func (r *run) deployKeys(ctx context.Context, k keyWork) error {
	if k.count == 0 || k.gap != nil || !r.reads(access.AreaDeployKeys) {
		return r.finish(ctx, access.AreaDeployKeys, k.of.id, access.Rows{}, k.gap)
	}
	of, count := k.of, k.count
	r.rests.add(func(ctx context.Context) error { return r.readKeys(ctx, of, count) })
	return nil
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
