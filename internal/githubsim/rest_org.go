package githubsim

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const orgAdmin = "organization_administration:read"

var orgRoutes = []route{
	{template: "/user", handle: (*call).getUser},
	{template: "/meta", handle: (*call).getMeta},
	{template: "/orgs/{org}", handle: (*call).getOrg},
	{template: "/orgs/{org}/actions/permissions", accepted: "organization_administration=read", handle: (*call).getActions},
	{template: "/orgs/{org}/actions/permissions/workflow", accepted: "organization_administration=read", handle: (*call).getWorkflow},
	{template: "/orgs/{org}/members", accepted: "members=read", handle: (*call).listMembers},
	{template: "/orgs/{org}/members/{username}", accepted: "members=read", handle: (*call).isMember},
	{template: "/orgs/{org}/memberships/{username}", accepted: "members=read", handle: (*call).getMembership},
	{template: "/orgs/{org}/outside_collaborators", accepted: "members=read", handle: (*call).listOutside},
	{template: "/orgs/{org}/invitations", accepted: "members=read", handle: (*call).listInvitations},
	{template: "/orgs/{org}/invitations/{invitation_id}/teams", accepted: "members=read", handle: (*call).listInvitationTeams},
	{template: "/orgs/{org}/failed_invitations", accepted: "members=read", handle: (*call).listFailedInvitations},
	{template: "/orgs/{org}/audit-log", accepted: "organization_administration=read", handle: (*call).getAuditLog},
}

// getUser says who the token belongs to. An App is nobody.
func (c *call) getUser() *reply {
	u := c.viewer.user
	if u == nil {
		return c.forbidden()
	}
	s := c.userShape(u)
	maps.Copy(s, object{
		"user_view_type": "private", "name": orNull(u.Name), "email": orNull(u.Email), "company": nil, "blog": "", "location": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0, "private_gists": 0, "total_private_repos": 0,
		"owned_private_repos": 0, "disk_usage": 0, "collaborators": 0, "two_factor_authentication": c.twoFactor(u),
		"created_at": stamp(u.CreatedAt), "updated_at": later(u.UpdatedAt, u.CreatedAt),
	})
	return ok(s)
}

// twoFactor is what the world's memberships say of a person.
func (c *call) twoFactor(u *User) bool {
	for _, o := range c.x.World.Orgs {
		if m := c.x.org(o.Login).member(u.Login); m != nil {
			return m.TwoFactor
		}
	}
	return false
}

func (c *call) getMeta() *reply {
	return ok(object{"verifiable_password_authentication": false, "domains": object{"website": []string{c.r.Host}}})
}

// getOrg answers with the settings for those who may see them, and without
// their keys for all others.
func (c *call) getOrg() *reply {
	o, refused := c.org()
	if refused != nil {
		return refused
	}
	s := c.orgPublic(o)
	if c.viewer.onOrg(o, "organization_administration", "read") {
		maps.Copy(s, o.settingsShape())
	}
	if c.viewer.owner(o) || c.viewer.has("organization_plan", "read") {
		s["plan"] = object{"name": o.Plan, "space": 976_562_499, "private_repos": 999_999, "seats": len(o.Members) + 5, "filled_seats": len(o.Members)}
	}
	return ok(s)
}

// settingsShape spells out an organization's member privileges; a setting that
// the world leaves open has GitHub's default.
func (o *orgIndex) settingsShape() object {
	on := func(p *bool, otherwise bool) bool {
		if p == nil {
			return otherwise
		}
		return *p
	}
	s := o.Settings
	create := s.MembersCanCreateRepositories
	private := 0
	for _, r := range o.Repos {
		if r.Visibility != "public" {
			private++
		}
	}
	out := object{
		"default_repository_permission": s.DefaultRepositoryPermission, "two_factor_requirement_enabled": s.TwoFactorRequired,
		"members_can_create_repositories": create, "members_can_create_public_repositories": on(s.MembersCanCreatePublic, create),
		"members_can_create_private_repositories":     on(s.MembersCanCreatePrivate, create),
		"members_can_fork_private_repositories":       s.MembersCanForkPrivate,
		"members_can_delete_repositories":             on(s.MembersCanDelete, true),
		"members_can_change_repo_visibility":          on(s.MembersCanChangeVisibility, true),
		"members_can_invite_outside_collaborators":    on(s.MembersCanInviteOutside, true),
		"members_can_create_teams":                    on(s.MembersCanCreateTeams, true),
		"deploy_keys_enabled_for_repositories":        on(s.DeployKeysEnabled, true),
		"members_allowed_repository_creation_type":    map[bool]string{true: "all", false: "none"}[create],
		"members_can_create_pages":                    true,
		"total_private_repos":                         private,
		"owned_private_repos":                         private,
		"web_commit_signoff_required":                 false,
		"default_repository_branch":                   "main",
		"members_can_delete_issues":                   false,
		"members_can_view_dependency_insights":        true,
		"readers_can_create_discussions":              true,
		"display_commenter_full_name_setting_enabled": false,
	}
	if o.Plan == "enterprise" { // internal repositories exist there only
		out["members_can_create_internal_repositories"] = on(s.MembersCanCreateInternal, create)
	}
	return out
}

func (c *call) getActions() *reply {
	if _, refused := c.orgFor(orgAdmin); refused != nil {
		return refused
	}
	return ok(object{"enabled_repositories": "all", "allowed_actions": "all", "sha_pinning_required": false})
}

func (c *call) getWorkflow() *reply {
	o, refused := c.orgFor(orgAdmin)
	if refused != nil {
		return refused
	}
	own := o.tokenOf()
	return ok(object{"default_workflow_permissions": own.Default, "can_approve_pull_request_reviews": own.CanApprove})
}

