package githubsim

import (
	"encoding/json"
	"fmt"
	"time"
)

// Repo is a repository and the grants that name it directly.
type Repo struct {
	Name          string    `json:"name"`
	ID            int64     `json:"id"`
	Visibility    string    `json:"visibility"` // public, private, internal
	Archived      bool      `json:"archived,omitempty"`
	ArchivedAt    time.Time `json:"archivedAt,omitzero"` // extra
	Fork          bool      `json:"fork,omitempty"`
	Disabled      bool      `json:"disabled,omitempty"` // extra
	Locked        bool      `json:"locked,omitempty"`   // extra
	Empty         bool      `json:"empty,omitempty"`    // extra: no branch yet
	Template      bool      `json:"template,omitempty"` // extra
	CreatedAt     time.Time `json:"createdAt"`
	PushedAt      time.Time `json:"pushedAt,omitzero"`
	UpdatedAt     time.Time `json:"updatedAt,omitzero"`
	DefaultBranch string    `json:"defaultBranch,omitempty"`
	Description   string    `json:"description,omitempty"`

	Collaborators       []*Collaborator      `json:"collaborators,omitempty"`
	Invitations         []*RepoInvitation    `json:"invitations,omitempty"`
	Teams               []*TeamGrant         `json:"teams,omitempty"`
	DeployKeys          []*DeployKey         `json:"deployKeys,omitempty"`
	Environments        []*Environment       `json:"environments,omitempty"`
	BranchProtection    []*BranchProtection  `json:"branchProtection,omitempty"`
	Rulesets            []*Ruleset           `json:"rulesets,omitempty"`
	Secrets             []*Secret            `json:"secrets,omitempty"`
	Variables           []*Variable          `json:"variables,omitempty"`
	Webhooks            []*Webhook           `json:"webhooks,omitempty"`
	WorkflowPermissions *WorkflowPermissions `json:"workflowPermissions,omitempty"`
	Deployments         []*Deployment        `json:"deployments,omitempty"`
	Issues              []*Issue             `json:"issues,omitempty"`      // extra: with the pull requests among them, by number
	Forks               []string             `json:"forks,omitempty"`       // extra: people who have a private fork of it
	FormerNames         []string             `json:"formerNames,omitempty"` // extra: they lead here until somebody takes them
}

// Collaborator is a direct grant. Permission is pull, triage, push, maintain,
// admin or the name of a custom role.
type Collaborator struct {
	Login      string `json:"login"`
	Permission string `json:"permission"`
}

// TeamGrant is a team's direct grant; words as in Collaborator.
type TeamGrant struct {
	Slug       string `json:"slug"`
	Permission string `json:"permission"`
}

// RepoInvitation is a pending invitation of somebody to a repository.
type RepoInvitation struct {
	ID         int64     `json:"id"`
	Login      string    `json:"login"`
	Permission string    `json:"permission"`
	CreatedAt  time.Time `json:"createdAt"`
	Inviter    string    `json:"inviter,omitempty"`
}

// DeployKey is an SSH key of a repository. Disabled keys have enabled: false;
// the key is on when the file is silent.
type DeployKey struct {
	ID        int64     `json:"id"`
	Title     string    `json:"title"`
	Key       string    `json:"key"`
	ReadOnly  bool      `json:"readOnly"`
	CreatedAt time.Time `json:"createdAt"`
	LastUsed  time.Time `json:"lastUsed,omitzero"`
	AddedBy   string    `json:"addedBy,omitempty"`
	Enabled   *bool     `json:"enabled,omitempty"`
}

// Environment is a deployment environment. WaitTimer is in minutes.
type Environment struct {
	ID                int64           `json:"id"`
	Name              string          `json:"name"`
	CreatedAt         time.Time       `json:"createdAt"`
	UpdatedAt         time.Time       `json:"updatedAt,omitzero"` // extra
	WaitTimer         int             `json:"waitTimer,omitempty"`
	Reviewers         []Actor         `json:"reviewers,omitempty"`
	PreventSelfReview bool            `json:"preventSelfReview,omitempty"`
	CanAdminsBypass   bool            `json:"canAdminsBypass"`
	BranchPolicy      *BranchPolicy   `json:"branchPolicy,omitempty"`
	CustomRules       []ProtectionApp `json:"customRules,omitempty"`
	Secrets           []*Secret       `json:"secrets,omitempty"`
	Variables         []*Variable     `json:"variables,omitempty"`
	Pinned            bool            `json:"pinned,omitempty"` // extra
	Enriched          bool            `json:"enriched,omitempty"`
}

// Actor names somebody. Type is User, Team or App; Name is a login or a slug.
type Actor struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

// BranchPolicy says which branches and tags may deploy. Nil means any.
type BranchPolicy struct {
	ProtectedBranches bool            `json:"protectedBranches"`
	Custom            []BranchPattern `json:"custom,omitempty"`
}

// BranchPattern is one pattern of a custom branch policy. Type is branch or tag.
type BranchPattern struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// ProtectionApp is an app that guards an environment.
type ProtectionApp struct {
	ID      int64  `json:"id"`
	AppSlug string `json:"appSlug"`
	AppID   int64  `json:"appId"`
}

