package githubsim

import "time"

// World is the complete permission state of a few organizations at one moment:
// people, teams, repositories, grants, environments, keys, apps and tokens. It
// is plain data in one JSON file. A zero time stands for null, "never" or "not
// known"; an absent field means false, null or empty. Logins, slugs and
// repository names are compared without case.
//
// Some keys are our own addition to the published format and always optional;
// each is marked "extra" where it stands. Without them the simulator answers
// what a fresh organization on GitHub would.
type World struct {
	Meta  Meta    `json:"meta"`
	Users []*User `json:"users"`
	Orgs  []*Org  `json:"orgs"`
}

// Meta says where a world comes from. Now is the moment it describes: every
// age in the world counts from it.
type Meta struct {
	Source   string    `json:"source"`
	Commit   string    `json:"commit,omitempty"`
	Licence  string    `json:"licence,omitempty"`
	Now      time.Time `json:"now"`
	Notes    []string  `json:"notes,omitempty"`
	Enriched *Enriched `json:"enriched,omitempty"`
}

// Enriched lists the fields that were invented, and the seed they grew from.
type Enriched struct {
	Seed   int64    `json:"seed"`
	Fields []string `json:"fields"`
}

// User is an account. Type is User or Bot.
type User struct {
	Login        string    `json:"login"`
	ID           int64     `json:"id"`
	Name         string    `json:"name,omitempty"`
	Type         string    `json:"type"`
	CreatedAt    time.Time `json:"createdAt"`
	LastActivity time.Time `json:"lastActivity,omitzero"`
	UpdatedAt    time.Time `json:"updatedAt,omitzero"`  // extra
	Email        string    `json:"email,omitempty"`     // extra: public address
	SiteAdmin    bool      `json:"siteAdmin,omitempty"` // extra
}

// Org is an organization and all that belongs to it.
type Org struct {
	Login       string    `json:"login"`
	ID          int64     `json:"id"`
	Name        string    `json:"name,omitempty"`
	Description string    `json:"description,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt,omitzero"`  // extra
	ArchivedAt  time.Time `json:"archivedAt,omitzero"` // extra
	Plan        string    `json:"plan"`                // enterprise, team or free
	// ManagedUsers: an identity provider makes all accounts, and nobody is invited.
	// Extra.
	ManagedUsers bool     `json:"managedUsers,omitempty"`
	Settings     Settings `json:"settings"`

	Members                  []*Member        `json:"members"`
	Invitations              []*OrgInvitation `json:"invitations,omitempty"`
	FailedInvitations        []*OrgInvitation `json:"failedInvitations,omitempty"` // extra
	FormerMembers            []*FormerMember  `json:"formerMembers,omitempty"`     // extra
	Teams                    []*Team          `json:"teams"`
	CustomRoles              []*CustomRole    `json:"customRoles,omitempty"`
	OrgRoles                 []*OrgRole       `json:"orgRoles,omitempty"`
	Installations            []*Installation  `json:"installations,omitempty"`
	PersonalAccessTokens     []*PAT           `json:"personalAccessTokens,omitempty"`
	CredentialAuthorizations []*Credential    `json:"credentialAuthorizations,omitempty"`
	Secrets                  []*OrgSecret     `json:"secrets,omitempty"`
	Webhooks                 []*Webhook       `json:"webhooks,omitempty"`
	RunnerGroups             []*RunnerGroup   `json:"runnerGroups,omitempty"`
	Rulesets                 []*Ruleset       `json:"rulesets,omitempty"`
	AuditLog                 []*AuditEvent    `json:"auditLog,omitempty"`
	Repos                    []*Repo          `json:"repos"`
}

