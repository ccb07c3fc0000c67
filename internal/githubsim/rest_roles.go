package githubsim

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
)

var roleRoutes = []route{
	{template: "/orgs/{org}/custom-repository-roles", accepted: "organization_custom_roles=read; organization_administration=read", handle: (*call).listCustomRoles},
	{template: "/orgs/{org}/organization-roles", accepted: "organization_custom_org_roles=read", handle: (*call).listOrgRoles},
	{template: "/orgs/{org}/organization-roles/{role_id}", accepted: "organization_custom_org_roles=read", handle: (*call).getOrgRole},
	{template: "/orgs/{org}/organization-roles/{role_id}/users", accepted: "members=read", handle: (*call).listRoleUsers},
	{template: "/orgs/{org}/organization-roles/{role_id}/teams", accepted: "members=read", handle: (*call).listRoleTeams},
}

// number writes an id as it stands in a path.
func number(id int64) string { return strconv.FormatInt(id, 10) }

// listCustomRoles exists on the enterprise plan only.
func (c *call) listCustomRoles() *reply {
	o, refused := c.org()
	if refused != nil {
		return refused
	}
	if o.Plan != "enterprise" {
		return c.notFound()
	}
	if _, refused := c.orgFor("organization_custom_roles:read", orgAdmin); refused != nil {
		return refused
	}
	return ok(object{"total_count": len(o.CustomRoles), "custom_roles": shapes(o.CustomRoles, func(r *CustomRole) object {
		return object{
			"id": r.ID, "name": r.Name, "description": orNull(r.Description), "base_role": r.BaseRole, "permissions": orEmpty(r.Permissions),
			"organization": c.ownerShape(o), "created_at": stamp(o.CreatedAt), "updated_at": stamp(o.CreatedAt),
		}
	})})
}

// predefined are the organization roles that GitHub brings along.
var predefined = []string{"all_repo_read", "all_repo_triage", "all_repo_write", "all_repo_maintain", "all_repo_admin",
	"app_manager", "ci_cd_admin", "security_manager"}

func (c *call) orgRoleShape(o *orgIndex, r *OrgRole) object {
	s := object{
		"id": r.ID, "name": r.Name, "description": r.Description, "permissions": orEmpty(r.Permissions), "base_role": orNull(r.Grants()),
		"organization": c.ownerShape(o), "source": "Organization", "created_at": stamp(o.CreatedAt), "updated_at": stamp(o.CreatedAt),
	}
	if slices.Contains(predefined, r.Name) {
		s["organization"], s["source"] = nil, "Predefined"
	}
	return s
}

func (c *call) listOrgRoles() *reply {
	o, refused := c.orgFor("organization_custom_org_roles:read")
	if refused != nil {
		return refused
	}
	roles := slices.DeleteFunc(slices.Clone(o.OrgRoles), func(r *OrgRole) bool {
		return o.Plan != "enterprise" && !slices.Contains(predefined, r.Name)
	})
	return ok(object{"total_count": len(roles), "roles": shapes(roles, func(r *OrgRole) object { return c.orgRoleShape(o, r) })})
}

// orgRole finds the role of the path.
func (c *call) orgRole(o *orgIndex) *OrgRole {
	for _, r := range o.OrgRoles {
		if number(r.ID) == c.params["role_id"] {
			return r
		}
	}
	return nil
}

func (c *call) getOrgRole() *reply {
	o, refused := c.orgFor("organization_custom_org_roles:read")
	if refused != nil {
		return refused
	}
	r := c.orgRole(o)
	if r == nil {
		return c.notFound()
	}
	return ok(c.orgRoleShape(o, r))
}

// assigned says how a holder has a role: by itself, through teams, or both.
func assigned(direct, indirect bool) string {
	switch {
	case direct && indirect:
		return "mixed"
	case direct:
		return "direct"
	}
	return "indirect"
}

// listRoleUsers lists the holders of a role, those through a team included.
func (c *call) listRoleUsers() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	role := c.orgRole(o)
	if role == nil {
		return c.notFound()
	}
	through := map[*User][]*Team{}
	direct := map[*User]bool{}
	for _, login := range role.Users {
		u := c.x.user(login)
		direct[u], through[u] = true, nil
	}
	for _, slug := range role.Teams {
		t := o.team(slug)
		for _, b := range o.below(t) {
			for _, m := range b.Members {
				if u := c.x.user(m.Login); !slices.Contains(through[u], t) {
					through[u] = append(through[u], t)
				}
			}
		}
	}
	holders := make([]*User, 0, len(through))
	for u := range through {
		holders = append(holders, u)
	}
	slices.SortFunc(holders, byID)
	return paged(c, holders, func(u *User) object {
		s := c.userShape(u)
		s["assignment"] = assigned(direct[u], len(through[u]) > 0)
		s["inherited_from"] = shapes(through[u], func(t *Team) object { return c.teamSimple(o, t) })
		return s
	})
}

// listRoleTeams lists the teams that hold a role; child teams of a holder hold
// it indirectly.
func (c *call) listRoleTeams() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	role := c.orgRole(o)
	if role == nil {
		return c.notFound()
	}
	direct, indirect := map[*Team]bool{}, map[*Team]bool{}
	for _, slug := range role.Teams {
		t := o.team(slug)
		direct[t] = true
		for _, b := range o.below(t)[1:] {
			indirect[b] = true
		}
	}
	var holders []*Team
	for _, t := range o.Teams {
		if direct[t] || indirect[t] {
			holders = append(holders, t)
		}
	}
	slices.SortFunc(holders, func(a, b *Team) int { return cmp.Compare(a.ID, b.ID) })
	return paged(c, holders, func(t *Team) object {
		s := c.teamShape(o, t)
		s["assignment"] = assigned(direct[t], indirect[t])
		return s
	})
}

// escaped is a path segment.
func escaped(s string) string { return url.PathEscape(s) }
