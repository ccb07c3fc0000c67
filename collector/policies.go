package collector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// policyAnswer is an environment as REST lists it, as far as GraphQL does not.
// can_admins_bypass stands in no published schema: missing means not told.
type policyAnswer struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	AdminBypass *bool           `json:"can_admins_bypass"`
	Branches    json.RawMessage `json:"deployment_branch_policy"` // null: any branch; missing: not told
}

// policies sets out to read which branches may deploy to a repository's
// environments, and whether administrators may pass their gates. envs are the
// environments that GraphQL lists, sorted.
func (r *run) policies(ctx context.Context, of place, envs []int64, g *gap) error {
	if len(envs) == 0 || !r.reads(access.AreaPolicies) {
		return r.finish(ctx, access.AreaPolicies, of.id, access.Rows{}, g)
	}
	same := just(envs)
	if g != nil {
		same = nothing
	}
	return r.inTier(ctx, tierRead{area: access.AreaPolicies, scope: of.id, calls: 1, same: same,
		read: func(ctx context.Context) error { return r.readPolicies(ctx, of, envs, g) }})
}

func (r *run) readPolicies(ctx context.Context, of place, envs []int64, g *gap) error {
	what := "environments of " + r.name(of.name)
	listed, total, err := r.walkPolicies(ctx, of, envs)
	if end := stopped(err); end != nil {
		return end
	}
	before := g
	if err != nil {
		why := gapOf(access.AreaPolicies, what, err)
		g = &why
	}
	rows := access.Rows{Entities: make([]access.Entity, 0, len(listed))}
	seen := map[int64]bool{}
	for _, e := range listed {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		p, why, err := r.policy(ctx, of, e)
		if err != nil {
			return err
		}
		if why != nil {
			g = why
			continue
		}
		rows.Entities = append(rows.Entities, p)
	}
	if g == nil && (len(seen) != len(envs) || total != len(envs)) {
		why := partial("%s: GraphQL lists %d, REST counts %d and lists %d of those", what, len(envs), total, len(seen))
		g = &why
	}
	return r.confirm(ctx, reading{of: of, area: access.AreaPolicies, what: what,
		keep: func(ctx context.Context) error {
			r.told(access.AreaPolicies)
			return r.finish(ctx, access.AreaPolicies, of.id, rows, g)
		},
		again: func(ctx context.Context, now place) error { return r.readPolicies(ctx, now, envs, before) },
	})
}

// walkPolicies lists those of the environments that GraphQL lists too. Each of them
// has to come, so that one that goes past between two pages shows.
func (r *run) walkPolicies(ctx context.Context, of place, envs []int64) (listed []policyAnswer, total int, err error) {
	total = -1
	seen := map[int64]struct{}{}
	err = r.pages(func(page int) (int, int, *gh.Response, error) {
		var a struct {
			TotalCount   *int           `json:"total_count"`
			Environments []policyAnswer `json:"environments"`
		}
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/environments?per_page=100&page=%d", r.org.Login, of.name, page), &a)
		if err != nil || a.TotalCount == nil {
			return 0, 0, resp, cmp.Or(err, errNoCount)
		}
		total = *a.TotalCount
		for _, e := range a.Environments {
			if e.ID <= 0 {
				return 0, 0, resp, errNull
			}
			_, twice := seen[e.ID]
			seen[e.ID] = struct{}{}
			if _, ok := slices.BinarySearch(envs, e.ID); ok && !twice {
				listed = append(listed, e)
			}
		}
		return len(a.Environments), len(seen), resp, nil
	})
	return listed, total, err
}

// policy reads one environment's policy; the patterns only where it has some.
func (r *run) policy(ctx context.Context, of place, e policyAnswer) (access.Policy, *gap, error) {
	p := access.Policy{Env: e.ID, Repo: of.id, AdminBypass: e.AdminBypass, Branches: access.AnyBranch, CreatedAt: e.CreatedAt.UTC()}
	if !e.CreatedAt.IsZero() && !e.UpdatedAt.IsZero() {
		untouched := e.UpdatedAt.Equal(e.CreatedAt)
		p.Untouched = &untouched
	}
	what := "branch policy of environment " + r.name(of.name) + "/" + e.Name
	var l lacks
	l.sane(&e.CreatedAt, "created_at")
	if g := l.gap(what); g != nil {
		return p, g, nil
	}
	var kind *struct {
		Protected bool `json:"protected_branches"`
		Custom    bool `json:"custom_branch_policies"`
	}
	if e.Branches == nil {
		g := partial("%s: GitHub did not tell it", what)
		return p, &g, nil
	}
	if err := json.Unmarshal(e.Branches, &kind); err != nil {
		g := partial("%s: it cannot be read: %v", what, err)
		return p, &g, nil
	}
	switch {
	case kind == nil:
		return p, nil, nil
	case kind.Protected && !kind.Custom:
		p.Branches = access.ProtectedBranch
		return p, nil, nil
	case kind.Protected == kind.Custom:
		g := partial("%s: it is neither protected branches nor patterns", what)
		return p, &g, nil
	}
	p.Branches = access.SelectedBranches
	patterns, err := r.patterns(ctx, of, e.Name)
	if end := stopped(err); end != nil {
		return p, nil, end
	}
	if err != nil {
		g := gapOf(access.AreaPolicies, what, err)
		return p, &g, nil
	}
	p.Patterns = patterns
	return p, nil, nil
}

// patterns reads the branch and tag patterns of one environment, whose name may
// contain a slash.
func (r *run) patterns(ctx context.Context, of place, name string) ([]access.Pattern, error) {
	var out []access.Pattern
	err := counted(func() (seen map[int64]struct{}, err error) {
		out, seen, err = r.walkPatterns(ctx, of, name)
		return seen, err
	})
	return out, err
}

// walkPatterns reads the list once.
func (r *run) walkPatterns(ctx context.Context, of place, name string) (out []access.Pattern, seen map[int64]struct{}, err error) {
	seen = map[int64]struct{}{}
	total := 0
	err = r.pages(func(page int) (int, int, *gh.Response, error) {
		var a struct {
			TotalCount *int             `json:"total_count"`
			Policies   []access.Pattern `json:"branch_policies"`
		}
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/environments/%s/deployment-branch-policies?per_page=100&page=%d",
			r.org.Login, of.name, url.PathEscape(name), page), &a)
		if err != nil || a.TotalCount == nil {
			return 0, 0, resp, cmp.Or(err, errNoCount)
		}
		total = *a.TotalCount
		for _, p := range a.Policies {
			if p.ID <= 0 {
				return 0, 0, resp, errNull
			}
			var l lacks
			l.unless(p.Name != "", "name")
			l.among(&p.Type, "type", "branch", "tag")
			if len(l) > 0 {
				return 0, 0, resp, fmt.Errorf("pattern %d: %s", p.ID, strings.Join(l, ", "))
			}
			if _, twice := seen[p.ID]; !twice {
				seen[p.ID] = struct{}{}
				out = append(out, p)
			}
		}
		return len(a.Policies), len(seen), resp, nil
	})
	if err == nil && len(out) != total {
		err = fmt.Errorf("GitHub counts %d patterns and lists %d", total, len(out))
	}
	return out, seen, err
}
