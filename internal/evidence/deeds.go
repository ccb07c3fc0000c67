package evidence

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// deed is a change that ajar made, by its journal: some step of it may have taken
// effect.
type deed struct {
	remediate.Change
	plan, run, action string
	restores          bool
	invites           bool      // it takes effect when somebody accepts
	from, to          time.Time // it was sent, and the last that was heard of it
	made              int64     // the number that GitHub gave to what came of it; 0: none
	of                *run.Run  // that made it
	rules             []string  // whose findings it answers
}

// upTo is until when the deed may take effect.
func (d *deed) upTo() time.Time {
	if d.invites {
		return d.to.Add(access.InvitationLife)
	}
	return d.to
}

// deeds are those of an organization since an instant, the oldest first. dark are the
// times of runs that the journal does not tell whole.
func (g *gathering) deeds(ctx context.Context, org int64, since time.Time) (out []deed, dark []window, err error) {
	ids, err := g.s.RunsSince(ctx, org, since)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		told, lost, err := g.replay(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if told == nil {
			dark = append(dark, lost)
			continue
		}
		for _, a := range told.Actions {
			if d, ok := deedOf(told, a); ok {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deed) int { return a.from.Compare(b.from) })
	return out, dark, nil
}

// replay gives a run, or when it was where its entries do not tell it.
func (g *gathering) replay(ctx context.Context, id string) (*run.Run, window, error) {
	entries, err := g.s.JournalOf(ctx, id)
	if err == nil {
		var told *run.Run
		if told, err = run.Replay(entries); err == nil {
			return told, window{}, nil
		}
	} else if !errors.Is(err, store.ErrTampered) {
		return nil, window{}, err
	}
	short, _, err := g.s.RunOf(ctx, id)
	return nil, window{from: short.Begun, to: short.Wrote}, err
}

func deedOf(r *run.Run, a *run.Past) (deed, bool) {
	if !a.Effective() {
		return deed{}, false
	}
	d := deed{Change: a.Change, plan: r.Begun.Plan, run: r.ID, action: a.ID, restores: r.Begun.Restores != "", of: r, rules: a.Rules,
		invites: a.How == run.Invited || (a.Change.Thing == remediate.OrgInvitation || a.Change.Thing == remediate.RepoInvitation) && a.Change.After.There}
	hear := func(at time.Time) {
		if d.from.IsZero() || at.Before(d.from) {
			d.from = at
		}
		if at.After(d.to) {
			d.to = at
		}
	}
	for _, s := range a.Sends {
		if s.Answer != nil && s.Answer.NotApplied {
			continue
		}
		hear(s.At)
		if s.Answer != nil {
			hear(s.Answer.At)
			d.made = max(d.made, s.Answer.Created)
		}
	}
	if a.Verified != nil && a.State == journal.Verified && a.How != run.Invited {
		hear(a.Verified.At)
	}
	return d, !d.from.IsZero()
}

func is(k access.Kind, l *remediate.Label, r access.Ref) bool {
	return l != nil && l.ID != 0 && r == access.Ref{Kind: k, ID: l.ID}
}

// moved reports whether the deed gave or took a grant.
func (d *deed) moved(g access.Grant, came bool) bool {
	state, other := d.Before, d.After
	if came {
		state, other = d.After, d.Before
	}
	who, on := g.Principal, g.Resource
	switch d.Thing {
	case remediate.DirectGrant:
		return is(access.User, d.User, who) && is(access.Repo, d.Repo, on) && g.Source == access.Direct && held(state, g)
	case remediate.TeamGrant:
		return is(access.Team, d.Team, who) && is(access.Repo, d.Repo, on) && g.Source == access.ByTeam && held(state, g)
	case remediate.TeamMembership:
		return is(access.User, d.User, who) && is(access.Team, d.Team, on) && held(state, g)
	case remediate.Membership:
		// What hangs on a membership comes and goes with it.
		parted := !d.After.There || d.After.Role == "outside"
		return is(access.User, d.User, who) && state.There && (on.Kind == access.Org || !came && parted || came && (d.restores || parted && d.After.There))
	case remediate.DeployKey:
		return state.There && is(access.Repo, d.Repo, on) && (is(access.Key, d.Key, who) && !came || came && who == access.Ref{Kind: access.Key, ID: d.made})
	case remediate.OrgInvitation, remediate.RepoInvitation:
		return d.invited(g, came)
	case remediate.Protection:
		return is(access.Env, d.Env, on) && listed(state, who) && !listed(other, who)
	}
	return false
}

// invited reports whether a deed about an invitation gave or took a grant: that of the
// invitation, or the one that somebody has who accepted it.
func (d *deed) invited(g access.Grant, came bool) bool {
	who := g.Principal
	if who.Kind == access.Invitation {
		return is(access.Invitation, d.Invitation, who) && !came && !d.After.There || came && who.ID == d.made && d.After.There ||
			is(access.Invitation, d.Invitation, who) && d.Before.There && d.After.There
	}
	i := d.After.Invite
	return came && d.invites && i != nil && i.Invitee != 0 && who == access.Ref{Kind: access.User, ID: i.Invitee} && (d.Repo == nil || is(access.Repo, d.Repo, g.Resource))
}

// held reports whether a state is that of a grant.
func held(s remediate.State, g access.Grant) bool {
	if !s.There {
		return false
	}
	if g.Role != 0 || s.RoleID != 0 {
		return g.Role == s.RoleID
	}
	p, ok := access.ParsePrivilege(s.Role)
	if s.Role == "maintainer" {
		p, ok = access.Maintain, true
	}
	return ok && p == g.Privilege
}

func listed(s remediate.State, who access.Ref) bool {
	return s.Gate != nil && slices.ContainsFunc(s.Gate.Reviewers, func(r remediate.Reviewer) bool {
		return r.ID == who.ID && (r.Kind == "user" && who.Kind == access.User || r.Kind == "team" && who.Kind == access.Team)
	})
}

// set reports whether the deed changed something that is no grant.
func (d *deed) set(c settingChange) bool {
	switch {
	case c.Class == "settings":
		return settingThings[c.Aspect] == d.Thing
	case c.Subject.Kind == access.Env:
		return d.Thing == remediate.Protection && is(access.Env, d.Env, c.Subject.Ref)
	}
	return false
}
