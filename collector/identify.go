package collector

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

type identityQuery struct {
	Organization *struct {
		ID                              string
		DatabaseID                      int64
		Login                           string
		Name                            given[string] // null: it has none
		CreatedAt                       *time.Time
		ArchivedAt                      *time.Time
		RequiresTwoFactorAuthentication *bool
		viewer
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// Identify finds the organization behind a login. Everything after it goes by
// the number that it gives.
func Identify(ctx context.Context, c Client, login string) (access.Organization, error) {
	org, _, err := Introduce(ctx, c, login)
	return org, err
}

// Introduce is Identify, and gives beside it what GitHub says that the token may
// see of the organization, in words that are the same as long as that is: as whom
// it asks, and whether that is an administrator or a member.
func Introduce(ctx context.Context, c Client, login string) (org access.Organization, sight string, err error) {
	var q identityQuery
	t, err := sift(c.Query(ctx, &q, map[string]any{"org": githubv4.String(login)}))
	// An owner's setting may be kept from the token; who the organization is may not.
	o := q.Organization
	if err == nil && (o == nil || o.DatabaseID <= 0 || o.ID == "") {
		err = cmp.Or(t.at("organization"), fmt.Errorf("GitHub did not say which it is: %w", github.ErrNotFound))
	}
	if err != nil {
		return org, "", fmt.Errorf("organization %s: %w", login, err)
	}
	if err := t.inside([]any{"organization"}, "requiresTwoFactorAuthentication"); err != nil {
		return org, "", fmt.Errorf("organization %s: %w", login, err)
	}
	var l lacks
	l.unless(o.Login != "", "login")
	l.unless(o.Name.told, "name")
	l.date(o.CreatedAt, "createdAt")
	l.sane(o.ArchivedAt, "archivedAt")
	if len(l) > 0 {
		return org, "", fmt.Errorf("organization %s: %w", login, &github.BodyError{
			Host: "GitHub", What: "an organization of which it " + strings.ReplaceAll(strings.Join(l, ", "), "GitHub ", "")})
	}
	sight = fmt.Sprintf("%q administers %t member %t", value(q.Viewer).Login, o.ViewerCanAdminister, o.ViewerIsAMember)
	return access.Organization{
		ID: o.DatabaseID, NodeID: o.ID, Login: o.Login, Name: value(o.Name.value),
		CreatedAt: o.CreatedAt.UTC(), ArchivedAt: value(o.ArchivedAt).UTC(),
		TwoFactorRequired: o.RequiresTwoFactorAuthentication,
	}, sight, nil
}

// organization hands on what Identify found.
func (r *run) organization(ctx context.Context) error {
	rows, hand := one(r.org), r.out.put
	if r.org.TwoFactorRequired == nil { // owners are told
		rows.Untold, hand = []string{"two_factor_required"}, r.out.add
	}
	if err := hand(ctx, access.AreaOrganization, r.org.ID, rows); err != nil {
		return err
	}
	return r.close(ctx, access.AreaOrganization, 1)
}

// value gives what p points to, or the zero value: for text and times, where
// the vocabulary has "not told" as zero.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
