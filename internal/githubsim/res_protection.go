package githubsim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

func protectionField(get func(p protectionOf) any) fieldFunc {
	return func(_ *exec, v any, _ args) any { return get(v.(protectionOf)) }
}

var protectionFields = map[string]fieldFunc{
	"allowsDeletions":   protectionField(func(p protectionOf) any { return p.AllowsDeletions }),
	"allowsForcePushes": protectionField(func(p protectionOf) any { return p.AllowsForcePushes }),
	"blocksCreations":   protectionField(func(p protectionOf) any { return p.BlocksCreations }),
	"bypassForcePushAllowances": protectionField(func(p protectionOf) any {
		return allowances("BypassForcePushAllowance", p, p.BypassForcePushAllowances)
	}),
	"bypassPullRequestAllowances": protectionField(func(p protectionOf) any {
		return allowances("BypassPullRequestAllowance", p, p.BypassPullRequestAllowances)
	}),
	"databaseId":      protectionField(func(p protectionOf) any { return int32ID(p.ID) }),
	"id":              protectionField(func(p protectionOf) any { return nodeID("BranchProtectionRule", p.ID) }),
	"isAdminEnforced": protectionField(func(p protectionOf) any { return p.IsAdminEnforced }),
	"lockBranch":      protectionField(func(p protectionOf) any { return p.LockBranch }),
	"pattern":         protectionField(func(p protectionOf) any { return p.Pattern }),
	"pushAllowances":  protectionField(func(p protectionOf) any { return allowances("PushAllowance", p, p.PushAllowances) }),
	"repository":      protectionField(func(p protectionOf) any { return p.repo }),
	"requireLastPushApproval": protectionField(func(p protectionOf) any {
		return p.RequireLastPushApproval
	}),
	"requiredApprovingReviewCount": protectionField(func(p protectionOf) any {
		if !p.RequiresApprovingReviews {
			return nil
		}
		return p.RequiredApprovingReviewCount
	}),
	"requiredDeploymentEnvironments": protectionField(func(p protectionOf) any {
		out := make([]any, len(p.RequiredDeploymentEnvironments))
		for i, n := range p.RequiredDeploymentEnvironments {
			out[i] = n
		}
		return out
	}),
	"requiresApprovingReviews":  protectionField(func(p protectionOf) any { return p.RequiresApprovingReviews }),
	"requiresCodeOwnerReviews":  protectionField(func(p protectionOf) any { return p.RequiresCodeOwnerReviews }),
	"restrictsPushes":           protectionField(func(p protectionOf) any { return p.RestrictsPushes }),
	"restrictsReviewDismissals": protectionField(func(p protectionOf) any { return p.RestrictsReviewDismissals }),
	"reviewDismissalAllowances": protectionField(func(p protectionOf) any {
		return allowances("ReviewDismissalAllowance", p, p.ReviewDismissalAllowances)
	}),
}

// allowance is somebody named in a branch protection rule.
type allowance struct {
	typ   string
	rule  protectionOf
	actor Actor
}

func allowances(typ string, p protectionOf, actors []Actor) *connection {
	return &connection{n: len(actors), at: func(i int) any { return allowance{typ, p, actors[i]} }}
}

var allowanceFields = map[string]fieldFunc{
	"actor": func(e *exec, v any, _ args) any {
		a := v.(allowance)
		o := a.rule.repo.org
		switch t := o.team(a.actor.Name); {
		case a.actor.Type == "App":
			return o.app(a.actor.Name)
		case a.actor.Type == "Team" && t != nil:
			return teamOf{t, o}
		case a.actor.Type == "User":
			return e.x.user(a.actor.Name)
		}
		return nil
	},
	"id": func(_ *exec, v any, _ args) any {
		a := v.(allowance)
		return nodeIDOf(a.typ, nodeID("BranchProtectionRule", a.rule.ID), a.actor.Type, fold(a.actor.Name))
	},
}

var appFields = map[string]fieldFunc{
	"databaseId": func(_ *exec, v any, _ args) any { return int32ID(v.(app).id) },
	"id":         func(_ *exec, v any, _ args) any { return nodeID("App", v.(app).id) },
	"name":       func(_ *exec, v any, _ args) any { return v.(app).slug },
	"slug":       func(_ *exec, v any, _ args) any { return v.(app).slug },
	"url":        func(_ *exec, v any, _ args) any { return site + "/apps/" + v.(app).slug },
}

// all lists the rulesets of a repository, with those of its organization if
// parents are wanted.
func (r repoOf) all(parents bool) []rulesetOf {
	var out []rulesetOf
	for _, s := range r.Rulesets {
		out = append(out, rulesetOf{s, r.org, &r})
	}
	if parents {
		for _, s := range r.org.Rulesets {
			out = append(out, rulesetOf{s, r.org, nil})
		}
	}
	return out
}

