package githubsim

import (
	"cmp"
	"slices"
	"strings"
)

func repoField(get func(e *exec, r repoOf, a args) any) fieldFunc {
	return func(e *exec, v any, a args) any { return get(e, v.(repoOf), a) }
}

var repoFields = map[string]fieldFunc{
	"archivedAt": repoField(func(_ *exec, r repoOf, _ args) any {
		if !r.Archived {
			return nil
		}
		return latest(r.ArchivedAt, r.UpdatedAt)
	}),
	"branchProtectionRules": repoField(func(e *exec, r repoOf, _ args) any {
		var out []protectionOf
		for _, p := range r.BranchProtection {
			if e.v.onRepo(r, "administration", "read") { // others get an empty list, with no word about it
				out = append(out, protectionOf{p, r})
			}
		}
		return connectionOf(out, "")
	}),
	"codeowners":    repoField(func(*exec, repoOf, args) any { return nil }), // worlds have no files
	"collaborators": repoField(func(e *exec, r repoOf, a args) any { return e.collaborators(r, a) }),
	"createdAt":     repoField(func(_ *exec, r repoOf, _ args) any { return r.CreatedAt }),
	"databaseId":    repoField(func(_ *exec, r repoOf, _ args) any { return int32ID(r.ID) }),
	"defaultBranchRef": repoField(func(_ *exec, r repoOf, _ args) any {
		if r.Empty {
			return nil
		}
		return refOf{cmp.Or(r.DefaultBranch, "main"), r}
	}),
	"deployKeys": repoField(func(e *exec, r repoOf, _ args) any {
		var out []keyOf
		for _, k := range r.DeployKeys {
			if e.v.onRepo(r, "administration", "read") {
				out = append(out, keyOf{k, r})
			}
		}
		return connectionOf(out, "")
	}),
	"deployments":  repoField(func(e *exec, r repoOf, a args) any { return e.deployments(r, a) }),
	"description":  repoField(func(_ *exec, r repoOf, _ args) any { return orNull(r.Description) }),
	"environment":  repoField(func(e *exec, r repoOf, a args) any { return e.environment(r, a.str("name")) }),
	"environments": repoField(func(e *exec, r repoOf, a args) any { return e.environments(r, a) }),
	"forkingAllowed": repoField(func(_ *exec, r repoOf, _ args) any {
		return r.Visibility == "public" || r.org.Settings.MembersCanForkPrivate
	}),
	"id":         repoField(func(_ *exec, r repoOf, _ args) any { return nodeID("Repository", r.ID) }),
	"isArchived": repoField(func(_ *exec, r repoOf, _ args) any { return r.Archived }),
	"isDisabled": repoField(func(_ *exec, r repoOf, _ args) any { return r.Disabled }),
	"isEmpty":    repoField(func(_ *exec, r repoOf, _ args) any { return r.Empty }),
	"isFork":     repoField(func(_ *exec, r repoOf, _ args) any { return r.Fork }),
	"isInOrganization": repoField(func(*exec, repoOf, args) any {
		return true
	}),
	"isLocked":      repoField(func(_ *exec, r repoOf, _ args) any { return r.Locked }),
	"isMirror":      repoField(func(*exec, repoOf, args) any { return false }),
	"isPrivate":     repoField(func(_ *exec, r repoOf, _ args) any { return r.Visibility != "public" }),
	"isTemplate":    repoField(func(_ *exec, r repoOf, _ args) any { return r.Template }),
	"name":          repoField(func(_ *exec, r repoOf, _ args) any { return r.Name }),
	"nameWithOwner": repoField(func(_ *exec, r repoOf, _ args) any { return r.org.Login + "/" + r.Name }),
	"owner":         repoField(func(_ *exec, r repoOf, _ args) any { return r.org }),
	"planFeatures":  repoField(func(_ *exec, r repoOf, _ args) any { return r }),
	"pushedAt":      repoField(func(_ *exec, r repoOf, _ args) any { return r.PushedAt }),
	"resourcePath":  repoField(func(_ *exec, r repoOf, _ args) any { return "/" + r.org.Login + "/" + r.Name }),
	"ruleset": repoField(func(_ *exec, r repoOf, a args) any {
		for _, s := range r.all(a.flag("includeParents")) {
			if s.ID == a["databaseId"] {
				return s
			}
		}
		return nil
	}),
	"rulesets":  repoField(func(_ *exec, r repoOf, a args) any { return rulesets(r.org, &r, a) }),
	"updatedAt": repoField(func(_ *exec, r repoOf, _ args) any { return latest(r.UpdatedAt, r.CreatedAt) }),
	"url":       repoField(func(_ *exec, r repoOf, _ args) any { return site + "/" + r.org.Login + "/" + r.Name }),
	"viewerCanAdminister": repoField(func(e *exec, r repoOf, _ args) any {
		return e.v.onRepo(r, "administration", "write")
	}),
	"viewerPermission": repoField(func(e *exec, r repoOf, _ args) any {
		rank := e.v.rank(r)
		if e.v.token.Scope.App {
			return nil
		}
		if rank == rankNone {
			return "READ" // it is public, else the viewer would not see it
		}
		return [...]string{rankRead: "READ", rankTriage: "TRIAGE", rankWrite: "WRITE", rankMaintain: "MAINTAIN", rankAdmin: "ADMIN"}[rank]
	}),
	"visibility": repoField(func(_ *exec, r repoOf, _ args) any { return strings.ToUpper(r.Visibility) }),
}

