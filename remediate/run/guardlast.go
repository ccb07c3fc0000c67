package run

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// The guards that ask who is the last one, live.

// admins holds that a repository which has an administrator who is no owner keeps
// one, unless the baseline lists another.
func (r *running) admins(p *Past) (*Refused, error) {
	if r.o.Guards.AllowOwnerOnly || !takes(p.Change) {
		return nil, nil
	}
	var owners map[int64]bool
	for _, repo := range r.adminOf(p.Change) {
		if r.o.AdminListed != nil && r.o.AdminListed(repo.ID) {
			continue
		}
		if owners == nil {
			all, err := r.allOwners()
			if err != nil {
				return nil, err
			}
			owners = map[int64]bool{}
			for _, o := range all {
				owners[o.ID] = true
			}
		}
		on := p.Change
		on.Repo = &repo
		if one, err := r.stays(on, owners); err != nil || one {
			if err != nil {
				return nil, err
			}
			continue
		}
		all, err := tried(r.ctx, r, func() ([]remediate.Label, error) { return r.o.Hands.Admins(r.ctx, repo) })
		if err != nil {
			return nil, err
		}
		had, left := 0, []remediate.Label{}
		for _, a := range all {
			if owners[a.ID] {
				continue
			}
			had++
			if !p.hits(access.Ref{Kind: access.User, ID: a.ID}) {
				left = append(left, a)
			}
		}
		// Who came into the team since the plan was made loses with it too.
		left, err = tried(r.ctx, r, func() ([]remediate.Label, error) { return r.o.Hands.Keep(r.ctx, on, left) })
		if err != nil {
			return nil, err
		}
		if had > 0 && len(left) == 0 {
			return breach(remediate.LastAdminGuard, "%s would have no administrator but the owners", repo.Name), nil
		}
	}
	return nil, nil
}

// stays asks first about those of whom the newest snapshot says that they stay
// administrators when the base permission is lowered: asking about one of them is a
// request, listing all whom it makes administrators are many.
func (r *running) stays(on remediate.Change, owners map[int64]bool) (bool, error) {
	if on.Thing != remediate.BasePermission || r.o.Stays == nil {
		return false, nil
	}
	ask := r.o.Stays(on)
	ask = slices.DeleteFunc(ask, func(l remediate.Label) bool { return owners[l.ID] })
	left, err := tried(r.ctx, r, func() ([]remediate.Label, error) { return r.o.Hands.Keep(r.ctx, on, ask) })
	return len(left) > 0, err
}

// adminOf lists the repositories on which a change takes the role of administrator.
func (r *running) adminOf(c remediate.Change) []remediate.Label {
	var out []remediate.Label
	switch {
	case (c.Thing == remediate.DirectGrant || c.Thing == remediate.TeamGrant) && c.Repo != nil && c.Before.Role == "admin":
		return []remediate.Label{*c.Repo}
	case c.Thing == remediate.Membership && c.Before.Held != nil:
		for _, h := range c.Before.Held.Repos {
			if h.Role == "admin" {
				out = append(out, h.Label)
			}
		}
	}
	admin, _ := r.reach(c)
	for _, l := range admin {
		if !slices.ContainsFunc(out, func(o remediate.Label) bool { return o.ID == l.ID }) {
			out = append(out, l)
		}
	}
	return out
}

func (r *running) reach(c remediate.Change) (admin, guarded []remediate.Label) {
	if c.Thing == remediate.TeamMembership && c.After.There {
		return nil, nil // no maintainer any more, and in the team as before
	}
	if r.o.Reach == nil || c.Thing != remediate.TeamMembership && c.Thing != remediate.Membership && c.Thing != remediate.BasePermission {
		return nil, nil
	}
	return r.o.Reach(c)
}

// reviewers holds that somebody is left who can approve a deployment to each
// guarded environment of the repository.
func (r *running) reviewers(p *Past) (*Refused, error) {
	c := p.Change
	if c.Thing != remediate.Protection && !takes(c) || !reachesGates(c) {
		return nil, nil
	}
	all := []remediate.Change{c}
	_, guarded := r.reach(c)
	for _, repo := range guarded {
		on := c
		on.Repo = &repo
		all = append(all, on)
	}
	for _, on := range all {
		n, err := tried(r.ctx, r, func() (int, error) { return r.o.Hands.Approvers(r.ctx, on) })
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return breach(remediate.LastReviewerGuard, "nobody could approve a deployment any more"), nil
		}
	}
	return nil, nil
}
