package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

var environment = []rule{
	{Rule{
		ID: "environment-no-reviewers", Category: Environment, Severity: access.High,
		Title:    "An environment deploys without a reviewer",
		What:     "An environment has no required reviewers, on a repository that is not archived. Not reported where the baseline says require_reviewers = false. Gates that apps add are not read, so one of them may stand guard.",
		Why:      "Whoever can start a job gets its secrets and deploys, and nobody else has looked. A second pair of eyes turns one stolen or hasty account into an incident that did not happen.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments → Required reviewers: name up to six people or teams.",
		Example:  "env:acme/api/production has no required reviewers",
		Controls: supports("CC6.3", "CC8.1", "A.5.3", "A.8.31", "A.8.32", "AC-5", "CM-3"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates},
	}, environmentNoReviewers},
	{Rule{
		ID: "environment-self-review", Category: Environment, Severity: access.High,
		Title:    "Whoever starts a deployment may approve it",
		What:     "An environment has required reviewers and does not prevent self-review. Not reported where the baseline says prevent_self_review = false.",
		Why:      "A reviewer who can approve their own deployment is no second pair of eyes. The gate then looks like a control and is none for the people who matter most.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments → Prevent self-review.",
		Example:  "env:acme/api/production lets reviewers approve their own deployments",
		Controls: supports("CC6.3", "CC8.1", "A.5.3", "A.8.32", "AC-5", "CM-5"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates},
	}, environmentSelfReview},
	{Rule{
		ID: "environment-admin-bypass", Category: Environment, Severity: access.High,
		Title:    "Administrators may bypass the gate",
		What:     "An environment with reviewers or a wait timer lets administrators of the repository deploy past them; GitHub's default. Where the baseline says allow_admin_bypass = false it is reported without a gate as well, where it says true it is not.",
		Why:      "One administrator's account is then enough to deploy, however many reviewers there are. Emergencies are better served by an elevation that is asked for, ends and is looked at afterwards.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments → switch off \"Allow administrators to bypass configured protection rules\".",
		Example:  "env:acme/api/production lets administrators bypass its gate",
		Controls: supports("CC6.3", "CC8.1", "A.5.3", "A.8.2", "A.8.32", "AC-5", "AC-6(5)"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates, access.AreaPolicies},
	}, environmentAdminBypass},
	{Rule{
		ID: "environment-any-branch", Category: Environment, Severity: access.High,
		Title:    "An environment takes deployments from more branches than it should",
		What:     "An environment may be deployed from any branch, or from branches that the baseline's rule for it does not name. Not reported where the baseline says branches = \"any\".",
		Why:      "Code on a branch of one's own has passed no review, and a workflow can be changed on it. Limiting the branches ties a deployment to the protection of the branch it comes from.",
		Grading:  environmentGrading,
		Remedy:   "Repository settings → Environments → Deployment branches and tags: protected branches, or the names that may deploy.",
		Example:  "env:acme/api/production may be deployed from any branch",
		Controls: supports("CC8.1", "A.8.31", "A.8.32", "CM-3", "CM-5"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaPolicies},
	}, environmentAnyBranch},
	{Rule{
		ID: "environment-wait-timer", Category: Environment, Severity: access.Medium, Baseline: true,
		Title:    "An environment waits less than it should",
		What:     "The wait timer of an environment is shorter than the baseline's rule for it says.",
		Why:      "The wait is the time in which somebody can notice a deployment that nobody meant, and stop it. Without it the first sign is the damage.",
		Grading:  "Always medium: only environments with a rule in the baseline are looked at.",
		Remedy:   "Repository settings → Environments → Wait timer.",
		Example:  "env:acme/api/production waits 0 minutes, the baseline says 30",
		Controls: supports("CC8.1", "A.8.32", "CM-3"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaEnvironments, access.AreaGates},
	}, environmentWaitTimer},
}

// eachEnvironment visits the environments of repositories that can run a job, and
// counts the repositories whose environments are unknown.
func (c *court) eachEnvironment(visit func(e access.Environment)) {
	for _, r := range c.s.Repositories {
		if !r.Archived {
			c.sawFor(1, access.AreaEnvironments, r.ID)
		}
	}
	for _, e := range c.s.Environments {
		if r, ok := c.s.Repository(e.Repo); ok && !r.Archived {
			visit(e)
		}
	}
}

// about starts a finding on an environment.
func (c *court) about(e access.Environment, title, have, want string) access.Finding {
	n := c.name(access.Ref{Kind: access.Env, ID: e.ID})
	if r, ok := c.environmentRule(e.ID); ok {
		want += " (" + r.Source.String() + ")"
	}
	return access.Finding{Severity: c.environmentWeight(e), Resource: n, Title: n.Name + " " + title, Have: have, Want: want}
}

// unsaid follows what a rule asks where no entry of the baseline says anything about it.
const unsaid = " (asked of every gate; no entry of the baseline allows it)"

func causeOfEnv(e access.Environment) string { return access.Ref{Kind: access.Env, ID: e.ID}.String() }

