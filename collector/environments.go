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
	if e.Node == nil {
		return 0
	}
	return e.Node.DatabaseID
}

// environments begins the list of one repository's environments.
func (w *repoWalk) environments(ctx context.Context, n *repositoryNode, trouble error) error {
	of := place{n.DatabaseID, n.Name}
	l := &inner[environmentEdge]{
		node: n.ID, area: access.AreaEnvironments, what: "environments of " + w.r.name(n.Name), key: environmentEdge.id,
		end: func(ctx context.Context, edges []*environmentEdge, g *gap) error {
			return w.keepEnvironments(ctx, of, edges, g)
		},
	}
	return begin(ctx, l, n.Environments, trouble, w.envs)
}

// place is a repository by id and name, for jobs that wait.
type place struct {
	id   int64
	name string
}

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
	return w.r.policies(ctx, of, keys(edges, environmentEdge.id), g)
}
