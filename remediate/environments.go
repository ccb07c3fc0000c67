package remediate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// Gates of environments. They are put back to what the baseline's rule names;
// what no rule names is left to people.

const environmentSettings = "Repository settings → Environments"

// environment builds the action that a finding about a gate calls for.
func (p *planner) environment(f access.Finding) {
	e, ok := p.environmentOf(f.Resource.Ref)
	rule, ruled := p.in.Baseline.Environment(f.Resource.ID)
	if !ok || !ruled {
		p.instruct(f, environmentSettings, "no [[environment]] of the baseline says how it must be guarded")
		return
	}
	switch f.Rule {
	case "environment-no-reviewers", "environment-reviewers-beyond-baseline":
		p.reviewers(f, e, rule)
	case "environment-self-review":
		if rule.PreventSelfReview == nil || !*rule.PreventSelfReview {
			p.instruct(f, environmentSettings, rule.Source.String()+" does not say prevent_self_review = true")
			return
		}
		p.gate(f, e, NoSelfReview, "self-review is allowed", "self-review is prevented", "prevent self-review on %s",
			func(g *GateState) { g.PreventSelfReview = true },
			Call{Method: "POST", Route: "GraphQL updateEnvironment", Body: "environmentId, preventSelfReview: true, reviewers and waitTimer as just read"})
	case "environment-admin-bypass":
		if rule.AllowAdminBypass == nil || *rule.AllowAdminBypass {
			p.instruct(f, environmentSettings, rule.Source.String()+" does not say allow_admin_bypass = false")
			return
		}
		p.gate(f, e, NoAdminBypass, "administrators may bypass", "administrators may not bypass", "forbid administrators to bypass the gate of %s",
			func(g *GateState) { g.AdminBypass = new(bool) },
			Call{Method: "PUT", Route: environmentRoute, Body: "everything as just read, and can_admins_bypass: false"})
	case "environment-any-branch":
		p.branches(f, e, rule)
	default:
		p.instruct(f, environmentSettings, "there is no action for this rule")
	}
}

const environmentRoute = "/repos/{owner}/{repo}/environments/{environment_name}"

func (p *planner) environmentOf(r access.Ref) (access.Environment, bool) {
	e, ok := p.env[r.ID]
	return e, ok && r.Kind == access.Env
}

// gate builds an action that adds a gate: nobody loses access by it, they go
// through the gate.
func (p *planner) gate(f access.Finding, e access.Environment, kind Kind, have, want, title string, alter func(*GateState), calls ...Call) {
	p.add(string(kind)+" "+f.Resource.String(), f, func() *candidate {
		n := p.name(env(e.ID))
		return &candidate{env: e, gap: p.gateUnseen(e), action: Action{Kind: kind, Resource: n, Have: have, Want: want, Title: fmt.Sprintf(title, n.Name),
			Change: p.gateChange(e, alter), Calls: calls}}
	})
}

// reviewer is for a finding on a reviewer's grant, whatever its rule.
func (p *planner) reviewer(f access.Finding) {
	e, ok := p.environmentOf(f.Resource.Ref)
	rule, ruled := p.in.Baseline.Environment(f.Resource.ID)
	if !ok || !ruled {
		p.instruct(f, environmentSettings, "no [[environment]] of the baseline says how it must be guarded")
		return
	}
	p.reviewers(f, e, rule)
}

// reviewers sets the list to the one of the baseline, with those who are there
// and whom a role lets approve.
func (p *planner) reviewers(f access.Finding, e access.Environment, rule baseline.EnvRule) {
	if !rule.ReviewersListed || len(rule.Reviewers) == 0 {
		p.instruct(f, environmentSettings, rule.Source.String()+" names no reviewers that exist here")
		return
	}
	if f.Grant != nil && p.mayApprove(f.Grant.Principal, e.ID) {
		p.decide(f, rule.Source)
		return
	}
	p.add("reviewers "+f.Resource.String(), f, func() *candidate { return p.setReviewers(e, rule) })
}

func (p *planner) mayApprove(r access.Ref, id int64) bool {
	return p.in.Baseline.OnEnv(r, id, access.Approve, p.in.At).Standing
}

