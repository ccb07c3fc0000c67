package remediate

import (
	"cmp"
	"slices"
)

// Label is something at GitHub by its number. Its name is what it was called when
// the plan was made: an address is built from it only after it was resolved again
// and gave the same number.
type Label struct {
	ID     int64  `json:"id"`
	NodeID string `json:"node_id,omitempty"` // of GraphQL; it survives renames too
	Name   string `json:"name,omitempty"`    // login, slug, name of the repository without its owner, name of the environment
}

// Thing is a kind of what GitHub stores and a program can set.
type Thing string

// The things, with the labels of a [Change] that name one.
const (
	DirectGrant       Thing = "direct-grant"            // User, Repo
	TeamGrant         Thing = "team-grant"              // Team, Repo
	TeamMembership    Thing = "team-membership"         // User, Team
	Membership        Thing = "membership"              // User
	OrgInvitation     Thing = "organization-invitation" // Invitation
	RepoInvitation    Thing = "repository-invitation"   // Invitation, Repo
	DeployKey         Thing = "deploy-key"              // Key, Repo
	Protection        Thing = "environment-protection"  // Env, Repo
	OrgWorkflowToken  Thing = "workflow-token"          // none
	RepoWorkflowToken Thing = "repository-workflow-token"
	BasePermission    Thing = "base-permission"
)

// Change says which thing an action sets, from which state to which. It holds all
// that carrying it out, verifying and undoing it need: the journal keeps it, and
// a restore reads nothing else.
type Change struct {
	Thing      Thing  `json:"thing"`
	Org        Label  `json:"organization"`
	Repo       *Label `json:"repository,omitempty"`
	Team       *Label `json:"team,omitempty"`
	User       *Label `json:"user,omitempty"`
	Env        *Label `json:"environment,omitempty"`
	Key        *Label `json:"key,omitempty"`
	Invitation *Label `json:"invitation,omitempty"`
	Before     State  `json:"before"`
	After      State  `json:"after"`
}

// BelowBase stands in [Action.Irreversible] where the grant that is taken cannot be
// given back as it was: GitHub gives a member no direct grant below the base
// permission ("Cannot assign member permission of …"). A restore leaves it out.
const BelowBase = "the direct grant itself: GitHub gives members none below the base permission, which gives them as much"

// StuckGate stands in [Action.Irreversible] where nobody could approve what the gate
// guarded before, which no restore makes so again (S8), or where somebody on its
// list cannot read the repository, which GitHub takes from nobody.
const StuckGate = "the former protection: its list of reviewers holds somebody who cannot read the repository, or nobody who could approve"

// OneWay reports whether what an action cannot bring back is the very state that it
// changes, so that a restore leaves it out.
func OneWay(irreversible []string) bool {
	return slices.Contains(irreversible, BelowBase) || slices.Contains(irreversible, StuckGate)
}

// Inverse is the change that leads back. What an inverse cannot bring back is in
// [Action.Irreversible].
func (c Change) Inverse() Change {
	c.Before, c.After = c.After, c.Before
	return c
}

// State is what a thing is like. Its zero value is a thing that is not there. Of
// the pointers the one that fits the [Thing] is set where it is there.
type State struct {
	There bool `json:"there"`
	// Role is GitHub's own word. DirectGrant and TeamGrant: read, triage, write,
	// maintain, admin, or the name of a custom role; TeamMembership: member or
	// maintainer; Membership: member, owner, or outside (an outside collaborator);
	// BasePermission: none, read, write or admin.
	Role   string       `json:"role,omitempty"`
	RoleID int64        `json:"role_id,omitempty"` // of a custom role
	Key    *KeyState    `json:"key,omitempty"`
	Invite *InviteState `json:"invite,omitempty"`
	Gate   *GateState   `json:"gate,omitempty"`
	Token  *TokenState  `json:"token,omitempty"`
	Held   *HeldState   `json:"held,omitempty"` // of a Membership: what goes with it
}

// KeyState is a deploy key by what it consists of: put back, it has another number.
type KeyState struct {
	Title    string `json:"title"`
	Public   string `json:"public"`
	ReadOnly bool   `json:"read_only"`
}

