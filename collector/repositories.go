package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

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
	ID               string
	DatabaseID       int64
	Name             *string
	Visibility       *string
	IsArchived       *bool
	IsFork           *bool
	IsDisabled       *bool
	CreatedAt        *time.Time
	PushedAt         given[time.Time] // null: never
	DefaultBranchRef given[branch]    `graphql:"defaultBranchRef{name}"` // null: an empty repository
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
	if err == nil {
		err = r.believe(ctx)
	}
	if err != nil {
		return 0, err
	}
	if r.shown = len(l.ids); g != nil {
		r.lower(*g, repositoryAreas...)
		r.shown = l.total
	}
	return l.total, nil
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
		if q.Organization.ViewerCanAdminister {
			r.owner.Store(true)
		}
		if err := errors.Join(r.same(q.Organization.DatabaseID), r.asksAs(ctx, q.Viewer)); err != nil {
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
