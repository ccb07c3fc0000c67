package collector

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/shurcooL/githubv4"
	"golang.org/x/sync/errgroup"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// Repositories are read in two steps. A light listing gives ids, labels and
// environments, a hundred a page, in the order of creation, which nothing
// changes. What is heavy is asked for by id, in batches of any order and size:
// cursors form a chain, ids do not, so that batches run side by side, a batch
// that the server cannot bear is split, and one bad repository spoils nothing.

const environmentsList = "environments(first:$n,after:$after)"

type repositoriesQuery struct {
	Organization *struct {
		DatabaseID int64
		viewer
		Repositories *nodes[repositoryNode] `graphql:"repositories(first:$n,after:$after,orderBy:{field:CREATED_AT,direction:ASC})"`
		Past         *past                  `graphql:"past:repositories(first:$rows,after:$from,orderBy:{field:CREATED_AT,direction:ASC})"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// bareRepositoriesQuery is the same page without the inner list.
type bareRepositoriesQuery struct {
	Organization *struct {
		DatabaseID   int64
		Repositories *nodes[repositoryLabels] `graphql:"repositories(first:$n,after:$after,orderBy:{field:CREATED_AT,direction:ASC})"`
		Past         *past                    `graphql:"past:repositories(first:$rows,after:$from,orderBy:{field:CREATED_AT,direction:ASC})"`
	} `graphql:"organization(login:$org)"`
	RateLimit *github.RateLimit
}

type repositoryNode struct {
	repositoryLabels
	Environments *conn[environmentEdge] `graphql:"environments(first:10)"`
}

type repositoryLabels struct {
	ID                  string
	DatabaseID          int64
	Name                *string
	Visibility          *string
	IsArchived          *bool
	IsFork              *bool
	IsDisabled          *bool
	CreatedAt           *time.Time
	PushedAt            given[time.Time] // null: never
	ViewerCanAdminister bool
	DefaultBranchRef    given[branch] `graphql:"defaultBranchRef{name}"` // null: an empty repository
}

type branch struct{ Name string }

// repoWalk is the state that the pages of the listing, and the batches that
// they lead to, share.
type repoWalk struct {
	r       *run
	batches *errgroup.Group
	size    *sizer // of a batch of details

	details []*repository
	gates   []gateItem
	people  *overflow[collaborator]
	envs    *overflow[environmentEdge]
	known   map[int64]struct{} // repositories already on their way
}

var repositoryAreas = []access.Area{
	access.AreaRepositories, access.AreaDirectGrants, access.AreaEnvironments, access.AreaGates, access.AreaPolicies, access.AreaSecrets,
	access.AreaDeployKeys, access.AreaRepoInvitations,
}

// repositories reads the repositories, who was let in directly, their
// environments with gates and policies, and their deploy keys. It gives how many
// there are, by GitHub's count.
func (r *run) repositories(ctx context.Context) (total int, err error) {
	if !r.reads(repositoryAreas...) {
		return -1, r.countRepositories(ctx)
	}
	batches, within := errgroup.WithContext(ctx)
	batches.SetLimit(r.o.Concurrency)
	w := &repoWalk{
		r: r, batches: batches, size: r.sizer("details", 25, 37, 4), known: map[int64]struct{}{},
		people: &overflow[collaborator]{r: r, on: "Repository", list: collaboratorsList, gather: true},
		envs:   &overflow[environmentEdge]{r: r, on: "Repository", list: environmentsList},
	}
	size := r.sizer("repositories", 100, 100, 25)
	what := "repositories of " + r.org.Login
	l, g, err := settle(what, func() (*listing, error) { return w.walk(within, size, what) })
	if err == nil {
		w.flush(within)
	}
	if waited := batches.Wait(); waited != nil {
		return 0, waited
	}
	if err == nil {
		err = w.people.drain(ctx)
	}
	if err != nil {
		return 0, err
	}
	listed := len(l.ids)
	if g != nil {
		r.lower(*g, repositoryAreas...)
		listed = l.total
	}
	return l.total, r.lowerHidden(ctx, listed)
}

type totalQuery struct {
	Organization *struct {
		DatabaseID   int64
		Repositories *struct{ TotalCount int } `graphql:"repositories(first:1)"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// countRepositories asks how many repositories the token is shown, where teams'
// lists of them are read and nothing else of them.
func (r *run) countRepositories(ctx context.Context) error {
	if !r.reads(access.AreaTeamGrants) {
		return nil
	}
	var q totalQuery
	listed := -1
	err := r.query(ctx, &q, map[string]any{"org": githubv4.String(r.org.Login)})
	if end := stopped(err); end != nil {
		return end
	}
	if _, err := sift(err); err == nil && q.Organization != nil && q.Organization.Repositories != nil {
		if err := r.same(q.Organization.DatabaseID); err != nil {
			return err
		}
		listed = q.Organization.Repositories.TotalCount
		r.app.Store(r.app.Load() || q.Viewer.app())
	}
	return r.lowerHidden(ctx, listed)
}

// ofGone is the gap of what hangs on repositories, where that of the repositories is g.
func ofGone(g gap) gap {
	return partial("what hangs on repositories that are gone may still stand: %s", g.reason)
}

// lowerHidden notes that repositories may be missing from what is listed, -1 where
// that is not known: GitHub leaves out what the token may not see, and of the
// total too.
func (r *run) lowerHidden(ctx context.Context, listed int) error {
	hidden := partial("repositories of %s: those that the token may not see are not listed", r.org.Login)
	hidden.help = "an organization owner's token (scope repo), or an app installed on all repositories"
	switch {
	case r.stated >= 0 && listed >= r.stated:
		return nil
	case r.stated >= 0 && listed >= 0:
		hidden.reason = fmt.Sprintf("repositories of %s: the organization has %d, and %d are shown to the token", r.org.Login, r.stated, listed)
	case r.stated < 0 && r.app.Load():
		var a struct {
			Selection string `json:"repository_selection"`
		}
		resp, err := r.get(ctx, "installation/repositories?per_page=1", &a)
		err = r.rested(resp, err)
		if end := stopped(err); end != nil {
			return end
		}
		if err == nil && a.Selection == "all" {
			return nil
		}
	}
	r.hidden = true
	r.shorten(hidden, repositoryAreas...)
	r.lower(hidden, access.AreaTeamGrants) // a team's list is as short
	return nil
}

func (w *repoWalk) walk(ctx context.Context, size *sizer, what string) (*listing, error) {
	l, r := newListing(), w.r
	for {
		page, t, err := w.page(ctx, size, &l.pages)
		if end := stopped(err); end != nil {
			return nil, end
		}
		if err != nil || page == nil {
			l.end(missing(access.AreaRepositories, what, err), err)
			return l, w.envs.drain(ctx)
		}
		if t.sso != nil {
			r.lower(leftOut(what, t.sso), repositoryAreas...)
		}
		for i, n := range page.Nodes {
			if err := w.keep(ctx, n, i, t, l); err != nil {
				return nil, err
			}
		}
		more := l.turn(leaf{page.PageInfo, page.TotalCount, len(page.Nodes), lastOf(page.Nodes, func(n *repositoryNode) int64 { return n.DatabaseID })})
		r.count.Store(int64(l.total))
		r.out.progress(access.AreaRepositories, l.total)
		if !more {
			return l, w.envs.drain(ctx)
		}
	}
}

// page asks for one page of the listing. Where the environments of a repository
// are refused, or too heavy, the whole repository comes as null; then the page
// is asked for without them, and they by themselves.
func (w *repoWalk) page(ctx context.Context, size *sizer, c *chain) (*nodes[repositoryNode], *troubles, error) {
	r := w.r
	vars := func(n int) map[string]any { return c.ask(r.org.Login, n) }
	q, t, err := fetch[repositoriesQuery](ctx, r, size, vars)
	if stopped(err) != nil {
		return nil, t, err
	}
	if err == nil && q.Organization != nil {
		if q.Viewer.app() {
			r.app.Store(true)
		}
		if q.Organization.ViewerCanAdminister {
			r.owner.Store(true)
		}
		if err := r.same(q.Organization.DatabaseID); err != nil {
			return nil, t, err
		}
	}
	full := err == nil && q.Organization != nil && q.Organization.Repositories != nil
	if full && !hollow(q.Organization.Repositories.Nodes, t, "organization", "repositories", "nodes") {
		c.past = q.Organization.Past
		return q.Organization.Repositories, t, nil
	}
	if !full && !heavy(err) {
		return nil, t, cmp.Or(err, t.at("organization", "repositories"))
	}
	bare, t, err := fetch[bareRepositoriesQuery](ctx, r, size, vars)
	if err != nil || bare.Organization == nil || bare.Organization.Repositories == nil {
		return nil, t, cmp.Or(err, t.at("organization", "repositories"))
	}
	if err := r.same(bare.Organization.DatabaseID); err != nil {
		return nil, t, err
	}
	b := bare.Organization.Repositories
	c.past = bare.Organization.Past
	page := &nodes[repositoryNode]{TotalCount: b.TotalCount, PageInfo: b.PageInfo, Nodes: make([]*repositoryNode, len(b.Nodes))}
	for i, labels := range b.Nodes {
		if labels != nil {
			page.Nodes[i] = &repositoryNode{repositoryLabels: *labels}
		}
	}
	return page, alone(t), nil
}

// keep takes one repository of the listing: its environments are known or asked
// for, then its details.
func (w *repoWalk) keep(ctx context.Context, n *repositoryNode, i int, t *troubles, l *listing) error {
	if n == nil || n.DatabaseID <= 0 {
		l.holes++
		return nil
	}
	l.ids[n.DatabaseID] = struct{}{}
	if _, twice := w.known[n.DatabaseID]; twice {
		return nil
	}
	w.known[n.DatabaseID] = struct{}{}
	path := []any{"organization", "repositories", "nodes", i}
	what := "repository " + w.r.name(cmp.Or(value(n.Name), fmt.Sprint(n.DatabaseID)))
	row := &repository{repositoryNode: n, lacking: n.lacks(what)}
	if err := t.inside(path, "environments"); err != nil {
		g := gapOf(access.AreaRepositories, what, err)
		row.lacking = &g
	}
	if n.ID != "" && text(n.Name) {
		return w.environments(ctx, row, t.at(append(path, "environments")...))
	}
	for _, a := range repositoryAreas { // nothing of it can be asked for
		if err := w.r.finish(ctx, a, n.DatabaseID, access.Rows{}, row.lacking); err != nil {
			return err
		}
	}
	return nil
}

// detail gathers a repository into a batch of details.
func (w *repoWalk) detail(ctx context.Context, row *repository) {
	w.details = append(w.details, row)
	if len(w.details) >= w.size.size() {
		w.sendDetails(ctx)
	}
}

// sendDetails asks for the details of the repositories that have gathered. It
// waits while enough batches are under way.
func (w *repoWalk) sendDetails(ctx context.Context) {
	batch := w.details
	w.details = nil
	w.batches.Go(func() error { return w.readDetails(ctx, batch) })
}

// flush sends the batches that are not full.
func (w *repoWalk) flush(ctx context.Context) {
	if len(w.details) > 0 {
		w.sendDetails(ctx)
	}
	if len(w.gates) > 0 {
		w.sendGates(ctx)
	}
}

// name is how people write the repository.
func (r *run) name(repository string) string { return r.org.Login + "/" + repository }
