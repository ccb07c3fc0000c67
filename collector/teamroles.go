package collector

import (
	"bytes"
	"context"
	"fmt"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// teamRow is one repository of a team while its role's name is not known. Many
// of them wait, so they are small.
type teamRow struct {
	repo      int64
	privilege access.Privilege
}

// keepTeamGrants turns a team's repositories into grants. GraphQL shows the
// base of a custom role and not its name; where a grant could be one, REST is
// asked for the team's role names.
func (r *run) keepTeamGrants(ctx context.Context, t access.TeamInfo, edges []*teamRepository, g *gap) error {
	rows := make([]teamRow, 0, len(edges))
	ambiguous := false
	for _, e := range edges {
		p, ok := access.ParsePrivilege(e.Permission)
		if !ok || !p.OnRepository() || p == access.None {
			why := partial("team %s has a permission on repository %d that is not known here: %q", r.name(t.Slug), e.id(), e.Permission)
			g = &why
			continue
		}
		ambiguous = ambiguous || r.custom.bases[p]
		rows = append(rows, teamRow{e.id(), p})
	}
	if !ambiguous || !r.reads(access.AreaTeamGrants) {
		return r.finishTeam(ctx, t.ID, rows, nil, g)
	}
	id, slug := t.ID, t.Slug
	r.rests.add(func(ctx context.Context) error {
		named, err := r.teamRoleNames(ctx, slug)
		if end := stopped(err); end != nil {
			return end
		}
		roles := make([]int64, len(rows))
		if err != nil {
			why := gapOf(access.AreaTeamGrants, "role names of team "+r.name(slug), err)
			g = &why
		} else if why := r.nameRoles(slug, rows, named, roles); why != nil {
			g = why
		}
		return r.finishTeam(ctx, id, rows, roles, g)
	})
	return nil
}

// finishTeam hands on a team's grants; roles holds the custom ones, or is nil.
func (r *run) finishTeam(ctx context.Context, id int64, rows []teamRow, roles []int64, g *gap) error {
	grants := make([]access.Grant, len(rows))
	for i, row := range rows {
		grants[i] = access.Grant{Principal: team(id), Resource: repo(row.repo), Privilege: row.privilege, Source: access.ByTeam}
		if roles != nil {
			grants[i].Role = roles[i]
		}
	}
	return r.finish(ctx, access.AreaTeamGrants, id, access.Rows{Grants: grants}, g)
}

// nameRoles finds the custom roles among a team's grants.
func (r *run) nameRoles(slug string, rows []teamRow, named map[int64]string, roles []int64) (why *gap) {
	for i, row := range rows {
		if !r.custom.bases[row.privilege] {
			continue
		}
		name, listed := named[row.repo]
		p, role, ok := r.custom.read(name)
		if !listed || !ok || p != row.privilege {
			g := partial("team %s: its role %q on repository %d does not fit %s", r.name(slug), name, row.repo, row.privilege)
			why = &g
			continue
		}
		roles[i] = role
	}
	return why
}

// teamRoleNames reads the role names of a team by repository, what it inherits
// included.
func (r *run) teamRoleNames(ctx context.Context, slug string) (map[int64]string, error) {
	named := map[int64]string{}
	err := r.pages(ctx, func(page int) (int, *gh.Response, error) {
		var raw bytes.Buffer // go-github copies an answer into a Writer as it came
		rows := 0
		resp, err := r.get(ctx, fmt.Sprintf("orgs/%s/teams/%s/repos?per_page=100&page=%d", r.org.Login, slug, page), &raw)
		if err == nil {
			err = skim(raw.Bytes(), func(id int64, role string) {
				named[id] = role
				rows++
			})
		}
		return rows, resp, err
	})
	return named, err
}
