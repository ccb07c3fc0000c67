package act

import (
	"context"
	"fmt"

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
