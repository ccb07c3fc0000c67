package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// customRoles are the organization's custom repository roles, by which role
// names met elsewhere are read.
type customRoles struct {
	byName map[string]access.CustomRole // by folded name
	bases  map[access.Privilege]bool    // the privileges that a custom role is built on
	known  bool                         // these are all there are
	ids    []int64                      // of the roles; the first is 0, which is none
}

// place is where a role's id stands in ids.
func (c customRoles) place(id int64) uint16 { return uint16(max(slices.Index(c.ids, id), 0)) }

// couldBe reports whether what GraphQL calls by this privilege may be a custom
// role built on it. Admin is no base of any (GitHub Docs: "About custom
// repository roles").
func (c customRoles) couldBe(p access.Privilege) bool {
	return c.bases[p] || !c.known && p != access.Admin
}

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
			r.custom.known = true
		}
		r.lower(g, area)
		return r.close(ctx, area, -1)
	}
	r.custom.known = list.GetTotalCount() == len(list.CustomRepoRoles)
	if !r.custom.known {
		r.lower(partial("%s: GitHub counts %d and lists %d", what, list.GetTotalCount(), len(list.CustomRepoRoles)), area)
	}
	for _, row := range list.CustomRepoRoles {
		if err := r.keepCustomRole(ctx, row, what); err != nil {
			return err
		}
	}
	return r.close(ctx, area, list.GetTotalCount())
}

// keepCustomRole takes one role. One of which a part was not told may be what a
// grant is, so that the roles are not known then.
func (r *run) keepCustomRole(ctx context.Context, row *gh.CustomRepoRoles, what string) error {
	area := access.AreaCustomRoles
	if row.GetID() <= 0 {
		r.custom.known = false
		r.lower(gapOf(area, what, errNull), area)
		return nil
	}
	c := access.CustomRole{ID: row.GetID(), Name: row.GetName(), Permissions: row.Permissions}
	base, ok := access.ParsePrivilege(row.GetBaseRole())
	c.Base = base
	var l lacks
	l.unless(c.Name != "", "name")
	l.unless(row.Permissions != nil, "permissions")
	if !ok || !base.OnRepository() || base == access.None {
		l.among(row.BaseRole, "base_role")
	}
	if g := l.gap(fmt.Sprintf("custom repository role %d of %s", c.ID, r.org.Login)); g != nil {
		r.custom.known = false
		return r.finish(ctx, area, c.ID, access.Rows{}, g)
	}
	r.custom.byName[strings.ToLower(c.Name)] = c
	r.custom.bases[base] = true
	r.custom.ids = append(r.custom.ids, c.ID)
	return r.out.put(ctx, area, c.ID, one(c))
}
