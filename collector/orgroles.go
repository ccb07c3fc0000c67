package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// predefinedBases are the bases of GitHub's own organization roles, for servers
// that do not tell base_role (GitHub Docs: "Permissions of predefined
// organization roles").
var predefinedBases = map[string]access.Privilege{
	"all_repo_read": access.Read, "all_repo_triage": access.Triage, "all_repo_write": access.Write,
	"all_repo_maintain": access.Maintain, "all_repo_admin": access.Admin, "security_manager": access.Read,
}

// orgRoles reads the organization roles and who holds them.
func (r *run) orgRoles(ctx context.Context) error {
	roles, holders := access.AreaOrgRoles, access.AreaOrgRoleAssignments
	if !r.reads(roles, holders) {
		return r.closeAll(ctx, -1, roles, holders)
	}
	what := "organization roles of " + r.org.Login
	list, resp, err := r.c.REST().Organizations.ListRoles(ctx, r.org.Login)
	if err = r.rested(resp, err); err == nil && list.TotalCount == nil {
		err = errNoCount
	}
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		r.lower(gapOf(roles, what, err), roles, holders)
		return r.closeAll(ctx, -1, roles, holders)
	}
	for _, row := range list.CustomRepoRoles {
		if row.GetID() <= 0 {
			r.lower(gapOf(roles, what, errNull), roles, holders)
			continue
		}
		if err := r.keepOrgRole(ctx, row); err != nil {
			return err
		}
	}
	total := list.GetTotalCount()
	if total != len(list.CustomRepoRoles) {
		r.lower(partial("%s: GitHub counts %d and lists %d", what, total, len(list.CustomRepoRoles)), roles, holders)
	}
	return r.closeAll(ctx, total, roles, holders)
}

func (r *run) keepOrgRole(ctx context.Context, row *gh.CustomOrgRole) error {
	role := access.OrgRole{ID: row.GetID(), Name: row.GetName(), Origin: row.GetSource(), Permissions: row.Permissions, Base: access.None}
	var l lacks
	l.unless(role.Name != "", "name")
	l.unless(row.Permissions != nil, "permissions")
	why := l.gap(fmt.Sprintf("organization role %d of %s", role.ID, r.org.Login))
	if base, ok := access.ParsePrivilege(row.GetBaseRole()); ok && base.OnRepository() {
		role.Base = base
	} else if row.GetBaseRole() != "" {
		g := partial("organization role %q of %s has a base that is not known here: %q", role.Name, r.org.Login, row.GetBaseRole())
		why = &g
	} else if base, ok := predefinedBases[role.Name]; ok && role.Origin != "Organization" {
		role.Base = base
	}
	if why != nil { // what it gives, and to whom, would be a guess
		return errors.Join(r.finish(ctx, access.AreaOrgRoles, role.ID, access.Rows{}, why),
			r.finish(ctx, access.AreaOrgRoleAssignments, role.ID, access.Rows{}, why))
	}
	if err := r.out.put(ctx, access.AreaOrgRoles, role.ID, one(role)); err != nil {
		return err
	}
	if !r.reads(access.AreaOrgRoleAssignments) {
		return nil
	}
	grants, err := r.roleHolders(ctx, role)
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		g := gapOf(access.AreaOrgRoleAssignments, fmt.Sprintf("holders of organization role %q of %s", role.Name, r.org.Login), err)
		why = &g
	}
	return r.finish(ctx, access.AreaOrgRoleAssignments, role.ID, access.Rows{Grants: grants}, why)
}

// roleHolders lists who was given the role.
func (r *run) roleHolders(ctx context.Context, role access.OrgRole) (grants []access.Grant, err error) {
	err = agreed(func() (map[access.Ref]struct{}, error) {
		h := &holders{run: r, role: role, seen: map[access.Ref]struct{}{}, through: map[int64][]*gh.Team{}}
		err := h.users(ctx)
		if err == nil {
			err = h.teams(ctx)
		}
		if err == nil {
			err = h.explained()
		}
		grants = h.grants
		return h.seen, err
	})
	return grants, err
}

// holders is one reading of who holds a role.
type holders struct {
	*run
	role   access.OrgRole
	seen   map[access.Ref]struct{}
	grants []access.Grant

	through map[int64][]*gh.Team // by which teams somebody holds it
}

// explained reports people who hold the role through teams of which none holds it
// in this organization: teams of the enterprise do so, and those are not read.
func (h *holders) explained() error {
	for id, teams := range h.through {
		known := slices.ContainsFunc(teams, func(t *gh.Team) bool {
			_, ok := h.seen[team(t.GetID())]
			return ok
		})
		if !known {
			return fmt.Errorf("user %d holds it through a team that is not listed with it, such as one of the enterprise; those are not read (docs/unknown.md)", id)
		}
	}
	return nil
}

// hold takes one of them, once. Somebody who has the role only through a team
// (indirect) is left to that team's grant.
func (h *holders) hold(who access.Ref, assignment string) error {
	if _, twice := h.seen[who]; twice {
		return nil
	}
	h.seen[who] = struct{}{}
	switch assignment {
	case "indirect":
		return nil
	case "direct", "mixed":
		h.grants = append(h.grants, access.Grant{Principal: who, Resource: h.self(), Privilege: h.role.Base, Source: access.ByOrgRole, Role: h.role.ID})
		return nil
	}
	return fmt.Errorf("%s holds it in a way that is not known here: %q", who, assignment)
}

func (h *holders) users(ctx context.Context) error {
	return h.pages(func(page int) (int, int, *gh.Response, error) {
		rows, resp, err := h.c.REST().Organizations.ListUsersAssignedToOrgRole(ctx, h.org.Login, h.role.ID, &gh.ListOptions{Page: page, PerPage: perPage})
		people := make([]access.Person, 0, len(rows))
		for _, u := range rows {
			who := user(u.GetID())
			if who.ID <= 0 || u.GetLogin() == "" {
				return 0, 0, resp, errNoPerson
			}
			people = append(people, access.Person{ID: who.ID, NodeID: u.GetNodeID(), Login: u.GetLogin()})
			err = errors.Join(err, h.hold(who, u.GetAssignment()))
			if len(u.InheritedFrom) > 0 {
				h.through[who.ID] = u.InheritedFrom
			}
		}
		h.meets(people...)
		return len(rows), len(h.seen), resp, errors.Join(err, h.out.people(ctx, false, people))
	})
}

func (h *holders) teams(ctx context.Context) error {
	return h.pages(func(page int) (int, int, *gh.Response, error) {
		rows, resp, err := h.c.REST().Organizations.ListTeamsAssignedToOrgRole(ctx, h.org.Login, h.role.ID, &gh.ListOptions{Page: page, PerPage: perPage})
		for _, t := range rows {
			who := team(t.GetID())
			if who.ID <= 0 || t.GetSlug() == "" {
				return 0, 0, resp, errNull
			}
			err = errors.Join(err, h.hold(who, t.GetAssignment()))
		}
		return len(rows), len(h.seen), resp, err
	})
}