// InviteState is an invitation by what it offers to whom: sent again, it has
// another number.
type InviteState struct {
	Invitee int64   `json:"invitee,omitempty"` // the account's number, 0 where a mail address was invited
	Login   string  `json:"login,omitempty"`
	Email   string  `json:"email,omitempty"`
	Role    string  `json:"role"` // organization: direct_member, admin, billing_manager; repository: read, triage, write, maintain, admin
	Teams   []Label `json:"teams,omitempty"`
}

// GateState is the protection of an environment, all of it, since some calls
// replace it as a whole.
type GateState struct {
	Reviewers         []Reviewer `json:"reviewers"`
	WaitTimer         int        `json:"wait_timer"` // minutes
	PreventSelfReview bool       `json:"prevent_self_review"`
	AdminBypass       *bool      `json:"admin_bypass,omitempty"` // nil: GitHub did not tell
	Branches          string     `json:"branches"`               // any, protected or selected
	Patterns          []Pattern  `json:"patterns,omitempty"`     // of selected
}

// Reviewer is somebody who is listed to approve deployments.
type Reviewer struct {
	Kind string `json:"kind"` // user or team
	Label
}

// Pattern is a name of branches or tags that may deploy.
type Pattern struct {
	ID   int64  `json:"id,omitempty"` // at GitHub, where it is there; not compared
	Name string `json:"name"`
	Type string `json:"type"` // branch or tag
}

// TokenState is what the token of a workflow may do where the workflow says nothing.
type TokenState struct {
	Default    string `json:"default"` // read or write
	CanApprove bool   `json:"can_approve"`
}

// HeldState is what a member holds by name, which goes when the membership goes.
type HeldState struct {
	Teams []HeldRole `json:"teams,omitempty"`
	Repos []HeldRole `json:"repositories,omitempty"`
}

// HeldRole is a role in a team or a direct one on a repository.
type HeldRole struct {
	Label
	Role string `json:"role"`
}

// Same reports whether two states are the same to GitHub. What goes along with a
// membership ([State.Held]), names, node ids and the order of lists are not asked.
func (s State) Same(o State) bool {
	if s.There != o.There || !s.There {
		return s.There == o.There
	}
	if s.Role != o.Role {
		return false
	}
	return same(s.Key, o.Key, func(a, b KeyState) bool { return a == b }) &&
		same(s.Invite, o.Invite, InviteState.same) && same(s.Gate, o.Gate, GateState.same) &&
		same(s.Token, o.Token, func(a, b TokenState) bool { return a == b })
}

func same[T any](a, b *T, equal func(T, T) bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return equal(*a, *b)
}

func (i InviteState) same(o InviteState) bool {
	byID := func(l []Label) []int64 {
		var ids []int64
		for _, x := range l {
			ids = append(ids, x.ID)
		}
		slices.Sort(ids)
		return ids
	}
	return i.Invitee == o.Invitee && i.Email == o.Email && i.Role == o.Role && slices.Equal(byID(i.Teams), byID(o.Teams))
}

func (g GateState) same(o GateState) bool {
	type who struct {
		kind string
		id   int64
	}
	reviewers := func(l []Reviewer) []who {
		var out []who
		for _, r := range l {
			out = append(out, who{r.Kind, r.ID})
		}
		slices.SortFunc(out, func(a, b who) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) })
		return out
	}
	patterns := func(l []Pattern) []Pattern {
		out := slices.Clone(l)
		for i := range out {
			out[i].ID = 0
		}
		slices.SortFunc(out, func(a, b Pattern) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name)) })
		return out
	}
	bypass := g.AdminBypass == o.AdminBypass || g.AdminBypass != nil && o.AdminBypass != nil && *g.AdminBypass == *o.AdminBypass
	return slices.Equal(reviewers(g.Reviewers), reviewers(o.Reviewers)) && g.WaitTimer == o.WaitTimer &&
		g.PreventSelfReview == o.PreventSelfReview && bypass && g.Branches == o.Branches &&
		(g.Branches != "selected" || slices.Equal(patterns(g.Patterns), patterns(o.Patterns)))
}