// rulesets lists the rulesets of an organization, or of a repository.
func rulesets(o *orgIndex, r *repoOf, a args) *connection {
	var from, out []rulesetOf
	if r != nil {
		from = r.all(a.flag("includeParents"))
	} else {
		for _, s := range o.Rulesets {
			from = append(from, rulesetOf{s, o, nil})
		}
	}
	targets := a.words("targets")
	for _, s := range from {
		if len(targets) == 0 || slices.Contains(targets, strings.ToUpper(s.Target)) {
			out = append(out, s)
		}
	}
	return connectionOf(out, argsKey(a))
}

var rulesetFields = map[string]fieldFunc{
	// bypassActors is null without write access to the ruleset, with no word about it.
	"bypassActors": func(e *exec, v any, _ args) any {
		s := v.(rulesetOf)
		allowed := e.v.onOrg(s.org, "organization_administration", "write")
		if s.repo != nil {
			allowed = e.v.onRepo(*s.repo, "administration", "write")
		}
		if !allowed {
			return nil
		}
		return &connection{n: len(s.BypassActors), at: func(i int) any { return bypass{s.BypassActors[i], s} }}
	},
	"createdAt":   func(_ *exec, v any, _ args) any { return v.(rulesetOf).born() },
	"updatedAt":   func(_ *exec, v any, _ args) any { return latest(v.(rulesetOf).UpdatedAt, v.(rulesetOf).born()) },
	"databaseId":  func(_ *exec, v any, _ args) any { return int32ID(v.(rulesetOf).ID) },
	"enforcement": func(_ *exec, v any, _ args) any { return strings.ToUpper(v.(rulesetOf).Enforcement) },
	"id":          func(_ *exec, v any, _ args) any { return nodeID("RepositoryRuleset", v.(rulesetOf).ID) },
	"name":        func(_ *exec, v any, _ args) any { return v.(rulesetOf).Name },
	"source": func(_ *exec, v any, _ args) any {
		if s := v.(rulesetOf); s.repo != nil {
			return *s.repo
		}
		return v.(rulesetOf).org
	},
	"target": func(_ *exec, v any, _ args) any { return strings.ToUpper(v.(rulesetOf).Target) },
}

// born is when a ruleset came; worlds may leave it out, and then it is as old
// as what it belongs to.
func (s rulesetOf) born() time.Time {
	switch {
	case !s.CreatedAt.IsZero():
		return s.CreatedAt
	case s.repo != nil:
		return s.repo.CreatedAt
	}
	return s.org.CreatedAt
}

// bypass is an actor that may step around a ruleset.
type bypass struct {
	BypassActor
	set rulesetOf
}

// builtInRoles are GitHub's numbers of repository roles in rulesets.
var builtInRoles = map[int64]string{2: "maintain", 4: "write", 5: "admin"}

var bypassFields = map[string]fieldFunc{
	"actor": func(e *exec, v any, _ args) any {
		b := v.(bypass)
		switch b.ActorType {
		case "Team":
			return e.x.byID["Team"][b.ActorID]
		case "Integration":
			for _, i := range b.set.org.Installations {
				if i.AppID == b.ActorID {
					return app{i.AppID, i.AppSlug}
				}
			}
			return app{b.ActorID, "app-" + strconv.FormatInt(b.ActorID, 10)}
		}
		return nil
	},
	"bypassMode":        func(_ *exec, v any, _ args) any { return strings.ToUpper(v.(bypass).Mode) },
	"deployKey":         func(_ *exec, v any, _ args) any { return v.(bypass).ActorType == "DeployKey" },
	"enterpriseOwner":   func(_ *exec, v any, _ args) any { return v.(bypass).ActorType == "EnterpriseOwner" },
	"organizationAdmin": func(_ *exec, v any, _ args) any { return v.(bypass).ActorType == "OrganizationAdmin" },
	"id": func(_ *exec, v any, _ args) any {
		b := v.(bypass)
		return nodeIDOf("RepositoryRulesetBypassActor", nodeID("RepositoryRuleset", b.set.ID), b.ActorType, strconv.FormatInt(b.ActorID, 10))
	},
	"repositoryRoleDatabaseId": func(_ *exec, v any, _ args) any {
		if b := v.(bypass); b.ActorType == "RepositoryRole" {
			return int32ID(b.ActorID)
		}
		return nil
	},
	"repositoryRoleName": func(_ *exec, v any, _ args) any {
		b := v.(bypass)
		if b.ActorType != "RepositoryRole" {
			return nil
		}
		for _, r := range b.set.org.CustomRoles {
			if r.ID == b.ActorID {
				return r.Name
			}
		}
		return orNull(builtInRoles[b.ActorID])
	},
}
