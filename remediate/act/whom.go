package act

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// Named reads whom a name stands for at this moment, by their numbers: "user:LOGIN",
// or "team:ORG/SLUG" with everybody in it and below it. Nobody at all means that
// GitHub shows no such account or team.
func (h *Hands) Named(ctx context.Context, name string) ([]access.Ref, error) {
	kind, rest, _ := strings.Cut(name, ":")
	var out []access.Ref
	var err error
	switch kind {
	case "user":
		out, err = h.namedUser(ctx, rest)
	case "team":
		org, slug, _ := strings.Cut(rest, "/")
		out, err = h.namedTeam(ctx, org, slug)
	default:
		err = errors.New("it is neither user:LOGIN nor team:ORG/SLUG")
	}
	if err != nil {
		return nil, fmt.Errorf("asking whom %q stands for: %w", name, err)
	}
	return out, nil
}

func (h *Hands) namedUser(ctx context.Context, login string) ([]access.Ref, error) {
	var q struct {
		User      *named `graphql:"user(login:$name)"`
		RateLimit *github.RateLimit
	}
	if err := onlyAbsent(h.o.Read.Query(ctx, &q, map[string]any{"name": githubv4.String(login)})); err != nil || q.User == nil {
		return nil, err
	}
	if q.User.DatabaseID == 0 {
		return nil, errors.New("GitHub did not tell its number")
	}
	return []access.Ref{{Kind: access.User, ID: q.User.DatabaseID}}, nil
}

func (h *Hands) namedTeam(ctx context.Context, org, slug string) ([]access.Ref, error) {
	var q struct {
		Organization *struct {
			Team *named `graphql:"team(slug:$name)"`
		} `graphql:"organization(login:$org)"`
		RateLimit *github.RateLimit
	}
	err := onlyAbsent(h.o.Read.Query(ctx, &q, map[string]any{"org": githubv4.String(org), "name": githubv4.String(slug)}))
	if err != nil || q.Organization == nil || q.Organization.Team == nil {
		return nil, err
	}
	if q.Organization.Team.DatabaseID == 0 {
		return nil, errors.New("GitHub did not tell its number")
	}
	out := []access.Ref{{Kind: access.Team, ID: q.Organization.Team.DatabaseID}}
	rows, err := h.teamPeople(ctx, org, slug)
	for _, m := range rows {
		out = append(out, access.Ref{Kind: access.User, ID: m.ID})
	}
	return out, err
}

// teamPeople lists who is in a team or in one below it.
func (h *Hands) teamPeople(ctx context.Context, org, slug string) ([]account, error) {
	return list(ctx, h, path("orgs", org, "teams", slug, "members"), func(m account) int64 { return m.ID })
}

// Population reads who is in what a change takes something from, at this moment: the
// people of the team whose grant it is and of those below it; of the base permission
// all members who are no owners. Of other changes, which name whom they are about, it
// gives nobody. It is the whole list or an error.
func (h *Hands) Population(ctx context.Context, c remediate.Change) ([]remediate.Label, error) {
	if c.Thing != remediate.TeamGrant && c.Thing != remediate.BasePermission {
		return nil, nil
	}
	l := Live{Change: c}
	err := h.resolve(ctx, &l)
	if err == nil && l.Moved != "" {
		err = errors.New(l.Moved)
	}
	var rows []account
	switch {
	case err != nil:
	case c.Thing == remediate.TeamGrant:
		rows, err = h.teamPeople(ctx, l.Change.Org.Name, l.Change.Team.Name)
	default:
		rows, err = list(ctx, h, path("orgs", l.Change.Org.Name, "members")+"?role=member", func(m account) int64 { return m.ID })
	}
	if err != nil {
		return nil, fmt.Errorf("reading whom it reaches to change %s: %w", describe(c), err)
	}
	out := make([]remediate.Label, 0, len(rows))
	for _, m := range rows {
		out = append(out, m.label())
	}
	return out, nil
}