func environmentNoReviewers(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		rule, _ := c.environmentRule(e.ID)
		if rule.RequireReviewers != nil && !*rule.RequireReviewers || !c.gateSeen(e) || e.Gate.Reviewers > 0 {
			return
		}
		f := c.about(e, "has no required reviewers", "no required reviewers", "at least one required reviewer")
		if e.Gate.WaitTimer > 0 {
			f.Evidence = append(f.Evidence, fmt.Sprintf("A wait timer of %d minutes delays deployments; nobody has to approve them.", e.Gate.WaitTimer))
		}
		f.Evidence = append(f.Evidence, "Gates that apps add to an environment are not read.")
		if r, _ := c.s.Repository(e.Repo); r.Visibility != "public" && c.s.Settings != nil && c.s.Settings.Plan != "" && c.s.Settings.Plan != "enterprise" {
			f.Evidence = append(f.Evidence, fmt.Sprintf("On the plan %q GitHub offers required reviewers for public repositories only.", c.s.Settings.Plan))
		}
		c.report(f, causeOfEnv(e), need(access.AreaEnvironments, e.Repo), need(access.AreaGates, e.Repo))
	})
}

func environmentSelfReview(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		rule, _ := c.environmentRule(e.ID)
		if rule.PreventSelfReview != nil && !*rule.PreventSelfReview {
			return
		}
		if !c.gateSeen(e) || e.Gate.Reviewers == 0 || e.Gate.PreventSelfReview {
			return
		}
		f := c.about(e, "lets reviewers approve their own deployments", "self-review is allowed", "self-review is prevented")
		c.report(f, causeOfEnv(e), need(access.AreaEnvironments, e.Repo), need(access.AreaGates, e.Repo))
	})
}

// gateSeen reports whether the gate of an environment was read to its end, and
// counts it where not: what an earlier pass saw of it may have changed.
func (c *court) gateSeen(e access.Environment) bool {
	if !c.sawFor(1, access.AreaGates, e.Repo) {
		return false
	}
	if e.Gate == nil {
		c.undecide(1, "environment-gates: this environment was not told")
	}
	return e.Gate != nil
}

// policySeen is gateSeen for the branches and the bypass.
func (c *court) policySeen(e access.Environment) bool {
	if !c.sawFor(1, access.AreaPolicies, e.Repo) {
		return false
	}
	if e.Policy == nil {
		c.undecide(1, "environment-policies: this environment was not told")
	}
	return e.Policy != nil
}

func environmentAdminBypass(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		rule, _ := c.environmentRule(e.ID)
		forbidden := rule.AllowAdminBypass != nil && !*rule.AllowAdminBypass
		if rule.AllowAdminBypass != nil && !forbidden {
			return
		}
		if !c.policySeen(e) {
			return
		}
		if e.Policy.AdminBypass == nil {
			c.undecide(1, "environment-policies: whether administrators may bypass was not told")
			return
		}
		if !*e.Policy.AdminBypass || !forbidden && !c.gateSeen(e) {
			return
		}
		if !forbidden && e.Gate.Reviewers == 0 && e.Gate.WaitTimer == 0 {
			return // nothing to bypass
		}
		f := c.about(e, "lets administrators bypass its gate", "administrators may bypass", "administrators may not bypass")
		if !forbidden {
			f.Want = "administrators may not bypass" + unsaid // the entry of the baseline is silent about it
		}
		people := c.administrators(e.Repo)
		f.Affected, f.Sample = len(people), c.sample(people)
		c.report(f, causeOfEnv(e), need(access.AreaEnvironments, e.Repo), need(access.AreaPolicies, e.Repo), need(access.AreaGates, e.Repo))
	})
}

// administrators lists who administers a repository.
func (c *court) administrators(repo int64) []int64 { return c.g.AtLeast(access.Admin, repo) }

func environmentWaitTimer(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		rule, _ := c.environmentRule(e.ID)
		seen := e.Gate != nil && c.s.Coverage.CompleteFor(access.AreaGates, e.Repo) // what was not is counted by the class
		if rule.WaitTimer == nil || !seen || e.Gate.WaitTimer >= *rule.WaitTimer {
			return
		}
		f := c.about(e, fmt.Sprintf("waits %s, the baseline says %d", minutes(e.Gate.WaitTimer), *rule.WaitTimer),
			minutes(e.Gate.WaitTimer), minutes(*rule.WaitTimer))
		f.Severity = min(f.Severity, access.Medium)
		c.report(f, causeOfEnv(e), need(access.AreaEnvironments, e.Repo), need(access.AreaGates, e.Repo))
	})
}

func minutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

func environmentAnyBranch(c *court) {
	c.eachEnvironment(func(e access.Environment) {
		if !c.policySeen(e) {
			return
		}
		f, wrong := c.branches(e)
		if wrong {
			c.report(f, causeOfEnv(e), need(access.AreaEnvironments, e.Repo), need(access.AreaPolicies, e.Repo))
		}
	})
}

// branches compares the branches that may deploy with those that should.
func (c *court) branches(e access.Environment) (access.Finding, bool) {
	allowed, said := c.allowedBranches(e.ID)
	want := "protected branches, or branches by name"
	if said {
		want = strings.Join(allowed, ", ")
	}
	switch {
	case said && slices.Equal(allowed, []string{access.AnyBranch}):
	case e.Policy.Branches == access.AnyBranch:
		return c.about(e, "may be deployed from any branch", "any branch", want), true
	case said && e.Policy.Branches == access.SelectedBranches:
		var extra []string
		for _, p := range e.Policy.Patterns {
			if p.Type != "tag" && !slices.Contains(allowed, p.Name) {
				extra = append(extra, p.Name)
			}
		}
		slices.Sort(extra)
		if len(extra) > 0 {
			have := strings.Join(extra, ", ")
			return c.about(e, "may be deployed from "+have, have, want), true
		}
	}
	return access.Finding{}, false
}
