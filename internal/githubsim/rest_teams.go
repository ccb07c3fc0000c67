package githubsim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

var teamRoutes = []route{
	{template: "/orgs/{org}/teams", accepted: "members=read", handle: (*call).listTeams},
	{template: "/orgs/{org}/teams/{team_slug}", accepted: "members=read", handle: (*call).getTeam},
	{template: "/orgs/{org}/teams/{team_slug}/members", accepted: "members=read", handle: (*call).listTeamMembers},
	{template: "/orgs/{org}/teams/{team_slug}/external-groups", accepted: "members=write", handle: (*call).listExternalGroups},
	{template: "/orgs/{org}/teams/{team_slug}/team-sync/group-mappings", accepted: "members=write", handle: (*call).listSyncedGroups},
	{template: "/orgs/{org}/teams/{team_slug}/invitations", accepted: "members=read", handle: (*call).listTeamInvitations},
	{template: "/orgs/{org}/teams/{team_slug}/memberships/{username}", accepted: "members=read", handle: (*call).getTeamMembership},
	{template: "/orgs/{org}/teams/{team_slug}/repos", accepted: "members=read", handle: (*call).listTeamRepos},
	{template: "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", accepted: "members=read,metadata=read", handle: (*call).getTeamRepo},
}

func (c *call) listTeams() *reply {
	o, refused := c.orgFor("members:read")
	if refused != nil {
		return refused
	}
	var seen []*Team
	for _, t := range o.Teams {
		if c.viewer.seesTeam(o, t) && c.r.URL.Query().Get("team_type") != "enterprise" {
			seen = append(seen, t)
		}
	}
	slices.SortFunc(seen, func(a, b *Team) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	return paged(c, seen, func(t *Team) object { return c.teamShape(o, t) })
}

// team finds the team of the path, as far as the caller can see it.
func (c *call) team() (*orgIndex, *Team, *reply) {
	o, refused := c.orgFor("members:read")
	if refused != nil {
		return nil, nil, refused
	}
	t := o.team(c.params["team_slug"])
	if t == nil || !c.viewer.seesTeam(o, t) {
		return nil, nil, c.notFound()
	}
	return o, t, nil
}

func (c *call) getTeam() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	s := c.teamShape(o, t)
	maps.Copy(s, object{
		"created_at": stamp(t.CreatedAt), "updated_at": later(t.UpdatedAt, t.CreatedAt), "members_count": len(o.everybody(t)),
		"repos_count": len(o.reposOf(t)), "organization": c.orgPublic(o),
	})
	return ok(s)
}

// belongs is a person's place in a team.
type belongs struct {
	user      *User
	role      string
	inherited bool // through a child team only
}

// everybody lists the members of a team, those of its child teams included, by id.
func (o *orgIndex) everybody(t *Team) []belongs {
	var out []belongs
	seen := map[*User]bool{}
	for i, b := range o.below(t) {
		for _, m := range b.Members {
			u := o.x.user(m.Login)
			if seen[u] {
				continue
			}
			seen[u] = true
			role := m.Role
			if i > 0 && !o.owner(m.Login) {
				role = "member" // maintaining a child team is not maintaining its parent
			}
			out = append(out, belongs{u, role, i > 0})
		}
	}
	slices.SortFunc(out, func(a, b belongs) int { return byID(a.user, b.user) })
	return out
}

func (c *call) listTeamMembers() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	role := c.r.URL.Query().Get("role")
	all := slices.DeleteFunc(o.everybody(t), func(b belongs) bool { return role != "" && role != "all" && role != b.role })
	return paged(c, all, func(b belongs) object {
		s := c.userShape(b.user)
		s["role"], s["inherited"] = b.role, b.inherited
		return s
	})
}

// listExternalGroups names the group of an identity provider that decides who is
// in the team. Reading it takes the permission to write.
func (c *call) listExternalGroups() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	if !c.viewer.onOrg(o, "members", "write") {
		return c.refuse(o)
	}
	groups := []object{}
	if t.ExternalGroup != "" {
		groups = append(groups, object{"group_id": t.ID, "group_name": t.ExternalGroup, "updated_at": later(t.UpdatedAt, t.CreatedAt)})
	}
	return ok(object{"groups": groups})
}