// Settings are an organization's member privileges. A nil pointer answers
// GitHub's default.
type Settings struct {
	DefaultRepositoryPermission  string `json:"defaultRepositoryPermission"` // none, read, write, admin
	TwoFactorRequired            bool   `json:"twoFactorRequired"`
	MembersCanCreateRepositories bool   `json:"membersCanCreateRepositories"`
	DefaultWorkflowPermissions   string `json:"defaultWorkflowPermissions,omitempty"` // read, write
	CanApprovePullRequestReviews bool   `json:"canApprovePullRequestReviews,omitempty"`

	// The rest is extra.
	MembersCanCreatePublic      *bool `json:"membersCanCreatePublicRepositories,omitempty"`
	MembersCanCreatePrivate     *bool `json:"membersCanCreatePrivateRepositories,omitempty"`
	MembersCanCreateInternal    *bool `json:"membersCanCreateInternalRepositories,omitempty"`
	MembersCanForkPrivate       bool  `json:"membersCanForkPrivateRepositories,omitempty"`
	MembersCanDelete            *bool `json:"membersCanDeleteRepositories,omitempty"`
	MembersCanChangeVisibility  *bool `json:"membersCanChangeRepoVisibility,omitempty"`
	MembersCanInviteOutside     *bool `json:"membersCanInviteOutsideCollaborators,omitempty"`
	MembersCanCreateTeams       *bool `json:"membersCanCreateTeams,omitempty"`
	DeployKeysEnabled           *bool `json:"deployKeysEnabledForRepositories,omitempty"`
	IPAllowListEnabled          bool  `json:"ipAllowListEnabled,omitempty"`
	IPAllowListForInstalledApps bool  `json:"ipAllowListForInstalledAppsEnabled,omitempty"`
	// FormerBasePermission is what members still have while a new base permission
	// is on its way to them.
	FormerBasePermission string `json:"formerBasePermission,omitempty"`
	// EnterpriseWorkflowPermissions "read" forbids the organization another
	// default, and the approval of pull requests by Actions.
	EnterpriseWorkflowPermissions string `json:"enterpriseWorkflowPermissions,omitempty"`
}

// Member is one membership. Role is admin (owner) or member.
type Member struct {
	Login     string `json:"login"`
	Role      string `json:"role"`
	TwoFactor bool   `json:"twoFactor"`
	// TwoFactorInsecure: the second factor is a text message. Extra.
	TwoFactorInsecure bool `json:"twoFactorInsecure,omitempty"`
	// EnterpriseTeams give membership too. Whoever loses the direct one while
	// there are some stays, and is Indirect. Both are extra.
	EnterpriseTeams []string `json:"enterpriseTeams,omitempty"`
	Indirect        bool     `json:"indirect,omitempty"`
}

// OrgInvitation is a pending (or failed) invitation; either Login or Email.
type OrgInvitation struct {
	ID           int64     `json:"id"`
	Login        string    `json:"login,omitempty"`
	Email        string    `json:"email,omitempty"`
	Role         string    `json:"role"` // admin, direct_member, billing_manager
	CreatedAt    time.Time `json:"createdAt"`
	Inviter      string    `json:"inviter,omitempty"`
	Teams        []string  `json:"teams,omitempty"`
	Reinstates   bool      `json:"reinstates,omitempty"`   // extra: whoever accepts gets back what they had
	FailedAt     time.Time `json:"failedAt,omitzero"`      // extra
	FailedReason string    `json:"failedReason,omitempty"` // extra
}

// FormerMember is what GitHub keeps of somebody who was removed, for as long as
// reinstating is possible.
type FormerMember struct {
	Login         string         `json:"login"`
	Role          string         `json:"role"` // admin, member
	RemovedAt     time.Time      `json:"removedAt"`
	TwoFactor     bool           `json:"twoFactor,omitempty"`
	Teams         []*FormerGrant `json:"teams,omitempty"`        // Name is a slug, Role member or maintainer
	Collaborators []*FormerGrant `json:"repositories,omitempty"` // Name is a repository, Role as in Collaborator
	Forks         []string       `json:"forks,omitempty"`        // repositories with a private fork of theirs
}

// FormerGrant is one thing that a former member had.
type FormerGrant struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Team is a team. Parent is the slug of its parent, "" for a root team.
// Privacy is closed or secret.
type Team struct {
	Slug        string        `json:"slug"`
	Name        string        `json:"name"`
	ID          int64         `json:"id"`
	Parent      string        `json:"parent,omitempty"`
	Privacy     string        `json:"privacy"`
	Description string        `json:"description,omitempty"`
	Members     []*TeamMember `json:"members"`
	CreatedAt   time.Time     `json:"createdAt"`
	UpdatedAt   time.Time     `json:"updatedAt,omitzero"` // extra
	// ExternalGroup is the group of an identity provider that decides who is in
	// the team; GitHub then refuses to. Extra.
	ExternalGroup string `json:"externalGroup,omitempty"`
	// SyncedGroup is the same by team synchronization, where users are not managed.
	// Extra.
	SyncedGroup string `json:"syncedGroup,omitempty"`
}

