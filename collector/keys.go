package collector

import (
	"context"
	"fmt"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// deployKeys sets out to read the keys of one repository. GraphQL knows neither
// their numbers nor their last use, so REST is asked where there are some. That
// there are none is believed only from a token that may see them (see sight.go).
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
		same := nothing
		if count > 0 {
			same = d.DeployKeys.same
		}
		// Without their numbers keys cannot be told at all, so that those that are
		// not known wait for no tier.
		return r.inTier(ctx, tierRead{area: area, scope: of.id, calls: 1, same: same, first: true,
			read: func(ctx context.Context) error { return r.readKeys(ctx, of, count) }})
	case s == hiddenHere:
		g := denied(area, "%s: GitHub shows them to administrators of the repository alone", what)
		return r.finish(ctx, area, of.id, access.Rows{}, &g)
	case s == hiddenEverywhere: // the area has its gap
		return nil
	}
	return r.out.put(ctx, area, of.id, access.Rows{})
}

// keyFacts are the keys of a repository as GraphQL tells of them: all but their
// numbers and their last use. Whether a key is switched on is asked of REST, as
// not each server's GraphQL knows it.
type keyFacts struct {
	TotalCount *int
	PageInfo   pageInfo
	Nodes      []*struct {
		Key       string
		Title     string
		ReadOnly  bool
		Verified  bool
		CreatedAt time.Time
	}
}

func (k *keyFacts) count() *count {
	if k == nil {
		return nil
	}
	return &count{k.TotalCount}
}

// same reports whether these are the keys that are stored, each of them as it is
// stored. No two keys of a repository have the same public half.
func (k *keyFacts) same(stored []access.Entity) bool {
	if k.PageInfo.HasNextPage || len(stored) != *k.TotalCount || len(k.Nodes) != len(stored) {
		return false
	}
	by := make(map[string]access.DeployKey, len(stored))
	for _, e := range stored {
		if key, ok := e.(access.DeployKey); ok {
			by[key.Public] = key
		}
	}
	for _, n := range k.Nodes {
		if n == nil {
			return false
		}
		key, ok := by[n.Key]
		if !ok || key.Title != n.Title || key.ReadOnly != n.ReadOnly || key.Verified != n.Verified || !key.CreatedAt.Equal(n.CreatedAt) {
			return false
		}
		delete(by, n.Key)
	}
	return true
}

// keyAnswer is a key as REST lists it. A server that does not know enabled has no
// way to switch keys off.
type keyAnswer struct {
	ID        int64            `json:"id"`
	Title     *string          `json:"title"`
	Key       *string          `json:"key"`
	ReadOnly  *bool            `json:"read_only"`
	Verified  *bool            `json:"verified"`
	Enabled   *bool            `json:"enabled"`
	CreatedAt *time.Time       `json:"created_at"`
	LastUsed  given[time.Time] `json:"last_used"` // null: never
	AddedBy   *string          `json:"added_by"`
}

// lacks says what was not told of a key.
func (k *keyAnswer) lacks(what string) *gap {
	var l lacks
	l.unless(k.Title != nil, "title")
	l.unless(text(k.Key), "key")
	l.unless(k.ReadOnly != nil, "read_only")
	l.unless(k.Verified != nil, "verified")
	l.date(k.CreatedAt, "created_at")
	l.unless(k.LastUsed.told, "last_used")
	l.sane(k.LastUsed.value, "last_used")
	return l.gap(fmt.Sprintf("%s: key %d", what, k.ID))
}

// readKeys reads the keys; twice, where nobody counts them.
func (r *run) readKeys(ctx context.Context, of place, count int) error {
	what := "deploy keys of " + r.name(of.name)
	var rows access.Rows
	var g *gap
	seen := 0
	walk := func() (ids map[int64]struct{}, err error) {
		rows, g, ids, err = r.walkKeys(ctx, of, what)
		seen = len(ids)
		return ids, err
	}
	var err error
	if count < 0 {
		err = agreed(walk)
	} else {
		err = counted(walk)
	}
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		why := gapOf(access.AreaDeployKeys, what, err)
		g = &why
	} else if g == nil && count >= 0 && seen != count {
		why := partial("%s: GraphQL counts %d and REST lists %d", what, count, seen)
		g = &why
	}
	return r.confirm(ctx, reading{of: of, area: access.AreaDeployKeys, what: what,
		keep: func(ctx context.Context) error {
			r.told(access.AreaDeployKeys)
			return r.finish(ctx, access.AreaDeployKeys, of.id, rows, g)
		},
		again: func(ctx context.Context, now place) error { return r.readKeys(ctx, now, count) },
	})
}

func (r *run) walkKeys(ctx context.Context, of place, what string) (rows access.Rows, g *gap, seen map[int64]struct{}, err error) {
	seen = map[int64]struct{}{}
	err = r.pages(func(page int) (int, int, *gh.Response, error) {
		var keys []*keyAnswer
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/keys?per_page=%d&page=%d", r.org.Login, of.name, perPage, page), &keys)
		for _, k := range keys {
			if k == nil || k.ID <= 0 {
				return 0, 0, resp, errNull
			}
			if _, twice := seen[k.ID]; twice {
				continue
			}
			seen[k.ID] = struct{}{}
			if why := k.lacks(what); why != nil {
				g = why
				continue
			}
			key, grant := k.read(of.id)
			rows.Entities, rows.Grants = append(rows.Entities, key), append(rows.Grants, grant)
		}
		return len(keys), len(seen), resp, err
	})
	return rows, g, seen, err
}

// read turns a key into the thing and its grant.
func (k *keyAnswer) read(repository int64) (access.DeployKey, access.Grant) {
	key := access.DeployKey{
		ID: k.ID, Repo: repository, Title: value(k.Title), Public: value(k.Key), ReadOnly: value(k.ReadOnly),
		Verified: value(k.Verified), Enabled: k.Enabled == nil || *k.Enabled, CreatedAt: value(k.CreatedAt).UTC(), AddedBy: value(k.AddedBy),
	}
	if k.LastUsed.value != nil {
		key.LastUsed = day(*k.LastUsed.value)
	}
	grant := access.Grant{
		Principal: access.Ref{Kind: access.Key, ID: key.ID}, Resource: repo(repository), Privilege: access.Write, Source: access.ByKey,
	}
	if key.ReadOnly {
		grant.Privilege = access.Read
	}
	return key, grant
}
