package remediate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// changes gives the change of every action of the plan, by the action's title.
func changes(p remediate.Plan) map[string]remediate.Change {
	out := map[string]remediate.Change{}
	for _, a := range p.Actions {
		out[a.Title] = a.Change
	}
	return out
}

func TestAChangeHoldsAllThatUndoingItNeeds(t *testing.T) {
	const rule = roles + "[organization.acme]\nbase_permission = \"read\"\ndefault_workflow_permissions = \"read\"\n" +
		"[[key]]\nrepository = [\"repo:acme/api\"]\nreason = \"read\"\n"
	w := house()
	w.CustomRoles = []access.CustomRole{{ID: 5, Name: "releaser", Base: access.Write, Permissions: []string{"manage_webhooks"}}}
	w.give("user:dan", "api", access.Write)
	w.Grants[len(w.Grants)-1].Role = 5
	w.give("team:qa", "web", access.Admin)
	w.key("web", "old-ci", true)
	w.key("api", "ci", true)
	w.Settings.BasePermission, w.WorkflowToken.Default = access.Write, "write"
	w.give("user:kim", "web", access.Admin)
	w.Invitations = []access.Invite{{ID: 3, Login: "carol", Role: "direct_member", Teams: 2, CreatedAt: now.AddDate(0, 0, -30)}}
	label := func(name, called string) *remediate.Label { return &remediate.Label{ID: w.ref(name).ID, Name: called} }
	role := func(name string) remediate.State { return remediate.State{There: true, Role: name} }
	acme := remediate.Label{ID: 1, Name: "acme"}
	key := func(title string, read bool) remediate.State {
		return remediate.State{There: true, Key: &remediate.KeyState{Title: title, Public: "ssh-ed25519 AAAA", ReadOnly: read}}
	}
	token := func(def string) remediate.State {
		return remediate.State{There: true, Token: &remediate.TokenState{Default: def}}
	}
	want := map[string]remediate.Change{
		"lower user:dan on repo:acme/api from releaser to write": {Thing: remediate.DirectGrant, Org: acme, User: label("user:dan", "dan"), Repo: label("repo:api", "api"),
			Before: remediate.State{There: true, Role: "releaser", RoleID: 5}, After: role("write")},
		"lower team:acme/qa on repo:acme/web from admin to read": {Thing: remediate.TeamGrant, Org: acme, Team: label("team:qa", "qa"), Repo: label("repo:web", "web"),
			Before: role("admin"), After: role("read")},
		"delete key:acme/web#22 (old-ci)": {Thing: remediate.DeployKey, Org: acme, Key: label("key:old-ci", "old-ci"), Repo: label("repo:web", "web"),
			Before: key("old-ci", false)},
		"replace key:acme/api#23 (ci) by the same key without write": {Thing: remediate.DeployKey, Org: acme, Key: label("key:ci", "ci"), Repo: label("repo:api", "api"),
			Before: key("ci", false), After: key("ci", true)},
		"cancel invitation:acme#3 of user:carol": {Thing: remediate.OrgInvitation, Org: acme, Invitation: &remediate.Label{ID: 3, Name: "carol"},
			Before: remediate.State{There: true, Invite: &remediate.InviteState{Login: "carol", Role: "direct_member"}}},
		"lower the base permission of org:acme from write to read":                          {Thing: remediate.BasePermission, Org: acme, Before: role("write"), After: role("read")},
		"set the default workflow token of org:acme to read, may not approve pull requests": {Thing: remediate.OrgWorkflowToken, Org: acme, Before: token("write"), After: token("read")},
	}
	p := w.plan(t, rule, loose())
	if diff := cmp.Diff(want, changes(p)); diff != "" {
		t.Errorf("want -, have +:\n%s\n%q", diff, lines(p))
	}
	for _, a := range p.Actions {
		if back := a.Change.Inverse().Inverse(); cmp.Diff(a.Change, back) != "" || a.Change.Before.Same(a.Change.After) {
			t.Errorf("%s: %+v", a.Title, a.Change)
		}
		if a.Kind == remediate.CancelInvitation && a.Irreversible[1] != "its places in 2 teams: GitHub does not list which with the invitation" {
			t.Errorf("%s: %q", a.Title, a.Irreversible)
		}
	}
}

func TestALeaverIsWrittenDownWithAllTheyHold(t *testing.T) {
	base := "[organization.acme]\nmembers = [\"user:ann\", \"user:abe\", \"user:dan\", \"user:dora\", \"user:kim\"]\nbase_permission = \"read\"\n" + roles
	w := house()
	w.team("guild", "", "mia")
	w.Grants[len(w.Grants)-1].Privilege = access.Maintain
	w.give("user:mia", "web", access.Triage)
	guards := loose()
	guards.Expel = true
	for _, a := range w.plan(t, base, guards).Actions {
		if a.Kind != remediate.RemoveMember {
			continue
		}
		want := remediate.State{There: true, Role: "member", Held: &remediate.HeldState{
			Teams: []remediate.HeldRole{{Label: remediate.Label{ID: w.ref("team:guild").ID, Name: "guild"}, Role: "maintainer"}},
			Repos: []remediate.HeldRole{{Label: remediate.Label{ID: w.ref("repo:web").ID, Name: "web"}, Role: "triage"}},
		}}
		if diff := cmp.Diff(want, a.Change.Before); diff != "" || a.Change.After.There || a.Change.User.Name != "mia" {
			t.Errorf("%+v; want -, have +:\n%s", a.Change, diff)
		}
		return
	}
	t.Error("nobody was removed")
}

func TestAGateOfWhichNotAllIsKnownIsNotChanged(t *testing.T) {
	const rule = roles + "[[environment]]\nmatch = [\"env:acme/*/production\"]\nprevent_self_review = true\nbranches = [\"main\"]\nreviewers = [\"user:kim\"]\n"
	for name, hide := range map[string]func(*access.Environment){
		"which branches": func(e *access.Environment) { e.Policy = nil },
		"who passes it":  func(e *access.Environment) { e.Policy.AdminBypass, e.Policy.Branches = nil, access.AnyBranch },
	} {
		w := house()
		e := w.env("api/production")
		e.Gate.PreventSelfReview = name == "who passes it"
		w.reviewer("user:kim", "api/production")
		hide(e)
		if p := w.plan(t, rule, loose()); len(p.Actions) != 0 || len(p.Refused) == 0 || p.Refused[0].Guard != remediate.CoverageGuard {
			t.Errorf("%s: %q", name, lines(p))
		}
	}
}
