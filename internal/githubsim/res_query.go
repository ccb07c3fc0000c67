package githubsim

import "math"

// resolvers answer the fields of types.graphql, by type and name. Connections
// and edges answer their usual fields by themselves.
var resolvers = map[string]map[string]fieldFunc{
	"Query":                                queryFields,
	"Mutation":                             mutationFields,
	"RemoveOutsideCollaboratorPayload":     removedFields,
	"UpdateEnvironmentPayload":             guardedFields,
	"UpdateTeamsRepositoryPayload":         grantedFields,
	"GitHubMetadata":                       metaFields,
	"RateLimit":                            rateFields,
	"PageInfo":                             {},
	"Organization":                         orgFields,
	"OrganizationMemberEdge":               memberEdgeFields,
	"Team":                                 teamFields,
	"TeamMemberEdge":                       teamMemberEdgeFields,
	"TeamRepositoryEdge":                   teamRepositoryEdgeFields,
	"OrganizationInvitation":               invitationFields,
	"Repository":                           repoFields,
	"RepositoryCollaboratorEdge":           collaboratorEdgeFields,
	"PermissionSource":                     sourceFields,
	"Ref":                                  refFields,
	"RepositoryPlanFeatures":               planFields,
	"RepositoryCodeowners":                 codeownersFields,
	"DeployKey":                            keyFields,
	"Environment":                          envFields,
	"DeploymentProtectionRule":             gateFields,
	"Deployment":                           deploymentFields,
	"BranchProtectionRule":                 protectionFields,
	"PushAllowance":                        allowanceFields,
	"BypassPullRequestAllowance":           allowanceFields,
	"BypassForcePushAllowance":             allowanceFields,
	"ReviewDismissalAllowance":             allowanceFields,
	"RepositoryRuleset":                    rulesetFields,
	"RepositoryRulesetBypassActor":         bypassFields,
	"App":                                  appFields,
	"Bot":                                  botFields,
	"User":                                 userFields,
	"ContributionsCollection":              contributionsFields,
	"CommitContributionsByRepository":      commitsFields,
	"CreatedCommitContribution":            commitFields,
	"CreatedIssueContribution":             createdFields,
	"CreatedPullRequestContribution":       createdFields,
	"CreatedPullRequestReviewContribution": createdFields,
}

// rate is the state of a token's GraphQL account during one query.
type rate struct {
	cost        Count
	limit, used int
	resetAt     any
}

var queryFields = map[string]fieldFunc{
	"meta": func(*exec, any, args) any { return "meta" },
	"node": func(e *exec, _ any, a args) any { return e.node(a.str("id")) },
	"nodes": func(e *exec, _ any, a args) any {
		ids := a.words("ids")
		if len(ids) > maxPage {
			return fail("ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided %d.", len(ids))
		}
		out := make([]any, len(ids))
		for i, id := range ids {
			out[i] = e.node(id)
		}
		return out
	},
	"organization": func(e *exec, _ any, a args) any { return e.organization(a.str("login")) },
	"rateLimit":    func(e *exec, _ any, _ args) any { return e.rate() },
	"repository": func(e *exec, _ any, a args) any {
		o := e.x.org(a.str("owner"))
		if o == nil {
			return fail("NOT_FOUND", "Could not resolve to a Repository with the name '%s/%s'.", a.str("owner"), a.str("name"))
		}
		return e.repository(o, a.str("owner"), a.str("name"), a.flag("followRenames"))
	},
	"repositoryOwner": func(e *exec, _ any, a args) any {
		if o := e.x.org(a.str("login")); o != nil {
			return e.organization(o.Login)
		}
		return e.x.user(a.str("login"))
	},
	"user": func(e *exec, _ any, a args) any {
		if u := e.x.user(a.str("login")); u != nil && u.Type == "User" {
			return u
		}
		return fail("NOT_FOUND", "Could not resolve to a User with the login of '%s'.", a.str("login"))
	},
	"viewer": func(e *exec, _ any, _ args) any { return e.v.self() },
}

