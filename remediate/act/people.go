package act

import (
	"context"
	"errors"
	"fmt"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/remediate"
)

// account is a person in a list of REST.
type account struct {
	ID       int64  `json:"id"`
	NodeID   string `json:"node_id"`
	Login    string `json:"login"`
	Type     string `json:"type"`
	RoleName string `json:"role_name"` // of a collaborator: the highest over all sources
}

func (a account) label() remediate.Label {
	return remediate.Label{ID: a.ID, NodeID: a.NodeID, Name: a.Login}
}

// Owners reads who owns the organization now, people alone. It is the whole list
// or an error.
func (h *Hands) Owners(ctx context.Context) ([]remediate.Label, error) {
	org, err := h.org(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the owners: %w", err)
	}
	rows, err := list(ctx, h, path("orgs", org, "members")+"?role=admin", func(a account) int64 { return a.ID })
	if err != nil {
		return nil, fmt.Errorf("reading the owners: %w", err)
	}
	var out []remediate.Label
	for _, r := range rows {
		if r.Type == "User" {
			out = append(out, r.label())
		}
	}
	return out, nil
}

// Admins reads everybody whose effective role on a repository is admin now, owners
// included. It is the whole list or an error.
func (h *Hands) Admins(ctx context.Context, repo remediate.Label) ([]remediate.Label, error) {
	l := Live{Change: remediate.Change{Org: h.o.Org, Repo: &repo}}
	if err := h.resolve(ctx, &l); err != nil {
		return nil, fmt.Errorf("reading the admins of %q: %w", repo.Name, err)
	}
	if l.Moved != "" {
		return nil, fmt.Errorf("reading the admins of %q: %s", repo.Name, l.Moved)
	}
	at := path("repos", l.Change.Org.Name, l.Change.Repo.Name, "collaborators")
	rows, err := list(ctx, h, at+"?affiliation=all&permission=admin", func(a account) int64 { return a.ID })
	if err != nil {
		return nil, fmt.Errorf("reading the admins of %q: %w", repo.Name, err)
	}
	var out []remediate.Label
	for _, r := range rows {
		if r.RoleName == "" {
			return nil, fmt.Errorf("reading the admins of %q: GitHub did not tell the role of %q", repo.Name, r.Login)
		}
		if r.RoleName == "admin" {
			out = append(out, r.label())
		}
	}
	return out, nil
}

// Keep gives those of the administrators of a repository whom a change leaves what
// they are. Of a team's grant on it that is who is not in the team, nor in one below
// it, or is an administrator by something that is no team's; which of two teams gives it to
// somebody in both is not asked: that counts as gone. Of the base permission it is who
// is one by something that is not the organization's: what a role of the organization
// gives reads the same, and counts as gone. Of other changes it gives all.
func (h *Hands) Keep(ctx context.Context, c remediate.Change, admins []remediate.Label) ([]remediate.Label, error) {
	ends := map[remediate.Thing]string{remediate.TeamGrant: "Team", remediate.BasePermission: "Organization"}[c.Thing]
	if ends == "" || len(admins) == 0 {
		return admins, nil
	}
	l := Live{Change: c}
	err := h.resolve(ctx, &l)
	if err == nil && l.Moved != "" {
		err = errors.New(l.Moved)
	}
	var out []remediate.Label
	if err == nil {
		out, err = h.keeping(ctx, l.Change, admins, ends)
	}
	if err != nil {
		return nil, fmt.Errorf("reading who stays an admin after %s: %w", describe(c), err)
	}
	return out, nil
}

// keeping goes through the administrators. Of the base permission one who stays is
// enough: there it is every member who would have to be asked about.
func (h *Hands) keeping(ctx context.Context, c remediate.Change, admins []remediate.Label, ends string) ([]remediate.Label, error) {
	in := map[int64]bool{}
	if c.Thing == remediate.TeamGrant {
		rows, err := h.teamPeople(ctx, c.Org.Name, c.Team.Name)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			in[m.ID] = true
		}
	}
	out := []remediate.Label{}
	for _, who := range admins {
		keeps := c.Thing == remediate.TeamGrant && !in[who.ID]
		if !keeps {
			var err error
			if keeps, err = h.adminWithout(ctx, c, who, ends); err != nil {
				return nil, err
			}
		}
		if keeps {
			out = append(out, who)
			if c.Thing == remediate.BasePermission {
				return out, nil
			}
		}
	}
	return out, nil
}

// adminWithout reports whether something of another kind than the one that ends
// makes somebody an administrator of the repository of a change.
func (h *Hands) adminWithout(ctx context.Context, c remediate.Change, who remediate.Label, ends string) (bool, error) {
	var q sourcesQuery
	if err := h.o.Read.Query(ctx, &q, map[string]any{"repo": githubv4.ID(c.Repo.NodeID), "login": githubv4.String(who.Name)}); err != nil {
		return false, err
	}
	if q.Node == nil || q.Node.Collaborators == nil {
		return false, errors.New("GitHub did not tell the collaborators")
	}
	for _, e := range q.Node.Collaborators.Edges {
		if e == nil || e.Node == nil {
			return false, errors.New("a collaborator came as null")
		}
		for _, s := range e.PermissionSources {
			if e.Node.DatabaseID == who.ID && s.Source.Typename != ends && s.RoleName != nil && role(*s.RoleName) == "admin" {
				return true, nil
			}
		}
	}
	return false, nil
}

// org is today's name of the organization.
func (h *Hands) org(ctx context.Context) (string, error) {
	l := Live{Change: remediate.Change{Org: h.o.Org}}
	if err := h.resolve(ctx, &l); err != nil {
		return "", err
	}
	if l.Moved != "" {
		return "", fmt.Errorf("the organization: %s", l.Moved)
	}
	return l.Change.Org.Name, nil
}
