package githubsim

import (
	"encoding/json"
	"reflect"
	"testing"
)

// gateOf is an environment of the world as it is.
func (s *sim) gateOf(repo int, name string) *Environment {
	return s.s.Snapshot().Orgs[0].Repos[repo].environment(name)
}

func TestEnvironmentIsReplacedAsAWhole(t *testing.T) {
	const at = "/repos/village/shop/environments/production%2Feu"
	full := Environment{WaitTimer: 30, PreventSelfReview: true, CanAdminsBypass: true, Reviewers: []Actor{{"User", "ada"}, {"Team", "web"}},
		BranchPolicy: &BranchPolicy{ProtectedBranches: true}}
	for _, c := range []struct {
		name, body string
		status     int
		want       Environment
	}{
		{"nothing", `{}`, 200, Environment{CanAdminsBypass: true}},
		{"null", `null`, 200, Environment{CanAdminsBypass: true}},
		{"no body", ``, 200, Environment{CanAdminsBypass: true}},
		{"all", `{"wait_timer":1,"prevent_self_review":true,"reviewers":[{"type":"Team","id":21}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true},"can_admins_bypass":false}`, 200,
			Environment{WaitTimer: 1, PreventSelfReview: true, Reviewers: []Actor{{"Team", "eng"}}, BranchPolicy: &BranchPolicy{}}},
		{"reviewers null", `{"wait_timer":30,"reviewers":null,"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}`, 200,
			Environment{WaitTimer: 30, CanAdminsBypass: true, BranchPolicy: full.BranchPolicy}},
		{"both policies", `{"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":true}}`, 422, full},
		{"half a policy", `{"deployment_branch_policy":{"protected_branches":true}}`, 422, full},
		{"unknown key", `{"reviewer":[]}`, 422, full},
		{"unknown reviewer", `{"reviewers":[{"type":"User","id":9}]}`, 422, full},
		{"seven reviewers", `{"reviewers":[{"type":"User","id":101},{"type":"User","id":102},{"type":"User","id":103},{"type":"User","id":104},{"type":"User","id":105},{"type":"Team","id":21},{"type":"Team","id":22}]}`, 422, full},
		{"too long", `{"wait_timer":43201}`, 422, full},
		{"no JSON", `{`, 400, full},
		{"a list", `[]`, 400, full},
	} {
		s := writable(t, village(), Options{})
		s.want(c.status, "PUT", at, c.body)
		got := *s.gateOf(0, "production/eu")
		got.ID, got.Name, got.CreatedAt, got.UpdatedAt = 0, "", full.CreatedAt, full.UpdatedAt
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestEnvironmentIsMadeWhereItIsNot(t *testing.T) {
	s := writable(t, village(), Options{})
	raw := s.want(200, "PUT", "/repos/village/vault/environments/new", `{"wait_timer":2}`)
	var said struct{ ID int64 }
	if err := json.Unmarshal(raw, &said); err != nil || said.ID != s.gateOf(1, "new").ID || said.ID <= 201 {
		t.Errorf("%v: %s", err, raw)
	}
	s.want(403, "PUT", "/repos/village/attic/environments/new", "")
	s.want(204, "DELETE", "/repos/village/vault/environments/new", "")
	s.want(404, "DELETE", "/repos/village/vault/environments/new", "")
}

func TestReviewerWhoCannotReadIsRefused(t *testing.T) {
	w := village()
	w.Orgs[0].Settings.DefaultRepositoryPermission = "none"
	s := writable(t, w, Options{})
	const at = "/repos/village/vault/environments/new"
	s.want(422, "PUT", at, `{"reviewers":[{"type":"User","id":105}]}`)
	s.want(422, "PUT", at, `{"reviewers":[{"type":"Team","id":24}]}`)
	s.want(200, "PUT", at, `{"reviewers":[{"type":"User","id":104},{"type":"Team","id":23}]}`)
}

func TestRulesThatThePlanLacksAreRefused(t *testing.T) {
	for plan, want := range map[string][2]int{"enterprise": {200, 200}, "team": {422, 200}, "free": {404, 404}} {
		w := village()
		w.Orgs[0].Plan = plan
		s := writable(t, w, Options{})
		s.want(want[0], "PUT", "/repos/village/vault/environments/new", `{"reviewers":[{"type":"User","id":102}]}`)
		s.want(want[1], "PUT", "/repos/village/vault/environments/new", `{"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}`)
		s.want(200, "PUT", "/repos/village/shop/environments/new", `{"reviewers":[{"type":"User","id":102}]}`)
	}
}

func TestBranchPatternsComeAndGo(t *testing.T) {
	s := writable(t, village(), Options{})
	const at = "/repos/village/shop/environments/dev"
	s.want(404, "POST", at+"/deployment-branch-policies", `{"name":"main"}`) // any branch may deploy
	custom := `{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}`
	s.want(200, "PUT", at, custom)
	raw := s.want(200, "POST", at+"/deployment-branch-policies", `{"name":"main"}`)
	var p struct{ ID int64 }
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	one := at + "/deployment-branch-policies/" + number(p.ID)
	if resp, raw := s.do("POST", at+"/deployment-branch-policies", `{"name":"main","type":"branch"}`); resp.StatusCode != 303 || len(raw) != 0 {
		t.Errorf("the same again: %d %s", resp.StatusCode, raw)
	}
	s.want(200, "POST", at+"/deployment-branch-policies", `{"name":"main","type":"tag"}`)
	s.want(422, "POST", at+"/deployment-branch-policies", `{}`)
	s.want(200, "PUT", one, `{"name":"release/*"}`)
	s.want(200, "GET", one, "")
	s.want(200, "PUT", at, custom) // the same policy keeps its patterns
	if got := s.gateOf(0, "dev").BranchPolicy.Custom; len(got) != 2 || got[0].Name != "release/*" {
		t.Errorf("patterns are %+v", got)
	}
	s.want(204, "DELETE", one, "")
	s.want(404, "DELETE", one, "")
	s.want(200, "PUT", at, `{}`)
	s.want(200, "PUT", at, custom)
	if got := s.gateOf(0, "dev").BranchPolicy.Custom; len(got) != 0 {
		t.Errorf("another policy in between left %+v", got)
	}
}

func TestWorkflowTokenIsNoWiderThanTheLevelAbove(t *testing.T) {
	w := village()
	w.Orgs[0].Settings.DefaultWorkflowPermissions = "write"
	s := writable(t, w, Options{})
	const org, repo = "/orgs/village/actions/permissions/workflow", "/repos/village/vault/actions/permissions/workflow"
	wide := `{"default_workflow_permissions":"write"}`
	s.want(204, "PUT", repo, wide)
	s.want(409, "PUT", repo, `{"can_approve_pull_request_reviews":true}`)
	s.want(204, "PUT", org, `{"default_workflow_permissions":"read"}`)
	s.want(204, "PUT", repo, `{"default_workflow_permissions":"read"}`)
	s.want(409, "PUT", repo, wide)
	s.want(422, "PUT", repo, `{"default_workflow_permissions":"admin"}`)
	s.s.Mutate(func(w *World) { w.Orgs[0].Settings.EnterpriseWorkflowPermissions = "read" })
	s.want(409, "PUT", org, wide)
	s.want(204, "PUT", org, `{"default_workflow_permissions":"read"}`)
}
