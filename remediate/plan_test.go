package remediate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// roles is the beginning of most baselines: who may read, who may write, who
// keeps house.
const roles = `
[roles.reader]
repository = "read"
[roles.writer]
repository = "write"
standing_reason = "daily work"
review_by = 2027-06-30
[roles.keeper]
repository = "admin"
standing_reason = "keeps the house"
review_by = 2027-06-30
[[assign]]
role = "reader"
to = ["team:acme/qa"]
on = ["repo:acme/*"]
[[assign]]
role = "writer"
to = ["team:acme/dev"]
on = ["repo:acme/api"]
[[assign]]
role = "keeper"
to = ["user:kim"]
on = ["repo:acme/*"]
`

// house is a world that those baselines fit: nothing in it is drift.
func house() *world {
	w := newWorld()
	w.team("qa", "", "ann", "abe")
	w.team("dev", "", "dan", "dora")
	w.join(access.Member, "kim")
	w.ref("repo:web")
	w.give("team:qa", "api", access.Read)
	w.give("team:dev", "api", access.Write)
	w.give("user:kim", "api", access.Admin)
	return w
}

func TestNoDriftIsNoPlan(t *testing.T) {
	if p := house().plan(t, roles, loose()); len(lines(p)) > 0 {
		t.Errorf("%v", lines(p))
	}
}

