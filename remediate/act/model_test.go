package act

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

// model is GitHub as far as one thing is concerned: what a step makes of a state.
// It is written from GitHub's description of the calls, and not from the steps.
type model struct {
	c    remediate.Change
	next int64 // number of what is made next
}

func (m *model) apply(s remediate.State, step Step) (remediate.State, error) {
	var in map[string]any
	if len(step.Body) > 0 {
		if err := json.Unmarshal(step.Body, &in); err != nil {
			return s, err
		}
	}
	text := func(key string) string { v, _ := in[key].(string); return v }
	older := map[string]string{"pull": "read", "push": "write"}
	newer := func(p string) string {
		if n := older[p]; n != "" {
			return n
		}
		return p
	}
	switch kind := step.Method + " " + step.Route; {
	case step.GraphQL == "updateEnvironment", strings.Contains(step.Route, "/environments/"):
		return m.gate(s, step, in)
	case kind == "PUT "+collaboratorRoute && m.c.Thing == remediate.Membership:
		return m.invited(s, step, newer(text("permission")))
	case kind == "PUT "+collaboratorRoute && m.c.Thing == remediate.RepoInvitation:
		i := *m.c.After.Invite
		i.Role = newer(text("permission"))
		return remediate.State{There: true, Invite: &i}, nil
	case kind == "PUT "+collaboratorRoute, kind == "PUT "+teamRepoRoute:
		return remediate.State{There: true, Role: newer(text("permission"))}, nil
	case kind == "PUT "+teamMembershipRoute:
		return remediate.State{There: true, Role: text("role")}, nil
	case kind == "PUT "+membershipRoute:
		return remediate.State{There: true, Role: map[string]string{"admin": owner, "member": member}[text("role")]}, nil
	case kind == "PUT "+outsideRoute:
		return remediate.State{There: true, Role: outside}, nil
	case kind == "POST "+orgInviteRoute && m.c.Thing == remediate.Membership:
		return remediate.State{There: true, Role: m.c.After.Role}, nil // once they accept
	case kind == "POST "+orgInviteRoute:
		i := remediate.InviteState{Role: text("role"), Email: text("email")}
		if n, ok := in["invitee_id"].(float64); ok {
			i.Invitee = int64(n)
		}
		for _, id := range many(in["team_ids"]) {
			i.Teams = append(i.Teams, remediate.Label{ID: int64(id.(float64))})
		}
		return remediate.State{There: true, Invite: &i}, nil
	case step.Method == http.MethodPatch && strings.HasSuffix(step.Route, "/{invitation_id}"):
		i := *s.Invite
		i.Role = text("permissions")
		return remediate.State{There: true, Invite: &i}, nil
	case kind == "POST "+keysRoute:
		if s.There {
			return s, fmt.Errorf("422: key is already in use")
		}
		return remediate.State{There: true, Key: &remediate.KeyState{Title: text("title"), Public: text("key"), ReadOnly: in["read_only"] == true}}, nil
	case strings.HasSuffix(step.Route, workflowRoute):
		return workflow(text("default_workflow_permissions"), in["can_approve_pull_request_reviews"] == true), nil
	case kind == "PATCH /orgs/{org}":
		return grant(text("default_repository_permission")), nil
	case step.Method == http.MethodDelete && s.There:
		return remediate.State{}, nil
	}
	return s, fmt.Errorf("404: %s %s", step.Method, step.Route)
}

func many(v any) []any { l, _ := v.([]any); return l }

// invited takes one of the invitations by which an outsider comes back.
func (m *model) invited(s remediate.State, step Step, role string) (remediate.State, error) {
	held := remediate.HeldState{}
	if s.Held != nil {
		held.Repos = slices.Clone(s.Held.Repos)
	}
	for _, r := range m.c.After.Held.Repos {
		if step.Path == path("repos", m.c.Org.Name, r.Name, "collaborators", m.c.User.Name) && r.Role == role {
			held.Repos = append(held.Repos, r)
		}
	}
	s.Held = &held
	if len(held.Repos) == len(m.c.After.Held.Repos) { // and once they accept
		s.There, s.Role = true, outside
	}
	return s, nil
}

func (m *model) gate(s remediate.State, step Step, in map[string]any) (remediate.State, error) {
	g := *s.Gate
	g.Patterns = slices.Clone(g.Patterns)
	switch {
	case step.GraphQL != "":
		g.Reviewers = nil
		for _, id := range many(in["reviewers"]) {
			g.Reviewers = append(g.Reviewers, byNode(id.(string)))
		}
		g.WaitTimer, g.PreventSelfReview = int(in["waitTimer"].(float64)), in["preventSelfReview"] == true
	case step.Method == http.MethodPut:
		was := g.Branches
		g = remediate.GateState{Branches: "any", Patterns: g.Patterns, WaitTimer: int(in["wait_timer"].(float64)),
			PreventSelfReview: in["prevent_self_review"] == true, AdminBypass: truth(in["can_admins_bypass"] == true)}
		for _, r := range many(in["reviewers"]) {
			one := r.(map[string]any)
			g.Reviewers = append(g.Reviewers, remediate.Reviewer{Kind: strings.ToLower(one["type"].(string)), Label: remediate.Label{ID: int64(one["id"].(float64))}})
		}
		if b, ok := in["deployment_branch_policy"].(map[string]any); ok {
			g.Branches = map[bool]string{true: "protected", false: "selected"}[b["protected_branches"] == true]
		}
		if g.Branches != was {
			g.Patterns = nil
		}
	case g.Branches != "selected":
		return s, fmt.Errorf("404: no patterns decide")
	case step.Method == http.MethodPost:
		p := remediate.Pattern{ID: m.next, Name: in["name"].(string), Type: in["type"].(string)}
		m.next++
		g.Patterns = append(g.Patterns, p)
	default:
		id, err := strconv.ParseInt(step.Path[strings.LastIndex(step.Path, "/")+1:], 10, 64)
		at := slices.IndexFunc(g.Patterns, func(p remediate.Pattern) bool { return p.ID == id })
		if err != nil || at < 0 {
			return s, fmt.Errorf("404: pattern %d", id)
		}
		g.Patterns = slices.Delete(g.Patterns, at, at+1)
	}
	return remediate.State{There: true, Gate: &g}, nil
}

// byNode is the reviewer behind a node id of the test.
func byNode(node string) remediate.Reviewer {
	kind, number, _ := strings.Cut(node, "-")
	id, _ := strconv.ParseInt(number, 10, 64)
	return remediate.Reviewer{Kind: kind, Label: remediate.Label{ID: id, NodeID: node}}
}
