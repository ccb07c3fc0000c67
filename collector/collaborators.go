package collector

import (
	"context"

	"github.com/eb661601/ajar/access"
)

const collaboratorsList = "collaborators(first:$n,after:$after,affiliation:DIRECT)"

// collaborator is a row of a repository's collaborators. The affiliation DIRECT
// promises little; a row is a direct grant only if a source of it is the
// repository itself.
type collaborator struct {
	Permission        string
	PermissionSources []permissionSource
	Node              *struct {
		ID         string
		DatabaseID int64
		Login      string
	}
}

// permissionSource is one source of somebody's access. Its own permission knows
// four values only, so the role's name is asked for.
type permissionSource struct {
	RoleName *string
	Source   struct {
		Typename     string `graphql:"__typename" json:"__typename"`
		onRepository `graphql:"... on Repository"`
	}
}

type onRepository struct{ ID string }

func (c collaborator) id() int64 {
	if c.Node == nil || c.Node.ID == "" || c.Node.Login == "" {
		return 0
	}
	return c.Node.DatabaseID
}

// collaborators is the list of one repository's collaborators.
func (w *repoWalk) collaborators(of place, node string) *inner[collaborator] {
	return &inner[collaborator]{
		node: node, area: access.AreaDirectGrants, what: "collaborators of " + w.r.name(of.name), key: collaborator.id, sum: w.r.sums[access.AreaDirectGrants],
		end: func(ctx context.Context, edges []*collaborator, g *gap) error {
			return w.r.keepCollaborators(ctx, of, node, edges, g)
		},
	}
}

func (r *run) keepCollaborators(ctx context.Context, of place, node string, edges []*collaborator, g *gap) error {
	grants := make([]access.Grant, 0, len(edges))
	people := make([]access.Person, 0, len(edges))
	for _, c := range edges {
		who := access.Person{ID: c.id(), NodeID: c.Node.ID, Login: c.Node.Login}
		people = append(people, who)
		p, role, direct, why := r.directRole(c, node)
		if why != "" {
			unknown := partial("collaborator %s of %s: %s", c.Node.Login, r.name(of.name), why)
			g = &unknown
			continue
		}
		if direct {
			r.meets(who)
			grants = append(grants, access.Grant{Principal: user(c.id()), Resource: repo(of.id), Privilege: p, Source: access.Direct, Role: role})
		}
	}
	if err := r.out.people(ctx, false, people); err != nil {
		return err
	}
	return r.finish(ctx, access.AreaDirectGrants, of.id, access.Rows{Grants: grants}, g)
}

// directRole finds what was given directly on the repository. why says what
// makes the answer unsure; then nothing is concluded.
func (r *run) directRole(c *collaborator, node string) (p access.Privilege, role int64, direct bool, why string) {
	if c.PermissionSources == nil {
		return 0, 0, false, "GitHub did not tell where the access comes from"
	}
	for _, s := range c.PermissionSources {
		switch s.Source.Typename {
		case "Repository":
		case "Organization", "Team":
			continue // told by the settings, the owners and the teams
		case "EnterpriseTeam":
			return 0, 0, false, "a team of the enterprise gives access, and those are not read (docs/unknown.md)"
		default: // it may be what is given here under a new name
			return 0, 0, false, "the access comes from something that is not known here: \"" + s.Source.Typename + "\""
		}
		if s.Source.ID != node {
			return 0, 0, false, "the access comes from another repository"
		}
		name := value(s.RoleName)
		if name == "" {
			if len(c.PermissionSources) > 1 {
				return 0, 0, false, "GitHub did not name the role that was given directly"
			}
			name = c.Permission // the only source, so the effective permission is its own
		}
		q, id, ok := r.custom.read(name)
		if !ok {
			return 0, 0, false, "the role is not known here: \"" + name + "\""
		}
		if s.RoleName == nil && r.custom.couldBe(q) {
			return 0, 0, false, "GitHub did not name the role, which may be one built on " + name
		}
		if !direct || q > p {
			p, role, direct = q, id, true
		}
	}
	return p, role, direct, ""
}
