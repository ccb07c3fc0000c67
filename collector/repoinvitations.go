package collector

import (
	"context"
	"errors"
	"fmt"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// invitations sets out to read who was invited to one repository. GitHub has no
// list of them for an organization, and does not count them in GraphQL.
func (w *repoWalk) invitations(ctx context.Context, of place, s sight) error {
	area, r := access.AreaRepoInvitations, w.r
	if !r.reads(area) {
		return nil
	}
	switch s {
	case hiddenHere:
		g := denied(area, "invitations to %s: GitHub shows them to administrators of the repository alone", r.name(of.name))
		return r.finish(ctx, area, of.id, access.Rows{}, &g)
	case hiddenEverywhere:
		r.tellHidden()
		return nil
	}
	return r.inTier(ctx, tierRead{area: area, scope: of.id, calls: 1, same: anything,
		read: func(ctx context.Context) error { return r.readInvitations(ctx, of) }})
}

// repoInvitation is an invitation as REST lists it.
type repoInvitation struct {
	ID      int64 `json:"id"`
	Invitee *struct {
		ID     int64  `json:"id"`
		NodeID string `json:"node_id"`
		Login  string `json:"login"`
	} `json:"invitee"` // null: an account that is gone
	Inviter *struct {
		Login string `json:"login"`
	} `json:"inviter"` // null likewise
	Permissions *string    `json:"permissions"`
	CreatedAt   *time.Time `json:"created_at"`
	Expired     bool       `json:"expired"` // not in each answer; what is missing is read as no
}

// lacks says what was not told of an invitation.
func (i *repoInvitation) lacks(what string) *gap {
	var l lacks
	l.date(i.CreatedAt, "created_at")
	l.unless(i.Invitee == nil || i.Invitee.ID > 0 && i.Invitee.Login != "", "invitee") // half of it is nobody
	l.among(i.Permissions, "permissions", "read", "triage", "write", "maintain", "admin")
	return l.gap(fmt.Sprintf("%s: invitation %d", what, i.ID))
}

// readInvitations reads the list, by the repository's name. Nothing counts what is
// in it, so it is read until two readings agree. Nearly every repository has nobody
// invited, and an empty list is believed at once where none is stored either:
// nothing ends by it, and each repository has to be asked anyway.
func (r *run) readInvitations(ctx context.Context, of place) error {
	what := "invitations to " + r.name(of.name)
	var rows access.Rows
	var g *gap
	walk := func() (seen map[int64]struct{}, err error) {
		rows, g, seen, err = r.walkRepoInvites(ctx, of, what)
		return seen, err
	}
	seen, err := walk()
	if err == nil {
		had, failed := r.hadInvitations(ctx, of)
		if err = failed; err == nil && (had || len(seen) > 0) {
			err = agreedWith(seen, walk)
		}
	}
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		why := gapOf(access.AreaRepoInvitations, what, err)
		g = &why
	}
	return r.confirm(ctx, reading{of: of, area: access.AreaRepoInvitations, what: what,
		keep: func(ctx context.Context) error {
			r.told(access.AreaRepoInvitations)
			return r.finish(ctx, access.AreaRepoInvitations, of.id, rows, g)
		},
		again: r.readInvitations,
	})
}

// hadInvitations tells whether invitations to a repository are stored.
func (r *run) hadInvitations(ctx context.Context, of place) (bool, error) {
	if r.tiers.known == nil {
		return false, nil
	}
	stored, err := r.tiers.known.Stored(ctx, access.AreaRepoInvitations, of.id)
	if err != nil {
		return false, &stop{err}
	}
	return len(stored) > 0, nil
}

// walkRepoInvites reads the list once.
func (r *run) walkRepoInvites(ctx context.Context, of place, what string) (rows access.Rows, g *gap, seen map[int64]struct{}, err error) {
	seen = map[int64]struct{}{}
	var people []access.Person
	err = r.pages(func(page int) (int, int, *gh.Response, error) {
		var list []*repoInvitation
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/invitations?per_page=%d&page=%d", r.org.Login, of.name, perPage, page), &list)
		for _, i := range list {
			if i == nil || i.ID <= 0 {
				return 0, 0, resp, errNull
			}
			if _, twice := seen[i.ID]; twice {
				continue
			}
			seen[i.ID] = struct{}{}
			if why := i.lacks(what); why != nil {
				g = why
				continue
			}
			invite, grant := i.read(of.id)
			if i.Invitee != nil && i.Invitee.Login != "" {
				people = append(people, access.Person{ID: i.Invitee.ID, NodeID: i.Invitee.NodeID, Login: i.Invitee.Login})
			}
			rows.Entities, rows.Grants = append(rows.Entities, invite), append(rows.Grants, grant)
		}
		return len(list), len(seen), resp, err
	})
	return rows, g, seen, errors.Join(err, r.out.people(ctx, false, people))
}

// read turns an invitation into the thing and what it would grant.
func (i *repoInvitation) read(repository int64) (access.Invite, access.Grant) {
	p, _ := access.ParsePrivilege(value(i.Permissions))
	invite := access.Invite{ID: i.ID, Repo: repository, Permission: p, CreatedAt: value(i.CreatedAt).UTC(), Expired: i.Expired}
	if i.Invitee != nil {
		invite.Invitee, invite.Login = i.Invitee.ID, i.Invitee.Login
	}
	if i.Inviter != nil {
		invite.Inviter = i.Inviter.Login
	}
	return invite, access.Grant{
		Principal: access.Ref{Kind: access.Invitation, ID: i.ID}, Resource: repo(repository), Privilege: p, Source: access.Invited,
	}
}
