package collector

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
)

// enterprise is the plan that has custom roles and an audit log by API.
const enterprise = "enterprise"

// settingsAnswer is what of GET /orgs/{org} tells settings. Whoever is not an
// owner gets the object without these keys: a key that is missing is unknown.
type settingsAnswer struct {
	ID   int64 `json:"id"`
	Plan *struct {
		Name string `json:"name"`
	} `json:"plan"`
	PublicRepos       *int    `json:"public_repos"`
	PrivateRepos      *int    `json:"total_private_repos"`
	BasePermission    *string `json:"default_repository_permission"`
	TwoFactorRequired *bool   `json:"two_factor_requirement_enabled"`
	CreateRepos       *bool   `json:"members_can_create_repositories"`
	CreatePublic      *bool   `json:"members_can_create_public_repositories"`
	CreatePrivate     *bool   `json:"members_can_create_private_repositories"`
	CreateInternal    *bool   `json:"members_can_create_internal_repositories"`
	ForkPrivate       *bool   `json:"members_can_fork_private_repositories"`
	DeleteRepos       *bool   `json:"members_can_delete_repositories"`
	ChangeVisibility  *bool   `json:"members_can_change_repo_visibility"`
	InviteOutside     *bool   `json:"members_can_invite_outside_collaborators"`
	CreateTeams       *bool   `json:"members_can_create_teams"`
	DeployKeys        *bool   `json:"deploy_keys_enabled_for_repositories"`
}

// settings reads the base permission and what members may do by themselves.
// GraphQL has no base permission.
func (r *run) settings(ctx context.Context) error {
	area := access.AreaSettings
	if !r.reads(area, access.AreaCustomRoles, access.AreaAuditLog, access.AreaTeamGrants) && !r.reads(repositoryAreas...) {
		return r.close(ctx, area, -1)
	}
	var a settingsAnswer
	resp, err := r.get(ctx, "orgs/"+r.org.Login, &a)
	if err = r.rested(resp, err); err == nil && a.ID == 0 {
		err = errors.New("the answer is no organization")
	}
	if err != nil {
		if end := stopped(err); end != nil {
			return end
		}
		r.lower(gapOf(area, "settings of "+r.org.Login, err), area)
		return r.close(ctx, area, -1)
	}
	if err := r.same(a.ID); err != nil {
		return err
	}
	s, g := a.read(r.org.Login)
	r.plan = s.Plan
	r.stated = a.repositories()
	if g != nil { // what was not told must not stand in place of what an earlier read was told
		r.lower(*g, area)
	} else if err := r.out.put(ctx, area, r.org.ID, one(s)); err != nil {
		return err
	}
	return r.close(ctx, area, 1)
}

// repositories is how many the organization says it has; -1 where it does not tell.
func (a settingsAnswer) repositories() int {
	if a.PublicRepos == nil || a.PrivateRepos == nil {
		return -1
	}
	return *a.PublicRepos + *a.PrivateRepos
}

// read turns the answer into settings. The area is complete when the keys that
// every supported server tells an owner are there; the others are nil one by
// one where a server does not know them.
func (a settingsAnswer) read(org string) (access.Settings, *gap) {
	s := access.Settings{
		MembersCanCreateRepositories: a.CreateRepos, MembersCanCreatePublic: a.CreatePublic,
		MembersCanCreatePrivate: a.CreatePrivate, MembersCanCreateInternal: a.CreateInternal,
		MembersCanForkPrivate: a.ForkPrivate, MembersCanDelete: a.DeleteRepos,
		MembersCanChangeVisibility: a.ChangeVisibility, MembersCanInviteOutside: a.InviteOutside,
		MembersCanCreateTeams: a.CreateTeams, DeployKeysEnabled: a.DeployKeys, TwoFactorRequired: a.TwoFactorRequired,
	}
	if a.Plan != nil {
		s.Plan = strings.ToLower(a.Plan.Name)
	}
	var untold []string
	if a.BasePermission == nil {
		untold = append(untold, "default_repository_permission")
	} else if p, ok := access.ParsePrivilege(*a.BasePermission); ok && p.OnRepository() {
		s.BasePermission = p
	} else {
		g := partial("settings of %s: the base permission is not known here: %q", org, *a.BasePermission)
		return s, &g
	}
	if a.CreateRepos == nil {
		untold = append(untold, "members_can_create_repositories")
	}
	if a.TwoFactorRequired == nil {
		untold = append(untold, "two_factor_requirement_enabled")
	}
	switch len(untold) {
	case 0:
		return s, nil
	case 3:
		g := denied(access.AreaSettings, "settings of %s: GitHub tells them to organization owners alone", org)
		return s, &g
	}
	g := gap{access.Partial, fmt.Sprintf("settings of %s: GitHub did not tell %s", org, strings.Join(untold, ", ")), rights[access.AreaSettings]}
	return s, &g
}

// workflowToken reads what the Actions token may do unless a workflow says
// otherwise.
func (r *run) workflowToken(ctx context.Context) error {
	area := access.AreaWorkflowToken
	if !r.reads(area) {
		return r.close(ctx, area, -1)
	}
	a, resp, err := r.c.REST().Actions.GetDefaultWorkflowPermissionsInOrganization(ctx, r.org.Login)
	err = r.rested(resp, err)
	if end := stopped(err); end != nil {
		return end
	}
	what := "default workflow permissions of " + r.org.Login
	switch {
	case err != nil:
		r.lower(gapOf(area, what, err), area)
	default:
		var l lacks
		l.among(a.DefaultWorkflowPermissions, "default_workflow_permissions", "read", "write")
		l.unless(a.CanApprovePullRequestReviews != nil, "can_approve_pull_request_reviews")
		if g := l.gap(what); g != nil {
			r.lower(*g, area)
			break
		}
		w := access.WorkflowToken{Default: a.GetDefaultWorkflowPermissions(), CanApprovePullRequests: a.CanApprovePullRequestReviews}
		if err := r.out.put(ctx, area, r.org.ID, one(w)); err != nil {
			return err
		}
	}
	return r.close(ctx, area, 1)
}
