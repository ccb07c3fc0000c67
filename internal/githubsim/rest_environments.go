package githubsim

var environmentRoutes = []route{
	{template: "/repos/{owner}/{repo}/environments", accepted: "actions=read", handle: (*call).listEnvironments},
	{template: "/repos/{owner}/{repo}/environments/{environment_name}", accepted: "actions=read", handle: (*call).getEnvironment},
	{template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", accepted: "actions=read", handle: (*call).listBranchPolicies},
	{template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}", accepted: "actions=read", handle: (*call).getBranchPolicy},
	{template: "/repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules", accepted: "actions=read", handle: (*call).listCustomRules},
	{template: "/repos/{owner}/{repo}/environments/{environment_name}/secrets", accepted: "environments=read", handle: (*call).listEnvironmentSecrets},
}

func (c *call) listEnvironments() *reply {
	r, refused := c.repoFor("actions:read")
	if refused != nil {
		return refused
	}
	return counted(c, "environments", r.Environments, func(e *Environment) object { return c.environmentShape(r, e) })
}

// environment finds the environment of the path, whose name may hold a slash.
func (c *call) environment(permission string) (repoOf, *Environment, *reply) {
	r, refused := c.repoFor(permission)
	if refused != nil {
		return r, nil, refused
	}
	for _, e := range r.Environments {
		if fold(e.Name) == fold(c.params["environment_name"]) {
			return r, e, nil
		}
	}
	return r, nil, c.notFound()
}

func (c *call) getEnvironment() *reply {
	r, e, refused := c.environment("actions:read")
	if refused != nil {
		return refused
	}
	return ok(c.environmentShape(r, e))
}

func (c *call) environmentShape(r repoOf, e *Environment) object {
	full := r.org.Login + "/" + r.Name
	s := object{
		"id": e.ID, "node_id": nodeID("Environment", e.ID), "name": e.Name, "created_at": stamp(e.CreatedAt), "updated_at": later(e.UpdatedAt, e.CreatedAt),
		"url":      c.base() + "/repos/" + full + "/environments/" + escaped(e.Name),
		"html_url": c.site() + "/" + full + "/deployments/activity_log?environments_filter=" + escaped(e.Name),
		// The published description does not know this key; the live API has it.
		"can_admins_bypass": e.CanAdminsBypass,
		"protection_rules":  c.protectionShapes(r, e), "deployment_branch_policy": nil,
	}
	if p := e.BranchPolicy; p != nil {
		s["deployment_branch_policy"] = object{"protected_branches": p.ProtectedBranches, "custom_branch_policies": !p.ProtectedBranches}
	}
	return s
}

// protectionShapes lists the built-in rules that are switched on. Self-review
// is a property of the reviewers' rule: without reviewers nobody can tell.
func (c *call) protectionShapes(r repoOf, e *Environment) []object {
	out := []object{}
	rule := func(place int64, kind string, more object) {
		id := 8*e.ID + place
		more["id"], more["node_id"], more["type"] = id, nodeID("Gate", id), kind
		out = append(out, more)
	}
	if e.WaitTimer > 0 {
		rule(1, "wait_timer", object{"wait_timer": e.WaitTimer})
	}
	if len(e.Reviewers) > 0 {
		rule(2, "required_reviewers", object{"prevent_self_review": e.PreventSelfReview, "reviewers": c.reviewerShapes(r, e)})
	}
	if e.BranchPolicy != nil {
		rule(3, "branch_policy", object{})
	}
	return out
}

func (c *call) reviewerShapes(r repoOf, e *Environment) []object {
	out := []object{}
	for _, a := range e.Reviewers {
		if t := r.org.team(a.Name); a.Type == "Team" && t != nil {
			out = append(out, object{"type": "Team", "reviewer": c.teamShape(r.org, t)})
		}
		if u := c.x.user(a.Name); a.Type == "User" && u != nil {
			out = append(out, object{"type": "User", "reviewer": c.userShape(u)})
		}
	}
	return out
}

// listBranchPolicies is empty unless patterns of its own decide.
func (c *call) listBranchPolicies() *reply {
	_, e, refused := c.environment("actions:read")
	if refused != nil {
		return refused
	}
	var patterns []BranchPattern
	if e.BranchPolicy != nil && !e.BranchPolicy.ProtectedBranches {
		patterns = e.BranchPolicy.Custom
	}
	return counted(c, "branch_policies", patterns, patternShape)
}

func (c *call) getBranchPolicy() *reply {
	_, e, refused := c.environment("actions:read")
	if refused != nil {
		return refused
	}
	at := c.patternPlace(e)
	if at < 0 {
		return c.notFound()
	}
	return ok(patternShape(e.BranchPolicy.Custom[at]))
}

// listCustomRules lists the apps that guard the environment; GitHub allows six,
// so the list has no pages.
func (c *call) listCustomRules() *reply {
	_, e, refused := c.environment("actions:read")
	if refused != nil {
		return refused
	}
	return ok(object{"total_count": len(e.CustomRules), "custom_deployment_protection_rules": shapes(e.CustomRules, func(r ProtectionApp) object {
		return object{"id": r.ID, "node_id": nodeID("DeploymentProtectionRule", r.ID), "enabled": true, "app": object{
			"id": r.AppID, "slug": r.AppSlug, "node_id": nodeID("App", r.AppID), "integration_url": c.base() + "/apps/" + escaped(r.AppSlug),
		}}
	})})
}

func (c *call) listEnvironmentSecrets() *reply {
	_, e, refused := c.environment("environments:read")
	if refused != nil {
		return refused
	}
	return counted(c, "secrets", e.Secrets, func(s *Secret) object {
		return object{"name": s.Name, "created_at": stamp(s.CreatedAt), "updated_at": stamp(s.UpdatedAt)}
	})
}
