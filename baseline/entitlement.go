package baseline

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// Entitlement is what the baseline allows one principal on one resource at one
// time: the union of all that is in force, of which the highest wins.
type Entitlement struct {
	// Privilege is the highest that may be held as standing access; None where
	// nothing may.
	Privilege access.Privilege
	Standing  bool // Privilege is more than None
	// JITOnly is the highest that may be held as an elevation; None where nothing may.
	JITOnly access.Privilege
	Extras  []string // permissions allowed beyond Privilege, sorted
	// CustomRoles are the ids of the custom roles that may be held as standing access.
	CustomRoles []int64

	// Of the entry that gives Privilege: the last to end, if several do.
	Until  time.Time // zero: no end
	Reason string
	Role   string // of the baseline; "" where a rule of its own gives it
	Source Position
	// Accepted reports a dated acceptance in force for Privilege: an end at most
	// [LongestAcceptance] ahead, or a reason with a date of review still to come.
	Accepted bool
	// Overdue is when a reason for Privilege was to be reviewed, where that is past;
	// zero where Accepted, and where no review was set.
	Overdue time.Time

	Expired []Line // standing entries that have ended, latest first
	// Unresolved are entries in force whose custom role the snapshot does not
	// hold. What they allow is unknown, so nothing may be concluded.
	Unresolved []Position
}

// Line is one entry of the baseline, for people to look up.
type Line struct {
	Position
	Role      string
	Privilege access.Privilege
	Reason    string
	Ended     time.Time
}

// inForce reports starts <= at < end.
func (e *entry) inForce(at time.Time) bool { return !at.Before(e.starts) && !e.ended(at) }

func (e *entry) ended(at time.Time) bool {
	return !e.accepted.Expires.IsZero() && !at.Before(e.accepted.Expires)
}

// of calls yield for every entry that names the principal, in the order of the
// files.
func (b *Bound) of(p access.Ref, yield func(*entry)) {
	named, any := b.holders[p], b.anybody[p.Kind]
	for len(named)+len(any) > 0 {
		var i int32
		switch {
		case len(any) == 0 || len(named) > 0 && named[0] < any[0]:
			i, named = named[0], named[1:]
		case len(named) == 0 || any[0] < named[0]:
			i, any = any[0], any[1:]
		default:
			i, named, any = named[0], named[1:], any[1:]
		}
		yield(&b.entries[i])
	}
}

// OnRepo gives what the principal itself may have on a repository. A user's
// teams and the base permission are other principals' entitlements.
func (b *Bound) OnRepo(p access.Ref, repo int64, at time.Time) Entitlement {
	ord := b.names.repoOf(repo)
	j := newJudge(at)
	b.of(p, func(e *entry) {
		if e.repos.has(ord) {
			j.take(e, e.privilege)
		}
	})
	return j.done()
}

// OnEnv gives whether the principal itself may have one privilege on an
// environment: Privilege is that one or None. Reviewers that an environment's
// rule lists may approve.
func (b *Bound) OnEnv(p access.Ref, env int64, priv access.Privilege, at time.Time) Entitlement {
	j := newJudge(at)
	ord, ok := b.names.env[env]
	if !ok {
		return j.done()
	}
	b.of(p, func(e *entry) {
		if b.onEnv(e, ord, priv) {
			j.take(e, priv)
		}
	})
	if r := b.rules[ord]; r != nil && priv == access.Approve && slices.Contains(r.Reviewers, p) {
		// Listed as the gate itself, as owners are listed: that is its acceptance.
		e := entry{at: r.ReviewersSource, reason: "listed as reviewer", standing: true}
		j.take(&e, priv)
		j.out.Accepted, j.out.Overdue = true, time.Time{}
	}
	return j.done()
}

func (b *Bound) onEnv(e *entry, env int32, priv access.Privilege) bool {
	if !e.envs.has(env) && !e.repos.has(b.names.in[env]) {
		return false
	}
	for _, r := range e.rights {
		if r.names.has(b.names.named[env]) && slices.Contains(r.privileges, priv) {
			return true
		}
	}
	return false
}

// OnOrg gives what the principal itself may be in the organization: Owner or
// Member as standing access by the lists, Owner as an elevation by a role.
func (b *Bound) OnOrg(p access.Ref, at time.Time) Entitlement {
	j := newJudge(at)
	b.of(p, func(e *entry) {
		if e.org && e.orgPriv == access.Owner {
			j.take(e, access.Owner)
		}
	})
	if p.Kind == access.User {
		listed := entry{at: b.org.Position, reason: "listed", standing: true}
		switch {
		case b.Owner(p.ID):
			j.take(&listed, access.Owner)
			j.out.Accepted, j.out.Overdue = true, time.Time{}
		case b.Member(p.ID):
			j.take(&listed, access.Member)
		}
	}
	return j.done()
}

