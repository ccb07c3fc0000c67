package act

import (
	"context"
	"slices"

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

// invitedBack reads to which of the repositories that an outsider is to get back
// they were invited already: those are what the state holds. Invited to all of
// them, they are an outsider again once they accept.
func (h *Hands) invitedBack(ctx context.Context, l *Live) error {
	c := l.Change
	if !c.After.There || c.After.Role != outside || c.After.Held == nil {
		return nil
	}
	l.State.Held = &remediate.HeldState{}
	for _, r := range c.After.Held.Repos {
		rows, err := h.repoInvitations(ctx, c.Org.Name, r.Name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(i repoInvite) bool {
			return i.Invitee != nil && i.Invitee.ID == c.User.ID && offered(i, remediate.State{There: true, Role: r.Role}) == r.Role
		}) {
			l.State.Held.Repos = append(l.State.Held.Repos, r)
		}
	}
	if n := len(l.State.Held.Repos); n > 0 && n == len(c.After.Held.Repos) {
		l.Invited = &remediate.State{There: true, Role: outside, Held: c.After.Held}
	}
	return nil
}