// refOf is a branch of a repository.
type refOf struct {
	name string
	repo repoOf
}

var refFields = map[string]fieldFunc{
	"id": func(_ *exec, v any, _ args) any {
		r := v.(refOf)
		return nodeIDOf("Ref", nodeID("Repository", r.repo.ID), r.name)
	},
	"name":       func(_ *exec, v any, _ args) any { return v.(refOf).name },
	"prefix":     func(*exec, any, args) any { return "refs/heads/" },
	"repository": func(_ *exec, v any, _ args) any { return v.(refOf).repo },
}

// paid reports whether the plan gives private repositories the features that
// public ones have.
func paid(r repoOf) bool { return r.org.Plan != "free" || r.Visibility == "public" }

var planFields = map[string]fieldFunc{
	"codeowners":                  func(_ *exec, v any, _ args) any { return paid(v.(repoOf)) },
	"draftPullRequests":           func(_ *exec, v any, _ args) any { return paid(v.(repoOf)) },
	"maximumAssignees":            func(*exec, any, args) any { return 10 },
	"maximumManualReviewRequests": func(*exec, any, args) any { return 15 },
	"teamReviewRequests":          func(_ *exec, v any, _ args) any { return paid(v.(repoOf)) },
}

var codeownersFields = map[string]fieldFunc{"errors": func(*exec, any, args) any { return []any{} }}

var keyFields = map[string]fieldFunc{
	"createdAt": func(_ *exec, v any, _ args) any { return v.(keyOf).CreatedAt },
	"enabled":   func(_ *exec, v any, _ args) any { return v.(keyOf).Enabled == nil || *v.(keyOf).Enabled },
	"id":        func(_ *exec, v any, _ args) any { return nodeID("DeployKey", v.(keyOf).ID) },
	"key":       func(_ *exec, v any, _ args) any { return v.(keyOf).Key },
	"readOnly":  func(_ *exec, v any, _ args) any { return v.(keyOf).ReadOnly },
	"title":     func(_ *exec, v any, _ args) any { return v.(keyOf).Title },
	"verified":  func(*exec, any, args) any { return true },
}

// collaborator is somebody with access to a repository, as an item.
type collaborator struct {
	user *User
	repo repoOf
}

func (c collaborator) node() any { return c.user }

