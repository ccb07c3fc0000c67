package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

const repoAdmin = "administration:read"

var repoRoutes = []route{
	{template: "/repos/{owner}/{repo}", accepted: "metadata=read", handle: (*call).getRepo},
	{template: "/repos/{owner}/{repo}/actions/permissions/workflow", accepted: "administration=read", handle: (*call).getRepoWorkflow},
	{template: "/repos/{owner}/{repo}/collaborators", accepted: "metadata=read", handle: (*call).listCollaborators},
	{template: "/repos/{owner}/{repo}/collaborators/{username}", accepted: "metadata=read", handle: (*call).isCollaborator},
	{template: "/repos/{owner}/{repo}/collaborators/{username}/permission", accepted: "metadata=read", handle: (*call).getPermission},
	{template: "/repos/{owner}/{repo}/invitations", accepted: "administration=read", handle: (*call).listRepoInvitations},
	{template: "/repos/{owner}/{repo}/keys", accepted: "administration=read", handle: (*call).listKeys},
	{template: "/repos/{owner}/{repo}/keys/{key_id}", accepted: "administration=read", handle: (*call).getKey},
	{template: "/repos/{owner}/{repo}/teams", accepted: "administration=read", handle: (*call).listRepoTeams},
}

func (c *call) getRepo() *reply {
	r, refused := c.repo()
	if refused != nil {
		return refused
	}
	s := c.repoFull(r)
	s["organization"] = c.ownerShape(r.org)
	if c.viewer.user != nil {
		effective, _ := r.org.sources(r.Repo, c.viewer.user.Login)
		if c.token.Scope.Owner {
			effective = "admin"
		} else if r.Visibility == "public" {
			effective = r.org.higher(effective, "read")
		}
		s["permissions"] = r.org.permissionsShape(effective)
	}
	return ok(s)
}

// getRepoWorkflow falls back to the organization's default, as a repository
// does that never chose.
func (c *call) getRepoWorkflow() *reply {
	r, refused := c.repoFor(repoAdmin)
	if refused != nil {
		return refused
	}
	own := r.tokenOf()
	return ok(object{"default_workflow_permissions": own.Default, "can_approve_pull_request_reviews": own.CanApprove})
}

// pusher finds the repository for somebody who may push to it, or an App that
// reads metadata and, for people of the organization, members.
func (c *call) pusher(message string, permissions ...string) (repoOf, *reply) {
	r, refused := c.repo()
	if refused != nil {
		return r, refused
	}
	if s := c.token.Scope; s.Permissions != nil {
		for _, p := range permissions {
			if !c.viewer.has(p, "read") {
				return r, c.forbidden()
			}
		}
		if s.App {
			return r, nil
		}
	}
	if c.viewer.rank(r) < rankWrite {
		return r, c.failure(http.StatusForbidden, message)
	}
	return r, nil
}

func (c *call) listCollaborators() *reply {
	r, refused := c.pusher("Must have push access to view repository collaborators.", "metadata", "members")
	if refused != nil {
		return refused
	}
	q := c.r.URL.Query()
	var who []*User
	for _, u := range r.people(q.Get("affiliation")) {
		effective, _ := r.org.sources(r.Repo, u.Login)
		if want := q.Get("permission"); effective != "none" && (want == "" || want == r.org.verb(effective)) {
			who = append(who, u)
		}
	}
	slices.SortFunc(who, byID)
	return paged(c, who, func(u *User) object { return c.collaboratorShape(r, u) })
}

// people lists who may have access to the repository: everybody of the
// organization and from outside (all), those with a grant of their own
// (direct), or those of them who are not members (outside).
func (r repoOf) people(affiliation string) []*User {
	var out []*User
	if affiliation == "" || affiliation == "all" {
		for _, m := range r.org.Members {
			out = append(out, r.org.x.user(m.Login))
		}
	}
	for _, g := range r.Collaborators {
		member := r.org.member(g.Login) != nil
		if affiliation == "direct" || !member {
			out = append(out, r.org.x.user(g.Login))
		}
	}
	return out
}

// collaboratorShape gives the highest of all a person's grants, whatever the
// list was asked for.
func (c *call) collaboratorShape(r repoOf, u *User) object {
	effective, _ := r.org.sources(r.Repo, u.Login)
	s := c.userShape(u)
	s["permissions"], s["role_name"] = r.org.permissionsShape(effective), r.org.roleName(effective)
	return s
}

