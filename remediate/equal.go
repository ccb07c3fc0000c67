package remediate

import (
	"cmp"
	"slices"
)

// Equal reports whether two changes are the same to GitHub: the same thing by its
// numbers, from the same state to the same state, and the same that goes along. What
// things are called is not asked.
func (c Change) Equal(o Change) bool {
	return c.Thing == o.Thing && c.Org.ID == o.Org.ID && sameLabel(c.Repo, o.Repo) && sameLabel(c.Team, o.Team) &&
		sameLabel(c.User, o.User) && sameLabel(c.Env, o.Env) && sameLabel(c.Key, o.Key) && sameLabel(c.Invitation, o.Invitation) &&
		c.Before.Same(o.Before) && c.After.Same(o.After) && same(c.Before.Held, o.Before.Held, HeldState.same)
}

// SameThing reports whether two changes set the same thing.
func (c Change) SameThing(o Change) bool {
	return c.Thing == o.Thing && c.Org.ID == o.Org.ID && sameLabel(c.Repo, o.Repo) && sameLabel(c.Team, o.Team) &&
		sameLabel(c.User, o.User) && sameLabel(c.Env, o.Env) && sameLabel(c.Key, o.Key) && sameLabel(c.Invitation, o.Invitation)
}

func sameLabel(a, b *Label) bool { return same(a, b, func(a, b Label) bool { return a.ID == b.ID }) }

func (h HeldState) same(o HeldState) bool {
	roles := func(l []HeldRole) []HeldRole {
		out := slices.Clone(l)
		for i := range out {
			out[i].Label = Label{ID: out[i].ID}
		}
		slices.SortFunc(out, func(a, b HeldRole) int { return cmp.Compare(a.ID, b.ID) })
		return out
	}
	return slices.Equal(roles(h.Teams), roles(o.Teams)) && slices.Equal(roles(h.Repos), roles(o.Repos))
}
