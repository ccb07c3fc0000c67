package act

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/eb661601/ajar/remediate"
)

// mostReviewers is how many reviewers GitHub takes.
const mostReviewers = 6

// protectionSteps lead from one protection to another. The gate itself (reviewers,
// wait, self-review, bypass, which kind of branches) changes in one call, which is
// all or nothing; patterns of branches are calls of their own. Where the gate gets
// tighter it comes first, where it gets looser last. In both cases a pattern is
// added before another is deleted, so that deployments go on. Where the gate gets
// tighter in one way and looser in another, what both sides allow is all that is
// open in between.
func protectionSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	have, want := now.Gate, c.After.Gate
	if !now.There || !c.After.There || have == nil || want == nil {
		return nil, errors.New("an environment is neither made nor deleted here")
	}
	gate, err := gateSteps(c, have, want)
	if err != nil {
		return nil, err
	}
	add, remove := patternSteps(c, have, want)
	switch {
	case have.Branches != want.Branches: // patterns go while they count, and come where they count
		return slices.Concat(remove, gate, add), nil
	case len(gate) == 0 || tighter(have, want):
		return slices.Concat(gate, add, remove), nil
	case tighter(want, have):
		return slices.Concat(add, remove, gate), nil
	}
	return slices.Concat(remove, gate, add), nil
}

// gateSteps is the one call that changes the gate; none where it is the same.
// updateEnvironment touches three fields alone; what it cannot set takes the call
// that replaces the whole object.
func gateSteps(c remediate.Change, have, want *remediate.GateState) ([]Step, error) {
	if len(want.Reviewers) > mostReviewers {
		return nil, fmt.Errorf("GitHub takes %d reviewers, and these are %d", mostReviewers, len(want.Reviewers))
	}
	now, then := *have, *want
	now.Patterns, then.Patterns = nil, nil
	three := now
	three.Reviewers, three.WaitTimer, three.PreventSelfReview = then.Reviewers, then.WaitTimer, then.PreventSelfReview
	switch {
	case sameGate(now, then):
		return nil, nil
	case sameGate(three, then):
		return reviewersStep(c, want)
	case want.AdminBypass == nil:
		return nil, errors.New("GitHub did not tell whether administrators may bypass, and the call would set it")
	}
	reviewers := []map[string]any{}
	for _, r := range want.Reviewers {
		reviewers = append(reviewers, map[string]any{"type": map[string]string{"user": "User", "team": "Team"}[r.Kind], "id": r.ID})
	}
	var branches any
	switch want.Branches {
	case "any":
	case "protected", "selected":
		branches = map[string]any{"protected_branches": want.Branches == "protected", "custom_branch_policies": want.Branches == "selected"}
	default:
		return nil, fmt.Errorf("which branches should deploy is not known here: %q", want.Branches)
	}
	return []Step{{Method: http.MethodPut, Route: environmentRoute, Path: environmentPath(c), Repeatable: true, Body: body(map[string]any{
		"wait_timer": want.WaitTimer, "prevent_self_review": want.PreventSelfReview, "reviewers": reviewers,
		"deployment_branch_policy": branches, "can_admins_bypass": *want.AdminBypass,
	})}}, nil
}

// reviewersStep is the mutation that touches reviewers, wait and self-review alone.
// All three are sent: whether one that is left out stays is not documented.
func reviewersStep(c remediate.Change, want *remediate.GateState) ([]Step, error) {
	ids := []string{}
	for _, r := range want.Reviewers {
		if r.NodeID == "" {
			return nil, fmt.Errorf("the node id of the reviewer %q is not known", r.Name)
		}
		ids = append(ids, r.NodeID)
	}
	if c.Env.NodeID == "" {
		return nil, errors.New("the node id of the environment is not known")
	}
	return []Step{{Method: http.MethodPost, Route: "GraphQL updateEnvironment", GraphQL: "updateEnvironment", Repeatable: true, Body: body(map[string]any{
		"environmentId": c.Env.NodeID, "reviewers": ids, "waitTimer": want.WaitTimer, "preventSelfReview": want.PreventSelfReview,
	})}}, nil
}

// patternSteps add the patterns that are missing and delete those too many. They
// count only where selected branches deploy.
func patternSteps(c remediate.Change, have, want *remediate.GateState) (add, remove []Step) {
	at, route := environmentPath(c)+"/deployment-branch-policies", environmentRoute+"/deployment-branch-policies"
	there, wanted := counting(have), counting(want)
	for _, p := range wanted {
		if !slices.ContainsFunc(there, p.is) {
			add = append(add, Step{Method: http.MethodPost, Route: route, Path: at, Repeatable: true, // a second one is answered 303
				Body: body(map[string]any{"name": p.Name, "type": p.Type})})
		}
	}
	for _, p := range there {
		if !slices.ContainsFunc(wanted, p.is) {
			remove = append(remove, Step{Method: http.MethodDelete, Route: route + "/{branch_policy_id}",
				Path: at + "/" + strconv.FormatInt(p.ID, 10), Repeatable: true})
		}
	}
	return add, remove
}

// pattern is one by its name and kind.
type pattern remediate.Pattern

func (p pattern) is(o pattern) bool { return p.Name == o.Name && p.Type == o.Type }

func counting(g *remediate.GateState) []pattern {
	var out []pattern
	if g.Branches == "selected" {
		for _, p := range g.Patterns {
			out = append(out, pattern(p))
		}
	}
	return out
}

func environmentPath(c remediate.Change) string {
	return path("repos", c.Org.Name, c.Repo.Name, "environments", c.Env.Name)
}

func sameGate(a, b remediate.GateState) bool {
	return remediate.State{There: true, Gate: &a}.Same(remediate.State{There: true, Gate: &b})
}

// tighter reports whether the gate b lets nothing through that a holds back.
func tighter(a, b *remediate.GateState) bool {
	bypass := func(g *remediate.GateState) bool { return g.AdminBypass == nil || *g.AdminBypass }
	return fewer(a.Reviewers, b.Reviewers) && b.WaitTimer >= a.WaitTimer && (b.PreventSelfReview || !a.PreventSelfReview) &&
		(bypass(a) || !bypass(b))
}

// fewer reports whether nobody can approve by the list b who cannot by a. With no
// list there is nothing to approve, which is widest.
func fewer(a, b []remediate.Reviewer) bool {
	if len(b) == 0 {
		return len(a) == 0
	}
	if len(a) == 0 {
		return true
	}
	for _, r := range b {
		if !slices.ContainsFunc(a, func(o remediate.Reviewer) bool { return o.ID == r.ID && o.Kind == r.Kind }) {
			return false
		}
	}
	return true
}