func (p *planner) setReviewers(e access.Environment, rule baseline.EnvRule) *candidate {
	want := slices.Clone(rule.Reviewers)
	var have, gone []access.Ref
	for _, g := range p.s.GrantsOn(env(e.ID)) {
		switch {
		case g.Source != access.Reviewer:
			continue
		case slices.Contains(want, g.Principal):
		case p.mayApprove(g.Principal, e.ID) && len(want) < baseline.MaxReviewers:
			want = append(want, g.Principal)
		default:
			gone = append(gone, g.Principal)
		}
		have = append(have, g.Principal)
	}
	slices.SortFunc(want, access.Ref.Compare)
	n := p.name(env(e.ID))
	c := &candidate{env: e, reviewers: want, hit: gone, action: Action{Kind: SetReviewers, Resource: n,
		Have: p.list(have), Want: p.list(want), Title: fmt.Sprintf("set the reviewers of %s to %s", n.Name, p.list(want)),
		Calls: []Call{{Method: "POST", Route: "GraphQL updateEnvironment", Body: "environmentId, reviewers: the node ids of these, waitTimer and preventSelfReview as just read"}}}}
	c.gap = p.gateUnseen(e)
	c.action.Change = p.gateChange(e, func(g *GateState) {
		g.Reviewers = []Reviewer{}
		for _, r := range want {
			g.Reviewers = append(g.Reviewers, p.asReviewer(r))
		}
	})
	return c
}

func (p *planner) list(refs []access.Ref) string {
	if len(refs) == 0 {
		return "nobody"
	}
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = p.called(r)
	}
	return strings.Join(names, ", ")
}

// branches limits from where an environment is deployed.
func (p *planner) branches(f access.Finding, e access.Environment, rule baseline.EnvRule) {
	if rule.BranchMode == "" || rule.BranchMode == access.AnyBranch || e.Policy == nil {
		p.instruct(f, environmentSettings, rule.Source.String()+" does not say which branches")
		return
	}
	p.add(string(LimitBranches)+" "+f.Resource.String(), f, func() *candidate {
		n := p.name(env(e.ID))
		c := &candidate{env: e, gap: p.gateUnseen(e), action: Action{Kind: LimitBranches, Resource: n, Have: branchWords(e.Policy.Branches, branchNames(e.Policy.Patterns)),
			Want: branchWords(rule.BranchMode, rule.Branches)}}
		c.action.Title = fmt.Sprintf("let %s be deployed from %s only", n.Name, c.action.Want)
		c.action.Calls = branchCalls(e.Policy, rule)
		c.action.Change = p.gateChange(e, func(g *GateState) { g.limit(rule) })
		if e.Policy.AdminBypass == nil && c.gap == "" {
			c.gap = string(access.AreaPolicies) // the call replaces it too, so it must be known
		}
		return c
	})
}

func branchWords(mode string, names []string) string {
	switch mode {
	case access.AnyBranch:
		return "any branch"
	case access.ProtectedBranch:
		return "protected branches"
	}
	if len(names) == 0 {
		return "no branch"
	}
	return strings.Join(names, ", ")
}

func branchNames(patterns []access.Pattern) []string {
	var out []string
	for _, p := range patterns {
		if p.Type != "tag" {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}

// branchCalls sets the mode where it differs, adds the names that are missing,
// and then deletes those that are too many: in this order no instant is open
// wider than before.
func branchCalls(have *access.Policy, rule baseline.EnvRule) []Call {
	var calls []Call
	if have.Branches != rule.BranchMode {
		body := "everything as just read, and deployment_branch_policy: protected_branches"
		if rule.BranchMode == access.SelectedBranches {
			body = "everything as just read, and deployment_branch_policy: custom_branch_policies"
		}
		calls = append(calls, Call{Method: "PUT", Route: environmentRoute, Body: body})
	}
	if rule.BranchMode != access.SelectedBranches {
		return calls
	}
	there := branchNames(have.Patterns)
	for _, n := range rule.Branches {
		if !slices.Contains(there, n) {
			text, err := json.Marshal(map[string]string{"name": n, "type": "branch"})
			if err == nil {
				calls = append(calls, Call{Method: "POST", Route: environmentRoute + "/deployment-branch-policies", Body: string(text)})
			}
		}
	}
	for _, pattern := range have.Patterns {
		if pattern.Type != "tag" && !slices.Contains(rule.Branches, pattern.Name) {
			calls = append(calls, Call{Method: "DELETE", Route: environmentRoute + "/deployment-branch-policies/{branch_policy_id}", Body: pattern.Name})
		}
	}
	return calls
}

// limit sets from where may be deployed to what the rule says; names of tags stay.
func (g *GateState) limit(rule baseline.EnvRule) {
	tags := slices.DeleteFunc(slices.Clone(g.Patterns), func(x Pattern) bool { return x.Type != "tag" })
	g.Branches, g.Patterns = rule.BranchMode, nil
	if rule.BranchMode == access.SelectedBranches {
		for _, n := range rule.Branches {
			g.Patterns = append(g.Patterns, Pattern{Name: n, Type: "branch"})
		}
		g.Patterns = append(g.Patterns, tags...)
	}
}
