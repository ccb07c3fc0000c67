package collector

import (
	"context"
	"errors"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// invitations reads who was invited to the organization and has not answered.
func (r *run) invitations(ctx context.Context) error {
	return r.invites(ctx, access.AreaInvitations, "pending invitations of "+r.org.Login, r.c.REST().Organizations.ListPendingOrgInvitations)
}

// failedInvitations reads the invitations that lapsed or could not be delivered.
func (r *run) failedInvitations(ctx context.Context) error {
	return r.invites(ctx, access.AreaFailedInvitations, "failed invitations of "+r.org.Login, r.c.REST().Organizations.ListFailedOrgInvitations)
}

type listInvitations func(ctx context.Context, org string, o *gh.ListOptions) ([]*gh.Invitation, *gh.Response, error)

func (r *run) invites(ctx context.Context, area access.Area, what string, list listInvitations) error {
	if !r.reads(area) {
		return r.close(ctx, area, -1)
	}
	err := agreed(func() (map[int64]struct{}, error) { return r.walkInvites(ctx, area, what, list) })
	if end := stopped(err); end != nil {
		return end
	}
	if errors.Is(err, github.ErrNotFound) && r.ghes() {
		r.lower(gap{status: access.Unavailable, reason: "GitHub Enterprise Server does not list invitations"}, area)
	} else if err != nil {
		r.lower(gapOf(area, what, err), area)
	}
	return r.close(ctx, area, -1)
}

// walkInvites reads the list once and hands it on.
func (r *run) walkInvites(ctx context.Context, area access.Area, what string, list listInvitations) (map[int64]struct{}, error) {
	seen := map[int64]struct{}{}
	err := r.pages(func(page int) (int, int, *gh.Response, error) {
		rows, resp, err := list(ctx, r.org.Login, &gh.ListOptions{Page: page, PerPage: perPage})
		for _, row := range rows {
			if row.GetID() <= 0 {
				return 0, 0, resp, errNull
			}
			seen[row.GetID()] = struct{}{}
			if why := lacksInvite(area, row).gap(what); why != nil {
				r.lower(*why, area)
				continue
			}
			if err := r.keepInvite(ctx, area, row); err != nil {
				return 0, 0, resp, err
			}
		}
		return len(rows), len(seen), resp, err
	})
	return seen, err
}

// lacksInvite says what was not told of an invitation. It is for an account or
// for an address.
func lacksInvite(area access.Area, row *gh.Invitation) (l lacks) {
	l.unless(row.GetLogin() != "" || row.GetEmail() != "", "login and email")
	l.unless(row.GetRole() != "", "role")
	l.date(row.CreatedAt.GetTime(), "created_at")
	l.unless(area != access.AreaFailedInvitations || row.FailedAt != nil, "failed_at")
	l.sane(row.FailedAt.GetTime(), "failed_at")
	return l
}

// ghes reports whether the server is a GitHub Enterprise Server.
func (r *run) ghes() bool { return strings.HasSuffix(r.c.REST().BaseURL(), "/api/v3/") }

func (r *run) keepInvite(ctx context.Context, area access.Area, row *gh.Invitation) error {
	i := access.Invite{
		ID: row.GetID(), Login: row.GetLogin(), Email: row.GetEmail(), Role: row.GetRole(), CreatedAt: row.GetCreatedAt().UTC(),
		Inviter: row.GetInviter().GetLogin(), Teams: row.GetTeamCount(), FailedReason: row.GetFailedReason(),
	}
	if row.FailedAt != nil {
		i.FailedAt = row.GetFailedAt().UTC()
	}
	g := access.Grant{Principal: access.Ref{Kind: access.Invitation, ID: i.ID}, Resource: r.self(), Source: access.Invited}
	switch i.Role {
	case "admin":
		g.Privilege = access.Owner
	case "direct_member", "reinstate":
		g.Privilege = access.Member
	case "billing_manager", "hiring_manager": // neither a member nor an owner
		g.Privilege = access.None
	default:
		why := partial("invitation %d of %s has a role that is not known here: %q", i.ID, r.org.Login, i.Role)
		return r.finish(ctx, area, i.ID, one(i), &why)
	}
	if area == access.AreaFailedInvitations || g.Privilege == access.None {
		return r.out.put(ctx, area, i.ID, one(i))
	}
	return r.out.put(ctx, area, i.ID, one(i, g))
}
