package remediate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// The parts of a gate that are lists: who reviews, and what may be deployed.

// reviewers sets the list to the one of the baseline, with those who are there
// and whom a role lets approve.
func (p *planner) reviewers(f access.Finding, e access.Environment, rule baseline.EnvRule) string {
	if !rule.ReviewersListed || len(rule.Reviewers) == 0 {
		return "names no reviewers that exist here"
	}
	if f.Grant != nil && f.Grant.Resource.Kind == access.Env && p.mayApprove(f.Grant.Principal, e.ID) {
		p.decide(f, rule.Source)
		return ""
	}
	want, have, gone := p.wantedReviewers(e, rule)
	if slices.Equal(want, have) {
		return "names the reviewers that are there"
	}
	if f.Rule == "environment-reviewers-cannot-act" && p.approvers(e.Repo, want) < 2 {
		return "names no two reviewers who could approve"
	}
	p.add(reviewersPart+" "+f.Resource.String(), f, func() *candidate {
		c := p.gate(e, gatePart{name: reviewersPart, have: p.list(have), want: p.list(want), title: "set the reviewers of %s to " + escaped(p.list(want)),
			alter: func(g *GateState) {
				g.Reviewers = []Reviewer{}
				for _, r := range want {
					g.Reviewers = append(g.Reviewers, p.asReviewer(r))
				}
			}, risk: MediumRisk, riskWhy: "deployments wait for an approval of these",
			calls: []Call{{Method: "POST", Route: "GraphQL updateEnvironment", Body: "environmentId, reviewers: the node ids of these, waitTimer and preventSelfReview as just read"}}})
		c.reviewers, c.hit, c.gap = want, gone, cmp.Or(c.gap, p.unknownUnseen(rule))
		if len(have) > 0 && (!p.approvable(e.Repo, have) || p.canReview(e.Repo, c.action.Change.Before.Gate).guard != "") {
			c.lost = append(c.lost, StuckGate)
		}
		return c
	})
	return ""
}

// unknownUnseen says what was not seen to the end where somebody may stand whom the
// baseline names as a reviewer and the snapshot does not know: without them the list
// would be another one than the baseline's.
func (p *planner) unknownUnseen(rule baseline.EnvRule) string {
	for _, name := range rule.Unknown {
		areas := []access.Area{access.AreaMembers, access.AreaOutside, access.AreaInvitations, access.AreaRepoInvitations}
		if strings.HasPrefix(name, string(access.Team)+":") {
			areas = []access.Area{access.AreaTeams}
		}
		for _, a := range areas {
			if !p.s.Coverage.Complete(a) {
				return string(a)
			}
		}
	}
	return ""
}

// approvable reports whether somebody behind a list of reviewers can read the
// repository as things are.
func (p *planner) approvable(id int64, listed []access.Ref) bool {
	r, _ := p.s.Repository(id)
	for _, l := range listed {
		people := []int64{l.ID}
		if l.Kind == access.Team {
			people = p.g.Members(l.ID)
		}
		if slices.ContainsFunc(people, func(u int64) bool { return r.Visibility == "public" || p.g.On(u, id).Privilege >= access.Read }) {
			return true
		}
	}
	return false
}

// escaped makes a name safe in a format.
func escaped(s string) string { return strings.ReplaceAll(s, "%", "%%") }

func (p *planner) wantedReviewers(e access.Environment, rule baseline.EnvRule) (want, have, gone []access.Ref) {
	want = slices.Clone(rule.Reviewers)
	for _, r := range p.listed(e.ID) {
		switch {
		case slices.Contains(want, r):
		case p.mayApprove(r, e.ID) && len(want) < baseline.MaxReviewers:
			want = append(want, r)
		default:
			gone = append(gone, r)
		}
		have = append(have, r)
	}
	slices.SortFunc(want, access.Ref.Compare)
	slices.SortFunc(have, access.Ref.Compare)
	return slices.Compact(want), have, gone
}

// canReview holds that everybody on the list can read the repository, whatever the
// plan takes: GitHub takes no other, and every call that changes a gate repeats the
// list.
func (p *planner) canReview(id int64, g *GateState) refuse {
	if r, _ := p.s.Repository(id); r.Visibility == "public" {
		return refuse{}
	}
	_, base := p.basePermission()
	for _, r := range g.Reviewers {
		var reads bool
		who := user(r.ID)
		if r.Kind == "team" {
			who, reads = team(r.ID), base >= access.Read || slices.ContainsFunc(p.s.GrantsOn(repo(id)), func(g access.Grant) bool {
				over := g.Principal.ID == r.ID || slices.Contains(p.g.Ancestors(r.ID), g.Principal.ID)
				return g.Source == access.ByTeam && over && min(g.Privilege, p.teamMay(g.Principal.ID, id).privilege) >= access.Read
			})
		} else {
			reads = p.stays(r.ID, id) >= access.Read
		}
		if !reads {
			return refuse{ReviewerGuard, p.called(who) + " cannot read " + p.called(repo(id)) + ", or not for long, and GitHub takes no reviewer who cannot; give them that first"}
		}
	}
	return refuse{}
}

func (p *planner) mayApprove(r access.Ref, id int64) bool {
	return p.in.Baseline.OnEnv(r, id, access.Approve, p.in.At).Standing
}

// listed are the reviewers of an environment.
func (p *planner) listed(id int64) []access.Ref {
	var out []access.Ref
	for _, g := range p.s.GrantsOn(env(id)) {
		if g.Source == access.Reviewer {
			out = append(out, g.Principal)
		}
	}
	return out
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
func (p *planner) branches(e access.Environment, rule baseline.EnvRule) gatePart {
	if rule.BranchMode == "" || rule.BranchMode == access.AnyBranch || e.Policy == nil {
		return gatePart{want: "does not say which branches"}
	}
	want := p.gateState(e)
	before := want
	want.limit(rule)
	if want.same(before) {
		return gatePart{want: "names the branches that are there"}
	}
	words := branchWords(rule.BranchMode, rule.Branches)
	return gatePart{name: branchesPart, have: branchWords(e.Policy.Branches, branchNames(e.Policy.Patterns)), want: words,
		title: "let %s be deployed from " + escaped(words) + " only", alter: func(g *GateState) { g.limit(rule) }, replaces: true,
		risk: MediumRisk, riskWhy: "deployments from other branches stop", calls: branchCalls(e.Policy, rule)}
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
