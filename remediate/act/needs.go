package act

import (
	"slices"

	"github.com/eb661601/ajar/remediate"
)

// Need is what a credential must be allowed for a kind of thing to be set.
type Need struct {
	Thing remediate.Thing
	// Permissions of a GitHub App or a fine-grained token, as "members:write"; all of
	// them (GitHub Docs: "Permissions required for GitHub Apps").
	Permissions []string
	Scope       string // of a classic token
}

// needs stand in the order in which documentation lists the things.
var needs = []Need{
	{remediate.DirectGrant, []string{"administration:write"}, "repo"},
	{remediate.TeamGrant, []string{"administration:write", "members:read"}, "repo"},
	{remediate.TeamMembership, []string{"members:write"}, "admin:org"},
	{remediate.Membership, []string{"members:write"}, "admin:org"},
	{remediate.OrgInvitation, []string{"members:write"}, "admin:org"},
	{remediate.RepoInvitation, []string{"administration:write"}, "repo"},
	{remediate.DeployKey, []string{"administration:write"}, "repo"},
	{remediate.Protection, []string{"administration:write", "actions:read"}, "repo"},
	{remediate.OrgWorkflowToken, []string{"organization_administration:write"}, "admin:org"},
	{remediate.RepoWorkflowToken, []string{"administration:write"}, "repo"},
	{remediate.BasePermission, []string{"organization_administration:write"}, "admin:org"},
}

// Needs lists what a credential needs for each kind of thing.
func Needs() []Need { return slices.Clone(needs) }
