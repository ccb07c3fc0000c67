package githubsim

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
)

// readsEnvironments reports whether the viewer may list environments: whoever
// sees the repository may, but tokens that list their permissions need
// actions:read.
func (v *viewer) readsEnvironments(r repoOf) bool {
	return v.sees(r) && !v.lacks("actions", "read")
}

// environments lists environments by name.
func (e *exec) environments(r repoOf, a args) any {
	if !e.v.readsEnvironments(r) {
		return e.notAccessible()
	}
	names := a.words("names")
	var out []envOf
	for _, env := range r.Environments {
		pinned := a.str("pinnedEnvironmentFilter")
		if (len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(env.Name) })) &&
			(pinned != "ONLY" || env.Pinned) && (pinned != "NONE" || !env.Pinned) {
			out = append(out, envOf{env, r})
		}
	}
	_, desc := a.order()
	slices.SortFunc(out, func(x, y envOf) int {
		n := strings.Compare(fold(x.Name), fold(y.Name))
		if desc {
			return -n
		}
		return n
	})
	return connectionOf(out, argsKey(a))
}

func (e *exec) environment(r repoOf, name string) any {
	for _, env := range r.Environments {
		if fold(env.Name) == fold(name) && e.v.readsEnvironments(r) {
			return envOf{env, r}
		}
	}
	return nil
}

func envField(get func(e *exec, env envOf) any) fieldFunc {
	return func(e *exec, v any, _ args) any { return get(e, v.(envOf)) }
}

var envFields = map[string]fieldFunc{
	"databaseId": envField(func(_ *exec, env envOf) any { return int32ID(env.ID) }),
	"id":         envField(func(_ *exec, env envOf) any { return nodeID("Environment", env.ID) }),
	"isPinned":   envField(func(_ *exec, env envOf) any { return env.Pinned }),
	"latestCompletedDeployment": envField(func(_ *exec, env envOf) any {
		var best *Deployment
		for _, d := range env.repo.Deployments {
			done := slices.Contains([]string{"success", "failure", "error", "inactive"}, fold(d.State))
			if fold(d.Environment) == fold(env.Name) && done && (best == nil || d.CreatedAt.After(best.CreatedAt)) {
				best = d
			}
		}
		if best == nil {
			return nil
		}
		return deploymentOf{best, env.repo}
	}),
	"name": envField(func(_ *exec, env envOf) any { return env.Name }),
	"pinnedPosition": envField(func(_ *exec, env envOf) any {
		if !env.Pinned {
			return nil
		}
		return 1
	}),
	"protectionRules": envField(func(_ *exec, env envOf) any { return connectionOf(env.gates(), "") }),
}

// gate is one built-in protection rule of an environment.
type gate struct {
	kind string
	env  envOf
}

// gates lists the built-in rules that are there: a rule that says nothing is absent.
func (env envOf) gates() []gate {
	var out []gate
	if env.WaitTimer > 0 {
		out = append(out, gate{"WAIT_TIMER", env})
	}
	if len(env.Reviewers) > 0 {
		out = append(out, gate{"REQUIRED_REVIEWERS", env})
	}
	if env.BranchPolicy != nil {
		out = append(out, gate{"BRANCH_POLICY", env})
	}
	return out
}

// ruleID numbers the built-in rule of a kind (wait_timer, required_reviewers,
// branch_policy) of an environment.
func (e *Environment) ruleID(kind string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strconv.FormatInt(e.ID, 10) + fold(kind))) // never fails
	return int64(h.Sum32() & math.MaxInt32)
}

var gateFields = map[string]fieldFunc{
	"databaseId": func(_ *exec, v any, _ args) any { return v.(gate).env.ruleID(v.(gate).kind) },
	"preventSelfReview": func(_ *exec, v any, _ args) any {
		if g := v.(gate); g.kind == "REQUIRED_REVIEWERS" {
			return g.env.PreventSelfReview
		}
		return nil
	},
	"reviewers": func(e *exec, v any, _ args) any { return connectionOf(e.reviewers(v.(gate)), "") },
	"timeout": func(_ *exec, v any, _ args) any {
		if g := v.(gate); g.kind == "WAIT_TIMER" {
			return g.env.WaitTimer
		}
		return 0
	},
	"type": func(_ *exec, v any, _ args) any { return v.(gate).kind },
}

// reviewers lists users and teams. One that is gone, or a secret team that
// the viewer may not know, is left out.
func (e *exec) reviewers(g gate) []any {
	var out []any
	if g.kind != "REQUIRED_REVIEWERS" {
		return out
	}
	o := g.env.repo.org
	for _, r := range g.env.Reviewers {
		if t := o.team(r.Name); r.Type == "Team" && t != nil && (e.v.seesTeam(o, t) || t.Privacy != "secret") {
			out = append(out, teamOf{t, o})
		}
		if u := e.x.user(r.Name); r.Type == "User" && u != nil {
			out = append(out, u)
		}
	}
	return out
}

func (e *exec) deployments(r repoOf, a args) any {
	if e.v.lacks("deployments", "read") {
		return e.notAccessible()
	}
	names := a.words("environments")
	var out []deploymentOf
	for _, d := range r.Deployments {
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(d.Environment) }) {
			out = append(out, deploymentOf{d, r})
		}
	}
	_, desc := a.order()
	slices.SortFunc(out, func(x, y deploymentOf) int {
		n := cmp.Or(x.CreatedAt.Compare(y.CreatedAt), cmp.Compare(x.ID, y.ID))
		if desc {
			return -n
		}
		return n
	})
	return connectionOf(out, argsKey(a))
}

func deploymentField(get func(e *exec, d deploymentOf) any) fieldFunc {
	return func(e *exec, v any, _ args) any { return get(e, v.(deploymentOf)) }
}

var deploymentFields = map[string]fieldFunc{
	"commitOid":           deploymentField(func(_ *exec, d deploymentOf) any { return d.SHA }),
	"createdAt":           deploymentField(func(_ *exec, d deploymentOf) any { return d.CreatedAt }),
	"creator":             deploymentField(func(e *exec, d deploymentOf) any { return e.x.userOrGhost(d.Creator) }),
	"databaseId":          deploymentField(func(_ *exec, d deploymentOf) any { return int32ID(d.ID) }),
	"environment":         deploymentField(func(_ *exec, d deploymentOf) any { return d.Environment }),
	"id":                  deploymentField(func(_ *exec, d deploymentOf) any { return nodeID("Deployment", d.ID) }),
	"latestEnvironment":   deploymentField(func(_ *exec, d deploymentOf) any { return d.Environment }),
	"originalEnvironment": deploymentField(func(_ *exec, d deploymentOf) any { return d.Environment }),
	"repository":          deploymentField(func(_ *exec, d deploymentOf) any { return d.repo }),
	"state":               deploymentField(func(_ *exec, d deploymentOf) any { return strings.ToUpper(d.State) }),
	"updatedAt":           deploymentField(func(_ *exec, d deploymentOf) any { return d.CreatedAt }),
}
