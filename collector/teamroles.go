package collector

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// keepTeamGrants turns a team's repositories into grants. GraphQL shows the
// base of a custom role and not its name; where a grant could be one, REST is
// asked for the team's role names.
func (r *run) keepTeamGrants(ctx context.Context, t access.TeamInfo, edges []*teamRepository, g *gap, w *teamWalk) error {
	grants := make([]access.Grant, 0, len(edges))
	ambiguous := false
	for _, e := range edges {
		p, ok := access.ParsePrivilege(e.Permission)
		if !ok || !p.OnRepository() || p == access.None {
			why := partial("team %s/%s has a permission on repository %d that is not known here: %q", r.org.Login, t.Slug, e.id(), e.Permission)
			g = &why
			continue
		}
		ambiguous = ambiguous || r.custom.bases[p]
		grants = append(grants, access.Grant{Principal: team(t.ID), Resource: repo(e.id()), Privilege: p, Source: access.ByTeam})
	}
	if !ambiguous || !r.reads(access.AreaTeamGrants) {
		return r.finish(ctx, access.AreaTeamGrants, t.ID, access.Rows{Grants: grants}, g)
	}
	w.rest.Go(func() error {
		named, err := r.teamRoleNames(ctx, t)
		if end := stopped(err); end != nil {
			return end
		}
		if err != nil {
			why := gapOf(access.AreaTeamGrants, "role names of team "+r.org.Login+"/"+t.Slug, err)
			return r.finish(ctx, access.AreaTeamGrants, t.ID, access.Rows{Grants: grants}, &why)
		}
		if why := r.nameRoles(t, grants, named); why != nil {
			g = why
		}
		return r.finish(ctx, access.AreaTeamGrants, t.ID, access.Rows{Grants: grants}, g)
	})
	return nil
}

// nameRoles puts custom roles into the grants that are theirs.
func (r *run) nameRoles(t access.TeamInfo, grants []access.Grant, named map[int64]string) (why *gap) {
	for i := range grants {
		grant := &grants[i]
		if !r.custom.bases[grant.Privilege] {
			continue
		}
		name, listed := named[grant.Resource.ID]
		p, role, ok := r.custom.read(name)
		if !listed || !ok || p != grant.Privilege {
			g := partial("team %s/%s: its role %q on repository %d does not fit %s", r.org.Login, t.Slug, name, grant.Resource.ID, grant.Privilege)
			why = &g
			continue
		}
		grant.Role = role
	}
	return why
}

// teamRole is what is needed of the many fields of a team's repository.
type teamRole struct {
	ID       int64  `json:"id"`
	RoleName string `json:"role_name"`
}

// teamRoleNames reads the role names of a team by repository, what it inherits
// included.
func (r *run) teamRoleNames(ctx context.Context, t access.TeamInfo) (map[int64]string, error) {
	named := map[int64]string{}
	err := r.pages(ctx, func(page int) (int, *gh.Response, error) {
		var rows []teamRole
		resp, err := r.get(ctx, fmt.Sprintf("orgs/%s/teams/%s/repos?per_page=100&page=%d", r.org.Login, t.Slug, page), &rows)
		for _, row := range rows {
			named[row.ID] = row.RoleName
		}
		return len(rows), resp, err
	})
	return named, err
}
