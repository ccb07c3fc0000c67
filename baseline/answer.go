package baseline

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Answer sums up what a principal may have on a resource: of a person with what
// their teams, the lists and the base permission give.
type Answer struct {
	// Standing is what may be held at all times: on a repository and in an
	// organization the highest, on an environment each. Empty: nothing.
	Standing []access.Privilege
	Until    time.Time // the end of the last of them; zero: no end, or nothing stands
	// Elevation is what may be held beyond that, for a time that is asked for.
	Elevation []access.Privilege
	Class     Class // that this is
	Managed   bool  // what goes beyond it is drift
}

// String says it in words.
func (a Answer) String() string {
	var parts []string
	if len(a.Standing) > 0 {
		s := wordsOf(a.Standing) + ", standing"
		if !a.Until.IsZero() {
			s += " until " + formatEnd(a.Until)
		}
		parts = append(parts, s)
	}
	if len(a.Elevation) > 0 {
		parts = append(parts, wordsOf(a.Elevation)+", as an elevation only")
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

func wordsOf(all []access.Privilege) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}

// Answer says what a principal may have on a repository, an environment or the
// organization at that time, or whether they may maintain a team.
func (b *Bound) Answer(principal, resource access.Ref, at time.Time) Answer {
	x := explainer{b: b, resource: resource, at: at}
	a := Answer{Class: classesOf(principal, resource)[0]}
	switch resource.Kind {
	case access.Repo:
		a.take(x.onRepo(principal))
	case access.Org:
		a.take(b.OnOrg(principal, at))
		if principal.Kind == access.User && !slices.Contains(a.Standing, access.Owner) && !slices.Contains(a.Elevation, access.Owner) {
			a.Class = Members
		}
	case access.Env:
		for priv := access.Deploy; priv <= access.Configure; priv++ {
			a.take(x.onEnv(principal, priv))
		}
	case access.Team:
		if m, ok := b.Maintainers(resource.ID); ok && principal.Kind == access.User && m.Lists(principal.ID) {
			a.Standing = append(a.Standing, access.Maintain)
		}
	}
	a.Managed = b.Managed(a.Class)
	if resource.Kind == access.Team {
		_, a.Managed = b.Maintainers(resource.ID)
	}
	return a
}

// take adds what one privilege, or the highest of several, may be held as.
func (a *Answer) take(e Entitlement) {
	if e.Privilege > access.None {
		if len(a.Standing) == 0 || later(e.Until, a.Until) {
			a.Until = e.Until
		}
		a.Standing = append(a.Standing, e.Privilege)
	}
	if e.JITOnly > max(e.Privilege, access.None) {
		a.Elevation = append(a.Elevation, e.JITOnly)
	}
}

// classesOf names the classes that something of a principal on a resource can
// belong to, the most likely first.
func classesOf(principal, resource access.Ref) []Class {
	switch {
	case principal.Kind == access.Key:
		return []Class{Keys}
	case principal.Kind == access.App:
		return []Class{Apps}
	case resource.Kind == access.Env:
		return []Class{Environments}
	case resource.Kind == access.Team:
		return []Class{TeamMaintainers}
	case resource.Kind == access.Org && principal.Kind == access.User:
		return []Class{Owners, Members, OrganizationRoles}
	case resource.Kind == access.Org:
		return []Class{OrganizationRoles}
	}
	return []Class{RepositoryAccess}
}

// through lists the principals by which one can be entitled: a person and their
// teams; anything else itself.
func (x *explainer) through(p access.Ref) []access.Ref {
	if p.Kind != access.User {
		return []access.Ref{p}
	}
	return append([]access.Ref{p}, x.b.teams(p.ID)...)
}

// onRepo is the union of what a principal may have on the repository, all ways
// together.
func (x *explainer) onRepo(p access.Ref) Entitlement {
	sum := Entitlement{Privilege: access.None, JITOnly: access.None}
	for _, t := range x.through(p) {
		sum.join(x.b.OnRepo(t, x.resource.ID, x.at))
	}
	if base, ok := x.b.BasePermission(); ok && p.Kind == access.User && x.b.isMember(p.ID) {
		sum.join(Entitlement{Privilege: base})
	}
	if p.Kind == access.User && x.b.Owner(p.ID) {
		sum.join(Entitlement{Privilege: access.Admin})
	}
	return sum
}

// onEnv is the same for one privilege on the environment.
func (x *explainer) onEnv(p access.Ref, priv access.Privilege) Entitlement {
	sum := Entitlement{Privilege: access.None, JITOnly: access.None}
	for _, t := range x.through(p) {
		sum.join(x.b.OnEnv(t, x.resource.ID, priv, x.at))
	}
	return sum
}

// join takes over what is more; of the same, what lasts longer.
func (e *Entitlement) join(o Entitlement) {
	switch {
	case o.Privilege > e.Privilege:
		e.Privilege, e.Until = o.Privilege, o.Until
	case o.Privilege == e.Privilege && later(o.Until, e.Until):
		e.Until = o.Until
	}
	e.JITOnly = max(e.JITOnly, o.JITOnly)
}
