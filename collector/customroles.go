package collector

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// customRoles are the organization's custom repository roles, by which role
// names met elsewhere are read.
type customRoles struct {
	byName map[string]access.CustomRole // by folded name
	bases  map[access.Privilege]bool    // the privileges that a custom role is built on
	ids    []int64                      // of the roles; the first is 0, which is none
}

// place is where a role's id stands in ids.
func (c customRoles) place(id int64) uint16 { return uint16(max(slices.Index(c.ids, id), 0)) }

// read finds the privilege, and the custom role if it is one, behind a role's
// name.
func (c customRoles) read(name string) (p access.Privilege, role int64, ok bool) {
	if custom, is := c.byName[strings.ToLower(name)]; is {
		return custom.Base, custom.ID, true
	}
	p, ok = access.ParsePrivilege(name)
	return p, 0, ok && p.OnRepository() && p != access.None
}

// customRoles reads the custom repository roles. Only the enterprise plan has
// them, so that a 404 elsewhere is the plan's.
func (r *run) customRoles(ctx context.Context) error {
	r.custom = customRoles{byName: map[string]access.CustomRole{}, bases: map[access.Privilege]bool{}, ids: []int64{0}}
	area, what := access.AreaCustomRoles, "custom repository roles of "+r.org.Login
	list, resp, err := r.c.REST().Organizations.ListCustomRepoRoles(ctx, r.org.Login)
	if err = r.rested(resp, err); err == nil && list.TotalCount == nil {
		err = errNoCount
	}
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		g := gapOf(area, what, err)
		if errors.Is(err, github.ErrNotFound) && r.plan != "" && r.plan != enterprise {
			g = gap{status: access.Unavailable, reason: "custom repository roles exist on the enterprise plan only"}
		} else {
			r.lower(partial("custom roles were not read, so that the role of a team may be one"), access.AreaTeamGrants)
		}
		r.lower(g, area)
		return r.close(ctx, area, -1)
	}
	for _, role := range list.CustomRepoRoles {
		if role.GetID() == 0 {
			r.lower(gapOf(area, what, errNull), area, access.AreaTeamGrants)
			continue
		}
		c := access.CustomRole{ID: role.GetID(), Name: role.GetName(), Permissions: role.Permissions}
		base, ok := access.ParsePrivilege(role.GetBaseRole())
		if !ok || !base.OnRepository() {
			r.lower(partial("custom repository role %q of %s has a base that is not known here: %q", c.Name, r.org.Login, role.GetBaseRole()), area, access.AreaTeamGrants)
			continue
		}
		c.Base = base
		r.custom.byName[strings.ToLower(c.Name)] = c
		r.custom.bases[base] = true
		r.custom.ids = append(r.custom.ids, c.ID)
		if c.Name == "" {
			r.lower(partial("%s: GitHub did not name role %d", what, c.ID), area, access.AreaTeamGrants)
		}
		if err := r.out.put(ctx, area, c.ID, one(c)); err != nil {
			return err
		}
	}
	if n := list.GetTotalCount(); n != len(list.CustomRepoRoles) {
		r.lower(partial("%s: GitHub counts %d and lists %d", what, n, len(list.CustomRepoRoles)), area, access.AreaTeamGrants)
	}
	return r.close(ctx, area, list.GetTotalCount())
}
