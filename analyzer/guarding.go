package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

var guarding = []rule{
	{Rule{
		ID: "environment-secrets-unguarded", Category: Environment, Severity: access.High,
		Title: "An environment with secrets has no gate",
		What: "An environment holds secrets, has no required reviewers, and may be deployed from any branch, on a repository that is not archived. Names of secrets are read once in a while ([collect] every), never values. " +
			"Affected are the people and the deploy keys that can write to the repository. " +
			"Not reported where the baseline says both require_reviewers = false and branches = \"any\" for it. Gates that apps add are not read, so one of them may stand guard.",
		Why:      "Whoever can push a branch, a deploy key that can write included, can push a workflow that prints the secrets, and nobody else has to look. The environment then keeps them no better than the repository would.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments: name required reviewers, or allow protected branches only.",
		Example:  "env:acme/api/production holds 2 secrets that anybody with write can read",
		Controls: supports("CC6.1", "CC6.3", "A.5.17", "A.8.3", "A.8.31", "AC-3", "AC-6"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates, access.AreaPolicies, access.AreaSecrets},
	}, environmentSecretsUnguarded},
	{Rule{
		ID: "environment-never-configured", Category: Environment, Severity: access.Medium,
		Title: "An environment has no rules and was never configured",
		What: "An environment has no reviewers, no wait timer, no secrets and takes any branch, administrators may bypass it, and it was never changed since it was made, on a repository that is not archived. " +
			"A workflow that names an environment which is not there makes one like that; GitHub does not tell who made it. Not reported where the baseline says both require_reviewers = false and branches = \"any\" for it.",
		Why:      "A typing error in a workflow is enough: the job runs in a new environment without the rules that the right one has. What looks like a guarded deployment is none.",
		Grading:  "Medium where the name leads to production or the baseline has a rule for it, info elsewhere.",
		Remedy:   "Give it the rules that it should have, or delete it: repository settings → Environments.",
		Example:  "env:acme/api/prodution has no rules and was never configured; a workflow may have made it",
		Controls: supports("CC6.3", "CC8.1", "A.8.31", "A.8.32", "CM-3"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates, access.AreaPolicies, access.AreaSecrets},
	}, environmentNeverConfigured},
}

var reviewersCannotAct = rule{Rule{
	ID: "environment-reviewers-cannot-act", Category: CriticalState, Severity: access.High,
	Title: "Reviewers of an environment cannot approve",
	What: "A required reviewer of an environment cannot read the repository any more (left, lost access), or is a team of which nobody can; or one person alone can approve, and self-review is prevented. " +
		"On public repositories everybody can read, so only teams without people are found there. Whether an account is suspended is not told.",
	Why:      "Where nobody can approve, deployments stand still until somebody bypasses the gate in a hurry. Names that stand there and can do nothing make a gate look wider than it is.",
	Grading:  "Where nobody can approve: high if the environment leads to production, low elsewhere. Where one alone can: one step lower. Where only some cannot: info.",
	Remedy:   "Repository settings → Environments → Required reviewers: name people or teams who can read the repository, at least two people.",
	Example:  "env:acme/api/production has reviewers, and none of them can approve",
	Controls: supports("CC6.2", "CC8.1", "A.5.18", "A.5.29", "AC-2", "CP-2"),
	Needs:    slices.Concat(grantAreas, []access.Area{access.AreaSettings, access.AreaEnvironments, access.AreaGates}),
}, environmentReviewersCannotAct}

// left reports whether the baseline means an environment to be open.
func (c *court) left(e access.Environment) bool {
	rule, _ := c.environmentRule(e.ID)
	return rule.RequireReviewers != nil && !*rule.RequireReviewers && rule.BranchMode == access.AnyBranch
}

// secretsSeen is gateSeen for the names of secrets.
func (c *court) secretsSeen(e access.Environment) bool {
	if !c.sawFor(1, access.AreaSecrets, e.Repo) {
		return false
	}
	if e.Secrets == nil {
		c.undecide(1, "environment-secrets: this environment was not told")
	}
	return e.Secrets != nil
}

// needsOf is the coverage that shows everything about an environment.
func needsOf(e access.Environment) []access.Need {
	return []access.Need{need(access.AreaEnvironments, e.Repo), need(access.AreaGates, e.Repo), need(access.AreaPolicies, e.Repo), need(access.AreaSecrets, e.Repo)}
}

func environmentSecretsUnguarded(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		if c.left(e) || !c.secretsSeen(e) || len(e.Secrets.Names) == 0 || !c.gateSeen(e) || e.Gate.Reviewers > 0 || !c.policySeen(e) || e.Policy.Branches != access.AnyBranch {
			return
		}
		n := len(e.Secrets.Names)
		what := fmt.Sprintf("%d secrets", n)
		if n == 1 {
			what = "a secret"
		}
		f := c.about(e, "holds "+what+" that anybody with write can read", what+", no reviewers, any branch", "required reviewers, or protected branches")
		var names []string
		for _, s := range e.Secrets.Names[:min(n, 10)] {
			names = append(names, s.Name)
		}
		f.Evidence = append(f.Evidence, "By name: "+strings.Join(names, ", ")+more(n-len(names))+".", "Gates that apps add to an environment are not read.")
		f.Evidence = append(f.Evidence, c.readEarlier(access.AreaSecrets)...)
		people := c.atLeast(e.Repo, access.Write)
		f.Affected, f.Sample = len(people), c.sample(people)
		for _, g := range c.g.KeysInto(e.ID) { // whoever holds one can push a workflow too
			if f.Affected++; len(f.Sample) < 10 {
				f.Sample = append(f.Sample, c.name(g.Principal))
			}
		}
		c.report(f, causeOfEnv(e), needsOf(e)...)
	})
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