// TeamMember is an immediate member. Role is member or maintainer.
type TeamMember struct {
	Login string `json:"login"`
	Role  string `json:"role"`
}

// CustomRole is a custom repository role. BaseRole is read, triage, write or maintain.
type CustomRole struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"` // extra
	BaseRole    string   `json:"baseRole"`
	Permissions []string `json:"permissions,omitempty"`
}

// OrgRole is an organization role with the users and teams that hold it.
// BaseRole is extra: the repository role it gives on every repository; when
// empty the predefined names say it (see OrgRole.Grants).
type OrgRole struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"` // extra
	BaseRole    string   `json:"baseRole,omitempty"`    // extra
	Users       []string `json:"users,omitempty"`
	Teams       []string `json:"teams,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
}

// Installation is a GitHub App installed on the organization.
type Installation struct {
	ID                  int64             `json:"id"`
	AppID               int64             `json:"appId"`
	AppSlug             string            `json:"appSlug"`
	RepositorySelection string            `json:"repositorySelection"` // all, selected
	Repositories        []string          `json:"repositories,omitempty"`
	Permissions         map[string]string `json:"permissions,omitempty"`
	Events              []string          `json:"events,omitempty"`
	CreatedAt           time.Time         `json:"createdAt"`
	UpdatedAt           time.Time         `json:"updatedAt,omitzero"`
	SuspendedAt         time.Time         `json:"suspendedAt,omitzero"`
}

// PAT is a fine-grained personal access token with access to the organization.
type PAT struct {
	ID                  int64                        `json:"id"`
	Owner               string                       `json:"owner"`
	TokenID             int64                        `json:"tokenId"`
	TokenName           string                       `json:"tokenName"`
	LastUsedAt          time.Time                    `json:"lastUsedAt,omitzero"`
	ExpiresAt           time.Time                    `json:"expiresAt,omitzero"`
	Expired             bool                         `json:"expired,omitempty"`
	Permissions         map[string]map[string]string `json:"permissions,omitempty"`
	RepositorySelection string                       `json:"repositorySelection"` // all, subset, none
	Repositories        []string                     `json:"repositories,omitempty"`
	GrantedAt           time.Time                    `json:"grantedAt"`
}

// Credential is an SSO authorization of a classic token or SSH key.
type Credential struct {
	ID             int64     `json:"id"`
	Login          string    `json:"login"`
	Type           string    `json:"type"`
	TokenLastEight string    `json:"tokenLastEight,omitempty"`
	AuthorizedAt   time.Time `json:"authorizedAt"`
	AccessedAt     time.Time `json:"accessedAt,omitzero"`
	ExpiresAt      time.Time `json:"expiresAt,omitzero"`
	Scopes         []string  `json:"scopes,omitempty"`
}

// OrgSecret is the name of an Actions secret shared by repositories.
type OrgSecret struct {
	Name         string    `json:"name"`
	Visibility   string    `json:"visibility"` // all, private, selected
	Repositories []string  `json:"repositories,omitempty"`
	CreatedAt    time.Time `json:"createdAt"`
	UpdatedAt    time.Time `json:"updatedAt"`
}

// Webhook is a hook of an organization or repository.
type Webhook struct {
	ID          int64     `json:"id"`
	URL         string    `json:"url"`
	Active      bool      `json:"active"`
	Events      []string  `json:"events,omitempty"`
	InsecureSSL bool      `json:"insecureSsl,omitempty"`
	CreatedAt   time.Time `json:"createdAt,omitzero"` // extra
}

// RunnerGroup is a group of self-hosted runners.
type RunnerGroup struct {
	ID                       int64    `json:"id"`
	Name                     string   `json:"name"`
	Visibility               string   `json:"visibility"` // all, private, selected
	AllowsPublicRepositories bool     `json:"allowsPublicRepositories,omitempty"`
	Repositories             []string `json:"repositories,omitempty"`
	IsDefault                bool     `json:"isDefault,omitempty"`
}
