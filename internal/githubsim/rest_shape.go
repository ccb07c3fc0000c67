package githubsim

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
)

// orNull is null where the world says nothing.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orEmpty is never null.
func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// later is the first of the times that is known.
func later(times ...time.Time) any {
	for _, t := range times {
		if !t.IsZero() {
			return stamp(t)
		}
	}
	return nil
}

// userShape is GitHub's "simple user". Email and name are not part of it.
func (c *call) userShape(u *User) object {
	at := c.base() + "/users/" + url.PathEscape(u.Login)
	return object{
		"login": u.Login, "id": u.ID, "node_id": nodeID(u.Type, u.ID), "type": u.Type, "site_admin": u.SiteAdmin, "user_view_type": "public",
		"avatar_url": fmt.Sprintf("%s/avatars/u/%d", c.site(), u.ID), "gravatar_id": "",
		"url": at, "html_url": c.site() + "/" + url.PathEscape(u.Login), "followers_url": at + "/followers",
		"following_url": at + "/following{/other_user}", "gists_url": at + "/gists{/gist_id}", "starred_url": at + "/starred{/owner}{/repo}",
		"subscriptions_url": at + "/subscriptions", "organizations_url": at + "/orgs", "repos_url": at + "/repos",
		"events_url": at + "/events{/privacy}", "received_events_url": at + "/received_events",
	}
}

// person is the simple user behind a login, or null.
func (c *call) person(login string) any {
	if u := c.x.user(login); u != nil {
		return c.userShape(u)
	}
	return nil
}

// ownerShape is the organization where a simple user is expected.
func (c *call) ownerShape(o *orgIndex) object {
	s := c.userShape(&User{Login: o.Login, ID: o.ID, Type: "Organization"})
	s["html_url"] = c.site() + "/" + o.Login
	return s
}

// orgShape is GitHub's "organization simple".
func (c *call) orgShape(o *orgIndex) object {
	at := c.base() + "/orgs/" + o.Login
	return object{
		"login": o.Login, "id": o.ID, "node_id": nodeID("Organization", o.ID), "url": at, "repos_url": at + "/repos", "events_url": at + "/events",
		"hooks_url": at + "/hooks", "issues_url": at + "/issues", "members_url": at + "/members{/member}",
		"public_members_url": at + "/public_members{/member}", "avatar_url": fmt.Sprintf("%s/avatars/u/%d", c.site(), o.ID),
		"description": orNull(o.Description),
	}
}

// orgPublic is what everybody may know of an organization.
func (c *call) orgPublic(o *orgIndex) object {
	s := c.orgShape(o)
	public := 0
	for _, r := range o.Repos {
		if r.Visibility == "public" {
			public++
		}
	}
	s["html_url"], s["type"] = c.site()+"/"+o.Login, "Organization"
	s["created_at"], s["updated_at"], s["archived_at"] = stamp(o.CreatedAt), later(o.UpdatedAt, o.CreatedAt), stamp(o.ArchivedAt)
	s["public_repos"], s["public_gists"], s["followers"], s["following"] = public, 0, 0, 0
	s["has_organization_projects"], s["has_repository_projects"], s["is_verified"] = true, true, false
	if o.Name != "" {
		s["name"] = o.Name
	}
	return s
}

// teamSimple is a team without its parent.
func (c *call) teamSimple(o *orgIndex, t *Team) object {
	at := fmt.Sprintf("%s/organizations/%d/team/%d", c.base(), o.ID, t.ID)
	return object{
		"id": t.ID, "node_id": nodeID("Team", t.ID), "name": t.Name, "slug": t.Slug, "description": orNull(t.Description), "privacy": t.Privacy,
		"permission": "pull", "notification_setting": "notifications_enabled", "type": "organization", "organization_id": o.ID,
		"url": at, "html_url": c.site() + "/orgs/" + o.Login + "/teams/" + t.Slug, "members_url": at + "/members{/member}", "repositories_url": at + "/repos",
	}
}

// teamShape is a team with its parent.
func (c *call) teamShape(o *orgIndex, t *Team) object {
	s := c.teamSimple(o, t)
	s["parent"] = nil
	if t.Parent != "" {
		s["parent"] = c.teamSimple(o, o.team(t.Parent))
	}
	return s
}

// repoLinks are the addresses below a repository; those with braces are
// templates.
var repoLinks = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}",
	"commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}",
	"contributors_url": "/contributors", "deployments_url": "/deployments", "downloads_url": "/downloads", "events_url": "/events",
	"forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
	"hooks_url": "/hooks", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "languages_url": "/languages",
	"merges_url": "/merges", "milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}",
	"pulls_url": "/pulls{/number}", "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}

// repoMinimal is GitHub's "minimal repository".
func (c *call) repoMinimal(r repoOf) object {
	full := r.org.Login + "/" + r.Name
	at := c.base() + "/repos/" + full
	s := object{
		"id": r.ID, "node_id": nodeID("Repository", r.ID), "name": r.Name, "full_name": full, "owner": c.ownerShape(r.org),
		"private": r.Visibility != "public", "visibility": r.Visibility, "description": orNull(r.Description), "fork": r.Fork,
		"archived": r.Archived, "disabled": r.Disabled, "is_template": r.Template, "default_branch": branch(r.Repo),
		"created_at": stamp(r.CreatedAt), "updated_at": later(r.UpdatedAt, r.CreatedAt), "pushed_at": later(r.PushedAt, r.CreatedAt),
		"url": at, "html_url": c.site() + "/" + full,
	}
	for key, below := range repoLinks {
		s[key] = at + below
	}
	return s
}

// repoFull adds what GitHub says of a repository that is asked for by itself.
func (c *call) repoFull(r repoOf) object {
	s := c.repoMinimal(r)
	full := r.org.Login + "/" + r.Name
	maps.Copy(s, object{
		"clone_url": c.site() + "/" + full + ".git", "git_url": "git://" + c.r.Host + "/" + full + ".git", "ssh_url": "git@" + c.r.Host + ":" + full + ".git",
		"svn_url": c.site() + "/" + full, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil, "topics": []string{},
		"size": 1, "forks": 0, "forks_count": 0, "network_count": 0, "open_issues": 0, "open_issues_count": 0, "stargazers_count": 0,
		"subscribers_count": 0, "watchers": 0, "watchers_count": 0, "allow_forking": false, "web_commit_signoff_required": false,
		"has_discussions": false, "has_downloads": true, "has_issues": true, "has_pages": false, "has_projects": true, "has_wiki": true,
	})
	return s
}

func branch(r *Repo) string {
	if r.DefaultBranch == "" {
		return "main"
	}
	return r.DefaultBranch
}

// permissionsShape spells a privilege out the way REST does.
func (o *orgIndex) permissionsShape(privilege string) object {
	n := o.rank(privilege)
	return object{"pull": n >= rankRead, "triage": n >= rankTriage, "push": n >= rankWrite, "maintain": n >= rankMaintain, "admin": n >= rankAdmin}
}

// verb is the built-in role of a privilege in the older words of REST: pull,
// triage, push, maintain, admin.
func (o *orgIndex) verb(privilege string) string {
	switch base := o.baseOf(privilege); base {
	case "read":
		return "pull"
	case "write":
		return "push"
	default:
		return base
	}
}

// roleName is how role_name spells a privilege: the word, or a custom role's
// own name.
func (o *orgIndex) roleName(privilege string) string {
	if role := o.customRole(privilege); role != nil {
		return role.Name
	}
	return strings.ToLower(word(privilege))
}
