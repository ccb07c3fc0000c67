package githubsim

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/contract"
)

// writer is the permission set of an app that may put things right.
var writerScope = Scope{App: true, Permissions: []string{"metadata:read", "administration:write", "actions:read", "members:write",
	"organization_administration:write", "organization_custom_org_roles:read", "issues:write"}}

// judged is a simulator that can be changed, every request and answer of which
// is held against GitHub's description.
type judged struct {
	*sim
	judge *contract.Judge
}

func startJudged(t *testing.T, w *World, o Options) judged {
	t.Helper()
	judge := contract.REST(t)
	clock := newClock(w.Meta.Now)
	o.Writable, o.Now = true, clock.Now
	if o.Tokens == nil {
		o.Tokens = []Token{{Value: "owner", Scope: OwnerScope}, {Value: "member", Scope: MemberScope}, {Value: "app", Scope: AppScope}, {Value: "writer", Scope: writerScope}}
	}
	s := New(w, o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	var mu sync.Mutex
	client := &http.Client{CheckRedirect: noRedirect.CheckRedirect, Transport: contract.Transport(nil, judge, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		t.Error(err)
	})}
	return judged{&sim{t: t, s: s, url: srv.URL, clock: clock, token: "owner", client: client}, judge}
}

// TestEveryWriteKeepsToGitHubsDescription sends each request for a change that
// is understood, as whoever may do it and as whoever may not.
func TestEveryWriteKeepsToGitHubsDescription(t *testing.T) {
	w := village()
	w.Orgs[0].OrgRoles = []*OrgRole{{ID: 35, Name: "all_repo_read", Users: []string{"dot"}}}
	w.Orgs[0].Repos[0].Environments[1].BranchPolicy = &BranchPolicy{Custom: []BranchPattern{{ID: 75, Name: "main", Type: "branch"}}}
	j := startJudged(t, w, Options{})
	j.clock.Advance(time.Minute)
	for _, token := range []string{"member", "app", "writer", "owner"} {
		s := j.as(token)
		for _, line := range strings.Split(strings.TrimSpace(everyWrite), "\n") {
			method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			path, body, _ := strings.Cut(rest, " ")
			resp, raw := s.do(method, path, body)
			if refused := token == "member" || token == "app"; refused != (resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound) && token != "owner" {
				t.Errorf("%s as %s: %d %s", line, token, resp.StatusCode, raw)
			}
			j.clock.Advance(time.Second)
		}
	}
	for _, r := range writeRoutes() {
		if op := r.method + " " + r.template; !slices.Contains(j.judge.Judged(), op) {
			t.Errorf("%s was never asked for", op)
		}
	}
}

// everyWrite has one request a line. Each finds what it needs when it is the
// first time that it is carried out.
const everyWrite = `
PUT /repos/village/shop/collaborators/eve {"permission":"push"}
PUT /repos/village/shop/collaborators/zed {"permission":"triage"}
PATCH /repos/village/vault/invitations/57 {"permissions":"read"}
DELETE /repos/village/vault/invitations/57
DELETE /repos/village/shop/collaborators/ada
DELETE /orgs/village/outside_collaborators/eve
PUT /orgs/village/teams/ops/repos/village/vault {"permission":"triage"}
DELETE /orgs/village/teams/ops/repos/village/shop
PUT /orgs/village/teams/ops/memberships/cy {"role":"maintainer"}
DELETE /orgs/village/teams/css/memberships/cy
PUT /orgs/village/memberships/ada {"role":"admin"}
DELETE /orgs/village/memberships/ada
POST /orgs/village/invitations {"invitee_id":102,"role":"reinstate"}
DELETE /orgs/village/invitations/51
DELETE /orgs/village/members/ben
PUT /orgs/village/outside_collaborators/cy
POST /repos/village/vault/keys {"title":"ci","key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICWAF3bdl+63FVD/WvHkgVyitbaXm0QTALz6AaPgS8mb","read_only":true}
DELETE /repos/village/shop/keys/91
POST /repos/village/shop/environments/dev/deployment-branch-policies {"name":"release/*","type":"branch"}
PUT /repos/village/shop/environments/dev/deployment-branch-policies/75 {"name":"v*"}
DELETE /repos/village/shop/environments/dev/deployment-branch-policies/75
PUT /repos/village/shop/environments/production%2Feu {"wait_timer":10,"prevent_self_review":false,"reviewers":[{"type":"User","id":102}],"deployment_branch_policy":null}
DELETE /repos/village/shop/environments/production%2Feu
POST /repos/village/shop/issues {"title":"access","body":"<!-- x -->"}
PATCH /repos/village/shop/issues/1 {"body":"nothing","state":"closed","state_reason":"completed"}
PATCH /repos/village/shop/issues/1 {"state":"open"}
PATCH /orgs/village {"default_repository_permission":"none"}
PUT /orgs/village/actions/permissions/workflow {"default_workflow_permissions":"write","can_approve_pull_request_reviews":true}
PUT /repos/village/vault/actions/permissions/workflow {"default_workflow_permissions":"write"}
PUT /orgs/village/organization-roles/users/dot/35
DELETE /orgs/village/organization-roles/users/dot/35
PUT /orgs/village/organization-roles/teams/ops/35
DELETE /orgs/village/organization-roles/teams/ops/35
`
