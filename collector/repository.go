package collector

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

// repository is a row of the listing on its way to an entity.
type repository struct {
	*repositoryNode
	environments int
	lacking      *gap // why there will be no entity: what was told of it is not all
	uncounted    *gap // why the number of environments is not known
}

// lacks says what the listing did not tell of a repository.
func (n *repositoryNode) lacks(what string) *gap {
	var l lacks
	l.unless(n.ID != "", "id")
	l.unless(text(n.Name), "name")
	l.among(n.Visibility, "visibility", "PUBLIC", "PRIVATE", "INTERNAL")
	l.unless(n.IsArchived != nil, "isArchived")
	l.unless(n.IsFork != nil, "isFork")
	l.unless(n.IsDisabled != nil, "isDisabled")
	l.date(n.CreatedAt, "createdAt")
	l.unless(n.PushedAt.told, "pushedAt")
	l.sane(n.PushedAt.value, "pushedAt")
	l.unless(n.DefaultBranchRef.told, "defaultBranchRef")
	return l.gap(what)
}

// entity is the repository as the vocabulary has it, without what only the
// details tell.
func (n *repository) entity() access.Repository {
	out := access.Repository{
		ID: n.DatabaseID, NodeID: n.ID, Name: value(n.Name), Visibility: strings.ToLower(value(n.Visibility)),
		Archived: value(n.IsArchived), Fork: value(n.IsFork), Disabled: value(n.IsDisabled),
		CreatedAt: value(n.CreatedAt).UTC(), DefaultBranch: value(n.DefaultBranchRef.value).Name, Environments: n.environments,
	}
	if n.PushedAt.value != nil {
		out.PushedAt = day(*n.PushedAt.value)
	}
	return out
}