// self is the account that viewer answers: the person, or the App's own account.
func (v *viewer) self() *User {
	if v.user != nil {
		return v.user
	}
	login := v.token.Login
	if login == "" {
		login = "ajar-audit[bot]"
	}
	return &User{Login: login, ID: 1, Type: "User", CreatedAt: v.x.World.Meta.Now}
}

var metaFields = map[string]fieldFunc{
	"hookIpAddresses":                    func(*exec, any, args) any { return []any{"192.0.2.0/24", "2001:db8::/32"} },
	"isPasswordAuthenticationVerifiable": func(*exec, any, args) any { return false },
}

var rateFields = map[string]fieldFunc{
	"cost":      func(_ *exec, v any, _ args) any { return v.(rate).cost.Points },
	"nodeCount": func(_ *exec, v any, _ args) any { return v.(rate).cost.Nodes },
	"limit":     func(_ *exec, v any, _ args) any { return v.(rate).limit },
	"used":      func(_ *exec, v any, _ args) any { return v.(rate).used },
	"remaining": func(_ *exec, v any, _ args) any { return max(0, v.(rate).limit-v.(rate).used) },
	"resetAt":   func(_ *exec, v any, _ args) any { return v.(rate).resetAt },
}

// rate answers rateLimit; null where limits are off, as on GHES.
func (e *exec) rate() any {
	l := e.c.s.limits
	if l.primary < 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(e.c.token, GraphQL, e.c.now)
	return rate{cost: e.q.cost, limit: l.primary, used: b.used, resetAt: b.reset}
}

// node finds what an id names, for those who may see it.
func (e *exec) node(id string) any {
	v := e.x.node(id)
	if !e.visible(v) {
		return fail("NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
	}
	return v
}

// visible reports whether the viewer may know that the thing is there.
func (e *exec) visible(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case *orgIndex:
		return !e.v.sso(v)
	case teamOf:
		return e.v.seesTeam(v.org, v.Team)
	case repoOf:
		return e.v.sees(v)
	case envOf:
		return e.v.sees(v.repo) && e.v.readsEnvironments(v.repo)
	case deploymentOf:
		return e.v.sees(v.repo)
	case keyOf:
		return e.v.onRepo(v.repo, "administration", "read")
	case protectionOf:
		return e.v.onRepo(v.repo, "administration", "read")
	case rulesetOf:
		if v.repo != nil {
			return e.v.sees(*v.repo)
		}
		return e.v.onOrg(v.org, "organization_administration", "read")
	}
	return true
}

func (e *exec) organization(login string) any {
	o := e.x.org(login)
	if o == nil {
		return fail("NOT_FOUND", "Could not resolve to an Organization with the login of '%s'.", login)
	}
	if e.v.sso(o) {
		bad := fail("FORBIDDEN", "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.")
		bad.Extensions = map[string]any{"saml_failure": true}
		return bad
	}
	return o
}

func (e *exec) repository(o *orgIndex, owner, name string, follow bool) any {
	r := o.repo(name)
	if r == nil && follow {
		r = o.formerly(name)
	}
	if r != nil && e.v.sees(repoOf{r, o}) {
		return repoOf{r, o}
	}
	return fail("NOT_FOUND", "Could not resolve to a Repository with the name '%s/%s'.", owner, name)
}

// notAccessible is what a token without the permission gets.
func (e *exec) notAccessible() *gqlError {
	if e.v.token.Scope.App {
		return fail("FORBIDDEN", "Resource not accessible by integration")
	}
	return fail("FORBIDDEN", "Resource not accessible by personal access token")
}

// lacks reports whether the token is of the kind that lists its permissions
// (an App's, or a fine-grained one) and this one is not among them.
func (v *viewer) lacks(permission, level string) bool {
	s := v.token.Scope
	return (s.App || s.Permissions != nil) && !s.Owner && !s.Member && !v.has(permission, level)
}

// int32ID answers databaseId, which has 32 bits in GraphQL.
func int32ID(id int64) any {
	if id > math.MaxInt32 {
		return fail("", "Integer out of bounds: %d. Consider using ID or GraphQL::Types::BigInt instead.", id)
	}
	return id
}
