package access

import "time"

// The things an organization consists of, as GitHub reports them. A pointer
// that is nil was not told; a zero time was not told either. Ids are GitHub's
// numeric ones; NodeID is the GraphQL id of the same thing.

// Organization is identity and settings. REST leaves settings out for callers
// who are not owners, hence the pointers.
type Organization struct {
	ID                int64     `json:"id"`
	NodeID            string    `json:"node_id,omitempty"`
	Login             string    `json:"login"`
	Name              string    `json:"name,omitempty"`
	CreatedAt         time.Time `json:"created_at,omitzero"`
	ArchivedAt        time.Time `json:"archived_at,omitzero"`
	TwoFactorRequired *bool     `json:"two_factor_required,omitempty"`
}

// Settings are the member privileges of an organization (GitHub Docs: "Get an
// organization").
type Settings struct {
	Plan                         string    `json:"plan,omitempty"` // free, team, enterprise …
	BasePermission               Privilege `json:"base_permission,omitempty"`
	MembersCanCreateRepositories *bool     `json:"members_can_create_repositories,omitempty"`
	MembersCanCreatePublic       *bool     `json:"members_can_create_public,omitempty"`
	MembersCanCreatePrivate      *bool     `json:"members_can_create_private,omitempty"`
	MembersCanCreateInternal     *bool     `json:"members_can_create_internal,omitempty"`
	MembersCanForkPrivate        *bool     `json:"members_can_fork_private,omitempty"`
	MembersCanDelete             *bool     `json:"members_can_delete,omitempty"`
	MembersCanChangeVisibility   *bool     `json:"members_can_change_visibility,omitempty"`
	MembersCanInviteOutside      *bool     `json:"members_can_invite_outside,omitempty"`
	MembersCanCreateTeams        *bool     `json:"members_can_create_teams,omitempty"`
	DeployKeysEnabled            *bool     `json:"deploy_keys_enabled,omitempty"`
	TwoFactorRequired            *bool     `json:"two_factor_required,omitempty"`
}

// WorkflowToken is the default of the Actions GITHUB_TOKEN.
type WorkflowToken struct {
	Default                string `json:"default"` // read or write
	CanApprovePullRequests *bool  `json:"can_approve_pull_requests,omitempty"`
}

// Person is a user account as it is labelled now. Bots of GitHub Apps are not
// members or collaborators; a Bot here is a machine account that GitHub types so.
type Person struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id,omitempty"`
	Login     string    `json:"login"`
	Name      string    `json:"name,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// TeamInfo is a team. Parent is 0 for a root team.
type TeamInfo struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id,omitempty"`
	Slug      string    `json:"slug"`
	Name      string    `json:"name,omitempty"`
	Parent    int64     `json:"parent,omitempty"`
	Privacy   string    `json:"privacy,omitempty"` // visible or secret
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// Repository is a repository of the organization. The counts are what GitHub
// states, whether or not the things themselves could be read.
type Repository struct {
	ID              int64     `json:"id"`
	NodeID          string    `json:"node_id,omitempty"`
	Name            string    `json:"name"`       // without the owner
	Visibility      string    `json:"visibility"` // public, private, internal
	Archived        bool      `json:"archived,omitempty"`
	Fork            bool      `json:"fork,omitempty"`
	Disabled        bool      `json:"disabled,omitempty"`
	DefaultBranch   string    `json:"default_branch,omitempty"`
	CreatedAt       time.Time `json:"created_at,omitzero"`
	PushedAt        time.Time `json:"pushed_at,omitzero"` // day precision, so that a push is not a change of access
	Environments    int       `json:"environments,omitempty"`
	DeployKeys      int       `json:"deploy_keys,omitempty"`
	ProtectionRules int       `json:"protection_rules,omitempty"`
	Rulesets        int       `json:"rulesets,omitempty"`
}

// Environment is a deployment environment of a repository. Gate is nil where
// its protection was not read, Policy and Secrets likewise; reviewers are grants.
type Environment struct {
	ID      int64    `json:"id"`
	NodeID  string   `json:"node_id,omitempty"`
	Repo    int64    `json:"repo"`
	Name    string   `json:"name"`
	Gate    *Gate    `json:"-"`
	Policy  *Policy  `json:"-"`
	Secrets *Secrets `json:"-"`
}