// isCollaborator says yes to whoever has anything on the repository, whatever it
// comes from.
func (c *call) isCollaborator() *reply {
	r, refused := c.pusher("Must have push access to view repository collaborators.", "metadata")
	if refused != nil {
		return refused
	}
	if u := c.x.user(c.params["username"]); u != nil {
		if effective, _ := r.org.sources(r.Repo, u.Login); effective != "none" {
			return done()
		}
	}
	return c.notFound()
}

// getPermission answers in the older words as well, which know neither triage
// nor maintain.
func (c *call) getPermission() *reply {
	r, refused := c.pusher("Must have push access to view collaborator permission.", "metadata")
	if refused != nil {
		return refused
	}
	u := c.x.user(c.params["username"])
	if u == nil {
		return c.failure(http.StatusNotFound, c.params["username"]+" is not a user")
	}
	effective, _ := r.org.sources(r.Repo, u.Login)
	if effective == "none" && r.Visibility == "public" {
		effective = "read"
	}
	older := r.org.baseOf(effective)
	older = cmp.Or(map[string]string{"triage": "read", "maintain": "write"}[older], older)
	s := c.userShape(u)
	s["permissions"], s["role_name"] = r.org.permissionsShape(effective), r.org.roleName(effective)
	return ok(object{"permission": older, "role_name": r.org.roleName(effective), "user": s})
}

// listRepoTeams lists the teams with a grant of their own, and those that hold
// an organization role which reaches every repository.
func (c *call) listRepoTeams() *reply {
	r, refused := c.repoFor(repoAdmin)
	if refused != nil {
		return refused
	}
	type access struct {
		team      *Team
		privilege string
		source    string
	}
	var all []access
	for _, g := range r.Teams {
		all = append(all, access{r.org.team(g.Slug), g.Permission, "direct"})
	}
	for _, role := range r.org.OrgRoles {
		for _, slug := range role.Teams {
			known := slices.ContainsFunc(all, func(a access) bool { return fold(a.team.Slug) == fold(slug) })
			if role.Grants() != "" && !known {
				all = append(all, access{r.org.team(slug), role.Grants(), "organization"})
			}
		}
	}
	all = slices.DeleteFunc(all, func(a access) bool { return !c.token.Scope.App && !c.viewer.seesTeam(r.org, a.team) })
	return paged(c, all, func(a access) object {
		s := c.teamShape(r.org, a.team)
		s["permission"], s["permissions"], s["access_source"] = r.org.verb(a.privilege), r.org.permissionsShape(a.privilege), a.source
		return s
	})
}

// invitationLife is how long an invitation can be accepted (GitHub Docs:
// "Inviting collaborators to a personal repository").
const invitationLife = 7 * 24 * time.Hour

func (c *call) listRepoInvitations() *reply {
	r, refused := c.repoFor(repoAdmin)
	if refused != nil {
		return refused
	}
	return paged(c, r.Invitations, func(i *RepoInvitation) object { return c.repoInvitationShape(r, i) })
}

func (c *call) repoInvitationShape(r repoOf, i *RepoInvitation) object {
	at := c.base() + "/repos/" + r.org.Login + "/" + r.Name + "/invitations/" + number(i.ID)
	return object{
		"id": i.ID, "node_id": nodeID("RepositoryInvitation", i.ID), "repository": c.repoMinimal(r), "invitee": c.person(i.Login),
		"inviter": c.person(i.Inviter), "permissions": r.org.baseOf(i.Permission), "created_at": stamp(i.CreatedAt),
		"expired": c.now.Sub(i.CreatedAt) > invitationLife, "url": at, "html_url": c.site() + "/" + r.org.Login + "/" + r.Name + "/invitations",
	}
}

func (c *call) listKeys() *reply {
	r, refused := c.repoFor(repoAdmin)
	if refused != nil {
		return refused
	}
	return paged(c, r.DeployKeys, func(k *DeployKey) object { return c.keyShape(r, k) })
}

func (c *call) getKey() *reply {
	r, refused := c.repoFor(repoAdmin)
	if refused != nil {
		return refused
	}
	k := c.key(r)
	if k == nil {
		return c.notFound()
	}
	return ok(c.keyShape(r, k))
}

func (c *call) keyShape(r repoOf, k *DeployKey) object {
	return object{
		"id": k.ID, "key": k.Key, "url": c.base() + "/repos/" + r.org.Login + "/" + r.Name + "/keys/" + number(k.ID), "title": k.Title,
		"verified": true, "created_at": stamp(k.CreatedAt), "read_only": k.ReadOnly, "added_by": orNull(k.AddedBy),
		"last_used": stamp(k.LastUsed), "enabled": k.Enabled == nil || *k.Enabled,
	}
}
