package collector

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// Permission is one that a GitHub App, or a fine-grained token, needs at the level
// read for what is collected (GitHub Docs: "Permissions required for GitHub Apps").
type Permission struct {
	Name  string        // in the API, as "organization_administration"
	Areas []access.Area // that are not seen without it
	Also  string        // what else rests on it; "" for nothing
}

// permissions stand in the order of docs/permissions.md. What a token is asked for
// beyond these ([github.com/eb661601/ajar/internal/github.AuditPermissions]) serves
// kinds of data that are not read yet.
var permissions = []Permission{
	{"metadata", []access.Area{access.AreaOrganization, access.AreaRepositories, access.AreaTeamGrants}, ""},
	{"administration", []access.Area{access.AreaDirectGrants, access.AreaDeployKeys, access.AreaRepoInvitations}, "whether branches are protected"},
	{"actions", []access.Area{access.AreaEnvironments, access.AreaGates, access.AreaPolicies}, ""},
	{"environments", []access.Area{access.AreaSecrets}, ""},
	{"members", []access.Area{
		access.AreaMembers, access.AreaOutside, access.AreaInvitations, access.AreaFailedInvitations, access.AreaTeams, access.AreaTeamMembers,
		access.AreaTeamGrants, access.AreaOrgRoleAssignments, access.AreaContributions,
	}, ""},
	{"organization_administration", []access.Area{access.AreaSettings, access.AreaWorkflowToken, access.AreaAuditLog}, ""},
	{"organization_custom_roles", []access.Area{access.AreaCustomRoles}, ""},
	{"organization_custom_org_roles", []access.Area{access.AreaOrgRoles}, ""},
	{"organization_plan", nil, "which plan the organization has"},
}

// Permissions lists what reading needs of an app, and for what.
func Permissions() []Permission {
	out := slices.Clone(permissions)
	for i := range out {
		out[i].Areas = slices.Clone(out[i].Areas)
	}
	return out
}
