package githubsim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What an environment can have (docs.github.com, "Deployments and environments").
const (
	maxReviewers = 6
	maxWait      = 43_200 // minutes
)

// environmentKeys are all that the body may hold. The published description
// does not know the last; the live API takes it.
var environmentKeys = []string{"wait_timer", "prevent_self_review", "reviewers", "deployment_branch_policy", "can_admins_bypass"}

// putEnvironment replaces all of an environment's rules, and makes the
// environment where it is not there: whatever the body leaves out is off, but
// the administrators' bypass, which is on.
func (c *call) putEnvironment() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	in, refused := c.fields()
	if refused != nil {
		return no(refused)
	}
	for key := range in {
		if !slices.Contains(environmentKeys, key) {
			return no(c.failure(http.StatusUnprocessableEntity, "Invalid request.\n\n\""+key+"\" is not a permitted key."))
		}
	}
	name := c.params["environment_name"]
	if strings.TrimSpace(name) == "" || len(name) > 255 {
		return no(c.failure(http.StatusUnprocessableEntity, "The environment name is invalid"))
	}
	want := Environment{Name: name, CanAdminsBypass: true}
	if refused := c.readEnvironment(r, in, &want); refused != nil {
		return no(refused)
	}
	if refused := c.affords(r, want); refused != nil {
		return no(refused)
	}
	return yes(func() *reply {
		e := r.environment(name)
		if e == nil {
			e = &Environment{ID: c.s.newID(), Name: name, CreatedAt: c.now.Truncate(time.Second), CanAdminsBypass: true}
			r.Environments = append(r.Environments, e)
			c.touch()
			c.log(r.org, "environment.create", func(a *AuditEvent) { a.Repo, a.Environment = r.Name, e.Name })
		}
		c.protect(r, e, want)
		return ok(c.environmentShape(r, e))
	})
}

// environment finds an environment by name; nil when there is none.
func (r *Repo) environment(name string) *Environment {
	for _, e := range r.Environments {
		if fold(e.Name) == fold(name) {
			return e
		}
	}
	return nil
}

// readEnvironment reads the rules that a body asks for.
func (c *call) readEnvironment(r repoOf, in fields, want *Environment) *reply {
	var listed []struct {
		Type string `json:"type"`
		ID   int64  `json:"id"`
	}
	var policy struct{ ProtectedBranches, CustomBranchPolicies *bool }
	var raw map[string]json.RawMessage
	for key, v := range map[string]any{"wait_timer": &want.WaitTimer, "prevent_self_review": &want.PreventSelfReview, "reviewers": &listed,
		"deployment_branch_policy": &raw, "can_admins_bypass": &want.CanAdminsBypass} {
		if refused := c.read(in, key, v); refused != nil {
			return refused
		}
	}
	for _, a := range listed {
		named, found := c.reviewer(r, a.Type, a.ID)
		if !found {
			return c.failure(http.StatusUnprocessableEntity, "Failed to create the environment protection rule. Please ensure the reviewers have at least read access to the repository.")
		}
		want.Reviewers = append(want.Reviewers, named)
	}
	if want.WaitTimer < 0 || want.WaitTimer > maxWait || len(want.Reviewers) > maxReviewers {
		return c.failure(http.StatusUnprocessableEntity, "Failed to create the environment protection rule. It takes up to six reviewers and 43,200 minutes.")
	}
	if raw == nil {
		return nil
	}
	for key, v := range map[string]any{"protected_branches": &policy.ProtectedBranches, "custom_branch_policies": &policy.CustomBranchPolicies} {
		if refused := c.read(raw, key, v); refused != nil {
			return refused
		}
	}
	if policy.ProtectedBranches == nil || policy.CustomBranchPolicies == nil || *policy.ProtectedBranches == *policy.CustomBranchPolicies {
		return c.failure(http.StatusUnprocessableEntity, "The protected_branches and custom_branch_policies properties cannot have the same value.")
	}
	want.BranchPolicy = &BranchPolicy{ProtectedBranches: *policy.ProtectedBranches}
	return nil
}

// reviewer finds who is meant by a number, if they can read the repository.
func (c *call) reviewer(r repoOf, kind string, id int64) (Actor, bool) {
	switch v := c.x.byID[kind][id].(type) {
	case *User:
		effective, _ := r.org.sources(r.Repo, v.Login)
		return Actor{"User", v.Login}, effective != "none" || r.Visibility == "public"
	case teamOf:
		return Actor{"Team", v.Slug}, v.org.Org == r.org.Org && (r.Visibility == "public" || r.readBy(v))
	}
	return Actor{}, false
}

// readBy reports whether what a team or its members have lets them read.
func (r repoOf) readBy(t teamOf) bool {
	return t.org.basePermission() != "none" || slices.ContainsFunc(t.org.parents(t.Team), func(up *Team) bool { return r.teamGrant(up.Slug) != nil })
}

// affords refuses what the plan does not have: reviewers and timers in private
// repositories need the enterprise plan.
func (c *call) affords(r repoOf, want Environment) *reply {
	beyond := len(want.Reviewers) > 0 || want.WaitTimer > 0 || !want.CanAdminsBypass || want.PreventSelfReview
	switch {
	case r.Visibility == "public" || r.org.Plan == "enterprise":
		return nil
	case r.org.Plan == "free":
		return c.notFound()
	case beyond:
		return c.failure(http.StatusUnprocessableEntity, "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.")
	}
	return nil
}

