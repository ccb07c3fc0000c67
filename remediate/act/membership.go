package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/eb661601/ajar/remediate"
)

const (
	membershipRoute  = "/orgs/{org}/memberships/{username}"
	outsideRoute     = "/orgs/{org}/outside_collaborators/{username}"
	orgInviteRoute   = "/orgs/{org}/invitations"
	member           = "member"
	owner            = "owner"
	outside          = "outside"
	reinstate        = "reinstate" // an invitation that brings back what a former member held
	directMember     = "direct_member"
	organizationHead = "admin" // what REST calls an owner
)

// orgMembership is somebody's membership as REST tells it.
type orgMembership struct {
	State string `json:"state"` // active, pending
	Role  string `json:"role"`  // admin, member
	User  *struct {
		ID int64 `json:"id"`
	} `json:"user"`
	// Where a team of the enterprise gives the membership, ending the direct one takes
	// nothing away. Servers without enterprise teams do not tell these.
	Direct   *bool    `json:"direct_membership"`
	Indirect []string `json:"enterprise_teams_providing_indirect_membership"`
}

func (h *Hands) membership(ctx context.Context, org, login string) (orgMembership, error) {
	var m orgMembership
	_, err := h.get(ctx, path("orgs", org, "memberships", login), &m)
	return m, err
}

// readMembership reads what somebody is in the organization: owner, member,
// outside collaborator, or nothing. That there is no membership is believed since
// the organization was seen just before.
func (h *Hands) readMembership(ctx context.Context, l *Live) error {
	if err := h.heldToday(ctx, l); err != nil || l.Moved != "" {
		return err
	}
	c := l.Change
	m, err := h.membership(ctx, c.Org.Name, c.User.Name)
	if absent(err) {
		if l.State, err = h.outsider(ctx, c); err != nil || l.State.There {
			return err
		}
		return h.invitedBack(ctx, l)
	}
	if err != nil {
		return err
	}
	if l.Moved = m.held(c); l.Moved != "" {
		return nil
	}
	state, err := orgState(m, c.User.ID)
	if err != nil {
		return err
	}
	switch m.State {
	case "active":
		l.State = state
		l.State.Held = c.Before.Held
	case "pending":
		l.Invited = &state
		l.State, err = h.outsider(ctx, c)
	default:
		return fmt.Errorf("the state of the membership is not known here: %q", m.State)
	}
	return err
}

// held says what keeps a membership from being set as the change has it.
func (m orgMembership) held(c remediate.Change) string {
	leaves := c.Before.There && (!c.After.There || c.After.Role == outside)
	switch {
	case m.Role == "billing_manager":
		return c.User.Name + " is a billing manager, and no member"
	case leaves && m.State == "active" && (m.Direct != nil && !*m.Direct || len(m.Indirect) > 0):
		return "a team of the enterprise makes " + c.User.Name + " a member too: that would stay"
	}
	return ""
}

func orgState(m orgMembership, user int64) (remediate.State, error) {
	switch {
	case m.User == nil || m.User.ID != user:
		return remediate.State{}, errors.New("the membership is told of somebody else")
	case m.Role == organizationHead:
		return remediate.State{There: true, Role: owner}, nil
	case m.Role == member:
		return remediate.State{There: true, Role: member}, nil
	}
	return remediate.State{}, fmt.Errorf("the role in the organization is not known here: %q", m.Role)
}

// outsider reports whether somebody who is no member is an outside collaborator.
func (h *Hands) outsider(ctx context.Context, c remediate.Change) (remediate.State, error) {
	rows, err := list(ctx, h, path("orgs", c.Org.Name, "outside_collaborators"), func(a account) int64 { return a.ID })
	if err != nil {
		return remediate.State{}, err
	}
	for _, a := range rows {
		if a.ID == c.User.ID {
			return remediate.State{There: true, Role: outside, Held: c.Before.Held}, nil
		}
	}
	return remediate.State{}, nil
}

// membershipSteps lead between the four things that somebody can be. A role is set
// in place; who is gone comes back by an invitation alone, which they must accept.
func membershipSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	have, want := now.Role, c.After.Role
	if !now.There {
		have = ""
	}
	if !c.After.There {
		want = ""
	}
	in := path("orgs", c.Org.Name, "memberships", c.User.Name)
	out := path("orgs", c.Org.Name, "outside_collaborators", c.User.Name)
	set := func(role string) Step {
		return Step{Method: http.MethodPut, Route: membershipRoute, Path: in, Body: object("role", role), Repeatable: true}
	}
	remove := Step{Method: http.MethodDelete, Route: membershipRoute, Path: in, Repeatable: true}
	convert := Step{Method: http.MethodPut, Route: outsideRoute, Path: out, Body: body(map[string]any{"async": false}), Repeatable: true}
	switch [2]string{have, want} {
	case [2]string{owner, member}:
		return []Step{set(member)}, nil
	case [2]string{member, owner}:
		return []Step{set(organizationHead)}, nil
	case [2]string{owner, ""}, [2]string{member, ""}:
		return []Step{remove}, nil
	case [2]string{member, outside}:
		return []Step{convert}, nil
	case [2]string{owner, outside}:
		return []Step{set(member), convert}, nil
	case [2]string{outside, ""}:
		return []Step{{Method: http.MethodDelete, Route: outsideRoute, Path: out, Repeatable: true}}, nil
	}
	return backSteps(c, now, have, want)
}

// backSteps bring somebody back who is gone, or is an outsider.
func backSteps(c remediate.Change, now remediate.State, have, want string) ([]Step, error) {
	if c.Before.There && have == "" {
		return nil, errGone
	}
	switch want {
	case outside:
		if c.After.Held == nil || len(c.After.Held.Repos) == 0 {
			return nil, errors.New("which repositories the outside collaborator had is not known")
		}
		var steps []Step
		for _, r := range c.After.Held.Repos {
			if r.Role == "" || r.Name == "" {
				return nil, errNoRole
			}
			if now.Held != nil && slices.ContainsFunc(now.Held.Repos, func(o remediate.HeldRole) bool { return o.ID == r.ID }) {
				continue // invited already
			}
			steps = append(steps, Step{Method: http.MethodPut, Route: collaboratorRoute, Repeatable: true,
				Path: path("repos", c.Org.Name, r.Name, "collaborators", c.User.Name), Body: object("permission", verb(r.Role))})
		}
		return steps, nil
	case member, owner:
		as := reinstate
		if have == outside {
			as = map[string]string{member: directMember, owner: organizationHead}[want]
		}
		invite := map[string]any{"invitee_id": c.User.ID, "role": as}
		if teams := heldTeams(c.After.Held); as != reinstate && len(teams) > 0 {
			invite["team_ids"] = teams
		}
		return []Step{{Method: http.MethodPost, Route: orgInviteRoute, Path: path("orgs", c.Org.Name, "invitations"), Body: body(invite)}}, nil
	}
	return nil, errNoRole
}

func heldTeams(held *remediate.HeldState) []int64 {
	var ids []int64
	if held != nil {
		for _, t := range held.Teams {
			ids = append(ids, t.ID)
		}
	}
	return ids
}
