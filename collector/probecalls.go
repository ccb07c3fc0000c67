package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	gh "github.com/google/go-github/v92/github"
	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// ProbeCalls is the most REST calls that [Probe] makes.
const ProbeCalls = 14

// rested weighs an outcome as collecting does, but for a network that is gone:
// where the answer is wanted in seconds, the first request that reaches nobody is
// the last.
func (p *prober) rested(resp *gh.Response, err error) error {
	if errors.Is(err, github.ErrUnreachable) {
		return &stop{err}
	}
	return p.run.rested(resp, err)
}

// call asks for one thing of a kind. What the credential may not see is a gap of
// its areas; only what ends a run is an error.
func (p *prober) call(ctx context.Context, path, what string, areas ...access.Area) error {
	resp, err := p.get(ctx, path, &json.RawMessage{})
	if err = p.rested(resp, err); err == nil || stopped(err) != nil {
		return err
	}
	for _, a := range areas {
		p.lower(gapOf(a, what+" of "+p.org.Login, err), a)
	}
	return nil
}

// lists asks for what the organization has one list of.
func (p *prober) lists(ctx context.Context) error {
	at := "orgs/" + p.org.Login
	for _, l := range []struct {
		area       access.Area
		path, what string
	}{
		{access.AreaWorkflowToken, "/actions/permissions/workflow", "default workflow permissions"},
		{access.AreaOutside, "/outside_collaborators?per_page=1", "outside collaborators"},
		{access.AreaInvitations, "/invitations?per_page=1", "invitations"},
		{access.AreaFailedInvitations, "/failed_invitations?per_page=1", "failed invitations"},
		{access.AreaAuditLog, "/audit-log?per_page=1", "audit log"},
	} {
		if l.area == access.AreaAuditLog && p.plan != "" && p.plan != enterprise {
			p.lower(gap{status: access.Unavailable, reason: "the audit log has an API on the enterprise plan only"}, l.area)
			continue
		}
		if err := p.call(ctx, at+l.path, l.what, l.area); err != nil {
			return err
		}
	}
	for _, a := range []access.Area{access.AreaMembers, access.AreaOutside} {
		if g, ok := p.gaps[a]; ok {
			why := partial("not everybody is known whose contributions to ask for: %s", g.reason)
			why.help = g.help
			p.lower(why, access.AreaContributions)
		}
	}
	return nil
}

// roles asks for the custom roles, the organization roles, and who holds one.
func (p *prober) roles(ctx context.Context) error {
	at := "orgs/" + p.org.Login
	resp, err := p.get(ctx, at+"/custom-repository-roles", &json.RawMessage{})
	if err = p.rested(resp, err); err != nil {
		if stopped(err) != nil {
			return err
		}
		g := gapOf(access.AreaCustomRoles, "custom repository roles of "+p.org.Login, err)
		if errors.Is(err, github.ErrNotFound) && p.plan != "" && p.plan != enterprise {
			g = gap{status: access.Unavailable, reason: "custom repository roles exist on the enterprise plan only"}
		}
		p.lower(g, access.AreaCustomRoles)
	}
	var list struct {
		Roles []struct {
			ID int64 `json:"id"`
		} `json:"roles"`
	}
	resp, err = p.get(ctx, at+"/organization-roles", &list)
	if err = p.rested(resp, err); err != nil {
		p.lower(gapOf(access.AreaOrgRoles, "organization roles of "+p.org.Login, err), access.AreaOrgRoles, access.AreaOrgRoleAssignments)
		return stopped(err)
	}
	if len(list.Roles) == 0 {
		return nil
	}
	return p.call(ctx, fmt.Sprintf("%s/organization-roles/%d/users?per_page=1", at, list.Roles[0].ID), "holders of organization roles", access.AreaOrgRoleAssignments)
}

// ofRepository asks for what only REST tells of a repository, of one of them. An
// app and an owner see the same of all; of a person who is neither GitHub shows
// it where the person administers the repository.
func (p *prober) ofRepository(ctx context.Context) error {
	if p.repo == "" {
		return nil
	}
	at := "repos/" + p.org.Login + "/" + url.PathEscape(p.repo)
	if !p.sight.App && !p.sight.Administers {
		g := denied(access.AreaDeployKeys, "only administrators of a repository are shown them, and the token is of no owner")
		g.status = access.Partial
		p.lower(g, access.AreaDeployKeys)
		g.help = rights[access.AreaRepoInvitations]
		p.lower(g, access.AreaRepoInvitations)
	}
	for _, l := range []struct {
		area       access.Area
		path, what string
	}{
		{access.AreaDeployKeys, "/keys?per_page=1", "deploy keys"},
		{access.AreaRepoInvitations, "/invitations?per_page=1", "invitations to repositories"},
		{access.AreaPolicies, "/environments?per_page=1", "environments"},
	} {
		if _, known := p.gaps[l.area]; known {
			continue
		}
		if err := p.call(ctx, at+l.path, l.what, l.area); err != nil {
			return err
		}
	}
	if g, ok := p.gaps[access.AreaDeployKeys]; ok {
		g = gap{access.Partial, "branch protection is not counted: " + g.reason, g.help}
		p.lower(g, access.AreaRepositories)
		defer p.lower(ofGone(g), repositoryAreas[1:]...) // last: what else is found says more
	}
	if _, known := p.gaps[access.AreaSecrets]; known || p.env == nil {
		return nil
	}
	path := fmt.Sprintf("repos/%s/%s/environments/%s/secrets?per_page=1", p.org.Login, url.PathEscape(p.env.Name), url.PathEscape(p.env.Environments.Nodes[0].Name))
	return p.call(ctx, path, "names of secrets", access.AreaSecrets)
}

type ownerQuery struct {
	RepositoryOwner *struct {
		Typename string `graphql:"__typename" json:"__typename"`
	} `graphql:"repositoryOwner(login:$org)"`
	RateLimit *github.RateLimit
}

// IsPerson reports whether a login, of which no organization is shown, is that of
// a person. It spends one point; where GitHub does not say it is false.
func IsPerson(ctx context.Context, c Client, login string) bool {
	var q ownerQuery
	err := c.Query(ctx, &q, map[string]any{"org": githubv4.String(login)})
	return err == nil && q.RepositoryOwner != nil && q.RepositoryOwner.Typename == "User"
}
