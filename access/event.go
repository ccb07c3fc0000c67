package access

import (
	"strings"
	"time"
)

// Event is an entry of the audit log that says that access was changed: who changed
// what for whom, and when. Numbers are 0 and names empty where the log does not
// tell them (GitHub Docs: "Audit log events for your organization").
type Event struct {
	ID      string    `json:"id"` // GitHub's own, stable
	At      time.Time `json:"at"`
	Action  string    `json:"action"`
	Actor   string    `json:"actor,omitempty"` // login of who did it
	ActorID int64     `json:"actor_id,omitempty"`
	User    string    `json:"user,omitempty"` // login of whose access it is
	UserID  int64     `json:"user_id,omitempty"`
	Repo    string    `json:"repo,omitempty"` // without the organization
	RepoID  int64     `json:"repo_id,omitempty"`
	Team    string    `json:"team,omitempty"`  // slug
	Label   string    `json:"label,omitempty"` // title of a key, name of an environment
}

// givingActions are the actions that give or raise access, with the kind of what
// gets it and of what it is given on.
var givingActions = map[string][2]Kind{
	"org.add_member":                     {User, Org},
	"org.update_member":                  {User, Org},
	"org.add_outside_collaborator":       {User, Org},
	"org.invite_member":                  {User, Org},
	"team.add_member":                    {User, Team},
	"team.promote_maintainer":            {User, Team},
	"team.add_repository":                {Team, Repo},
	"team.update_repository_permission":  {Team, Repo},
	"repo.add_member":                    {User, Repo},
	"repo.update_member":                 {User, Repo},
	"deploy_key.create":                  {Key, Repo},
	"public_key.create":                  {Key, Repo},
	"environment.update_protection_rule": {NoKind, Env},
	"environment.remove_protection_rule": {NoKind, Env},
}

// changingActions are further actions that take, lower or open access without giving
// it to somebody in particular. What ajar never does stands here too: done as ajar it
// was somebody else.
var changingActions = map[string]bool{
	"org.remove_member": true, "org.remove_outside_collaborator": true, "org.cancel_invitation": true,
	"org.update_default_repository_permission": true, "org.set_default_workflow_permissions": true,
	"org.set_workflow_permission_can_approve_pr": true,
	"team.create": true, "team.destroy": true, "team.remove_member": true, "team.remove_repository": true,
	"team.demote_maintainer": true, "team.change_parent_team": true,
	"repo.remove_member": true, "repo.access": true, "repo.set_default_workflow_permissions": true,
	"repo.set_workflow_permission_can_approve_pr": true,
	"repository_invitation.create":                true, "repository_invitation.cancel": true,
	"deploy_key.delete": true, "public_key.delete": true, "public_key.update": true,
	"environment.add_protection_rule": true, "environment.create": true, "environment.delete": true,
	"role.create": true, "role.update": true, "role.destroy": true,
	"role.assign_user": true, "role.assign_team": true, "role.revoke_user": true, "role.revoke_team": true,
	"organization_role.assign": true, "organization_role.revoke": true,
	"repository_ruleset.create": true, "repository_ruleset.update": true, "repository_ruleset.destroy": true,
	"protected_branch.create": true, "protected_branch.destroy": true, "protected_branch.policy_override": true,
	"integration_installation.create": true, "integration_installation.repositories_added": true,
	"integration_installation.version_updated": true,
}

// ChangesAccess reports whether an action of the audit log changes who may do what.
func ChangesAccess(action string) bool { return changingActions[action] || Gives(action) }

// Gives reports whether an action of the audit log is one that gives access or
// opens a gate.
func Gives(action string) bool { _, ok := givingActions[action]; return ok }

// About reports whether the event is one that could have made an edge between a
// principal and a resource. Numbers decide where the log tells them, else names;
// teams have names alone there. who and on are names as reports write them:
// "user:alice", "team:acme/sre", "repo:acme/api".
func (e Event) About(who, on Named) bool {
	kinds, ok := givingActions[e.Action]
	if !ok || kinds[0] != who.Kind && kinds[0] != NoKind || kinds[1] != on.Kind {
		return false
	}
	switch kinds[0] {
	case User:
		if !same(e.UserID, e.User, who) {
			return false
		}
	case Team:
		if !strings.EqualFold(e.Team, last(who.Name)) {
			return false
		}
	case Key:
		return same(e.RepoID, e.Repo, on) // of several keys the title decides; see Label
	case NoKind:
		return strings.HasSuffix(strings.ToLower(on.Name), strings.ToLower("/"+e.Repo+"/"+e.Label))
	}
	switch kinds[1] {
	case Team:
		return strings.EqualFold(e.Team, last(on.Name))
	case Repo:
		return same(e.RepoID, e.Repo, on)
	}
	return true
}

// same compares by number where there is one, else by name.
func same(id int64, name string, with Named) bool {
	if id != 0 {
		return id == with.ID
	}
	return name != "" && strings.EqualFold(name, last(with.Name))
}

// last is a name without its kind and organization.
func last(name string) string {
	name = name[strings.IndexByte(name, ':')+1:]
	return name[strings.LastIndexByte(name, '/')+1:]
}
