package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
)

// Settings of the organization. They are changed to what the baseline says, and
// to nothing else.

func (p *planner) base(f access.Finding) {
	const where = "Organization settings → Member privileges → Base permissions"
	want, ok := p.in.Baseline.BasePermission()
	switch {
	case !ok:
		p.instruct(f, where, "the baseline says no base_permission")
		return
	case p.s.Settings == nil || p.s.Settings.BasePermission <= want:
		p.instruct(f, where, "the snapshot does not show a base permission above the baseline's")
		return
	}
	p.add("base", f, func() *candidate {
		have := p.s.Settings.BasePermission
		c := &candidate{action: Action{Kind: SetBase, Resource: p.name(p.org()), Have: have.String(), Want: want.String(), To: want,
			Title:  fmt.Sprintf("lower the base permission of %s from %s to %s", p.called(p.org()), have, want),
			Change: p.set(BasePermission, State{There: true, Role: have.String()}, State{There: true, Role: want.String()}),
			Calls:  []Call{{Method: "PATCH", Route: "/orgs/{org}", Body: fmt.Sprintf(`{"default_repository_permission":%q}`, want)}}}}
		// It takes from every member on every repository at once, so all must be known.
		for _, a := range []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaRepositories} {
			if !p.s.Coverage.Complete(a) {
				c.gap = string(a)
			}
		}
		if len(p.in.Baseline.Unresolved(p.in.At)) > 0 { // somebody may be entitled to more by it
			c.gap = string(access.AreaCustomRoles)
		}
		return c
	})
}

func (p *planner) workflowToken(f access.Finding) {
	const where = "Organization settings → Actions → General → Workflow permissions"
	rules, t := p.in.Baseline.Organization(), p.s.WorkflowToken
	if t == nil || rules.DefaultWorkflowPermissions == "" && rules.WorkflowCanApprovePullRequests == nil {
		p.instruct(f, where, "the baseline says no default_workflow_permissions")
		return
	}
	token, approve := t.Default, t.CanApprovePullRequests != nil && *t.CanApprovePullRequests
	have, before := tokenWords(token, approve), tokenState(token, approve)
	if rules.DefaultWorkflowPermissions == "read" {
		token = "read"
	}
	if b := rules.WorkflowCanApprovePullRequests; b != nil && !*b {
		approve = false
	}
	want := tokenWords(token, approve)
	if have == want {
		p.instruct(f, where, "the baseline does not say that it must be less")
		return
	}
	p.add("workflow-token", f, func() *candidate {
		c := &candidate{action: Action{Kind: SetWorkflowToken, Resource: p.name(p.org()), Have: have, Want: want,
			Change: p.set(OrgWorkflowToken, before, tokenState(token, approve)),
			Title:  fmt.Sprintf("set the default workflow token of %s to %s", p.called(p.org()), want),
			Calls: []Call{{Method: "PUT", Route: "/orgs/{org}/actions/permissions/workflow",
				Body: fmt.Sprintf(`{"default_workflow_permissions":%q,"can_approve_pull_request_reviews":%t}`, token, approve)}}}}
		if t.CanApprovePullRequests == nil {
			c.gap = string(access.AreaWorkflowToken) // the call sets both, and only one is known
		}
		return c
	})
}

func tokenWords(token string, approve bool) string {
	return token + pick(approve, ", may approve pull requests", ", may not approve pull requests")
}
