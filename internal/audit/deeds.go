package audit

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// deed is a change that ajar itself made, by its journal: a step of it was sent and
// may have taken effect. What is gone by one is no reason for doubt: nobody has to
// ask whether the eye sees right where the hand has just been.
type deed struct {
	remediate.Change
	restores bool // it puts something back
}

// deeds are those of an organization between the instant that a snapshot speaks of
// and that of a later one. A run that the journal does not tell whole, since a body
// is redacted, does not decode or is not what was written, explains nothing.
func (p Pass) deeds(ctx context.Context, org int64, from, to time.Time) ([]deed, error) {
	ids, err := p.Store.RunsSince(ctx, org, from.Add(-time.Millisecond))
	if err != nil {
		return nil, err
	}
	var out []deed
	for _, id := range ids {
		entries, err := p.Store.JournalOf(ctx, id)
		if errors.Is(err, store.ErrTampered) {
			continue
		}
		if err != nil {
			return nil, err
		}
		told, err := run.Replay(entries)
		if err != nil {
			continue
		}
		for _, a := range told.Actions {
			if d, ok := deedOf(a, from, to); ok {
				d.restores = told.Begun.Restores != ""
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// deedOf gives the change of an action of which a step went out in a span of time,
// with the numbers that GitHub gave to what it made.
func deedOf(a *run.Past, from, to time.Time) (d deed, ok bool) {
	d.Change = a.Change
	for _, s := range a.Sends {
		if s.Answer != nil && s.Answer.NotApplied || s.At.Before(from) || s.At.After(to) {
			continue
		}
		ok = true
		if s.Answer == nil || s.Answer.Created == 0 {
			continue
		}
		switch d.Thing {
		case remediate.DeployKey:
			d.Key = &remediate.Label{ID: s.Answer.Created}
		case remediate.OrgInvitation, remediate.RepoInvitation:
			d.Invitation = &remediate.Label{ID: s.Answer.Created}
		}
	}
	return d, ok
}

// since gives the instant that the oldest part of some areas of a snapshot is known
// as of.
func since(c access.Coverage, taken time.Time, areas ...access.Area) time.Time {
	from := taken
	for _, a := range areas {
		if at := c.AsOf(a, taken); at.Before(from) {
			from = at
		}
	}
	return from
}

// unexplained counts the lost things of a kind that ajar did not take itself, and
// those that it did.
func (p Pass) unexplained(ctx context.Context, k kind, base store.SnapshotInfo, old *access.Snapshot, r *Result) (lost, own, all int, err error) {
	gone, all := k.lost(old, r.Snapshot)
	if !doubtful(len(gone), all) {
		return len(gone), 0, all, nil
	}
	deeds, err := p.deeds(ctx, r.Info.OrgID, since(old.Coverage, base.At, k.area), r.Info.At)
	if err != nil {
		return 0, 0, 0, err
	}
	for _, e := range gone {
		if explained(deeds, k.name, e, old) {
			own++
		}
	}
	return len(gone) - own, own, all, nil
}

// explained reports whether the deeds are all the reason why a thing is gone.
func explained(deeds []deed, what string, e edge, old *access.Snapshot) bool {
	if slices.ContainsFunc(deeds, func(d deed) bool { return d.took(what, e) }) {
		return true
	}
	if what != "outside collaborators" {
		return false
	}
	// One who holds nothing any more is none: so it is ajar's doing where it took every
	// grant, and not where somebody else took one of them.
	held := 0
	for _, g := range old.Grants {
		if g.Principal != (access.Ref{Kind: access.User, ID: e.from.ID}) || g.Resource.Kind != access.Repo {
			continue
		}
		held++
		if !explained(deeds, "direct grants", edge{g.Principal, g.Resource}, old) {
			return false
		}
	}
	return held > 0
}

// took reports whether a deed took a thing of a kind.
func (d deed) took(what string, e edge) bool {
	switch what {
	case "owners":
		return d.Thing == remediate.Membership && d.is(access.User, d.User, e.from) && d.Before.Role == "owner" && d.After.Role != "owner"
	case "members", "organization roles held":
		return d.parted(e.from)
	case "outside collaborators": // which have no kind there
		return d.Thing == remediate.Membership && d.User != nil && d.User.ID == e.from.ID && d.Before.Role == "outside" && !d.After.There
	case "team memberships":
		return d.cut(remediate.TeamMembership, access.User, d.User, access.Team, d.Team, e) || d.parted(e.from)
	case "grants of teams":
		return d.cut(remediate.TeamGrant, access.Team, d.Team, access.Repo, d.Repo, e)
	case "direct grants":
		return d.cut(remediate.DirectGrant, access.User, d.User, access.Repo, d.Repo, e) ||
			d.Thing == remediate.Membership && d.is(access.User, d.User, e.from) && d.Before.There && !d.After.There
	case "reviewers":
		return d.Thing == remediate.Protection && d.is(access.Env, d.Env, e.to) && listed(d.Before, e.from) && !listed(d.After, e.from)
	case "deploy keys":
		return d.Thing == remediate.DeployKey && !d.After.There && d.Key != nil && d.Key.ID == e.from.ID
	}
	return false // teams, repositories and environments it never takes
}

// cut reports whether the deed took what one thing has on another.
func (d deed) cut(what remediate.Thing, a access.Kind, from *remediate.Label, b access.Kind, to *remediate.Label, e edge) bool {
	return d.Thing == what && !d.After.There && d.is(a, from, e.from) && d.is(b, to, e.to)
}

// parted reports whether the deed ended somebody's membership of the organization,
// and so all that only members have.
func (d deed) parted(who access.Ref) bool {
	member := d.Before.Role == "member" || d.Before.Role == "owner"
	return d.Thing == remediate.Membership && d.is(access.User, d.User, who) && member && (!d.After.There || d.After.Role == "outside")
}

func (d deed) is(k access.Kind, l *remediate.Label, who access.Ref) bool {
	return l != nil && l.ID != 0 && who == access.Ref{Kind: k, ID: l.ID}
}

// listed reports whether a state's list of reviewers has somebody.
func listed(s remediate.State, who access.Ref) bool {
	return s.Gate != nil && slices.ContainsFunc(s.Gate.Reviewers, func(r remediate.Reviewer) bool {
		return r.ID == who.ID && (r.Kind == "user" && who.Kind == access.User || r.Kind == "team" && who.Kind == access.Team)
	})
}

// gave reports whether the deed put back what a finding is about.
func (d deed) gave(f access.Finding) bool {
	if !d.restores || !d.After.There {
		return false
	}
	who, on := f.Principal.Ref, f.Resource.Ref
	switch d.Thing {
	case remediate.DirectGrant:
		return d.is(access.User, d.User, who) && d.is(access.Repo, d.Repo, on)
	case remediate.TeamGrant:
		return d.is(access.Team, d.Team, who) && d.is(access.Repo, d.Repo, on)
	case remediate.TeamMembership:
		return d.is(access.User, d.User, who) && d.is(access.Team, d.Team, on)
	case remediate.Membership:
		return d.is(access.User, d.User, who) && (on.Kind == access.Org || d.held(on))
	case remediate.DeployKey:
		return d.is(access.Key, d.Key, who)
	case remediate.OrgInvitation, remediate.RepoInvitation:
		return d.is(access.Invitation, d.Invitation, who)
	case remediate.Protection:
		return d.is(access.Env, d.Env, on) && (who.IsZero() || listed(d.After, who))
	}
	return false
}

// held reports whether a membership that was put back brought something with it.
func (d deed) held(on access.Ref) bool {
	if d.After.Held == nil {
		return false
	}
	has := func(l []remediate.HeldRole) bool {
		return slices.ContainsFunc(l, func(h remediate.HeldRole) bool { return h.ID == on.ID })
	}
	return on.Kind == access.Team && has(d.After.Held.Teams) || on.Kind == access.Repo && has(d.After.Held.Repos)
}

// newDrift finds the kinds of which too much is newly called drift, but for what
// ajar put back itself since the snapshot before.
func (p Pass) newDrift(ctx context.Context, r *Result, before lives) ([]store.Hold, error) {
	found := before.drift(r, nil)
	if len(found) == 0 {
		return nil, nil
	}
	all, err := p.Store.Bases(ctx, r.Info)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return found, nil
	}
	last := all[0]
	then, err := p.Store.Coverage(ctx, last)
	if err != nil {
		return nil, err
	}
	deeds, err := p.deeds(ctx, r.Info.OrgID, since(then, last.At, access.Tiers...), r.Info.At)
	if err != nil {
		return nil, err
	}
	return before.drift(r, deeds), nil
}