// protect gives an environment other rules. Patterns of branches stay where
// patterns decided before and after.
func (c *call) protect(r repoOf, e *Environment, want Environment) {
	if old := e.BranchPolicy; old != nil && want.BranchPolicy != nil && old.ProtectedBranches == want.BranchPolicy.ProtectedBranches {
		want.BranchPolicy = old
	}
	same := e.WaitTimer == want.WaitTimer && e.PreventSelfReview == want.PreventSelfReview && e.CanAdminsBypass == want.CanAdminsBypass &&
		slices.Equal(e.Reviewers, want.Reviewers) && (e.BranchPolicy == want.BranchPolicy)
	if same {
		return
	}
	e.WaitTimer, e.PreventSelfReview, e.CanAdminsBypass = want.WaitTimer, want.PreventSelfReview, want.CanAdminsBypass
	e.Reviewers, e.BranchPolicy, e.UpdatedAt = want.Reviewers, want.BranchPolicy, c.now.Truncate(time.Second)
	c.touch()
	c.log(r.org, "environment.update_protection_rule", func(a *AuditEvent) { a.Repo, a.Environment = r.Name, e.Name })
}

func (c *call) deleteEnvironment() effect {
	r, e, refused := c.environmentToChange()
	if refused != nil {
		return no(refused)
	}
	return yes(func() *reply {
		r.Environments = slices.DeleteFunc(r.Environments, func(o *Environment) bool { return o == e })
		c.touch()
		c.log(r.org, "environment.delete", func(a *AuditEvent) { a.Repo, a.Environment = r.Name, e.Name })
		return done()
	})
}

// environmentToChange finds the environment of the path for an administrator.
func (c *call) environmentToChange() (repoOf, *Environment, *reply) {
	r, refused := c.repoToChange()
	if refused != nil {
		return r, nil, refused
	}
	if e := r.environment(c.params["environment_name"]); e != nil {
		return r, e, nil
	}
	return r, nil, c.notFound()
}

// patternsToChange is the same where patterns decide which branches may deploy.
func (c *call) patternsToChange() (repoOf, *Environment, *reply) {
	r, e, refused := c.environmentToChange()
	if refused == nil && (e.BranchPolicy == nil || e.BranchPolicy.ProtectedBranches) {
		refused = c.notFound()
	}
	return r, e, refused
}

// patternPlace is where the pattern of the path stands; -1 for nowhere.
func (c *call) patternPlace(e *Environment) int {
	if e.BranchPolicy == nil || e.BranchPolicy.ProtectedBranches {
		return -1
	}
	return slices.IndexFunc(e.BranchPolicy.Custom, func(p BranchPattern) bool { return number(p.ID) == c.params["branch_policy_id"] })
}

func patternShape(p BranchPattern) object {
	return object{"id": p.ID, "node_id": nodeID("DeploymentBranchPolicy", p.ID), "name": p.Name, "type": cmp.Or(p.Type, "branch")}
}

// postPattern adds a pattern. One that is there is answered 303.
func (c *call) postPattern() effect {
	r, e, refused := c.patternsToChange()
	if refused != nil {
		return no(refused)
	}
	p, refused := c.readPattern()
	if refused != nil {
		return no(refused)
	}
	if p.in(e.BranchPolicy.Custom) {
		return no(&reply{status: http.StatusSeeOther})
	}
	return yes(func() *reply {
		p.ID = c.s.newID()
		e.BranchPolicy.Custom = append(e.BranchPolicy.Custom, p)
		c.patterned(r, e)
		return ok(patternShape(p))
	})
}

func (c *call) readPattern() (BranchPattern, *reply) {
	var p BranchPattern
	in, refused := c.fields()
	if refused != nil {
		return p, refused
	}
	if refused := c.read(in, "name", &p.Name); refused != nil {
		return p, refused
	}
	if p.Type, refused = c.word(in, "type", "branch", "branch", "tag"); refused != nil {
		return p, refused
	}
	if p.Name == "" {
		return p, c.invalid("DeploymentBranchPolicy", "name", "missing_field", "The name is missing.")
	}
	return p, nil
}

// in reports whether there is a pattern that says the same.
func (p BranchPattern) in(list []BranchPattern) bool {
	return slices.ContainsFunc(list, func(o BranchPattern) bool {
		return o.Name == p.Name && cmp.Or(o.Type, "branch") == cmp.Or(p.Type, "branch")
	})
}

func (c *call) patterned(r repoOf, e *Environment) {
	e.UpdatedAt = c.now.Truncate(time.Second)
	c.touch()
	c.log(r.org, "environment.update_protection_rule", func(a *AuditEvent) { a.Repo, a.Environment = r.Name, e.Name })
}

// putPattern renames a pattern; its type stays. That another one says the same is
// not asked: GitHub describes no answer for it.
func (c *call) putPattern() effect {
	r, e, refused := c.patternsToChange()
	if refused != nil {
		return no(refused)
	}
	at := c.patternPlace(e)
	if at < 0 {
		return no(c.notFound())
	}
	p, refused := c.readPattern()
	if refused != nil {
		return no(refused)
	}
	list := e.BranchPolicy.Custom
	p.ID, p.Type = list[at].ID, list[at].Type
	return yes(func() *reply {
		if list[at] != p {
			list[at] = p
			c.patterned(r, e)
		}
		return ok(patternShape(p))
	})
}

func (c *call) deletePattern() effect {
	r, e, refused := c.patternsToChange()
	if refused != nil {
		return no(refused)
	}
	at := c.patternPlace(e)
	if at < 0 {
		return no(c.notFound())
	}
	return yes(func() *reply {
		e.BranchPolicy.Custom = slices.Delete(e.BranchPolicy.Custom, at, at+1)
		c.patterned(r, e)
		return done()
	})
}