func TestTheLeastDestructiveVerb(t *testing.T) {
	cases := map[string]struct {
		base string
		set  func(*world)
		want []string
	}{
		"a team is lowered to what it may have": {roles, func(w *world) { w.give("team:qa", "web", access.Admin) },
			[]string{"medium: lower team:acme/qa on repo:acme/web from admin to read"}},
		"a team that may have nothing loses the repository": {roles, func(w *world) { w.give("team:dev", "web", access.Write) },
			[]string{"medium: take write on repo:acme/web from team:acme/dev"}},
		"a team is lowered to what all of its people may have otherwise": {roles, func(w *world) {
			w.team("guild", "", "dan", "dora")
			w.give("team:guild", "api", access.Maintain)
		}, []string{"low: lower team:acme/guild on repo:acme/api from maintain to write"}},
		"a person is lowered to what their teams may have": {roles, func(w *world) { w.give("user:dan", "api", access.Admin) },
			[]string{"medium: lower user:dan on repo:acme/api from admin to write"}},
		"a stranger's grant goes, not the person": {roles, func(w *world) {
			w.outside("eve")
			w.give("user:eve", "api", access.Write)
		}, []string{"medium: take write on repo:acme/api from user:eve"}},
		"a custom role's extras go, its base stays": {roles, func(w *world) {
			w.CustomRoles = []access.CustomRole{{ID: 5, Name: "releaser", Base: access.Write, Permissions: []string{"manage_webhooks"}}}
			g := w.give("user:dan", "api", access.Write)
			w.Grants[len(w.Grants)-1].Role = 5
			_ = g
		}, []string{"low: lower user:dan on repo:acme/api from releaser to write"}},
		"a direct grant below the base permission cannot be, so it goes": {"[organization.acme]\nbase_permission = \"read\"\n" + roles, func(w *world) {
			w.Settings.BasePermission = access.Read
			w.give("user:ann", "web", access.Write)
		}, []string{"medium: take write on repo:acme/web from user:ann"}},
		"an assignment that ended takes its grant along": {roles + "[[assign]]\nrole = \"writer\"\nto = [\"user:ann\"]\non = [\"repo:acme/web\"]\nexpires = 2026-10-31\n", func(w *world) {
			w.give("user:ann", "web", access.Write)
		}, []string{"medium: lower user:ann on repo:acme/web from write to read"}},
		"standing access that may only be an elevation is lowered": {"[roles.op]\nrepository = \"maintain\"\nstanding = false\n[[assign]]\nrole = \"op\"\nto = [\"team:acme/dev\"]\non = [\"repo:acme/*\"]\n" + roles, func(w *world) {
			w.give("team:dev", "web", access.Maintain)
		}, []string{"medium: take maintain on repo:acme/web from team:acme/dev"}},
		"a key that no entry allows goes": {roles + "[[key]]\nrepository = [\"repo:acme/api\"]\nreason = \"read\"\n", func(w *world) { w.key("web", "old-ci", true) },
			[]string{"medium: delete key:acme/web#22 (old-ci)"}},
		"a key that may only read is replaced": {roles + "[[key]]\nrepository = [\"repo:acme/api\"]\nreason = \"read\"\n", func(w *world) { w.key("api", "ci", true) },
			[]string{"medium: replace key:acme/api#22 (ci) by the same key without write"}},
		"an invitation that waits is cancelled": {roles, func(w *world) {
			w.Invitations = []access.Invite{{ID: 3, Login: "carol", Role: "direct_member", CreatedAt: now.AddDate(0, 0, -30)}}
		}, []string{"low: cancel invitation:acme#3 of user:carol"}},
		"the base permission goes to the baseline's": {"[organization.acme]\nbase_permission = \"read\"\n" + roles, func(w *world) {
			w.Settings.BasePermission = access.Write
			w.give("user:kim", "web", access.Admin)
		}, []string{"high: lower the base permission of org:acme from write to read"}},
		"the workflow token goes to the baseline's": {"[organization.acme]\ndefault_workflow_permissions = \"read\"\n" + roles, func(w *world) { w.WorkflowToken.Default = "write" },
			[]string{"medium: set the default workflow token of org:acme to read, may not approve pull requests"}},
		"a stale outside collaborator loses each grant": {roles, func(w *world) {
			w.outside("eve")
			w.give("user:eve", "api", access.Read)
			w.AuditActivity[len(w.AuditActivity)-1].Last = now.AddDate(0, -6, 0)
		}, []string{"medium: take read on repo:acme/api from user:eve"}},
	}
	for name, c := range cases {
		w := house()
		c.set(w)
		if diff := cmp.Diff(c.want, lines(w.plan(t, c.base, loose()))); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestGatesArePutBackToWhatTheBaselineNames(t *testing.T) {
	const rule = roles + `
[[environment]]
match = ["env:acme/*/production"]
require_reviewers = true
reviewers = ["user:kim"]
prevent_self_review = true
allow_admin_bypass = false
branches = ["main"]
`
	w := house()
	w.env("api/production").Policy = &access.Policy{Env: w.ref("env:api/production").ID, Repo: w.ref("repo:api").ID, AdminBypass: new(true),
		Branches: access.SelectedBranches, Patterns: []access.Pattern{{ID: 1, Name: "main", Type: "branch"}, {ID: 2, Name: "wip/*", Type: "branch"}}}
	w.env("api/production").Gate.PreventSelfReview = false
	w.reviewer("user:ann", "api/production")
	p := w.plan(t, rule, loose())
	want := []string{
		"medium: guard env:acme/api/production: forbid administrators to bypass the gate of it; let it be deployed from main only; set the reviewers of it to user:kim; prevent self-review",
	}
	if diff := cmp.Diff(want, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	a := p.Actions[0]
	if n := len(a.Calls); a.Calls[n-1].Body == "" || a.Loss != "user:ann cannot approve any more" || a.Losers != 1 || len(a.Reasons) != 4 || len(a.Parts) != 4 {
		t.Errorf("%+v", a)
	}
	to := a.Change.After.Gate
	if !to.PreventSelfReview || *to.AdminBypass || len(to.Patterns) != 1 || to.Patterns[0].Name != "main" || len(to.Reviewers) != 1 || to.Reviewers[0].Name != "kim" {
		t.Errorf("%+v", to)
	}
}

func TestAccessThatIsAllowedAndUnusedIsRemovedOnGitHub(t *testing.T) {
	w := house()
	w.outside("eve")
	w.give("user:eve", "api", access.Read)
	w.AuditActivity[len(w.AuditActivity)-1].Last = now.AddDate(0, -6, 0)
	w.key("web", "old-ci", true)
	w.DeployKeys[len(w.DeployKeys)-1].LastUsed = now.AddDate(0, -6, 0)
	p := w.plan(t, "[organization.acme]\noutside_collaborators = [\"user:eve\"]\n"+roles+
		"\n[[key]]\nrepository = [\"repo:acme/web\"]\nwrite = true\nreason = \"builds\"\nexpires = 2027-03-31\n", loose())
	want := map[string]remediate.Instruction{
		"outside-collaborator-stale": {Where: "Organization settings → People → Outside collaborators", Who: "an owner of org:acme", Why: "(b.toml:1:1)"},
		"deploy-key-stale":           {Where: "Repository settings → Deploy keys", Who: "an administrator of repo:acme/web", Why: "(b.toml:"},
	}
	for _, i := range p.Instructions {
		if is, asked := want[i.Rule]; asked && i.Where == is.Where && strings.HasPrefix(i.Who, is.Who) && strings.Contains(i.Why, is.Why) && strings.Contains(i.Why, "take the entry out") {
			delete(want, i.Rule)
		}
	}
	if len(want) > 0 {
		t.Errorf("of %+v there is no instruction like %+v", p.Instructions, want)
	}
}

func TestWhatTheBaselineDoesNotSayIsLeftToPeople(t *testing.T) {
	cases := map[string]struct {
		base string
		set  func(*world)
		want []string
	}{
		"a gate without a rule": {roles, func(w *world) { w.env("api/production").Gate.PreventSelfReview = true },
			[]string{"by hand: env:acme/api/production has no required reviewers: Repository settings → Environments"}},
		"access in an unmanaged class": {"[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\n", func(w *world) {
			w.outside("eve")
			w.give("user:eve", "api", access.Write)
		}, []string{"by hand: user:eve, an outside collaborator, has write on repo:acme/api: Repository settings → Collaborators and teams"}},
		"privileged access that lacks a date": {"[roles.fan]\nrepository = \"read\"\n" + strings.Replace(roles, "2027-06-30", "2026-11-01", 1), func(*world) {},
			[]string{"by hand: team:acme/dev has write on repo:acme/api, which is privileged and whose review was due by 2026-11-01: b.toml:18:1"}},
		"write on an archived repository that the baseline allows": {roles, func(w *world) { w.Repositories[1].Archived = true },
			[]string{
				"by hand: user:kim has admin on repo:acme/api, which is archived: b.toml:20:1",
				"by hand: team:acme/dev has write on repo:acme/api, which is archived: b.toml:16:1",
			}},
		"an owner": {"[organization.acme]\nowners = [\"user:root\"]\n" + roles, func(*world) {},
			[]string{"by hand: user:boss owns org:acme, and is not listed as an owner: Organization settings → People → Change role"}},
		"a member without a sign of life": {"[organization.acme]\nmembers = [\"user:ann\", \"user:abe\", \"user:dan\", \"user:dora\", \"user:kim\"]\n" + roles, func(w *world) { w.AuditActivity[6].Last = now.AddDate(-1, 0, 0) },
			[]string{"by hand: user:kim, a member, shows no sign of life since 2025-11-25 (limit 90 days): Organization settings → People → Remove from organization"}},
		"a second factor": {roles, func(w *world) { w.TwoFactor[2].Enabled = false },
			[]string{"by hand: user:ann, a member, has no second factor: only the person can switch it on: Settings → Password and authentication"}},
		"an organization role": {roles, func(w *world) {
			w.OrgRoles = []access.OrgRole{{ID: 8, Name: "all_repo_admin", Base: access.Admin}}
			w.Grants = append(w.Grants, access.Grant{Principal: w.ref("user:ann"), Resource: w.ids["org:acme"], Privilege: access.Admin, Source: access.ByOrgRole, Role: 8})
		}, []string{"by hand: user:ann has the organization role all_repo_admin in org:acme, which the baseline does not allow: Organization settings → Organization roles → Role assignments"}},
		"a key in an unmanaged class": {roles, func(w *world) { w.key("web", "old-ci", true) },
			[]string{"by hand: key:acme/web#22 (old-ci) can write to repo:acme/web: Repository settings → Deploy keys"}},
		"a base permission that the baseline does not name": {roles, func(w *world) { w.Settings.BasePermission = access.Write },
			[]string{"by hand: every member of org:acme has write on every repository: Organization settings → Member privileges → Base permissions"}},
	}
	for name, c := range cases {
		w := house()
		c.set(w)
		if diff := cmp.Diff(c.want, lines(w.plan(t, c.base, loose()))); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestOneCauseIsOneActionWithAllItsReasons(t *testing.T) {
	w := house()
	w.outside("eve")
	w.AuditActivity[len(w.AuditActivity)-1].Last = now.AddDate(0, -6, 0)
	w.give("user:eve", "api", access.Write)
	w.give("user:eve", "web", access.Read)
	p := w.plan(t, roles, loose())
	if len(p.Actions) != 2 {
		t.Fatalf("%v", lines(p))
	}
	for _, a := range p.Actions {
		if len(a.Reasons) != 2 {
			t.Errorf("%s: %+v, want its own finding and the stale one", a.Title, a.Reasons)
		}
	}
	if p.Losers != 1 {
		t.Errorf("%d lose something, want one person once", p.Losers)
	}
}

func TestWhatStaysIsSaidWithItsPath(t *testing.T) {
	w := house()
	w.team("ops", "", "dan", "ann")
	w.give("team:ops", "web", access.Admin)
	w.give("user:ann", "web", access.Maintain)
	w.OrgRoles = []access.OrgRole{{ID: 8, Name: "all_repo_write", Base: access.Write}}
	w.Grants = append(w.Grants, access.Grant{Principal: w.ref("user:dan"), Resource: w.ids["org:acme"], Privilege: access.Write, Source: access.ByOrgRole, Role: 8})
	p := w.plan(t, roles, loose())
	var team remediate.Action
	for _, a := range p.Actions {
		if a.Principal.Kind == access.Team {
			team = a
		}
	}
	ann, dan := access.Named{Ref: w.ref("user:ann"), Name: "user:ann"}, access.Named{Ref: w.ref("user:dan"), Name: "user:dan"}
	want := []remediate.Remaining{
		{Person: ann, Before: access.Admin, After: access.Read, Through: "by a direct grant"},
		{Person: dan, Before: access.Admin, After: access.Write, Through: "by the organization role all_repo_write"},
	}
	if diff := cmp.Diff(want, team.Remaining); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"user:dan keeps write on repo:acme/web by the organization role all_repo_write"}, team.Residual); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestAnActionSaysAllThatADecisionNeeds(t *testing.T) {
	w := house()
	w.outside("eve")
	g := w.give("user:eve", "api", access.Write)
	p := w.plan(t, roles, loose())
	a := p.Actions[0]
	if a.ID == "" || a.Kind != remediate.RemoveDirect || *a.Grant != g || a.To != access.None || a.Have != "write" || a.Want != "nothing" {
		t.Errorf("%+v", a)
	}
	if a.Precondition == "" || a.Inverse == "" || len(a.Irreversible) != 4 || a.Loss != "write, down to nothing" || a.RiskWhy != "1 person may lose all access" {
		t.Errorf("%+v", a)
	}
	if want := (remediate.Call{Method: "DELETE", Route: "/repos/{owner}/{repo}/collaborators/{username}"}); len(a.Calls) != 1 || a.Calls[0] != want {
		t.Errorf("%+v", a.Calls)
	}
	if p.Schema != remediate.Schema || p.SnapshotID != 7 || p.BaselineHash == "" || p.GuardsHash == "" || !p.Verify() {
		t.Errorf("%+v", p)
	}
}

func TestAPlanSurvivesJSONAndShowsWhenItWasEdited(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	p := w.plan(t, roles, loose())
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back remediate.Plan
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" || !back.Verify() {
		t.Errorf("changed on the way:\n%s", diff)
	}
	back.Actions[0].To = access.None
	if back.Verify() {
		t.Error("an edited plan is taken for the one that was made")
	}
}

func TestASmallerPlanSaysWhatItLeaves(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	w.give("team:dev", "web", access.Write)
	in := w.input(t, roles, loose())
	all := remediate.NewPlan(in)
	in.Max = 1
	p := remediate.NewPlan(in)
	if len(p.Actions) != 1 || p.Left != 1 || p.Actions[0].ID != all.Actions[0].ID || p.Losers >= all.Losers {
		t.Errorf("%v, %d left", lines(p), p.Left)
	}
}

func TestWithoutABaselineNothingIsDrift(t *testing.T) {
	w := house()
	w.outside("eve")
	w.give("user:eve", "api", access.Write)
	in := w.input(t, roles, loose())
	in.Baseline = nil
	if p := remediate.NewPlan(in); len(p.Actions) > 0 || len(p.Instructions) == 0 {
		t.Errorf("%v", lines(p))
	}
}

func TestWaivedAndResolvedFindingsAreLeftAlone(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	for _, s := range []access.State{access.Waived, access.Resolved} {
		in := w.input(t, roles, loose())
		for i := range in.Findings {
			in.Findings[i].State = s
		}
		if p := remediate.NewPlan(in); len(lines(p)) > 0 {
			t.Errorf("%s: %v", s, lines(p))
		}
	}
}

func TestEveryKindHasAWayBack(t *testing.T) {
	seen := map[remediate.Kind]bool{}
	for _, k := range remediate.Kinds() {
		if seen[k] {
			t.Errorf("%s stands twice", k)
		}
		seen[k] = true
	}
	if len(seen) != 17 {
		t.Errorf("%d kinds", len(seen))
	}
}
