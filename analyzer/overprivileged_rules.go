package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// grantAreas is what a judgement over grants of people and teams rests on.
var grantAreas = []access.Area{
	access.AreaRepositories, access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
	access.AreaDirectGrants, access.AreaCustomRoles, access.AreaOrgRoles, access.AreaOrgRoleAssignments,
}

const orgRoleGrading = " An organization role is high where it gives write or more or has a say in the organization itself, medium where it gives triage or read. " +
	"A team that reaches nobody is low."

var overprivileged = []rule{
	{Rule{
		ID: "access-beyond-baseline", Category: Overprivileged, Severity: access.Medium, Baseline: true,
		Title: "Access beyond the baseline",
		What: "A person or team holds more on a repository than the baseline allows, extras of a custom role included, or an organization role that it does not. " +
			"What somebody is allowed is the sum of the entries for them, for each of their teams and the parents of those, the base permission, and admin for listed owners. " +
			"A team is reported once, with the people who are not allowed it otherwise; if all of them are, it is not reported.",
		Why:      "Whoever holds more than their work needs can do more harm, and so can whoever steals their account. The gap between what was decided and what is there only grows while nobody looks.",
		Grading:  repositoryGrading + orgRoleGrading,
		Remedy:   "Lower the grant to what the baseline allows; or, if the work needs it, add an assignment with a reason.",
		Example:  "team:acme/qa has admin on repo:acme/api, the baseline allows read",
		Controls: supports("CC6.1", "CC6.3", "A.5.15", "A.5.18", "A.8.3", "A.8.4", "AC-2", "AC-3", "AC-6"),
		Needs:    grantAreas,
	}, accessBeyondBaseline},
	{Rule{
		ID: "principal-not-in-baseline", Category: Overprivileged, Severity: access.Medium, Baseline: true,
		Title: "A principal that the baseline does not know",
		What: "A person or team holds something that the baseline does not allow, and no entry mentions it, any of its teams or their parents. It is reported here and not as access-beyond-baseline; write or more of an outside collaborator as outside-collaborator-write. " +
			"Where the baseline manages members or outside collaborators, so is everybody who is one and is neither listed as one nor named in an entry; an outside collaborator who is reported for a grant of their own is not reported again.",
		Why:      "Nobody decided that this person or team should be here at all. It may be a leftover, a shortcut, or the first trace of somebody who should not be inside.",
		Grading:  repositoryGrading + orgRoleGrading + " For being a member or an outside collaborator: high where an outside collaborator can write, medium where a member can, low elsewhere.",
		Remedy:   "Find out who gave it and why; then remove the grant or the person, or give them a role or a place on the list in the baseline.",
		Example:  "user:ann has write on repo:acme/api, and no entry of the baseline mentions it",
		Controls: supports("CC6.1", "CC6.2", "CC6.3", "A.5.15", "A.5.16", "A.5.18", "AC-2", "AC-3", "AC-6"),
		Needs:    append(slices.Clone(grantAreas), access.AreaOutside),
	}, principalNotInBaseline},
	{Rule{
		ID: "owner-not-listed", Category: Overprivileged, Severity: access.High, Baseline: true,
		Title:    "An owner who is not listed",
		What:     "Somebody owns the organization and [organization.X] owners does not list them.",
		Why:      "An owner can read everything, change everything and remove every trace of it except in the audit log. Each owner more is one more account whose loss is the loss of the organization.",
		Grading:  "Always high.",
		Remedy:   "Make the person a member (Organization settings → People → Change role), or list them as an owner.",
		Example:  "user:dave owns org:acme, and is not listed as an owner",
		Controls: supports("CC6.1", "CC6.3", "A.5.15", "A.8.2", "AC-6", "AC-6(5)", "1.3.3"),
		Needs:    []access.Area{access.AreaMembers},
	}, ownerNotListed},
	{Rule{
		ID: "outside-collaborator-write", Category: Overprivileged, Severity: access.High,
		Title:    "An outside collaborator can write",
		What:     "Somebody who is not a member of the organization has write or more on a repository. Where the baseline manages access to repositories, what it allows is not reported, and the rest is reported here and not as access-beyond-baseline or principal-not-in-baseline (which report it if this rule is switched off); who is in which team must then have been read as well.",
		Why:      "Outside collaborators are under no team, often under no single sign-on, and nobody sees them leave their company. With write they can change what is shipped.",
		Grading:  repositoryGrading,
		Remedy:   "Lower the grant to triage or read, and take changes as pull requests; or write down in a baseline why it must be so.",
		Example:  "user:ext-ann, an outside collaborator, has write on repo:acme/api",
		Controls: supports("CC6.1", "CC6.3", "A.5.15", "A.5.18", "A.8.4", "AC-2", "AC-6"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaDirectGrants, access.AreaMembers, access.AreaOutside},
	}, outsideCollaboratorWrite},
	{Rule{
		ID: "base-permission-broad", Category: Overprivileged, Severity: access.High,
		Title:    "The base permission is too broad",
		What:     "The base permission gives every member more on every repository than the baseline says, or write or more where it says nothing.",
		Why:      "It holds on every repository there is and on each one that is made tomorrow. No team, review or removal from a repository takes it away.",
		Grading:  "High for write and admin, medium for read where the baseline wants none.",
		Remedy:   "Organization settings → Member privileges → Base permissions. Give the teams that need more a grant of their own first.",
		Example:  "every member of org:acme has write on every repository",
		Controls: supports("CC6.1", "CC6.3", "A.5.15", "A.8.3", "A.8.4", "AC-3", "AC-6", "1.3.8"),
		Needs:    []access.Area{access.AreaSettings},
	}, basePermissionBroad},
	{Rule{
		ID: "deploy-key-write", Category: Overprivileged, Severity: access.Medium,
		Title:    "A deploy key can write",
		What:     "A deploy key that is in force can push to its repository. Not reported where a [[key]] of the baseline allows it.",
		Why:      "A deploy key is a password of the repository: no person, no second factor, no end, and pushes that name nobody. Whoever reads the machine it lies on can change the code.",
		Grading:  "As write in access-beyond-baseline: high where an environment of the repository leads to production, medium elsewhere, one step lower on an archived repository.",
		Remedy:   "Replace it by a read-only key, or by an app with the one permission it needs: repository settings → Deploy keys.",
		Example:  "key:acme/api#17 (old-ci) can write to repo:acme/api",
		Controls: supports("CC6.1", "CC6.3", "A.5.17", "A.8.4", "AC-6", "IA-5"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaDeployKeys},
	}, deployKeyWrite},
	{Rule{
		ID: "workflow-token-write", Category: Overprivileged, Severity: access.Medium,
		Title:    "The default workflow token can do too much",
		What:     "Unless a workflow says otherwise, its token can write to the repository, or workflows may approve pull requests. Not reported for what the baseline sets so.",
		Why:      "Every action that a workflow uses runs with this token. With write, one bad action changes code; with approvals, it also reviews it.",
		Grading:  "High for both together, medium for either.",
		Remedy:   "Organization settings → Actions → General → Workflow permissions: read, and no approving of pull requests. Workflows that need more say so with permissions:.",
		Example:  "the default workflow token of org:acme is broad: write",
		Controls: supports("CC6.3", "CC8.1", "A.8.3", "A.8.4", "AC-6", "CM-5"),
		Needs:    []access.Area{access.AreaWorkflowToken},
	}, workflowTokenWrite},
	{Rule{
		ID: "environment-reviewers-beyond-baseline", Category: Overprivileged, Severity: access.High, Baseline: true,
		Title:    "A reviewer that the baseline does not allow",
		What:     "A person or team is a required reviewer of an environment whose rule in the baseline lists the reviewers, and neither the list nor a role allows them to approve.",
		Why:      "One approval of any reviewer opens the gate. A reviewer nobody chose is a key to production that nobody knows of.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments → Required reviewers; or add them to the rule's reviewers.",
		Example:  "user:eve reviews deployments to env:acme/api/production, which the baseline does not allow",
		Controls: supports("CC6.3", "CC8.1", "A.5.3", "A.8.2", "A.8.32", "AC-5", "CM-5"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates, access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	}, reviewersBeyondBaseline},
}
