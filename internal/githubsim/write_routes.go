package githubsim

import (
	"net/http"
	"slices"
)

const (
	membersWrite = "members:write"
	orgWrite     = "organization_administration:write"
)

// writeRoutes are the operations that change something.
func writeRoutes() []route {
	return slices.Concat(collaboratorWrites, teamWrites, memberWrites, keyWrites, environmentWrites, settingWrites, roleWrites, issueWrites)
}

var collaboratorWrites = []route{
	{method: http.MethodPut, template: "/repos/{owner}/{repo}/collaborators/{username}", accepted: "administration=write", write: (*call).putCollaborator},
	{method: http.MethodDelete, template: "/repos/{owner}/{repo}/collaborators/{username}", accepted: "administration=write", write: (*call).deleteCollaborator},
	{method: http.MethodPatch, template: "/repos/{owner}/{repo}/invitations/{invitation_id}", accepted: "administration=write", write: (*call).patchRepoInvitation},
	{method: http.MethodDelete, template: "/repos/{owner}/{repo}/invitations/{invitation_id}", accepted: "administration=write", write: (*call).deleteRepoInvitation},
	{method: http.MethodPut, template: "/orgs/{org}/outside_collaborators/{username}", accepted: "members=write", write: (*call).putOutside},
	{method: http.MethodDelete, template: "/orgs/{org}/outside_collaborators/{username}", accepted: "members=write", write: (*call).deleteOutside},
}

var teamWrites = []route{
	{method: http.MethodPut, template: "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", accepted: "members=read,administration=write", write: (*call).putTeamRepo},
	{method: http.MethodDelete, template: "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", accepted: "members=read,administration=write", write: (*call).deleteTeamRepo},
	{method: http.MethodPut, template: "/orgs/{org}/teams/{team_slug}/memberships/{username}", accepted: "members=write", write: (*call).putTeamMember},
	{method: http.MethodDelete, template: "/orgs/{org}/teams/{team_slug}/memberships/{username}", accepted: "members=write", write: (*call).deleteTeamMember},
}

var memberWrites = []route{
	{method: http.MethodPut, template: "/orgs/{org}/memberships/{username}", accepted: "members=write", write: (*call).putMembership},
	{method: http.MethodDelete, template: "/orgs/{org}/memberships/{username}", accepted: "members=write", write: (*call).deleteMembership},
	{method: http.MethodDelete, template: "/orgs/{org}/members/{username}", accepted: "members=write", write: (*call).deleteMember},
	{method: http.MethodPost, template: "/orgs/{org}/invitations", accepted: "members=write", write: (*call).postInvitation},
	{method: http.MethodDelete, template: "/orgs/{org}/invitations/{invitation_id}", accepted: "members=write", write: (*call).deleteInvitation},
}

var keyWrites = []route{
	{method: http.MethodPost, template: "/repos/{owner}/{repo}/keys", accepted: "administration=write", write: (*call).postKey},
	{method: http.MethodDelete, template: "/repos/{owner}/{repo}/keys/{key_id}", accepted: "administration=write", write: (*call).deleteKey},
}

var environmentWrites = []route{
	{method: http.MethodPut, template: "/repos/{owner}/{repo}/environments/{environment_name}", accepted: "administration=write", write: (*call).putEnvironment},
	{method: http.MethodDelete, template: "/repos/{owner}/{repo}/environments/{environment_name}", accepted: "administration=write", write: (*call).deleteEnvironment},
	{method: http.MethodPost, template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", accepted: "administration=write", write: (*call).postPattern},
	{method: http.MethodPut, template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}", accepted: "administration=write", write: (*call).putPattern},
	{method: http.MethodDelete, template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}", accepted: "administration=write", write: (*call).deletePattern},
}

var settingWrites = []route{
	{method: http.MethodPatch, template: "/orgs/{org}", accepted: "organization_administration=write", write: (*call).patchOrg},
	{method: http.MethodPut, template: "/orgs/{org}/actions/permissions/workflow", accepted: "organization_administration=write", write: (*call).putWorkflow},
	{method: http.MethodPut, template: "/repos/{owner}/{repo}/actions/permissions/workflow", accepted: "administration=write", write: (*call).putRepoWorkflow},
}

var roleWrites = []route{
	{method: http.MethodPut, template: "/orgs/{org}/organization-roles/users/{username}/{role_id}", accepted: "members=write", write: (*call).putRoleUser},
	{method: http.MethodDelete, template: "/orgs/{org}/organization-roles/users/{username}/{role_id}", accepted: "members=write", write: (*call).deleteRoleUser},
	{method: http.MethodPut, template: "/orgs/{org}/organization-roles/teams/{team_slug}/{role_id}", accepted: "members=write", write: (*call).putRoleTeam},
	{method: http.MethodDelete, template: "/orgs/{org}/organization-roles/teams/{team_slug}/{role_id}", accepted: "members=write", write: (*call).deleteRoleTeam},
}
