package baseline

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// Class is a kind of access that a baseline can manage in an organization. What
// no entry allows in a managed class is drift; an unmanaged class is nobody's
// business but that of the rules that need no baseline.
type Class string

// The classes.
const (
	Owners               Class = "owners"
	Members              Class = "members"
	OutsideCollaborators Class = "outside-collaborators"
	RepositoryAccess     Class = "repository-access"
	TeamMaintainers      Class = "team-maintainers"
	Environments         Class = "environments"
	OrganizationRoles    Class = "organization-roles"
	Apps                 Class = "apps"
	Keys                 Class = "keys"
	Tokens               Class = "tokens"
	Invitations          Class = "invitations"
	BypassActors         Class = "bypass-actors"
	Webhooks             Class = "webhooks"
)

// Classes lists every class, in the order in which reports name them.
var Classes = []Class{Owners, Members, OutsideCollaborators, RepositoryAccess, TeamMaintainers, Environments, OrganizationRoles,
	Apps, Keys, Tokens, Invitations, BypassActors, Webhooks}

// Organization is what the baseline says of one organization as a whole.
type Organization struct {
	Login    string   `json:"login"` // in lower case
	Position Position `json:"-"`
	Manage   []Class  `json:"manage,omitempty"`

	Owners  []Pattern `json:"owners,omitempty"` // nil: not said
	Members []Pattern `json:"members,omitempty"`
	Outside []Pattern `json:"outside_collaborators,omitempty"`

	AnyMember  bool     `json:"any_member,omitempty"`
	AnyOutside bool     `json:"any_outside,omitempty"`
	Rules      OrgRules `json:"rules"`
}

// OrgRules are the settings that an organization must have. Nil, "" and
// NoPrivilege leave a setting alone. The keys of the file are GitHub's own names
// (GitHub Docs: "Get an organization").
type OrgRules struct {
	Source                          Position         `json:"-"`
	BasePermission                  access.Privilege `json:"base_permission,omitempty"`
	DefaultWorkflowPermissions      string           `json:"default_workflow_permissions,omitempty"` // read or write
	WorkflowCanApprovePullRequests  *bool            `json:"workflow_can_approve_pull_requests,omitempty"`
	RequireTwoFactor                *bool            `json:"require_two_factor,omitempty"`
	MembersCanCreateRepositories    *bool            `json:"members_can_create_repositories,omitempty"`
	MembersCanCreatePublic          *bool            `json:"members_can_create_public_repositories,omitempty"`
	MembersCanCreatePrivate         *bool            `json:"members_can_create_private_repositories,omitempty"`
	MembersCanCreateInternal        *bool            `json:"members_can_create_internal_repositories,omitempty"`
	MembersCanForkPrivate           *bool            `json:"members_can_fork_private_repositories,omitempty"`
	MembersCanDelete                *bool            `json:"members_can_delete_repositories,omitempty"`
	MembersCanChangeVisibility      *bool            `json:"members_can_change_repo_visibility,omitempty"`
	MembersCanInviteOutside         *bool            `json:"members_can_invite_outside_collaborators,omitempty"`
	MembersCanCreateTeams           *bool            `json:"members_can_create_teams,omitempty"`
	DeployKeysEnabledOnRepositories *bool            `json:"deploy_keys_enabled_for_repositories,omitempty"`
}

// flags ties each yes-or-no setting to its key.
func (r *OrgRules) flags() map[string]**bool {
	return map[string]**bool{
		"workflow_can_approve_pull_requests":       &r.WorkflowCanApprovePullRequests,
		"require_two_factor":                       &r.RequireTwoFactor,
		"members_can_create_repositories":          &r.MembersCanCreateRepositories,
		"members_can_create_public_repositories":   &r.MembersCanCreatePublic,
		"members_can_create_private_repositories":  &r.MembersCanCreatePrivate,
		"members_can_create_internal_repositories": &r.MembersCanCreateInternal,
		"members_can_fork_private_repositories":    &r.MembersCanForkPrivate,
		"members_can_delete_repositories":          &r.MembersCanDelete,
		"members_can_change_repo_visibility":       &r.MembersCanChangeVisibility,
		"members_can_invite_outside_collaborators": &r.MembersCanInviteOutside,
		"members_can_create_teams":                 &r.MembersCanCreateTeams,
		"deploy_keys_enabled_for_repositories":     &r.DeployKeysEnabledOnRepositories,
	}
}

// readOrganizations reads [organization.X] of all files, one after another into
// one Organization each.
func readOrganizations(files []*table) []Organization {
	parts := map[string][]*table{}
	var logins []string
	for _, f := range files {
		orgs, ok := f.sub("organization")
		if !ok {
			continue
		}
		for _, login := range orgs.names() {
			t, ok := orgs.sub(login)
			if !ok {
				continue
			}
			t.name = "[organization." + login + "]"
			login = strings.ToLower(login)
			if strings.ContainsAny(login, "*/:# ") || login == "" {
				t.complain(t.place(), "one table for each organization", "%s names no organization", t.name)
			}
			if parts[login] == nil {
				logins = append(logins, login)
			}
			parts[login] = append(parts[login], t)
		}
	}
	slices.Sort(logins)
	var out []Organization
	for _, login := range logins {
		settle("[organization."+login+"]", parts[login])
		o := Organization{Login: login, Position: parts[login][0].place()}
		o.Rules.Source = o.Position
		for _, t := range parts[login] {
			readOrganization(t, &o)
		}
		out = append(out, o)
	}
	return out
}

func readOrganization(t *table, o *Organization) {
	for _, w := range t.words("manage") {
		c := Class(w.text)
		if !slices.Contains(Classes, c) {
			t.complain(w.at, suggest(w.text, classWords()), "there is no class %q to manage", w.text)
			continue
		}
		o.Manage = append(o.Manage, c)
	}
	if t.has("owners") {
		o.Owners = append([]Pattern{}, t.literals("owners", access.User)...)
		notEmpty(t, "owners")
	}
	if list, anyone, given := t.anyOr("members"); given {
		o.Members, o.AnyMember = list, anyone
	}
	if list, anyone, given := t.anyOr("outside_collaborators"); given {
		o.Outside, o.AnyOutside = list, anyone
	}
	switch s := t.oneOf("base_permission", "none", "read", "write", "admin"); s {
	case "":
	default:
		o.Rules.BasePermission, _ = access.ParsePrivilege(s)
	}
	if s := t.oneOf("default_workflow_permissions", "read", "write"); s != "" {
		o.Rules.DefaultWorkflowPermissions = s
	}
	for key, field := range o.Rules.flags() {
		if b := t.flag(key); b != nil {
			*field = b
		}
	}
	t.known = append(t.known, "owners")
	t.flag("override")
	t.done()
}

func classWords() []string {
	out := make([]string, len(Classes))
	for i, c := range Classes {
		out[i] = string(c)
	}
	return out
}

// anyOr reads a list of people or the word "any".
func (t *table) anyOr(key string) (list []Pattern, anyone, given bool) {
	if s, ok := t.vals[key].(string); ok {
		t.known = append(t.known, key)
		if s != "any" {
			t.complain(t.valueAt(key), `write "any" or a list of user:LOGIN`, "%s cannot be %q", key, s)
		}
		return []Pattern{}, s == "any", true
	}
	list = t.literals(key, access.User)
	if !t.has(key) {
		return nil, false, false
	}
	return append([]Pattern{}, list...), false, true
}
