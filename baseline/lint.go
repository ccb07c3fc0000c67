package baseline

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// What is no mistake in itself and is hardly meant: it looks like compliance and
// does nothing. All of it is a warning.

// Lint gives, beside the warnings of the files, what is likely not meant at that
// time: names of rules and organizations that nobody knows, dates that have
// passed, roles that nobody has. The ids of the rules come from whoever knows
// them; orgs are the organizations that are known, none given: no more than the
// files know of.
func (b *Baseline) Lint(at time.Time, rules, orgs []string) Problems {
	ps := slices.Concat(b.warnings, b.Check(at))
	if len(rules) > 0 {
		ps = append(ps, b.CheckRules(rules)...)
	}
	for i := range ps {
		ps[i].Warning = true
	}
	b.unassigned(&ps)
	b.outdated(at, &ps)
	b.strangeOrganizations(orgs, &ps)
	return ps.sorted()
}

// Merge gives the problems of both, in order, each once.
func (ps Problems) Merge(others Problems) Problems { return slices.Concat(ps, others).sorted() }

func (b *Baseline) unassigned(ps *Problems) {
	used := map[string]bool{}
	for _, a := range b.Assignments {
		used[strings.ToLower(a.Role)] = true
	}
	for _, r := range b.Roles {
		if !used[strings.ToLower(r.Name)] {
			ps.warn(r.Position, "give it to somebody with [[assign]], or take it out", "role %q is assigned to nobody", r.Name)
		}
	}
}

// outdated names what has ended, and acceptances whose review is due.
func (b *Baseline) outdated(at time.Time, ps *Problems) {
	past := func(p Position, what string, a Acceptance) {
		switch {
		case !a.Expires.IsZero() && !at.Before(a.Expires):
			ps.warn(p, "remove it, or decide again", "this %s ended on %s", what, formatEnd(a.Expires))
		case !a.ReviewBy.IsZero() && !at.Before(a.ReviewBy):
			ps.warn(p, "look whether it is still needed, and set a new review_by", "the review of this %s was due by %s", what, formatEnd(a.ReviewBy))
		}
	}
	for _, a := range b.Assignments {
		past(a.Position, "assignment", a.Acceptance)
	}
	for _, r := range b.Roles {
		past(r.Position, "role", r.Acceptance)
	}
	for _, k := range b.Keys {
		past(k.Position, "[[key]]", k.Acceptance)
	}
	for _, e := range b.Apps {
		past(e.Position, "[[app]]", Acceptance{Expires: e.Expires})
	}
	for _, e := range b.Tokens {
		past(e.Position, "[[token]]", Acceptance{Expires: e.Expires})
	}
	for _, e := range b.Webhooks {
		past(e.Position, "[[webhook]]", Acceptance{Expires: e.Expires})
	}
	for _, e := range b.Bypasses {
		past(e.Position, "[[bypass]]", Acceptance{Expires: e.Expires})
	}
}

// Names reports whether some entry speaks of the organization, by its name or by
// a pattern.
func (b *Baseline) Names(org string) bool {
	if _, ok := b.organization(org); ok {
		return true
	}
	return slices.ContainsFunc(b.patterns(), func(p Pattern) bool { return p.org.pieces != nil && p.of(org) })
}

// strangeOrganizations names organizations that no [organization.X] speaks of and
// that are not known. Without any that are known, a name is only strange where
// another that is written more often is near to it.
func (b *Baseline) strangeOrganizations(known []string, ps *Problems) {
	first, times := map[string]Pattern{}, map[string]int{}
	for _, p := range b.patterns() {
		if p.org.pieces != nil && p.org.literal() {
			if times[p.org.text]++; times[p.org.text] == 1 {
				first[p.org.text] = p
			}
		}
	}
	trusted := map[string]bool{}
	for _, o := range b.Organizations {
		trusted[o.Login] = true
	}
	for _, o := range known {
		trusted[strings.ToLower(o)] = true
	}
	for _, org := range slices.Sorted(maps.Keys(first)) {
		if trusted[org] {
			continue
		}
		likely := slices.Collect(maps.Keys(trusted))
		for other := range first {
			if times[other] > times[org] {
				likely = append(likely, other)
			}
		}
		hint := ""
		if near := nearest(org, likely); near != "" {
			hint = "did you mean " + quoted(near) + "?"
		}
		switch p := first[org]; {
		case len(known) > 0:
			ps.warn(p.Position, hint, "%s: no snapshot of an organization %s is stored, and no [organization.%s] speaks of it", p.shown(), quoted(org), org)
		case hint != "":
			ps.warn(p.Position, hint, "%s: nothing else speaks of an organization %s", p.shown(), quoted(org))
		}
	}
}

// patterns lists every name and pattern of the baseline.
func (b *Baseline) patterns() []Pattern {
	var out []Pattern
	for _, r := range b.Roles {
		out = append(out, r.Approvers...)
	}
	for _, a := range b.Assignments {
		out = append(out, a.To...)
		out = append(out, a.On...)
	}
	for _, o := range b.Organizations {
		out = append(out, o.Owners...)
		out = append(out, o.Members...)
		out = append(out, o.Outside...)
	}
	for _, e := range b.Environments {
		out = append(out, e.Match...)
		out = append(out, e.Reviewers...)
	}
	for _, t := range b.Teams {
		out = append(out, t.Match...)
		if t.Maintainers != nil {
			out = append(out, *t.Maintainers...)
		}
	}
	for _, k := range b.Keys {
		out = append(out, k.Match...)
		out = append(out, k.Repository...)
	}
	for _, a := range b.Apps {
		out = append(out, a.Match...)
		out = append(out, a.Repositories...)
	}
	for _, t := range b.Tokens {
		out = append(out, t.Match...)
		out = append(out, t.Owner...)
		out = append(out, t.Repositories...)
	}
	for _, w := range b.Webhooks {
		out = append(out, w.On...)
	}
	for _, y := range b.Bypasses {
		out = append(out, y.On...)
		out = append(out, y.Actors...)
	}
	for _, w := range b.Waivers {
		for _, p := range []*Pattern{w.Resource, w.Principal, &w.Owner} {
			if p != nil && p.Kind != access.Kind(0) {
				out = append(out, *p)
			}
		}
	}
	return out
}
