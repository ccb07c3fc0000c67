package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// secretNames sets out to read the names of the secrets in a repository's
// environments. GitHub shows nobody their values, and has no list of them beyond
// one environment.
func (r *run) secretNames(ctx context.Context, of place, edges []*environmentEdge, g *gap) error {
	area := access.AreaSecrets
	if len(edges) == 0 || !r.reads(area) {
		return r.finish(ctx, area, of.id, access.Rows{}, g)
	}
	same := just(keys(edges, environmentEdge.id))
	if g != nil {
		same = nothing
	}
	return r.inTier(ctx, tierRead{area: area, scope: of.id, calls: len(edges), same: same,
		read: func(ctx context.Context) error { return r.readSecrets(ctx, of, edges, g) }})
}

func (r *run) readSecrets(ctx context.Context, of place, edges []*environmentEdge, g *gap) error {
	rows, before := access.Rows{Entities: make([]access.Entity, 0, len(edges))}, g
	for _, e := range edges {
		if r.blind.Load() { // the area has its gap
			return nil
		}
		what := "secrets of environment " + r.name(of.name) + "/" + e.Node.Name
		names, err := r.secretsOf(ctx, of, e.Node.Name)
		if end := stopped(err); end != nil {
			return end
		}
		if err != nil {
			why := gapOf(access.AreaSecrets, what, err)
			if (r.app.Load() || r.owner.Load()) && errors.Is(err, github.ErrForbidden) {
				// What an app or an owner's token may not see here it may see nowhere.
				r.blind.Store(true)
				r.lower(why, access.AreaSecrets)
				return nil
			}
			g = &why
			continue
		}
		rows.Entities = append(rows.Entities, access.Secrets{Env: e.id(), Repo: of.id, Names: names})
	}
	return r.confirm(ctx, reading{of: of, area: access.AreaSecrets, what: "secrets of " + r.name(of.name),
		keep: func(ctx context.Context) error {
			r.told(access.AreaSecrets)
			return r.finish(ctx, access.AreaSecrets, of.id, rows, g)
		},
		again: func(ctx context.Context, now place) error { return r.readSecrets(ctx, now, edges, before) },
	})
}

// secretsOf reads the names of one environment's secrets. The name of the
// environment may contain a slash.
func (r *run) secretsOf(ctx context.Context, of place, name string) ([]access.Secret, error) {
	var out []access.Secret
	err := counted(func() (seen map[string]struct{}, err error) {
		out, seen, err = r.walkSecrets(ctx, of, name)
		return seen, err
	})
	slices.SortFunc(out, func(a, b access.Secret) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

// walkSecrets reads the list once.
func (r *run) walkSecrets(ctx context.Context, of place, name string) (out []access.Secret, seen map[string]struct{}, err error) {
	seen = map[string]struct{}{}
	total := 0
	err = r.pages(func(page int) (int, int, *gh.Response, error) {
		var a struct {
			TotalCount *int `json:"total_count"`
			Secrets    []struct {
				Name      string    `json:"name"`
				UpdatedAt time.Time `json:"updated_at"`
			} `json:"secrets"`
		}
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/environments/%s/secrets?per_page=100&page=%d",
			r.org.Login, of.name, url.PathEscape(name), page), &a)
		if err != nil || a.TotalCount == nil {
			return 0, 0, resp, cmp.Or(err, errNoCount)
		}
		total = *a.TotalCount
		for _, s := range a.Secrets {
			if s.Name == "" {
				return 0, 0, resp, errNull
			}
			if _, twice := seen[s.Name]; twice {
				continue
			}
			seen[s.Name] = struct{}{}
			one := access.Secret{Name: s.Name}
			if !s.UpdatedAt.IsZero() {
				one.UpdatedAt = day(s.UpdatedAt)
			}
			out = append(out, one)
		}
		return len(a.Secrets), len(seen), resp, nil
	})
	if err == nil && len(out) != total {
		err = fmt.Errorf("GitHub counts %d secrets and lists %d", total, len(out))
	}
	return out, seen, err
}
