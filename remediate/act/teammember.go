package act

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

const teamMembershipRoute = "/orgs/{org}/teams/{team_slug}/memberships/{username}"

// teamMemberQuery asks for the immediate members of a team whose login or name has
// a text in it.
type teamMemberQuery struct {
	Node *struct {
		Typename       string `graphql:"__typename" json:"__typename"`
		teamMemberNode `graphql:"... on Team"`
	} `graphql:"node(id:$team)"`
	RateLimit *github.RateLimit
}

type teamMemberNode struct {
	DatabaseID int64
	Members    *struct {
		TotalCount int
		PageInfo   struct {
			HasNextPage bool
			EndCursor   *githubv4.String
		}
		Edges []*struct {
			Role string
			Node *struct{ DatabaseID int64 }
		}
	} `graphql:"members(first:100,after:$after,membership:IMMEDIATE,query:$login)"`
}

// readTeamMember reads the membership that somebody has in the team itself; one
// through a child team is none. GitHub tells every owner of the organization as a
// maintainer, so that their role in a team is not known and not set. A team that an
// identity provider fills is left alone.
func (h *Hands) readTeamMember(ctx context.Context, l *Live) error {
	c := l.Change
	role, err := h.teamMember(ctx, c)
	if err != nil {
		return err
	}
	if role != "" {
		l.State = remediate.State{There: true, Role: role}
	}
	if !l.State.Same(c.After) {
		group, err := h.directoryOf(ctx, c.Org.Name, c.Team.Name)
		if err != nil {
			return err
		}
		if group != "" {
			l.Moved = "the group " + strconv.Quote(group) + " of the identity provider decides who is in the team; change it there"
			return nil
		}
	}
	if role == "" {
		l.Invited, err = h.pendingTeamMember(ctx, c)
		return err
	}
	return h.tellOwner(ctx, l)
}

// tellOwner leaves the role of an owner of the organization alone.
func (h *Hands) tellOwner(ctx context.Context, l *Live) error {
	c := l.Change
	if !c.Before.There || !c.After.There || c.Before.Role == c.After.Role {
		return nil
	}
	m, err := h.membership(ctx, c.Org.Name, c.User.Name)
	switch {
	case err != nil && !absent(err):
		return err
	case err == nil && m.Role == "admin":
		l.Moved = "an owner of the organization reads as a maintainer of every team, so that the role in this one cannot be told"
	}
	return nil
}

// teamMember is the role of somebody in a team: member, maintainer, or "".
func (h *Hands) teamMember(ctx context.Context, c remediate.Change) (string, error) {
	vars := map[string]any{"team": githubv4.ID(c.Team.NodeID), "login": githubv4.String(c.User.Name), "after": (*githubv4.String)(nil)}
	seen := 0
	for range mostPages {
		var q teamMemberQuery
		if err := h.o.Read.Query(ctx, &q, vars); err != nil {
			return "", err
		}
		if q.Node == nil || q.Node.DatabaseID != c.Team.ID || q.Node.Members == nil {
			return "", errors.New("GitHub did not tell the members of the team")
		}
		m := q.Node.Members
		for _, e := range m.Edges {
			switch {
			case e == nil || e.Node == nil || e.Node.DatabaseID == 0:
				return "", errors.New("a member of the team came as null")
			case e.Node.DatabaseID != c.User.ID:
			case e.Role == "MEMBER" || e.Role == "MAINTAINER":
				return strings.ToLower(e.Role), nil
			default:
				return "", errors.New("the role in the team is not known here")
			}
		}
		seen += len(m.Edges)
		if !m.PageInfo.HasNextPage {
			if seen != m.TotalCount {
				return "", errors.New("GitHub counts other members of the team than it lists")
			}
			return "", nil
		}
		if m.PageInfo.EndCursor == nil {
			break
		}
		vars["after"] = m.PageInfo.EndCursor
	}
	return "", errors.New("there is no end to the members of the team")
}

// pendingTeamMember is what somebody becomes who was invited to the team.
func (h *Hands) pendingTeamMember(ctx context.Context, c remediate.Change) (*remediate.State, error) {
	var a struct {
		Role  string `json:"role"`
		State string `json:"state"`
	}
	_, err := h.get(ctx, path("orgs", c.Org.Name, "teams", c.Team.Name, "memberships", c.User.Name), &a)
	switch {
	case absent(err): // the team was seen just before
		return nil, nil
	case err != nil:
		return nil, err
	case a.State == "pending":
		return &remediate.State{There: true, Role: a.Role}, nil
	case a.State != "active": // active: through a child team
		return nil, errors.New("the state of the membership in the team is not known here")
	}
	return nil, nil
}

// teamMemberSteps set the role in place, remove the member, or add them again.
func teamMemberSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	s := Step{Route: teamMembershipRoute, Path: path("orgs", c.Org.Name, "teams", c.Team.Name, "memberships", c.User.Name), Repeatable: true}
	switch {
	case !c.After.There:
		s.Method = http.MethodDelete
	case c.After.Role != "member" && c.After.Role != "maintainer":
		return nil, errNoRole
	case !now.There && c.Before.There:
		return nil, errGone
	default:
		s.Method, s.Body = http.MethodPut, object("role", c.After.Role)
	}
	return []Step{s}, nil
}