// BranchProtection is a branch protection rule.
type BranchProtection struct {
	ID                             int64    `json:"id"`
	Pattern                        string   `json:"pattern"`
	RequiresApprovingReviews       bool     `json:"requiresApprovingReviews,omitempty"`
	RequiredApprovingReviewCount   int      `json:"requiredApprovingReviewCount,omitempty"`
	IsAdminEnforced                bool     `json:"isAdminEnforced,omitempty"`
	RestrictsPushes                bool     `json:"restrictsPushes,omitempty"`
	RequiresCodeOwnerReviews       bool     `json:"requiresCodeOwnerReviews,omitempty"`
	AllowsForcePushes              bool     `json:"allowsForcePushes,omitempty"`
	AllowsDeletions                bool     `json:"allowsDeletions,omitempty"`
	RestrictsReviewDismissals      bool     `json:"restrictsReviewDismissals,omitempty"`
	LockBranch                     bool     `json:"lockBranch,omitempty"`
	BlocksCreations                bool     `json:"blocksCreations,omitempty"`
	RequireLastPushApproval        bool     `json:"requireLastPushApproval,omitempty"`
	RequiredDeploymentEnvironments []string `json:"requiredDeploymentEnvironments,omitempty"`
	PushAllowances                 []Actor  `json:"pushAllowances,omitempty"`
	BypassPullRequestAllowances    []Actor  `json:"bypassPullRequestAllowances,omitempty"`
	BypassForcePushAllowances      []Actor  `json:"bypassForcePushAllowances,omitempty"`
	ReviewDismissalAllowances      []Actor  `json:"reviewDismissalAllowances,omitempty"`
	Enriched                       bool     `json:"enriched,omitempty"`
}

// Ruleset is a ruleset of a repository or organization; conditions and rules
// stand as in GitHub's REST API.
type Ruleset struct {
	ID           int64          `json:"id"`
	Name         string         `json:"name"`
	Enforcement  string         `json:"enforcement"` // active, evaluate, disabled
	Target       string         `json:"target"`      // branch, tag, push
	BypassActors []BypassActor  `json:"bypassActors,omitempty"`
	Conditions   map[string]any `json:"conditions,omitempty"`
	Rules        []RulesetRule  `json:"rules,omitempty"`
	CreatedAt    time.Time      `json:"createdAt,omitzero"` // extra
	UpdatedAt    time.Time      `json:"updatedAt,omitzero"` // extra
	Enriched     bool           `json:"enriched,omitempty"`
}

// BypassActor may step around a ruleset.
type BypassActor struct {
	ActorType string `json:"actorType"` // Integration, Team, OrganizationAdmin, RepositoryRole, DeployKey
	ActorID   int64  `json:"actorId"`
	Mode      string `json:"mode"` // always, pull_request
}

// RulesetRule is one rule of a ruleset.
type RulesetRule struct {
	Type       string         `json:"type"`
	Parameters map[string]any `json:"parameters,omitempty"`
}

// Secret is the name of a secret; nobody can read its value.
type Secret struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Variable is a plain variable of Actions.
type Variable struct {
	Name      string    `json:"name"`
	Value     string    `json:"value"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"`
}

// WorkflowPermissions is the default of a repository's Actions token.
type WorkflowPermissions struct {
	Default    string `json:"default"` // read, write
	CanApprove bool   `json:"canApprove"`
}

// Deployment is one deployment to an environment.
type Deployment struct {
	ID          int64     `json:"id"`
	Environment string    `json:"environment"`
	Creator     string    `json:"creator,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	State       string    `json:"state"`
	SHA         string    `json:"sha"`
	Ref         string    `json:"ref"`
}

// AuditEvent is one entry of an organization's audit log. The format leaves
// entries open, so keys we do not know are kept in Extra.
type AuditEvent struct {
	ID          string         `json:"id"`
	Action      string         `json:"action"`
	Actor       string         `json:"actor,omitempty"`
	User        string         `json:"user,omitempty"`
	Repo        string         `json:"repo,omitempty"`
	Team        string         `json:"team,omitempty"`
	Environment string         `json:"environment,omitempty"`
	DeployKey   string         `json:"deployKey,omitempty"`
	CreatedAt   time.Time      `json:"createdAt"`
	Extra       map[string]any `json:"-"`
}

// auditKeys are the keys with a field of their own.
var auditKeys = []string{"id", "action", "actor", "user", "repo", "team", "environment", "deployKey", "createdAt"}

// UnmarshalJSON keeps the keys that have no field of their own in Extra.
func (e *AuditEvent) UnmarshalJSON(b []byte) error {
	type plain AuditEvent
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("audit log entry: %w", err)
	}
	if err := json.Unmarshal(b, &p.Extra); err != nil {
		return fmt.Errorf("audit log entry: %w", err)
	}
	for _, k := range auditKeys {
		delete(p.Extra, k)
	}
	if len(p.Extra) == 0 {
		p.Extra = nil
	}
	*e = AuditEvent(p)
	return nil
}

// MarshalJSON writes the extra keys beside the known ones.
func (e AuditEvent) MarshalJSON() ([]byte, error) {
	type plain AuditEvent
	b, err := json.Marshal(plain(e))
	if err != nil || len(e.Extra) == 0 {
		return b, err
	}
	all := map[string]any{}
	for k, v := range e.Extra {
		all[k] = v
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}