func environmentNeverConfigured(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		if c.left(e) || !c.gateSeen(e) || e.Gate.Reviewers > 0 || e.Gate.WaitTimer > 0 || !c.policySeen(e) || e.Policy.Branches != access.AnyBranch {
			return
		}
		switch {
		case e.Policy.Untouched == nil || e.Policy.AdminBypass == nil:
			c.undecide(1, "environment-policies: whether it was ever changed was not told")
			return
		case !*e.Policy.Untouched || !*e.Policy.AdminBypass || !c.secretsSeen(e) || len(e.Secrets.Names) > 0:
			return
		}
		f := c.about(e, "has no rules and was never configured; a workflow may have made it", "as GitHub makes it: no rules at all", "rules, or no such environment")
		f.Severity = access.Info
		if c.leadsToProduction(e) {
			f.Severity = access.Medium
		}
		if !e.Policy.CreatedAt.IsZero() {
			f.Evidence = append(f.Evidence, "Made on "+day(e.Policy.CreatedAt)+" and not changed since.")
		}
		f.Evidence = append(f.Evidence, "GitHub does not tell who made it, and gates that apps add are not read.")
		c.report(f, causeOfEnv(e), needsOf(e)...)
	})
}

func environmentReviewersCannotAct(c *court) {
	areas := c.rule.Needs[1 : len(c.rule.Needs)-2] // all but those that are looked at by repository
	c.eachEnvironment(func(e access.Environment) {
		if !c.gateSeen(e) || e.Gate.Reviewers == 0 {
			return
		}
		for _, a := range areas {
			if l := c.s.Coverage.Of(a); a == access.AreaDirectGrants && !c.sawFor(1, a, e.Repo) || a != access.AreaDirectGrants && l.Status != access.Complete && l.Status != access.Unavailable {
				if a != access.AreaDirectGrants {
					c.undecide(1, c.why(l))
				}
				return
			}
		}
		if f, wrong := c.stuck(e); wrong {
			c.report(f, causeOfEnv(e), slices.Concat([]access.Need{need(access.AreaGates, e.Repo), need(access.AreaDirectGrants, e.Repo)}, c.wholes(areas))...)
		}
	})
}

// wholes are the areas as needs, but for the one that is needed of one repository.
func (c *court) wholes(areas []access.Area) []access.Need {
	var out []access.Need
	for _, a := range areas {
		if a != access.AreaDirectGrants && c.s.Coverage.Of(a).Status == access.Complete {
			out = append(out, need(a, 0))
		}
	}
	return out
}

// stuck looks for reviewers who cannot approve. Of an internal repository a
// stranger may be a member of the enterprise, who can read it.
func (c *court) stuck(e access.Environment) (access.Finding, bool) {
	able := c.g.MayApprove(e.ID)
	can := func(user int64) bool {
		_, ok := slices.BinarySearch(able, user)
		return ok
	}
	r, _ := c.s.Repository(e.Repo)
	var idle []access.Named
	listed := 0
	for _, g := range c.s.GrantsOn(access.Ref{Kind: access.Env, ID: e.ID}) {
		if g.Source != access.Reviewer {
			continue
		}
		listed++
		switch {
		case g.Principal.Kind == access.Team && !slices.ContainsFunc(c.people(g.Principal.ID), can),
			g.Principal.Kind == access.User && !can(g.Principal.ID) && r.Visibility != "internal":
			idle = append(idle, c.name(g.Principal))
		}
	}
	w := c.environmentWeight(e)
	var f access.Finding
	switch {
	case listed > 0 && len(idle) == listed:
		f = c.about(e, "has reviewers, and none of them can approve", "nobody can approve", "at least two people who can approve")
		f.Severity = w
	case len(able) == 1 && len(idle) > 0, len(able) == 1 && e.Gate.PreventSelfReview:
		who := c.name(access.Ref{Kind: access.User, ID: able[0]})
		f = c.about(e, "can be approved by "+who.Name+" alone", "one person can approve", "at least two people who can approve")
		f.Severity = max(w-1, access.Low)
		if e.Gate.PreventSelfReview {
			f.Evidence = append(f.Evidence, "Self-review is prevented, so nobody can approve what this person deploys.")
		}
	case len(idle) > 0:
		f = c.about(e, fmt.Sprintf("lists %d of %d reviewers who cannot approve", len(idle), listed), "reviewers without access", "reviewers who can approve")
		f.Severity = access.Info
	default:
		return f, false
	}
	for _, n := range idle {
		f.Evidence = append(f.Evidence, n.Name+" cannot approve: "+c.whyIdle(n.Ref)+".")
	}
	f.Affected, f.Sample = len(idle), idle[:min(len(idle), 10)]
	return f, true
}

func (c *court) whyIdle(r access.Ref) string {
	switch {
	case r.Kind == access.Team && len(c.people(r.ID)) == 0:
		return "the team has no people"
	case r.Kind == access.Team:
		return "none of the team's people can read the repository"
	case !c.g.Member(r.ID):
		return "no member any more, and no access to the repository"
	}
	return "no access to the repository"
}

// atLeast lists who has a privilege on a repository, or more.
func (c *court) atLeast(repo int64, p access.Privilege) []int64 {
	var out []int64
	for _, l := range c.g.Levels(repo) {
		if l.Privilege >= p {
			out = append(out, l.User)
		}
	}
	return out
}
