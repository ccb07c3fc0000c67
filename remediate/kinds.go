package remediate

// Kind is what an action does, as a journal would name it.
type Kind string

// The kinds.
const (
	SetReviewers     Kind = "set-environment-reviewers"
	NoSelfReview     Kind = "prevent-self-review"
	NoAdminBypass    Kind = "forbid-admin-bypass"
	LimitBranches    Kind = "limit-deployment-branches"
	CancelInvitation Kind = "cancel-invitation"
	SetWorkflowToken Kind = "set-workflow-token"
	LowerDirect      Kind = "lower-direct-grant"
	LowerTeam        Kind = "lower-team-grant"
	RemoveDirect     Kind = "remove-direct-grant"
	RemoveTeam       Kind = "remove-team-grant"
	ReplaceKey       Kind = "replace-deploy-key"
	DeleteKey        Kind = "delete-deploy-key"
	SetBase          Kind = "set-base-permission"
	DemoteOwner      Kind = "demote-owner"
	RemoveMember     Kind = "remove-member"
)

// kindRow is what is true of every action of a kind.
type kindRow struct {
	kind     Kind
	takes    bool // somebody may lose access, so ajar must know who it is itself
	expels   bool // touches the person and not a grant: only where asked for
	inverse  string
	precheck string
	lost     []string // what restore can never bring back
}

// kinds stand from the safest to the gravest: what adds a gate, what lowers, what
// removes a grant, what removes a person. Actions of one risk run in this order.
var kinds = []kindRow{
	{kind: NoSelfReview, inverse: "allow self-review again", precheck: "the environment's protection, by its id"},
	{kind: SetReviewers, takes: true, inverse: "list the former reviewers again", precheck: "the environment's protection and the whole list of reviewers"},
	{kind: NoAdminBypass, inverse: "let administrators bypass again", precheck: "the whole environment, since the call replaces all of it"},
	{kind: LimitBranches, inverse: "put the former branch and tag policies back", precheck: "the whole environment and every branch policy"},
	{kind: CancelInvitation, takes: true, inverse: "invite again with the same role and teams", precheck: "the invitation, by its id",
		lost: []string{"the mail that was sent: its link is void, and the invitee is told"}},
	{kind: SetWorkflowToken, inverse: "set the former default again", precheck: "the organization's workflow permissions"},
	{kind: LowerDirect, takes: true, inverse: "give the former privilege again", precheck: "the person's direct grant, by ids, with its privilege"},
	{kind: LowerTeam, takes: true, inverse: "give the former privilege again", precheck: "the team's own grant, by ids, with its privilege"},
	{kind: RemoveDirect, takes: true, inverse: "add the collaborator with the former privilege again", precheck: "the person's direct grant, by ids, with its privilege",
		lost: []string{"issues assigned to the person", "invitations to the repository that the person sent", "stars, and access to packages of the repository"}},
	{kind: RemoveTeam, takes: true, inverse: "give the team the former privilege again", precheck: "the team's own grant, by ids; what a parent holds stays"},
	{kind: ReplaceKey, takes: true, inverse: "add the same public key with write again", precheck: "the key, by its id, with its public half",
		lost: []string{"the key's number and the day of its last use"}},
	{kind: DeleteKey, takes: true, inverse: "add the same public key with the same title again", precheck: "the key, by its id, with its public half",
		lost: []string{"the key's number and the day of its last use"}},
	{kind: SetBase, takes: true, inverse: "set the former base permission again", precheck: "the organization's member privileges"},
	{kind: DemoteOwner, takes: true, expels: true, inverse: "make the person an owner again", precheck: "the membership's role, and the number of owners"},
	{kind: RemoveMember, takes: true, expels: true, inverse: "invite with role \"reinstate\", within three months", precheck: "the membership, its role and whether it is direct",
		lost: []string{"the membership until an invitation is accepted", "private forks after three months", "invitations that the person sent"}},
}

// row finds what is true of a kind, and its place in the order.
func (k Kind) row() (kindRow, int) {
	for i, r := range kinds {
		if r.kind == k {
			return r, i
		}
	}
	return kindRow{kind: k, takes: true, expels: true}, len(kinds)
}

// Kinds lists every kind, from the safest to the gravest.
func Kinds() []Kind {
	out := make([]Kind, len(kinds))
	for i, r := range kinds {
		out[i] = r.kind
	}
	return out
}
