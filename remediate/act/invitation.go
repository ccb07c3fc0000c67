package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// orgInvite is a pending invitation to the organization. REST does not tell the
// number of the account, only its login.
type orgInvite struct {
	ID        int64  `json:"id"`
	Login     string `json:"login"`
	Email     string `json:"email"`
	Role      string `json:"role"`
	TeamCount *int   `json:"team_count"`
}

// readInvitation reads an invitation to the organization. One that is to go is
// found by its number; one that is to come back has another number then, and is
// found by whom it invites.
func (h *Hands) readInvitation(ctx context.Context, l *Live) error {
	c := l.Change
	rows, err := list(ctx, h, path("orgs", c.Org.Name, "invitations"), func(i orgInvite) int64 { return i.ID })
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.ID == c.Invitation.ID {
			return h.foundInvitation(ctx, l, row)
		}
	}
	want := c.After.Invite
	if !c.After.There || want == nil {
		return nil
	}
	for _, row := range rows {
		found, err := h.invitation(ctx, c, row, want)
		if err != nil {
			return err
		}
		if want.Invitee != 0 && found.Invitee == want.Invitee || want.Invitee == 0 && want.Login == "" && strings.EqualFold(want.Email, found.Email) {
			l.Change.Invitation.ID = row.ID
			l.State = remediate.State{There: true, Invite: &found}
			return nil
		}
	}
	return nil
}

// foundInvitation takes the planned invitation itself. GitHub changes none in
// place, so what a snapshot does not tell of it (its teams, the account's number)
// is filled in.
func (h *Hands) foundInvitation(ctx context.Context, l *Live, row orgInvite) error {
	planned := l.Change.Before.Invite
	found, err := h.invitation(ctx, l.Change, row, planned)
	if err != nil {
		return err
	}
	l.State = remediate.State{There: true, Invite: &found}
	if planned == nil || !l.Change.Before.There {
		return nil
	}
	full := *planned
	if full.Invitee == 0 && strings.EqualFold(full.Login, found.Login) {
		full.Invitee = found.Invitee
	}
	if len(full.Teams) == 0 {
		full.Teams = found.Teams
	}
	l.Change.Before.Invite = &full
	return nil
}

// invitation reads what the list does not tell.
func (h *Hands) invitation(ctx context.Context, c remediate.Change, row orgInvite, planned *remediate.InviteState) (remediate.InviteState, error) {
	i := remediate.InviteState{Login: row.Login, Email: row.Email, Role: row.Role}
	switch {
	case row.Role == "" || row.Login == "" && row.Email == "":
		return i, errors.New("GitHub did not tell whom the invitation invites as what")
	case row.TeamCount == nil:
		return i, errors.New("GitHub did not tell to how many teams the invitation leads")
	case row.Login != "":
		i.Email = emailOf(row, planned)
		var q struct {
			User      *named `graphql:"user(login:$login)"`
			RateLimit *github.RateLimit
		}
		if err := onlyAbsent(h.o.Read.Query(ctx, &q, map[string]any{"login": githubv4.String(row.Login)})); err != nil {
			return i, err
		}
		if q.User == nil || q.User.DatabaseID == 0 {
			return i, fmt.Errorf("the account %q that was invited is not there any more", row.Login)
		}
		i.Invitee = q.User.DatabaseID
	}
	if *row.TeamCount == 0 {
		return i, nil
	}
	type team struct {
		ID     int64  `json:"id"`
		NodeID string `json:"node_id"`
		Slug   string `json:"slug"`
	}
	teams, err := list(ctx, h, path("orgs", c.Org.Name, "invitations", fmt.Sprint(row.ID), "teams"), func(t team) int64 { return t.ID })
	if err != nil {
		return i, err
	}
	if len(teams) != *row.TeamCount {
		return i, fmt.Errorf("GitHub counts %d teams of the invitation and lists %d", *row.TeamCount, len(teams))
	}
	for _, t := range teams {
		i.Teams = append(i.Teams, remediate.Label{ID: t.ID, NodeID: t.NodeID, Name: t.Slug})
	}
	return i, nil
}

// emailOf is the address that belongs to the invitation. Of an account that has a
// public one GitHub tells it beside the login; the plan may not hold it.
func emailOf(row orgInvite, planned *remediate.InviteState) string {
	if planned != nil && planned.Email == "" && strings.EqualFold(planned.Login, row.Login) {
		return ""
	}
	return row.Email
}

// invitationSteps cancel an invitation, or send it again.
func invitationSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	cancel := Step{Method: http.MethodDelete, Route: orgInviteRoute + "/{invitation_id}",
		Path: path("orgs", c.Org.Name, "invitations", fmt.Sprint(c.Invitation.ID)), Repeatable: true}
	if !c.After.There {
		return []Step{cancel}, nil
	}
	i := c.After.Invite
	if c.Before.There || now.There {
		return nil, errors.New("GitHub changes no invitation in place")
	}
	if i == nil || i.Role == "" || i.Invitee == 0 && (i.Login != "" || i.Email == "") {
		return nil, errors.New("whom to invite again, and as what, is not known")
	}
	invite := map[string]any{"role": i.Role}
	if i.Invitee != 0 {
		invite["invitee_id"] = i.Invitee
	} else {
		invite["email"] = i.Email
	}
	if len(i.Teams) > 0 {
		ids := make([]int64, len(i.Teams))
		for n, t := range i.Teams {
			ids[n] = t.ID
		}
		invite["team_ids"] = ids
	}
	return []Step{{Method: http.MethodPost, Route: orgInviteRoute, Path: path("orgs", c.Org.Name, "invitations"), Body: body(invite)}}, nil
}