// OnOrgRole gives whether the principal itself may hold an organization role:
// Privilege is Member if so, else None.
func (b *Bound) OnOrgRole(p access.Ref, role int64, at time.Time) Entitlement {
	j := newJudge(at)
	b.of(p, func(e *entry) {
		if e.org && e.orgRole == role && role != 0 {
			j.take(e, access.Member)
		}
	})
	return j.done()
}

// judge adds entries up.
type judge struct {
	at  time.Time
	out Entitlement
}

func newJudge(at time.Time) judge {
	return judge{at, Entitlement{Privilege: access.None, JITOnly: access.None}}
}

// take adds one entry that gives the privilege.
func (j *judge) take(e *entry, priv access.Privilege) {
	if !e.inForce(j.at) {
		if e.standing && e.ended(j.at) {
			j.out.Expired = append(j.out.Expired, Line{e.at, e.role, priv, e.reason, e.accepted.Expires})
		}
		return
	}
	if e.unresolved != "" && priv == access.NoPrivilege {
		j.out.Unresolved = append(j.out.Unresolved, e.at)
		return
	}
	if priv == access.NoPrivilege {
		return
	}
	if !e.standing {
		j.out.JITOnly = max(j.out.JITOnly, priv)
		return
	}
	j.out.Extras = append(j.out.Extras, e.extras...)
	if e.customRole != 0 {
		j.out.CustomRoles = append(j.out.CustomRoles, e.customRole)
	}
	if priv < j.out.Privilege {
		return
	}
	accepted := e.accepted.inForce(j.at)
	overdue := e.accepted.overdue(j.at)
	if priv == j.out.Privilege {
		if j.out.Accepted = j.out.Accepted || accepted; j.out.Accepted {
			j.out.Overdue = time.Time{}
		} else if overdue.After(j.out.Overdue) {
			j.out.Overdue = overdue
		}
		if !later(e.accepted.Expires, j.out.Until) {
			return
		}
	} else {
		j.out.Accepted, j.out.Overdue = accepted, overdue
	}
	j.out.Privilege, j.out.Standing = priv, true
	j.out.Until, j.out.Reason, j.out.Role, j.out.Source = e.accepted.Expires, e.reason, e.role, e.at
}

// later compares ends, of which zero is the latest.
func later(a, b time.Time) bool {
	if b.IsZero() {
		return false
	}
	return a.IsZero() || a.After(b)
}

func (j *judge) done() Entitlement {
	slices.Sort(j.out.Extras)
	j.out.Extras = slices.Compact(j.out.Extras)
	slices.Sort(j.out.CustomRoles)
	j.out.CustomRoles = slices.Compact(j.out.CustomRoles)
	slices.SortStableFunc(j.out.Expired, func(a, b Line) int { return b.Ended.Compare(a.Ended) })
	return j.out
}

// Unresolved lists the entries in force whose custom role the snapshot does not
// hold: whom they allow how much is unknown, wherever they allow it.
func (b *Bound) Unresolved(at time.Time) []Position {
	var out []Position
	for i := range b.entries {
		if e := &b.entries[i]; e.unresolved != "" && e.inForce(at) {
			out = append(out, e.at)
		}
	}
	return out
}

// Holders lists who may hold at least that privilege on a repository as standing
// access, by what the baseline says of them themselves: people, teams, keys; in
// the order of [access.Ref.Compare]. An entry for everybody, "user:*" or "team:*",
// gives a Ref of that kind with the id 0.
func (b *Bound) Holders(repo int64, least access.Privilege, at time.Time) []access.Ref {
	ord := b.names.repoOf(repo)
	giving := map[int32]bool{}
	for i := range b.entries {
		e := &b.entries[i]
		if e.standing && e.privilege >= least && e.inForce(at) && e.repos.has(ord) {
			giving[int32(i)] = true
		}
	}
	var out []access.Ref
	if len(giving) == 0 {
		return nil
	}
	for p, held := range b.holders {
		if slices.ContainsFunc(held, func(i int32) bool { return giving[i] }) {
			out = append(out, p)
		}
	}
	for kind, held := range b.anybody {
		if slices.ContainsFunc(held, func(i int32) bool { return giving[i] }) {
			out = append(out, access.Ref{Kind: kind})
		}
	}
	slices.SortFunc(out, access.Ref.Compare)
	return out
}
