package collector

import (
	"context"

	"github.com/eb661601/ajar/access"
)

type environmentEdge struct {
	Node *struct {
		ID         string
		DatabaseID int64
		Name       string
	}
}

func (e environmentEdge) id() int64 {
	if e.Node == nil || e.Node.ID == "" || e.Node.Name == "" {
		return 0
	}
	return e.Node.DatabaseID
}

// environments begins the list of one repository's environments. Its details
// follow when they are counted.
func (w *repoWalk) environments(ctx context.Context, row *repository, trouble error) error {
	of := row.place()
	l := &inner[environmentEdge]{
		node: row.ID, area: access.AreaEnvironments, what: "environments of " + w.r.name(of.name), key: environmentEdge.id,
		end: func(ctx context.Context, edges []*environmentEdge, g *gap) error {
			row.environments, row.uncounted = len(edges), g
			if err := w.keepEnvironments(ctx, of, edges, g); err != nil {
				return err
			}
			w.detail(ctx, row)
			return nil
		},
	}
	return begin(ctx, l, row.Environments, trouble, w.envs)
}

// place is a repository by id and name, for jobs that wait.
type place struct {
	id    int64
	node  string // its GraphQL id
	name  string
	names int // how many names it had before
}

func (n *repository) place() place { return place{id: n.DatabaseID, node: n.ID, name: value(n.Name)} }

// keepEnvironments hands on which environments there are, and sets out to read
// what protects them.
func (w *repoWalk) keepEnvironments(ctx context.Context, of place, edges []*environmentEdge, g *gap) error {
	rows := access.Rows{Entities: make([]access.Entity, len(edges))}
	for i, e := range edges {
		rows.Entities[i] = access.Environment{ID: e.id(), NodeID: e.Node.ID, Repo: of.id, Name: e.Node.Name}
	}
	if err := w.r.finish(ctx, access.AreaEnvironments, of.id, rows, g); err != nil {
		return err
	}
	if err := w.gatesOf(ctx, of, edges, g); err != nil {
		return err
	}
	if err := w.r.secretNames(ctx, of, edges, g); err != nil {
		return err
	}
	return w.r.policies(ctx, of, keys(edges, environmentEdge.id), g)
}
