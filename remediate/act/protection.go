package act

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/remediate"
)

const environmentRoute = "/repos/{owner}/{repo}/environments/{environment_name}"

// environment is the whole of an environment's protection as REST tells it, its
// branch patterns left out.
type environment struct {
	ID          int64      `json:"id"`
	AdminBypass *bool      `json:"can_admins_bypass"`
	Rules       []gateRule `json:"protection_rules"`
	// Branches is null where any branch may deploy, and absent where it was not told.
	Branches json.RawMessage `json:"deployment_branch_policy"`
}

type gateRule struct {
	Type       string         `json:"type"`
	WaitTimer  *int           `json:"wait_timer"`
	SelfReview *bool          `json:"prevent_self_review"`
	Reviewers  []gateReviewer `json:"reviewers"`
}

type gateReviewer struct {
	Type     string `json:"type"`
	Reviewer *struct {
		ID     int64  `json:"id"`
		NodeID string `json:"node_id"`
		Login  string `json:"login"`
		Slug   string `json:"slug"`
	} `json:"reviewer"`
}

type branchPolicy struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// readProtection reads all of an environment's protection, since calls replace it
// as a whole. The name, which the address holds, must give the planned number.
func (h *Hands) readProtection(ctx context.Context, l *Live) error {
	c := l.Change
	at := path("repos", c.Org.Name, c.Repo.Name, "environments", c.Env.Name)
	var e environment
	_, err := h.get(ctx, at, &e)
	switch {
	case absent(err): // the repository was seen just before
		l.Moved = fmt.Sprintf("the environment %s is gone", c.Env.Name)
		return nil
	case err != nil:
		return err
	case e.ID != c.Env.ID:
		l.Moved = fmt.Sprintf("the environment %s is number %d by now, not the planned %d", c.Env.Name, e.ID, c.Env.ID)
		return nil
	}
	g, err := e.gate()
	if err != nil {
		return err
	}
	if g.Branches == "selected" {
		if g.Patterns, err = h.patterns(ctx, at); err != nil {
			return err
		}
	}
	l.State = remediate.State{There: true, Gate: &g}
	l.Change.Before.Gate, l.Change.After.Gate = filled(c.Before.Gate, g), filled(c.After.Gate, g)
	if l.Change.After.Gate != nil {
		return h.reviewers(ctx, l)
	}
	return nil
}

// gate reads what protects the environment; what is not known in it is an error.
// Whether somebody may approve what they deploy is told beside the reviewers: with
// none of them there is no telling, and nothing to approve.
func (e environment) gate() (remediate.GateState, error) {
	g := remediate.GateState{AdminBypass: e.AdminBypass, Branches: "any"}
	if e.Rules == nil || len(e.Branches) == 0 {
		return g, errors.New("GitHub did not tell what protects the environment")
	}
	for _, r := range e.Rules {
		switch r.Type {
		case "wait_timer":
			if r.WaitTimer == nil {
				return g, errors.New("GitHub did not tell the wait timer of the environment")
			}
			g.WaitTimer = *r.WaitTimer
		case "required_reviewers":
			if r.SelfReview == nil || r.Reviewers == nil {
				return g, errors.New("GitHub did not tell the reviewers of the environment")
			}
			g.PreventSelfReview = *r.SelfReview
			for _, who := range r.Reviewers {
				one, err := who.read()
				if err != nil {
					return g, err
				}
				g.Reviewers = append(g.Reviewers, one)
			}
		}
	}
	if string(e.Branches) == "null" {
		return g, nil
	}
	var b struct {
		Protected *bool `json:"protected_branches"`
		Custom    *bool `json:"custom_branch_policies"`
	}
	if err := json.Unmarshal(e.Branches, &b); err != nil || b.Protected == nil || b.Custom == nil || *b.Protected == *b.Custom {
		return g, errors.New("GitHub did not tell which branches may deploy")
	}
	g.Branches = "protected"
	if *b.Custom {
		g.Branches = "selected"
	}
	return g, nil
}

func (r gateReviewer) read() (remediate.Reviewer, error) {
	one := remediate.Reviewer{Kind: map[string]string{"User": "user", "Team": "team"}[r.Type]}
	if one.Kind == "" || r.Reviewer == nil || r.Reviewer.ID == 0 {
		return one, fmt.Errorf("a reviewer of the environment is not known here: %q", r.Type)
	}
	one.Label = remediate.Label{ID: r.Reviewer.ID, NodeID: r.Reviewer.NodeID, Name: r.Reviewer.Login + r.Reviewer.Slug}
	return one, nil
}

// patterns are the names of branches and tags that may deploy, with their numbers.
func (h *Hands) patterns(ctx context.Context, at string) ([]remediate.Pattern, error) {
	var a struct {
		Total    *int           `json:"total_count"`
		Policies []branchPolicy `json:"branch_policies"`
	}
	var out []remediate.Pattern
	for page := 1; page <= mostPages; page++ {
		a.Policies = nil
		if _, err := h.get(ctx, fmt.Sprintf("%s/deployment-branch-policies?per_page=100&page=%d", at, page), &a); err != nil {
			return nil, err
		}
		if a.Total == nil {
			return nil, errors.New("GitHub did not tell how many branch patterns there are")
		}
		for _, p := range a.Policies {
			if p.ID == 0 || p.Name == "" {
				return nil, errors.New("a branch pattern came without number or name")
			}
			if p.Type == "" {
				p.Type = "branch" // servers that know no patterns of tags tell no type
			}
			out = append(out, remediate.Pattern{ID: p.ID, Name: p.Name, Type: p.Type})
		}
		if len(out) >= *a.Total || len(a.Policies) == 0 {
			break
		}
	}
	if len(out) != *a.Total {
		return nil, fmt.Errorf("GitHub counts %d branch patterns and lists %d", *a.Total, len(out))
	}
	return out, nil
}

// filled is a planned gate with what only the live one tells: node ids of
// reviewers, and whether administrators may bypass where the snapshot was not told.
func filled(g *remediate.GateState, live remediate.GateState) *remediate.GateState {
	if g == nil {
		return nil
	}
	one := *g
	one.Reviewers = slices.Clone(g.Reviewers)
	for i := range one.Reviewers {
		for _, r := range live.Reviewers {
			if r.ID == one.Reviewers[i].ID && r.Kind == one.Reviewers[i].Kind {
				one.Reviewers[i].Label = r.Label
			}
		}
	}
	if one.AdminBypass == nil {
		one.AdminBypass = live.AdminBypass
	}
	return &one
}

// reviewers finds what stands behind the planned reviewers who are not listed yet:
// today's names and node ids. Where one is gone the change must not be made: a gate
// that names nobody lets everybody through.
func (h *Hands) reviewers(ctx context.Context, l *Live) error {
	after, all := l.Change.After.Gate, places(&remediate.Change{Org: l.Change.Org})
	for i := range after.Reviewers {
		r := &after.Reviewers[i]
		if slices.ContainsFunc(l.State.Gate.Reviewers, func(o remediate.Reviewer) bool { return o.ID == r.ID && o.Kind == r.Kind }) {
			continue
		}
		c := remediate.Change{Org: l.Change.Org}
		if r.Kind == "team" {
			c.Team = &r.Label
		} else {
			c.User = &r.Label
		}
		at := places(&c)
		who := at[len(at)-1]
		if r.NodeID == "" {
			node, why, err := h.byName(ctx, c, who)
			if err != nil || why != "" {
				l.Moved = why
				return err
			}
			r.NodeID = node
			continue
		}
		all = append(all, who)
	}
	if len(all) == 1 {
		return nil
	}
	return h.found(ctx, l, all)
}