// collaborators lists people by login. DIRECT are the direct grants, OUTSIDE
// those of people who are no members, ALL (the default) everybody whom
// anything reaches. Bots are never listed.
func (e *exec) collaborators(r repoOf, a args) any {
	if !e.v.seesCollaborators(r) {
		return fail("FORBIDDEN", "You do not have permission to view repository collaborators.")
	}
	var out []collaborator
	for _, u := range r.withAccess(a.str("affiliation"), e.c.s.o.LooseDirect) {
		if u.Type == "User" && (!a.has("login") || fold(a.str("login")) == fold(u.Login)) && strings.Contains(fold(u.Login+" "+u.Name), fold(a.str("query"))) {
			out = append(out, collaborator{u, r})
		}
	}
	return connectionOf(out, argsKey(a))
}

// seesCollaborators: people need push access, Apps administration.
func (v *viewer) seesCollaborators(r repoOf) bool {
	if v.token.Scope.App {
		return v.onRepo(r, "administration", "read")
	}
	return v.rank(r) >= rankWrite && (v.token.Scope.Owner || v.token.Scope.Member || v.has("administration", "read") || v.has("metadata", "read"))
}

// withAccess lists who has access to a repository, sorted by login.
func (r repoOf) withAccess(affiliation string, loose bool) []*User {
	found := map[string]*User{}
	for _, c := range r.Collaborators {
		if affiliation != "OUTSIDE" || r.org.member(c.Login) == nil {
			found[fold(c.Login)] = r.org.x.user(c.Login)
		}
	}
	if affiliation == "DIRECT" && loose {
		for _, g := range r.Teams {
			for _, t := range r.org.below(r.org.team(g.Slug)) {
				for _, m := range t.Members {
					found[fold(m.Login)] = r.org.x.user(m.Login)
				}
			}
		}
	}
	if affiliation == "ALL" || affiliation == "" {
		for _, u := range r.org.x.World.Users {
			if found[fold(u.Login)] == nil && r.reaches(u) {
				found[fold(u.Login)] = u
			}
		}
	}
	out := make([]*User, 0, len(found))
	for _, u := range found {
		if u != nil {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(x, y *User) int { return strings.Compare(fold(x.Login), fold(y.Login)) })
	return out
}

func (r repoOf) reaches(u *User) bool {
	_, sources := r.org.sources(r.Repo, u.Login)
	return len(sources) > 0
}

var collaboratorEdgeFields = map[string]fieldFunc{
	"permission": func(_ *exec, v any, _ args) any {
		c := v.(edge).item.(collaborator)
		effective, _ := c.repo.org.sources(c.repo.Repo, c.user.Login)
		return strings.ToUpper(c.repo.org.baseOf(effective))
	},
	"permissionSources": func(_ *exec, v any, _ args) any {
		c := v.(edge).item.(collaborator)
		_, sources := c.repo.org.sources(c.repo.Repo, c.user.Login)
		out := make([]any, len(sources))
		for i, s := range sources {
			out[i] = sourceOf{s, c.repo}
		}
		return out
	},
}

// sourceOf is a source with the repository it speaks of.
type sourceOf struct {
	Source
	repo repoOf
}

var sourceFields = map[string]fieldFunc{
	"organization": func(_ *exec, v any, _ args) any { return v.(sourceOf).repo.org },
	// permission knows four words: triage shows as READ and maintain as WRITE.
	"permission": func(_ *exec, v any, _ args) any {
		s := v.(sourceOf)
		switch s.repo.org.baseOf(s.Privilege) {
		case "admin":
			return "ADMIN"
		case "write", "maintain":
			return "WRITE"
		}
		return "READ"
	},
	"roleName": func(_ *exec, v any, _ args) any { return v.(sourceOf).Privilege },
	"source": func(_ *exec, v any, _ args) any {
		s := v.(sourceOf)
		switch s.Kind {
		case "organization":
			return s.repo.org
		case "team":
			return teamOf{s.repo.org.team(s.Name), s.repo.org}
		}
		return s.repo
	},
}