// Secrets names the secrets of one environment, by name; GitHub shows nobody
// their values. An environment without any has an empty list.
type Secrets struct {
	Env   int64    `json:"env"`
	Repo  int64    `json:"repo"`
	Names []Secret `json:"names,omitempty"`
}

// Secret is one secret by its name, and the day on which it was last set.
type Secret struct {
	Name      string    `json:"name"`
	UpdatedAt time.Time `json:"updated_at,omitzero"` // day precision
}

// Gate is what GraphQL tells of an environment's protection. Reviewers are
// [Grant]s with source Reviewer.
type Gate struct {
	Env               int64 `json:"env"`
	Repo              int64 `json:"repo"`
	WaitTimer         int   `json:"wait_timer,omitempty"` // minutes
	PreventSelfReview bool  `json:"prevent_self_review,omitempty"`
	Reviewers         int   `json:"reviewers,omitempty"` // how many are listed
}

// Policy is what only REST tells of an environment's protection.
// AdminBypass is not in GitHub's published schemas: nil where not told.
type Policy struct {
	Env         int64     `json:"env"`
	Repo        int64     `json:"repo"`
	AdminBypass *bool     `json:"admin_bypass,omitempty"`
	Branches    string    `json:"branches"` // any, protected or selected
	Patterns    []Pattern `json:"patterns,omitempty"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	Untouched   *bool     `json:"untouched,omitempty"` // the environment was never changed since it was made; nil where not told
}

// Values of Policy.Branches.
const (
	AnyBranch        = "any"
	ProtectedBranch  = "protected"
	SelectedBranches = "selected"
)

// Pattern is one branch or tag name pattern of an environment.
type Pattern struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"` // branch or tag
}

// DeployKey is an SSH key of one repository. Public is the public key, kept so
// that a removed key can be put back.
type DeployKey struct {
	ID        int64     `json:"id"`
	Repo      int64     `json:"repo"`
	Title     string    `json:"title"`
	Public    string    `json:"public"`
	ReadOnly  bool      `json:"read_only"`
	Verified  bool      `json:"verified"`
	Enabled   bool      `json:"enabled"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	LastUsed  time.Time `json:"last_used,omitzero"` // day precision; zero = GitHub has seen no use
	AddedBy   string    `json:"added_by,omitempty"`
}

// CustomRole is a custom repository role: a base and named extras.
type CustomRole struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Base        Privilege `json:"base"`
	Permissions []string  `json:"permissions,omitempty"`
}

// OrgRole is an organization role. One with a Base grants it on every
// repository; Base is None for the others.
type OrgRole struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Base        Privilege `json:"base"`
	Origin      string    `json:"origin,omitempty"` // Predefined, Organization, Enterprise
	Permissions []string  `json:"permissions,omitempty"`
}

// Invite is an invitation to the organization, pending or failed, or to one of
// its repositories. GitHub numbers the two kinds apart, so that one of each may
// have the same id. Those to a repository have Repo, Invitee and Permission;
// those to the organization a Role.
type Invite struct {
	ID           int64     `json:"id"`
	Login        string    `json:"login,omitempty"`
	Email        string    `json:"email,omitempty"`
	Role         string    `json:"role,omitempty"` // direct_member, admin, billing_manager, hiring_manager, reinstate
	CreatedAt    time.Time `json:"created_at,omitzero"`
	Inviter      string    `json:"inviter,omitempty"`
	Teams        int       `json:"teams,omitempty"`
	FailedAt     time.Time `json:"failed_at,omitzero"`
	FailedReason string    `json:"failed_reason,omitempty"`
	Repo         int64     `json:"repo,omitempty"`
	Invitee      int64     `json:"invitee,omitempty"`    // the account's id
	Permission   Privilege `json:"permission,omitempty"` // on the repository
	Expired      bool      `json:"expired,omitempty"`    // it can no longer be accepted, and is still listed
}

// TwoFactor is the state of one member's second factor.
type TwoFactor struct {
	User    int64 `json:"user"`
	Enabled bool  `json:"enabled"`
}

// Outside is an outside collaborator.
type Outside struct {
	User int64 `json:"user"`
}

// Activity is the newest sign of life of one user that one area of evidence
// holds, at day precision. The window that was searched is the Since of that
// area's [Cover].
type Activity struct {
	User int64     `json:"user"`
	Last time.Time `json:"last"`
	What string    `json:"what,omitempty"` // the audit action, or "commit", "review" …
}
