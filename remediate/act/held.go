package act

import (
	"context"

	"github.com/eb661601/ajar/remediate"
)

// heldToday gives the repositories that an outsider is to get back today's names,
// or says which of them is not to be had any more.
func (h *Hands) heldToday(ctx context.Context, l *Live) error {
	held := l.Change.After.Held
	if !l.Change.After.There || l.Change.After.Role != outside || held == nil {
		return nil
	}
	one := *held
	one.Repos = nil
	for _, r := range held.Repos {
		of := Live{Change: remediate.Change{Org: l.Change.Org, Repo: &r.Label}}
		if err := h.resolve(ctx, &of); err != nil {
			return err
		}
		if of.Moved != "" {
			l.Moved = of.Moved
			return nil
		}
		one.Repos = append(one.Repos, remediate.HeldRole{Label: *of.Change.Repo, Role: r.Role})
	}
	l.Change.After.Held = &one
	return nil
}

// invitedBack is what somebody becomes who was invited to each of the repositories
// that they are to get back; nil where they were not.
func (h *Hands) invitedBack(ctx context.Context, c remediate.Change) (*remediate.State, error) {
	if !c.After.There || c.After.Role != outside || c.After.Held == nil || len(c.After.Held.Repos) == 0 {
		return nil, nil
	}
	for _, r := range c.After.Held.Repos {
		rows, err := h.repoInvitations(ctx, c.Org.Name, r.Name)
		if err != nil {
			return nil, err
		}
		found := false
		for _, i := range rows {
			found = found || i.Invitee != nil && i.Invitee.ID == c.User.ID && role(i.Permissions) == r.Role
		}
		if !found {
			return nil, nil
		}
	}
	return &remediate.State{There: true, Role: outside, Held: c.After.Held}, nil
}
