package analyzer

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// outcome says how the baseline stands to something that somebody holds, the
// worst last. What is unknown stands before what is certainly wrong: a team with
// one person too many is too much, whatever is unknown about the others.
type outcome uint8

const (
	accepted   outcome = iota // allowed, and where it is privileged with an acceptance in force
	unknown                   // cannot be told
	unaccepted                // allowed, but privileged without an acceptance
	elevated                  // allowed, but only as an elevation
	expired                   // was allowed, until the assignment ended
	beyond                    // not allowed
)

// held is what is judged: a privilege, and what a custom role adds to it.
type held struct {
	privilege access.Privilege
	role      int64    // custom repository role; 0 for GitHub's own
	extras    []string // its permissions
	opaque    bool     // what the custom role adds is not known
}

// allowed sums up the entitlements that one person or team has by itself, its
// teams and their parents.
type allowed struct {
	privilege access.Privilege  // the most that may be held as standing access
	source    baseline.Position // the entry that allows it
	until     time.Time         // its end; zero: none
	overdue   time.Time         // when its review was due, where that is past and nothing else accepts it
	elevation access.Privilege  // the most that may be held as an elevation
	ended     []baseline.Line   // the entries that have ended
	accepted  access.Privilege  // the most that an acceptance is in force for
	extras    []string          // permissions allowed on top
	roles     []int64           // custom roles that are allowed
	open      bool              // some entry allows nobody knows what
}

// nothing is what somebody has whom no entry gives anything.
var nothing = allowed{privilege: access.None, elevation: access.None, accepted: access.None}

// add adds what one principal may have by itself.
func (a *allowed) add(e entitlement) {
	if e.Privilege > a.privilege {
		a.privilege, a.source, a.until, a.overdue = e.Privilege, e.Source, e.Until, e.Overdue
	}
	a.accepted = max(a.accepted, e.accepted)
	if e.Accepted {
		a.accepted = max(a.accepted, e.Privilege)
	}
	a.elevation = max(a.elevation, e.JITOnly)
	a.ended = append(a.ended, e.Expired...)
	a.extras, a.roles = append(a.extras, e.Extras...), append(a.roles, e.CustomRoles...)
	a.open = a.open || len(e.Unresolved) > 0
}

// join adds what another principal may have.
func (a *allowed) join(b *allowed) {
	if b.privilege > a.privilege {
		a.privilege, a.source, a.until, a.overdue = b.privilege, b.source, b.until, b.overdue
	}
	a.accepted, a.elevation = max(a.accepted, b.accepted), max(a.elevation, b.elevation)
	a.ended = append(a.ended, b.ended...)
	a.extras, a.roles = append(a.extras, b.extras...), append(a.roles, b.roles...)
	a.open = a.open || b.open
}

// accept notes what is allowed and accepted by its nature: a listed owner, the
// base permission.
func (a *allowed) accept(p access.Privilege, source baseline.Position) {
	if p > a.privilege {
		a.privilege, a.source, a.until, a.overdue = p, source, time.Time{}, time.Time{}
	}
	a.accepted = max(a.accepted, p)
}

// lapsed gives the entry that allowed as much the longest: of several that have
// ended the later end decides. The zero line says that none did.
func (a *allowed) lapsed(h held) (last baseline.Line) {
	for _, l := range a.ended {
		if l.Privilege >= h.privilege && l.Ended.After(last.Ended) {
			last = l
		}
	}
	return last
}

// judge compares what is held with what is allowed. privileged says whether the
// privilege needs an acceptance to be standing.
func (a *allowed) judge(h held, privileged bool) outcome {
	covered := a.privilege >= h.privilege
	if covered && h.role != 0 && a.privilege < access.Admin && !slices.Contains(a.roles, h.role) {
		if h.opaque {
			return unknown
		}
		covered = !slices.ContainsFunc(h.extras, func(x string) bool { return !slices.Contains(a.extras, x) })
	}
	switch {
	case covered && (!privileged || a.accepted >= h.privilege):
		return accepted
	case a.open:
		return unknown
	case covered:
		return unaccepted
	case a.elevation >= h.privilege:
		return elevated
	case a.lapsed(h).Privilege >= h.privilege:
		return expired
	}
	return beyond
}

// entitlement is what the baseline allows one principal by itself.
type entitlement struct {
	baseline.Entitlement
	accepted access.Privilege // accepted though it is less than the highest; NoPrivilege where nothing is
}

// onRepo asks for one principal on a repository. Where the highest privilege is
// not accepted, a lower one may be.
func (f *facts) onRepo(p access.Ref, repo int64) entitlement {
	e := entitlement{Entitlement: f.b.OnRepo(p, repo, f.at)}
	if e.Standing && !e.Accepted {
		e.accepted = f.b.AcceptedOnRepo(p, repo, f.at)
	}
	return e
}

// entitlements answers who may have what on one resource after another. It keeps
// the answers for the resource at hand, since most principals are asked for again.
type entitlements struct {
	f     *facts
	ask   func(p access.Ref) entitlement
	owner access.Privilege // what a listed owner may have there; NoPrivilege: nothing by that
	base  access.Privilege // what every member may have there

	place   map[access.Ref]int // in answers
	answers []allowed
}

func newEntitlements(f *facts, owner, base access.Privilege) *entitlements {
	return &entitlements{f: f, owner: owner, base: base, place: map[access.Ref]int{}}
}

// about turns to another resource.
func (e *entitlements) about(ask func(p access.Ref) entitlement) {
	e.ask = ask
	clear(e.place)
	e.answers = e.answers[:0]
}

// of sums up what the principals may have, all together.
func (e *entitlements) of(principals []access.Ref) allowed {
	sum := nothing
	for _, p := range principals {
		i, ok := e.place[p]
		if !ok {
			i = len(e.answers)
			a := nothing
			a.add(e.ask(p))
			e.answers, e.place[p] = append(e.answers, a), i
		}
		sum.join(&e.answers[i])
	}
	return sum
}

// user sums up what a person may have.
func (e *entitlements) user(u int64) allowed {
	a := e.of(e.f.mentioned(access.Ref{Kind: access.User, ID: u}))
	if e.owner > access.None && e.f.b.Owner(u) {
		a.accept(e.owner, e.f.orgRules().Source)
	}
	if e.base > access.None && e.f.g.Member(u) {
		a.accept(e.base, e.f.orgRules().Source)
	}
	return a
}

// team sums up what a team may have, its parents included.
func (e *entitlements) team(t int64) allowed {
	return e.of(e.f.mentioned(access.Ref{Kind: access.Team, ID: t}))
}

// mentioned lists the principals through which somebody can be entitled and that
// some entry mentions: a person, their teams and the parents of those; a team and
// its parents.
func (f *facts) mentioned(who access.Ref) []access.Ref {
	if got, ok := f.known[who]; ok {
		return got
	}
	var out []access.Ref
	note := func(p access.Ref) {
		if f.b.Knows(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	note(who)
	teams := []int64{who.ID}
	if who.Kind == access.User {
		teams = f.g.TeamsOf(who.ID)
	}
	for _, t := range teams {
		note(access.Ref{Kind: access.Team, ID: t})
		for _, up := range f.g.Ancestors(t) {
			note(access.Ref{Kind: access.Team, ID: up})
		}
	}
	f.known[who] = out
	return out
}
