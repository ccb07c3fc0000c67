package collector

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// gap is why something was not read, or not to its end.
type gap struct {
	status access.Status
	reason string
	help   string
}

// partial is a gap in words.
func partial(format string, args ...any) gap {
	return gap{status: access.Partial, reason: fmt.Sprintf(format, args...)}
}

// rights names what lets a token read an area: the permission of an App, and
// who else can (GitHub Docs, "Permissions required for GitHub Apps").
var rights = map[access.Area]string{
	access.AreaSettings:           "an organization owner's token (scope admin:org), or an app with organization administration: read",
	access.AreaWorkflowToken:      "an organization owner's token (scope admin:org), or an app with organization administration: read",
	access.AreaMembers:            "a member's token (scope read:org), or an app with organization members: read",
	access.AreaTwoFactor:          "an organization owner's token (scope admin:org); apps are not told",
	access.AreaOutside:            "an organization owner's token (scope read:org), or an app with organization members: read",
	access.AreaInvitations:        "an organization owner's token (scope admin:org), or an app with organization members: read",
	access.AreaFailedInvitations:  "an organization owner's token (scope admin:org), or an app with organization members: read",
	access.AreaTeams:              "an organization owner's token (scope read:org), or an app with organization members: read",
	access.AreaTeamMembers:        "an organization owner's token (scope read:org), or an app with organization members: read",
	access.AreaTeamGrants:         "an organization owner's token (scope read:org), or an app with organization members: read and metadata: read",
	access.AreaCustomRoles:        "an organization owner's token (scope admin:org), or an app with organization custom roles: read",
	access.AreaOrgRoles:           "an organization owner's token (scope admin:org), or an app with organization custom organization roles: read",
	access.AreaOrgRoleAssignments: "an organization owner's token (scope admin:org), or an app with organization members: read",
	access.AreaRepositories:       "a token with scope repo, or an app installed on all repositories with metadata: read",
	access.AreaDirectGrants:       "a token (scopes repo and read:org) with push access to the repository, or an app with administration: read",
	access.AreaEnvironments:       "a token (scope repo) with read access to the repository, or an app with actions: read",
	access.AreaGates:              "a token (scope repo) with read access to the repository, or an app with actions: read",
	access.AreaPolicies:           "a token (scope repo) with read access to the repository, or an app with actions: read",
	access.AreaDeployKeys:         "a token (scope repo) of an administrator of the repository, or an app with administration: read",
	access.AreaSecrets:            "a token (scope repo) of a collaborator of the repository, or an app with environments: read",
	access.AreaRepoInvitations:    "a token (scope repo) of an administrator of the repository, or an app with administration: read",
	access.AreaAuditLog:           "an organization owner's token (scope read:audit_log), or an app with organization administration: read",
	access.AreaContributions:      "a token that sees the members (scope read:org), or an app with organization members: read",
}

// denied is the gap of an area that the token may not see.
func denied(a access.Area, format string, args ...any) gap {
	return gap{status: access.Denied, reason: fmt.Sprintf(format, args...), help: rights[a]}
}

// gapOf puts a failed request into the ledger's words. A 404 is no absence: it
// says that the token may not see it, unless a rule of the caller knows better;
// and that something is gone, blocked or not ready says nothing about the plan.
func gapOf(a access.Area, what string, err error) gap {
	line := short(err)
	switch {
	case ssoRequired(err):
		g := denied(a, "%s: the token is not authorized for the organization's single sign-on", what)
		g.help = "authorize the token for the organization's single sign-on"
		return g
	case errors.Is(err, github.ErrForbidden):
		g := denied(a, "%s: GitHub refused (%s)", what, line)
		if s, ok := errors.AsType[*github.StatusError](err); ok && s.Accepted != "" {
			g.help += "; GitHub asks for " + s.Accepted
		}
		return g
	case errors.Is(err, github.ErrNotFound):
		return denied(a, "%s: GitHub shows nothing there (%s), which may be a refusal", what, line)
	}
	return partial("%s: %s", what, line)
}

func ssoRequired(err error) bool {
	if s, ok := errors.AsType[*github.StatusError](err); ok {
		return s.SSO != "" && errors.Is(err, github.ErrForbidden)
	}
	g, ok := errors.AsType[*github.GraphQLError](err)
	return ok && g.Errors[0].SSO()
}

// short is an error without the address that net/http puts around it.
func short(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if s, ok := errors.AsType[*github.StatusError](err); ok {
		return strings.TrimSuffix(fmt.Sprintf("%d %s", s.Status, s.Message), " ")
	}
	if g, ok := errors.AsType[*github.GraphQLError](err); ok { // its path counts rows of a query
		return strings.TrimPrefix((&github.GraphQLError{Errors: []github.GraphQLErrorItem{{Type: g.Errors[0].Type, Message: g.Errors[0].Message}}}).Error(), "graphql ")
	}
	return err.Error()
}

// leftOut is the gap that single sign-on leaves in a list.
func leftOut(what string, p *github.PartialError) gap {
	g := partial("%s: %v", what, p)
	g.help = "authorize the token for the single sign-on of these organizations"
	return g
}
