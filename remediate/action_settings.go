package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
)

// Settings of the organization. They are changed to what the baseline says, and
// to nothing else.
const (
	SetWorkflowToken Kind = "set-workflow-token"
	SetBase          Kind = "set-base-permission"
)

var setWorkflowToken = kindRow{kind: SetWorkflowToken, grade: settings, risk: MediumRisk, riskWhy: "workflows that rely on the default may fail",
	inverse: "set the former default again", precheck: "the organization's workflow permissions",
	loss: func(*planner, *candidate) string { return "workflows that say no permissions: of their own" }}

var setBase = kindRow{kind: SetBase, grade: everybody, takes: true, risk: HighRisk, riskWhy: "every member loses it on every repository at once",
	inverse: "set the former base permission again", precheck: "the organization's member privileges",
	loss: func(_ *planner, c *candidate) string {
		return c.action.Have + " on every repository, where nothing else gives it"
	}}

var baseFamily = family{
	kinds:   []*kindRow{&setBase},
	answers: func(f *access.Finding) bool { return f.Rule == "base-permission-broad" },
	propose: (*planner).base,
}

var tokenFamily = family{
	kinds:   []*kindRow{&setWorkflowToken},
	answers: func(f *access.Finding) bool { return f.Rule == "workflow-token-write" },
	propose: (*planner).workflowToken,
}

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
		c := &candidate{row: &setBase, action: Action{Resource: p.name(p.org()), Have: have.String(), Want: want.String(), To: want,
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
		for _, u := range p.membersOnly() {
			c.hit = append(c.hit, user(u))
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
		c := &candidate{row: &setWorkflowToken, action: Action{Resource: p.name(p.org()), Have: have, Want: want,
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

// membersOnly lists the members who are no owners.
func (p *planner) membersOnly() []int64 {
	var out []int64
	for _, g := range p.s.GrantsOn(p.org()) {
		if g.Principal.Kind == access.User && g.Privilege == access.Member && g.Source == access.Direct {
			out = append(out, g.Principal.ID)
		}
	}
	return out
}
