package githubsim

import (
	"iter"
	"net/http"
	"slices"
	"testing"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/internal/contract"
)

// library is the client that ajar uses, in front of the demo world, with every
// exchange judged where GitHub's description is at hand.
func library(t *testing.T, token Token) *gh.Client {
	t.Helper()
	srv := simulate(t, Demo(), Options{Now: func() time.Time { return demoNow }, Tokens: []Token{token}})
	next := contract.Transport(nil, contract.REST(t), func(err error) { t.Error(err) })
	client, err := gh.NewClient(gh.WithHTTPClient(&http.Client{Transport: next}), gh.WithAuthToken(token.Value), gh.WithEnterpriseURLs(srv.URL, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// collect reads an iterator to its end.
func collect[T any](t *testing.T, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestGoGitHubReadsWholeLists(t *testing.T) {
	c, ctx, org := library(t, Token{Value: "app", Scope: AppScope}), t.Context(), "acme-robotics"
	o, r := c.Organizations, c.Repositories
	five := gh.ListOptions{PerPage: 5}
	for _, got := range []struct {
		what       string
		have, want int
	}{
		{"members", len(collect(t, o.ListMembersIter(ctx, org, &gh.ListMembersOptions{ListOptions: five}))), 42},
		{"outside collaborators", len(collect(t, o.ListOutsideCollaboratorsIter(ctx, org, &gh.ListOutsideCollaboratorsOptions{ListOptions: gh.ListOptions{PerPage: 1}}))), 4},
		{"invitations", len(collect(t, o.ListPendingOrgInvitationsIter(ctx, org, &gh.ListOptions{PerPage: 1}))), 2},
		{"failed invitations", len(collect(t, o.ListFailedOrgInvitationsIter(ctx, org, nil))), 1},
		{"apps", len(collect(t, o.ListInstallationsIter(ctx, org, &gh.ListOptions{PerPage: 2}))), 3},
		{"tokens", len(collect(t, o.ListFineGrainedPersonalAccessTokensIter(ctx, org, nil))), 2},
		{"credentials", len(collect(t, o.ListCredentialAuthorizationsIter(ctx, org, nil))), 2},
		{"hooks", len(collect(t, o.ListHooksIter(ctx, org, nil))), 1},
		{"secrets", len(collect(t, c.Actions.ListOrgSecretsIter(ctx, org, nil))), 2},
		{"teams", len(collect(t, c.Teams.ListTeamsIter(ctx, org, &gh.ListOptions{PerPage: 3}))), 10},
		{"team members", len(collect(t, c.Teams.ListTeamMembersBySlugIter(ctx, org, "platform", &gh.TeamListTeamMembersOptions{ListOptions: five}))), 12},
		{"team repositories", len(collect(t, c.Teams.ListTeamReposBySlugIter(ctx, org, "leads", &gh.ListOptions{PerPage: 4}))), 15},
		{"collaborators", len(collect(t, r.ListCollaboratorsIter(ctx, org, "website", &gh.ListCollaboratorsOptions{ListOptions: five}))), 42},
		{"environments", len(collect(t, r.ListEnvironmentsIter(ctx, org, "fleet-api", &gh.EnvironmentListOptions{ListOptions: gh.ListOptions{PerPage: 1}}))), 3},
		{"patterns", len(collect(t, r.ListDeploymentBranchPoliciesIter(ctx, org, "fleet-api", "production", &gh.ListOptions{PerPage: 1}))), 2},
		{"keys", len(collect(t, r.ListKeysIter(ctx, org, "fleet-console", nil))), 1},
		{"teams of a repository", len(collect(t, r.ListTeamsIter(ctx, org, "fleet-api", &gh.ListOptions{PerPage: 2}))), 5},
		{"repository invitations", len(collect(t, r.ListInvitationsIter(ctx, org, "docs", nil))), 1},
	} {
		if got.have != got.want {
			t.Errorf("%s: %d, want %d", got.what, got.have, got.want)
		}
	}
}

func TestGoGitHubReadsTheAuditLogByCursor(t *testing.T) {
	c := library(t, Token{Value: "app", Scope: AppScope})
	opts := &gh.GetAuditLogOptions{Phrase: new("created:>=2026-01-01"), Order: new("asc"), ListCursorOptions: gh.ListCursorOptions{PerPage: 20}}
	var ids []string
	var last time.Time
	for {
		entries, resp, err := c.Organizations.GetAuditLog(t.Context(), "acme-robotics", opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if at := e.GetTimestamp().Time; at.Before(last) || e.GetActor() == "" || e.GetActorID() == 0 {
				t.Errorf("entry %s of %s by %q", e.GetDocumentID(), at, e.GetActor())
			} else {
				last = at
			}
			ids = append(ids, e.GetDocumentID())
		}
		if opts.After = resp.After; opts.After == "" {
			break
		}
	}
	web := slices.DeleteFunc(slices.Clone(Demo().Orgs[0].AuditLog), func(e *AuditEvent) bool { return e.Action == "git.push" })
	if len(ids) != len(web) {
		t.Errorf("%d entries, want %d", len(ids), len(web))
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != len(web) {
		t.Errorf("%d different entries, want %d", n, len(web))
	}
}

func TestGoGitHubUnderstandsTheDetails(t *testing.T) {
	c, ctx, org := library(t, Token{Value: "app", Scope: AppScope}), t.Context(), "acme-robotics"
	o, _, err := c.Organizations.Get(ctx, org)
	if err != nil || o.GetDefaultRepoPermission() != "read" || o.TwoFactorRequirementEnabled == nil || o.GetTwoFactorRequirementEnabled() || o.GetPlan().GetName() != "enterprise" {
		t.Errorf("organization: %v, %v", o, err)
	}
	wf, _, err := c.Actions.GetDefaultWorkflowPermissionsInOrganization(ctx, org)
	if err != nil || wf.GetDefaultWorkflowPermissions() != "write" {
		t.Errorf("workflow token: %v, %v", wf, err)
	}
	roles, _, err := c.Organizations.ListCustomRepoRoles(ctx, org)
	if err != nil || len(roles.CustomRepoRoles) != 2 || roles.CustomRepoRoles[1].GetBaseRole() != "write" || len(roles.CustomRepoRoles[1].Permissions) != 2 {
		t.Errorf("custom roles: %v, %v", roles, err)
	}
	all, _, err := c.Organizations.ListRoles(ctx, org)
	if err != nil || len(all.CustomRepoRoles) != 7 {
		t.Fatalf("organization roles: %v, %v", all, err)
	}
	for _, r := range all.CustomRepoRoles {
		users := collect(t, c.Organizations.ListUsersAssignedToOrgRoleIter(ctx, org, r.GetID(), nil))
		if r.GetName() == "security_manager" && (len(users) != 3 || users[0].GetAssignment() != "indirect" || users[0].InheritedFrom[0].GetSlug() != "security") {
			t.Errorf("security managers: %v", users)
		}
	}
	repo, _, err := c.Teams.IsTeamRepoBySlug(ctx, org, "sre", org, "robot-sdk")
	if err != nil || repo.GetRoleName() != "release-operator" || !repo.GetPermissions().GetPush() {
		t.Errorf("grant of a team: %v, %v", repo, err)
	}
	env, _, err := c.Repositories.GetEnvironment(ctx, org, "control-plane", "production-eu")
	if err != nil || env.GetCanAdminsBypass() || len(env.ProtectionRules[0].Reviewers) != 2 || !env.ProtectionRules[0].GetPreventSelfReview() {
		t.Errorf("environment: %v, %v", env, err)
	}
	if team, ok := env.ProtectionRules[0].Reviewers[0].Reviewer.(*gh.Team); !ok || team.GetSlug() != "leads" {
		t.Errorf("reviewer: %v", env.ProtectionRules[0].Reviewers[0])
	}
	level, _, err := c.Repositories.GetPermissionLevel(ctx, org, "control-plane", "noor-vasquez")
	if err != nil || level.GetPermission() != "write" || level.GetRoleName() != "maintain" {
		t.Errorf("permission: %v, %v", level, err)
	}
}
