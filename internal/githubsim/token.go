package githubsim

import (
	"slices"
	"strings"
	"time"
)

// Token is a credential that the server accepts, and who acts by it.
type Token struct {
	Value string // what stands after "Bearer " or "token "
	// Login is the account behind the token; for an App its bot, which the audit log
	// names. It may be empty for an App, and for Owner and Member scopes: then the
	// first fitting account of the world is taken.
	Login string
	Scope Scope
	// Expires is the end of a personal access token, which every answer states; zero
	// is none.
	Expires time.Time

	account *Token // whose limits it uses up; nil: its own
}

// purse is the token whose limits this one uses up.
func (t *Token) purse() *Token {
	if t != nil && t.account != nil {
		return t.account
	}
	return t
}

// Scope says what a token may do. Exactly one of Owner, Member, and Permissions
// (with or without App) is meant to be set.
type Scope struct {
	// Owner sees everything: the classic token of an organization owner with
	// all scopes. It is an owner of every organization of the world, whatever
	// the world says about its login.
	Owner bool
	// Member is the classic token (read:org, repo) of somebody without special
	// rights: what the person sees by membership and grants, and no more.
	Member bool
	// App is an installation token of a GitHub App; its rights are Permissions.
	App bool
	// Org, if not empty, is the only organization that an App's token is for.
	Org string
	// Permissions are the rights of an App or a fine-grained token, as
	// "members:read" or "organization_administration:write". Write includes read.
	// Repository permissions are written "administration:read", "actions:read" …
	Permissions []string
	// Repositories, if not nil, are the only ones of its organizations that the
	// token was given, as "org/name" or "name".
	Repositories []string
	// Classic are the scopes of a classic token of an Owner or Member; if nil, an
	// owner has all that the API asks for, and anybody else read:org and repo.
	// Changes of an organization take admin:org, those of a repository repo.
	Classic []string
	// ReadOnly refuses every request for a change, whatever else the token could.
	ReadOnly bool
	// SSO names the organizations that demand single sign-on from this token and
	// did not get it: they answer 403 or are left out of lists.
	SSO []string
}

// Common scopes.
var (
	OwnerScope  = Scope{Owner: true}
	MemberScope = Scope{Member: true}
	// AppScope is the read-only permission set of an audit app: it sees
	// everything but two-factor states.
	AppScope = Scope{App: true, Permissions: []string{
		"metadata:read", "administration:read", "actions:read", "environments:read", "deployments:read", "secrets:read",
		"actions_variables:read", "repository_hooks:read", "members:read", "organization_administration:read",
		"organization_custom_roles:read", "organization_custom_org_roles:read", "organization_personal_access_tokens:read",
		"organization_personal_access_token_requests:read", "organization_hooks:read", "organization_secrets:read",
		"organization_actions_variables:read", "organization_self_hosted_runners:read", "organization_plan:read",
		"organization_custom_properties:read",
	}}
)

// Without returns the scope less the named permissions ("members:read").
func (s Scope) Without(permissions ...string) Scope {
	s.Permissions = slices.DeleteFunc(slices.Clone(s.Permissions), func(p string) bool { return slices.Contains(permissions, p) })
	return s
}

// viewer is a token in front of one state of the world.
type viewer struct {
	token *Token
	user  *User // nil for an App
	x     *Index
}

// viewerOf finds the person behind a token.
func (x *Index) viewerOf(t *Token) *viewer {
	v := &viewer{token: t, x: x}
	if t == nil || t.Scope.App {
		return v
	}
	if v.user = x.user(t.Login); v.user != nil || t.Login != "" {
		return v
	}
	for _, o := range x.World.Orgs {
		for _, m := range o.Members {
			if (m.Role == "admin") == t.Scope.Owner {
				v.user = x.user(m.Login)
				return v
			}
		}
	}
	return v
}

// login of the viewer; "" for an App.
func (v *viewer) login() string {
	if v.user == nil {
		return ""
	}
	return v.user.Login
}

// owner reports whether the viewer acts as an owner of the organization. An
// App never does.
func (v *viewer) owner(o *orgIndex) bool {
	switch {
	case v.token.Scope.Owner:
		return true
	case v.token.Scope.App || v.token.Scope.Member:
		return false
	}
	return v.user != nil && o.owner(v.user.Login)
}

// member reports whether the viewer belongs to the organization.
func (v *viewer) member(o *orgIndex) bool {
	return v.token.Scope.Owner || v.user != nil && o.member(v.user.Login) != nil
}

// sso reports whether the organization refuses the token for want of a single
// sign-on session. App tokens are exempt.
func (v *viewer) sso(o *orgIndex) bool {
	return !v.token.Scope.App && slices.ContainsFunc(v.token.Scope.SSO, func(s string) bool { return fold(s) == fold(o.Login) })
}

