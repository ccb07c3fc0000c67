package remediate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// ProtectEnvironment puts the gate of an environment back to what the baseline's
// rule names; what no rule names is left to people. An environment is one thing to
// GitHub, so it is one action, of as many parts as differ. Each part passes the
// guards by itself: one that is refused does not keep the others back.
const ProtectEnvironment Kind = "protect-environment"

// The parts of a gate, as [Action.Parts] names them.
const (
	reviewersPart   = "reviewers"
	selfReviewPart  = "self-review"
	waitTimerPart   = "wait-timer"
	adminBypassPart = "admin-bypass"
	branchesPart    = "branches"
)

var protectEnvironment = kindRow{
	kind: ProtectEnvironment, grade: gates, takes: true,
	inverse: "put the former protection back, as the plan has it", precheck: "the whole protection of the environment, by ids: some calls replace all of it",
	loss: func(p *planner, c *candidate) string {
		if len(c.losers) == 0 {
			return "nobody loses access; deployments go through the gate"
		}
		return p.list(c.losers) + " cannot approve any more"
	},
}

var gateFamily = family{
	kinds: []*kindRow{&protectEnvironment},
	answers: func(f *access.Finding) bool {
		return strings.HasPrefix(f.Rule, "environment-") || f.Grant != nil && f.Grant.Resource.Kind == access.Env
	},
	propose: (*planner).environment,
}

const (
	environmentSettings = "Repository settings → Environments"
	environmentRoute    = "/repos/{owner}/{repo}/environments/{environment_name}"
)

// gatePart is one part of a gate that differs from the baseline's rule.
type gatePart struct {
	name       string
	have, want string
	title      string // with %s for the environment
	risk       Risk
	riskWhy    string
	alter      func(*GateState)
	calls      []Call
	replaces   bool // its call replaces the whole environment
}

// environment builds the parts that a finding about a gate calls for.
func (p *planner) environment(f access.Finding) {
	e, ok := p.environmentOf(f.Resource.Ref)
	rule, ruled := p.in.Baseline.Environment(f.Resource.ID)
	if !ok || !ruled {
		p.instruct(f, environmentSettings, "no [[environment]] of the baseline says how it must be guarded")
		return
	}
	var why string
	switch f.Rule {
	case "environment-self-review":
		why = p.part(f, e, p.selfReview(e, rule))
	case "environment-admin-bypass":
		why = p.part(f, e, p.adminBypass(e, rule))
	case "environment-any-branch":
		why = p.part(f, e, p.branches(e, rule))
	case "environment-wait-timer":
		why = p.part(f, e, p.waitTimer(e, rule))
	case "environment-never-configured", "environment-secrets-unguarded":
		why = p.everyPart(f, e, rule)
	default: // about reviewers, whatever the rule of the grant
		if why = p.reviewers(f, e, rule); why == "" && len(p.listed(e.ID)) == 0 {
			// Before there are reviewers nothing is found about it, and then it would be.
			_ = p.part(f, e, p.selfReview(e, rule)) // the rule may not ask for it
		}
	}
	if why != "" {
		p.instruct(f, environmentSettings, rule.Source.String()+" "+why)
	}
}

func (p *planner) environmentOf(r access.Ref) (access.Environment, bool) {
	e, ok := p.env[r.ID]
	return e, ok && r.Kind == access.Env
}

// part adds a part as an action; an empty one says why there is none.
func (p *planner) part(f access.Finding, e access.Environment, g gatePart) string {
	if g.alter == nil {
		return g.want
	}
	p.add(g.name+" "+f.Resource.String(), f, func() *candidate { return p.gate(e, g) })
	return ""
}

func (p *planner) gate(e access.Environment, g gatePart) *candidate {
	n := p.name(env(e.ID))
	c := &candidate{row: &protectEnvironment, env: e, gap: p.gateUnseen(e), part: g, action: Action{Resource: n, Have: g.have, Want: g.want,
		Title: fmt.Sprintf(g.title, n.Name), Parts: []string{g.name}, Change: p.gateChange(e, g.alter), Calls: g.calls}}
	if g.replaces && c.gap == "" && e.Policy.AdminBypass == nil {
		c.gap = string(access.AreaPolicies) // the call replaces it too, so it must be known
	}
	c.blocked = p.canReview(e.Repo, c.action.Change.After.Gate)
	return c
}

// everyPart is for a gate that was never set up: whatever the rule says of it.
func (p *planner) everyPart(f access.Finding, e access.Environment, rule baseline.EnvRule) string {
	n := 0
	for _, g := range []gatePart{p.selfReview(e, rule), p.waitTimer(e, rule), p.adminBypass(e, rule), p.branches(e, rule)} {
		if p.part(f, e, g) == "" {
			n++
		}
	}
	if rule.ReviewersListed && p.reviewers(f, e, rule) == "" {
		n++
	}
	return pick(n > 0, "", "asks for no more than is there")
}

