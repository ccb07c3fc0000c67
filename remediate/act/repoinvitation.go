package act

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

// repoInvite is a pending invitation to a repository.
type repoInvite struct {
	ID      int64 `json:"id"`
	Invitee *struct {
		ID     int64  `json:"id"`
		NodeID string `json:"node_id"`
		Login  string `json:"login"`
	} `json:"invitee"`
	Permissions string `json:"permissions"` // read, write, maintain, triage, admin
}

func (h *Hands) repoInvitations(ctx context.Context, org, repo string) ([]repoInvite, error) {
	rows, err := list(ctx, h, path("repos", org, repo, "invitations"), func(i repoInvite) int64 { return i.ID })
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Permissions == "" {
			return nil, errors.New("an invitation to the repository came without its permission")
		}
	}
	return rows, nil
}

// readRepoInvitation reads an invitation to a repository: one that is to go by its
// number, one that is to come back by whom it invites. Where it is to come back
// and the person has a direct grant by now, inviting would change that grant.
func (h *Hands) readRepoInvitation(ctx context.Context, l *Live) error {
	c := l.Change
	rows, err := h.repoInvitations(ctx, c.Org.Name, c.Repo.Name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		planned := row.ID == c.Invitation.ID
		again := c.After.There && c.After.Invite != nil && row.Invitee != nil && row.Invitee.ID == c.After.Invite.Invitee
		if !planned && !again {
			continue
		}
		if row.Invitee == nil || row.Invitee.ID == 0 {
			return errors.New("GitHub did not tell whom the invitation to the repository invites")
		}
		l.Change.Invitation.ID = row.ID
		l.State = remediate.State{There: true, Invite: &remediate.InviteState{
			Invitee: row.Invitee.ID, Login: row.Invitee.Login, Role: role(row.Permissions),
		}}
		if full := l.Change.Before.Invite; planned && full != nil && full.Invitee == 0 && strings.EqualFold(full.Login, row.Invitee.Login) {
			one := *full
			one.Invitee = row.Invitee.ID
			l.Change.Before.Invite = &one
		}
		return nil
	}
	if !c.After.There || c.After.Invite == nil {
		return nil
	}
	return h.mayInvite(ctx, l)
}

// mayInvite sees to it that the login still belongs to who is to be invited again,
// and that they hold nothing that inviting them would change.
func (h *Hands) mayInvite(ctx context.Context, l *Live) error {
	i := l.Change.After.Invite
	if i.Invitee == 0 {
		return errors.New("whom to invite again is not known")
	}
	who := remediate.Label{ID: i.Invitee, Name: i.Login}
	c := l.Change
	c.User = &who
	at := places(&c)
	node, why, err := h.byName(ctx, c, at[len(at)-1])
	if err != nil || why != "" {
		l.Moved = why
		return err
	}
	who.NodeID = node
	held, err := h.direct(ctx, c)
	if err != nil {
		return err
	}
	if held.There {
		l.Moved = who.Name + " is a collaborator by now: inviting would change that grant"
	}
	return nil
}

// repoInvitationSteps cancel an invitation, change what it offers in place, or send
// it again.
func repoInvitationSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	s := Step{Route: "/repos/{owner}/{repo}/invitations/{invitation_id}", Repeatable: true,
		Path: path("repos", c.Org.Name, c.Repo.Name, "invitations", strconv.FormatInt(c.Invitation.ID, 10))}
	i := c.After.Invite
	switch {
	case !c.After.There:
		s.Method = http.MethodDelete
	case i == nil || i.Role == "" || i.Login == "":
		return nil, errors.New("whom to invite again, and as what, is not known")
	case now.There && (now.Invite == nil || now.Invite.Invitee != i.Invitee):
		return nil, errors.New("the invitation is for somebody else")
	case now.There:
		s.Method, s.Body = http.MethodPatch, object("permissions", i.Role)
	case c.Before.There:
		return nil, errGone
	default:
		s.Method, s.Route, s.Body = http.MethodPut, collaboratorRoute, object("permission", verb(i.Role))
		s.Path = path("repos", c.Org.Name, c.Repo.Name, "collaborators", i.Login)
	}
	return []Step{s}, nil
}