// listSyncedGroups is listExternalGroups for team synchronization. A team without it
// gets a refusal, whose text is GitHub's for these endpoints.
func (c *call) listSyncedGroups() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	if !c.viewer.onOrg(o, "members", "write") {
		return c.refuse(o)
	}
	if t.SyncedGroup == "" {
		return c.failure(http.StatusForbidden, "This team is not externally managed")
	}
	return ok(object{"groups": []object{{"group_id": "group-" + t.Slug, "group_name": t.SyncedGroup, "group_description": ""}}})
}

func (c *call) listTeamInvitations() *reply {
	o, refused := c.orgForOwner("members:read")
	if refused != nil {
		return refused
	}
	_, t, refused := c.team()
	if refused != nil {
		return refused
	}
	open := slices.DeleteFunc(slices.Clone(o.Invitations), func(i *OrgInvitation) bool {
		return !slices.ContainsFunc(i.Teams, func(s string) bool { return fold(s) == fold(t.Slug) })
	})
	return paged(c, open, c.invitationShape)
}

func (c *call) getTeamMembership() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	for _, b := range o.everybody(t) {
		if fold(b.user.Login) == fold(c.params["username"]) {
			role := b.role
			if o.owner(b.user.Login) {
				role = "maintainer"
			}
			return ok(c.teamMembershipShape(o, t, b.user, role, "active"))
		}
	}
	if i := o.invitationOf(c.params["username"]); i != nil && slices.Contains(i.Teams, t.Slug) {
		return ok(c.teamMembershipShape(o, t, c.x.user(i.Login), "member", "pending"))
	}
	return c.notFound()
}

func (c *call) teamMembershipShape(o *orgIndex, t *Team, u *User, role, state string) object {
	at := c.base() + "/orgs/" + o.Login + "/teams/" + t.Slug + "/memberships/" + escaped(u.Login)
	return object{"url": at, "role": role, "state": state}
}

// teamRepo is a repository that a team reaches, and the best it has there.
type teamRepo struct {
	repo      *Repo
	privilege string
}

// reposOf lists what the teams reach by their own grants, by repository name.
func (o *orgIndex) reposOf(teams ...*Team) []teamRepo {
	best := map[*Repo]string{}
	for _, t := range teams {
		for _, g := range o.granted[fold(t.Slug)] {
			best[g.repo] = o.higher(best[g.repo], word(g.permission))
		}
	}
	out := make([]teamRepo, 0, len(best))
	for r, privilege := range best {
		out = append(out, teamRepo{r, privilege})
	}
	slices.SortFunc(out, func(a, b teamRepo) int { return cmp.Compare(fold(a.repo.Name), fold(b.repo.Name)) })
	return out
}

func (c *call) listTeamRepos() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	holders := []*Team{t}
	if c.s.o.InheritedTeamRepositories {
		holders = o.parents(t)
	}
	seen := slices.DeleteFunc(o.reposOf(holders...), func(g teamRepo) bool { return !c.viewer.sees(repoOf{g.repo, o}) })
	return paged(c, seen, func(g teamRepo) object {
		s := c.repoMinimal(repoOf{g.repo, o})
		s["permissions"], s["role_name"] = o.permissionsShape(g.privilege), o.roleName(g.privilege)
		return s
	})
}

// getTeamRepo finds inherited grants as well. It tells the grant only to those who ask in the media type for it;
// to others it says just yes.
func (c *call) getTeamRepo() *reply {
	o, t, refused := c.team()
	if refused != nil {
		return refused
	}
	if fold(c.params["owner"]) != fold(o.Login) {
		return c.notFound()
	}
	for _, g := range o.reposOf(o.parents(t)...) {
		if fold(g.repo.Name) != fold(c.params["repo"]) || !c.viewer.sees(repoOf{g.repo, o}) {
			continue
		}
		accept := c.r.Header.Get("Accept")
		if !strings.Contains(accept, "vnd.github.v3.repository+json") && !strings.Contains(accept, "vnd.github.repository+json") {
			return &reply{status: http.StatusNoContent}
		}
		s := c.repoFull(repoOf{g.repo, o})
		s["permissions"], s["role_name"] = o.permissionsShape(g.privilege), o.roleName(g.privilege)
		return ok(s).set("X-GitHub-Media-Type", "github.v3.repository; format=json")
	}
	return c.notFound()
}