// has reports whether the token carries the permission by itself, whoever is
// behind it. level is read or write.
func (v *viewer) has(permission, level string) bool {
	for _, p := range v.token.Scope.Permissions {
		name, got, _ := strings.Cut(p, ":")
		if name == permission && (got == level || got == "write" || got == "admin") {
			return true
		}
	}
	return false
}

// onOrg reports whether the viewer has an organization permission, for example
// ("members", "read"). Members may read members; everything else takes an
// owner, or a token that carries the permission. A fine-grained token of
// somebody needs both the permission and the rights of the person.
func (v *viewer) onOrg(o *orgIndex, permission, level string) bool {
	s := v.token.Scope
	switch {
	case v.sso(o) || v.elsewhere(o):
		return false
	case s.Owner:
		return !appsOnly(permission) && (level != "write" || v.carries("admin:org"))
	case s.App:
		return v.has(permission, level)
	}
	byPerson := v.user != nil && (o.owner(v.user.Login) && !s.Member || permission == "members" && level == "read" && v.member(o))
	if s.Member {
		return byPerson && !appsOnly(permission)
	}
	return byPerson && v.has(permission, level) && !appsOnly(permission)
}

// scopes are those of a classic token.
func (s Scope) scopes() []string {
	switch {
	case s.Classic != nil:
		return s.Classic
	case s.Owner && s.ReadOnly:
		return []string{"read:audit_log", "read:org", "repo", "user"}
	case s.Owner:
		return []string{"admin:org", "audit_log", "read:audit_log", "repo", "user", "workflow"}
	}
	return []string{"read:org", "repo"}
}

// carries reports whether a classic token has a scope.
func (v *viewer) carries(scope string) bool { return slices.Contains(v.token.Scope.scopes(), scope) }

// elsewhere reports whether the token is an installation's of another
// organization.
func (v *viewer) elsewhere(o *orgIndex) bool {
	return v.token.Scope.Org != "" && fold(v.token.Scope.Org) != fold(o.Login)
}

// appsOnly lists the permissions whose endpoints refuse every token that is
// not an App's.
func appsOnly(permission string) bool {
	return strings.HasPrefix(permission, "organization_personal_access_token")
}

// onRepo reports whether the viewer has a repository permission, for example
// ("administration", "read"). For a person it takes admin rights on the
// repository for administration, and push rights for the others.
func (v *viewer) onRepo(r repoOf, permission, level string) bool {
	s := v.token.Scope
	if !v.sees(r) {
		return false
	}
	if level == "write" && (s.Owner || s.Member) && !v.carries("repo") {
		return false
	}
	if s.Owner || s.App {
		return s.Owner || v.has(permission, level)
	}
	need := rankWrite
	if permission == "administration" || permission == "repository_hooks" || level == "write" {
		need = rankAdmin
	}
	if permission == "metadata" || permission == "actions" && level == "read" {
		need = rankRead
	}
	return (s.Member || v.has(permission, level)) && v.rank(r) >= need
}

// sees reports whether the viewer can see the repository at all.
func (v *viewer) sees(r repoOf) bool {
	s := v.token.Scope
	if v.sso(r.org) || v.elsewhere(r.org) {
		return r.Visibility == "public"
	}
	if s.Repositories != nil && !v.given(r) {
		return !s.App && r.Visibility == "public"
	}
	if s.Owner || s.App || r.Visibility == "public" {
		return true
	}
	return r.Visibility == "internal" && v.member(r.org) || v.rank(r) > rankNone
}

// given reports whether the repository is one of those the token was given.
func (v *viewer) given(r repoOf) bool {
	return slices.ContainsFunc(v.token.Scope.Repositories, func(n string) bool {
		return fold(n) == fold(r.Name) || fold(n) == fold(r.org.Login+"/"+r.Name)
	})
}

// rank is what the viewer can do on the repository as a person.
func (v *viewer) rank(r repoOf) int {
	if v.token.Scope.Owner {
		return rankAdmin
	}
	if v.user == nil {
		return rankNone
	}
	effective, _ := r.org.sources(r.Repo, v.user.Login)
	return r.org.rank(effective)
}

// seesTeam reports whether the viewer can see the team: members of the
// organization see closed teams, a secret one is seen by its members and owners.
func (v *viewer) seesTeam(o *orgIndex, t *Team) bool {
	if !v.onOrg(o, "members", "read") {
		return false
	}
	if t.Privacy != "secret" || v.token.Scope.Owner || v.token.Scope.App || v.owner(o) {
		return true
	}
	return v.user != nil && o.in(v.user.Login, t)
}
