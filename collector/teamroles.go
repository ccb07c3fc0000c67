package collector

import (
	"context"
	"fmt"
	"slices"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// keepTeamGrants holds what a team is granted. GraphQL shows the base of a custom
// role and not its name; where a grant could be one, REST is asked for the team's
// role names (see rolenames.go). One that is not named then is told neither as the
// base nor as the role, so that it neither begins nor ends.
func (r *run) keepTeamGrants(t access.TeamInfo, edges []*teamRepository, g *gap) error {
	if !r.reads(access.AreaTeamGrants) {
		return nil
	}
	held := &heldTeam{id: t.ID, parent: t.Parent, slug: t.Slug, rows: make([]teamRow, 0, len(edges)), gap: g}
	for _, e := range edges {
		p, ok := access.ParsePrivilege(e.Permission)
		if !ok || !p.OnRepository() || p == access.None {
			why := partial("team %s has a permission on repository %d that is not known here: %q", r.name(t.Slug), e.id(), e.Permission)
			held.gap = &why
			continue
		}
		held.ambiguous = held.ambiguous || r.custom.couldBe(p)
		held.rows = append(held.rows, teamRow{repo: e.id(), privilege: p})
	}
	r.hold(held)
	return nil
}

// readRoleNames reads the names of a team's roles.
func (r *run) readRoleNames(ctx context.Context, held *heldTeam) error {
	named, err := r.teamRoleNames(ctx, held.slug)
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		why := gapOf(access.AreaTeamGrants, "role names of team "+r.name(held.slug), err)
		held.gap = &why
		held.rows = slices.DeleteFunc(held.rows, func(row teamRow) bool { return r.custom.couldBe(row.privilege) })
	} else if rows, why := r.nameRoles(held, named); why != nil {
		held.rows, held.gap = rows, why
	}
	return nil
}

// finishTeam hands on a team's grants. Where the token is not shown all
// repositories, neither are they in a team's list, nor in its total: then what is
// not listed may be there all the same.
func (r *run) finishTeam(ctx context.Context, id int64, rows []teamRow, g *gap) error {
	grants := make([]access.Grant, len(rows))
	for i, row := range rows {
		grants[i] = access.Grant{
			Principal: team(id), Resource: repo(row.repo), Privilege: row.privilege, Source: access.ByTeam, Role: r.custom.ids[row.role],
		}
	}
	if r.hidden && g == nil {
		if _, err := r.asked(ctx, access.AreaTeamGrants, id, false); err != nil {
			return err
		}
		return r.out.add(ctx, access.AreaTeamGrants, id, access.Rows{Grants: grants})
	}
	return r.finish(ctx, access.AreaTeamGrants, id, access.Rows{Grants: grants}, g)
}

// nameRoles finds the custom roles among a team's rows, and drops the rows whose
// role is not sure.
func (r *run) nameRoles(t *heldTeam, named map[int64]string) (sure []teamRow, why *gap) {
	sure = t.rows[:0]
	for _, row := range t.rows {
		if !r.custom.couldBe(row.privilege) {
			sure = append(sure, row)
			continue
		}
		name, listed := named[row.repo]
		p, role, ok := r.custom.read(name)
		if !listed || !ok || p != row.privilege {
			g := partial("team %s: its role %q on repository %d is not known here as one of %s", r.name(t.slug), name, row.repo, row.privilege)
			why = &g
			continue
		}
		row.role = r.custom.place(role)
		sure = append(sure, row)
	}
	return sure, why
}

// teamRoleNames reads the role names of a team by repository, what it inherits
// included.
func (r *run) teamRoleNames(ctx context.Context, slug string) (map[int64]string, error) {
	named := map[int64]string{}
	ctx = github.Reduce(ctx, shorten)
	err := r.pages(func(page int) (int, int, *gh.Response, error) {
		rows := 0
		path := fmt.Sprintf("orgs/%s/teams/%s/repos?per_page=100&page=%d", r.org.Login, slug, page)
		resp, err := r.raw(ctx, path, func(body []byte) error {
			return skim(body, func(id int64, role string) {
				named[id] = role
				rows++
			})
		})
		return rows, len(named), resp, err
	})
	return named, err
}