// byID orders people as GitHub's lists do.
func byID(a, b *User) int { return cmp.Compare(a.ID, b.ID) }

// listMembers gives strangers the public members only, and here nobody's
// membership is public: to them the list is empty, not refused.
func (c *call) listMembers() *reply {
	o, refused := c.org()
	if refused != nil {
		return refused
	}
	if !c.viewer.onOrg(o, "members", "read") {
		if c.viewer.user == nil || c.viewer.member(o) {
			return c.refuse(o)
		}
		return paged(c, nil, c.userShape)
	}
	q := c.r.URL.Query()
	filter, role := q.Get("filter"), q.Get("role")
	if refused := c.secondFactorFilter(o, filter); refused != nil {
		return refused
	}
	var out []*User
	for _, m := range o.Members {
		switch {
		case filter == "2fa_disabled" && m.TwoFactor, filter == "2fa_insecure" && !m.TwoFactorInsecure:
		case role == "admin" && m.Role != "admin", role == "member" && m.Role != "member":
		default:
			out = append(out, c.x.user(m.Login))
		}
	}
	slices.SortFunc(out, byID)
	return paged(c, out, c.userShape)
}

// secondFactorFilter refuses the filters that only owners may use.
func (c *call) secondFactorFilter(o *orgIndex, filter string) *reply {
	if filter == "" || filter == "all" || c.viewer.owner(o) {
		return nil
	}
	return c.failure(http.StatusUnprocessableEntity, "Only owners can use this filter.")
}

// isMember says yes or no to members, and sends strangers to the public list,
// on which nobody is here.
func (c *call) isMember() *reply {
	o, refused := c.orgFor("members:read")
	if refused != nil {
		return refused
	}
	if o.member(c.params["username"]) == nil {
		return c.notFound()
	}
	return done()
}

func (c *call) getMembership() *reply {
	o, refused := c.orgFor("members:read")
	if refused != nil {
		return refused
	}
	u := c.x.user(c.params["username"])
	if u == nil {
		return c.notFound()
	}
	if s := c.membershipShape(o, u); s != nil {
		return ok(s)
	}
	return c.notFound()
}

// membershipShape is a membership or what an open invitation will make; nil for
// neither. It looks into the world itself, which may just have been changed.
func (c *call) membershipShape(o *orgIndex, u *User) object {
	s := object{
		"url": c.base() + "/orgs/" + o.Login + "/memberships/" + url.PathEscape(u.Login), "organization_url": c.base() + "/orgs/" + o.Login,
		"organization": c.orgShape(o), "user": c.userShape(u), "direct_membership": true, "enterprise_teams_providing_indirect_membership": []string{},
	}
	for _, m := range o.Members {
		if fold(m.Login) == fold(u.Login) {
			s["state"], s["role"] = "active", m.Role
			s["direct_membership"], s["enterprise_teams_providing_indirect_membership"] = !m.Indirect, orEmpty(m.EnterpriseTeams)
			return s
		}
	}
	if i := o.invitationOf(u.Login); i != nil {
		role := map[string]string{"admin": "admin", "billing_manager": "billing_manager"}[i.Role]
		s["state"], s["role"] = "pending", cmp.Or(role, "member")
		return s
	}
	return nil
}

// listOutside gives those with a direct grant somewhere and no membership.
func (c *call) listOutside() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	filter := c.r.URL.Query().Get("filter")
	if refused := c.secondFactorFilter(o, filter); refused != nil {
		return refused
	}
	all := slices.Clone(o.outside)
	if filter != "" && filter != "all" {
		all = nil // the world does not know the second factors of people from outside
	}
	slices.SortFunc(all, byID)
	return paged(c, all, c.userShape)
}

func (c *call) listInvitations() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	q := c.r.URL.Query()
	var out []*OrgInvitation
	for _, i := range o.Invitations {
		if role := q.Get("role"); (role == "" || role == "all" || role == i.Role) && q.Get("invitation_source") != "scim" {
			out = append(out, i)
		}
	}
	return paged(c, out, c.invitationShape)
}

func (c *call) listFailedInvitations() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	return paged(c, o.FailedInvitations, c.invitationShape)
}

func (c *call) invitationShape(i *OrgInvitation) object {
	s := object{
		"id": i.ID, "node_id": nodeID("OrganizationInvitation", i.ID), "login": orNull(i.Login), "email": orNull(i.Email), "role": i.Role,
		"created_at": stamp(i.CreatedAt), "failed_at": stamp(i.FailedAt), "failed_reason": orNull(i.FailedReason),
		"inviter": c.person(cmp.Or(i.Inviter, "ghost")), "team_count": len(i.Teams), "invitation_source": "member",
		"invitation_teams_url": c.base() + c.invitationPath(i) + "/teams",
	}
	if s["inviter"] == nil { // whoever it was is gone; GitHub puts its ghost there
		s["inviter"] = c.userShape(&User{Login: "ghost", ID: 10137, Type: "User", CreatedAt: time.Time{}})
	}
	return s
}

func (c *call) invitationPath(i *OrgInvitation) string {
	return "/orgs/" + url.PathEscape(c.params["org"]) + "/invitations/" + number(i.ID)
}

func (c *call) listInvitationTeams() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	for _, i := range o.Invitations {
		if number(i.ID) == c.params["invitation_id"] {
			teams := make([]*Team, 0, len(i.Teams))
			for _, slug := range i.Teams {
				if t := o.team(slug); t != nil {
					teams = append(teams, t)
				}
			}
			return paged(c, teams, func(t *Team) object { return c.teamShape(o, t) })
		}
	}
	return c.notFound()
}