func (p *planner) selfReview(e access.Environment, rule baseline.EnvRule) gatePart {
	if rule.PreventSelfReview == nil || !*rule.PreventSelfReview || e.Gate == nil || e.Gate.PreventSelfReview {
		return gatePart{want: "does not say prevent_self_review = true"}
	}
	g := gatePart{name: selfReviewPart, have: "self-review is allowed", want: "self-review is prevented", title: "prevent self-review on %s",
		alter: func(g *GateState) { g.PreventSelfReview = true },
		calls: []Call{{Method: "POST", Route: "GraphQL updateEnvironment", Body: "environmentId, preventSelfReview: true, reviewers and waitTimer as just read"}}}
	if p.approvers(e.Repo, p.listed(e.ID)) < 2 {
		g.risk, g.riskWhy = MediumRisk, "one person alone can approve, and no longer their own deployments"
	}
	return g
}

func (p *planner) waitTimer(e access.Environment, rule baseline.EnvRule) gatePart {
	if rule.WaitTimer == nil || e.Gate == nil || e.Gate.WaitTimer >= *rule.WaitTimer {
		return gatePart{want: "does not say a longer wait_timer"}
	}
	want := *rule.WaitTimer
	return gatePart{name: waitTimerPart, have: waitWords(e.Gate.WaitTimer), want: waitWords(want), title: "let deployments to %s wait " + strconv.Itoa(want) + " minutes",
		alter: func(g *GateState) { g.WaitTimer = want }, risk: MediumRisk, riskWhy: "deployments take longer",
		calls: []Call{{Method: "POST", Route: "GraphQL updateEnvironment", Body: "environmentId, waitTimer: " + strconv.Itoa(want) + ", reviewers and preventSelfReview as just read"}}}
}

func waitWords(minutes int) string {
	return pick(minutes == 0, "no wait", "a wait of "+count(minutes, "minute", "minutes"))
}

func (p *planner) adminBypass(e access.Environment, rule baseline.EnvRule) gatePart {
	if rule.AllowAdminBypass == nil || *rule.AllowAdminBypass || e.Policy != nil && e.Policy.AdminBypass != nil && !*e.Policy.AdminBypass {
		return gatePart{want: "does not say allow_admin_bypass = false"}
	}
	return gatePart{name: adminBypassPart, have: "administrators may bypass", want: "administrators may not bypass",
		title: "forbid administrators to bypass the gate of %s", replaces: true,
		alter: func(g *GateState) { g.AdminBypass = new(bool) }, risk: MediumRisk, riskWhy: "the call replaces the whole environment",
		calls: []Call{{Method: "PUT", Route: environmentRoute, Body: "everything as just read, and can_admins_bypass: false"}}}
}

// mergeGates makes one action of the accepted parts of each environment. To GitHub,
// that self-review is prevented is a property of the list of reviewers: without one
// it keeps no such thing.
func (p *planner) mergeGates() {
	first, reviewed := map[int64]*candidate{}, map[int64]bool{}
	for _, c := range p.accepted {
		if c.row == &protectEnvironment && len(c.action.Change.After.Gate.Reviewers) > 0 {
			reviewed[c.env.ID] = true
		}
	}
	p.accepted = slices.DeleteFunc(p.accepted, func(c *candidate) bool {
		hollow := c.row == &protectEnvironment && c.part.name == selfReviewPart && !reviewed[c.env.ID]
		if hollow {
			p.refuse(c, refuse{ReviewerGuard, "there are no reviewers, and GitHub keeps it only with them"})
		}
		return hollow
	})
	p.accepted = slices.DeleteFunc(p.accepted, func(c *candidate) bool {
		if c.row != &protectEnvironment {
			return false
		}
		one := first[c.env.ID]
		if one == nil {
			first[c.env.ID] = c
			return false
		}
		one.join(c)
		return true
	})
}

// join adds the part of another candidate for the same environment.
func (c *candidate) join(o *candidate) {
	a, b := &c.action, o.action
	if len(a.Parts) == 1 {
		a.Title = strings.Replace(c.part.title, "%s", "it", 1)
		a.Title = "guard " + a.Resource.Name + ": " + strings.TrimSuffix(a.Title, " on it")
	}
	a.Title += "; " + strings.TrimSuffix(strings.Replace(o.part.title, "%s", "it", 1), " on it")
	a.Have, a.Want = a.Have+"; "+b.Have, a.Want+"; "+b.Want
	a.Parts, a.Calls = append(a.Parts, b.Parts...), append(a.Calls, b.Calls...)
	o.part.alter(a.Change.After.Gate)
	c.hit, c.lost = append(c.hit, o.hit...), append(c.lost, o.lost...)
	if rank(b.Risk) > rank(a.Risk) {
		a.Risk, a.RiskWhy = b.Risk, b.RiskWhy
	}
	if o.reviewers != nil {
		c.reviewers = o.reviewers
	}
	for _, f := range o.findings {
		c.answer(f)
	}
}
