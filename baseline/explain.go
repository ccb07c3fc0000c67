package baseline

import (
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Explain says which lines decide for a principal on a resource: what each
// entry gives and until when, what is not in force and why, what follows, and
// whether the class is managed. Of a user the entries of their teams follow.
func (b *Bound) Explain(principal, resource access.Ref, at time.Time) []string {
	x := explainer{b: b, resource: resource, at: at}
	x.entries(principal, "")
	if principal.Kind == access.User {
		for _, team := range b.teams(principal.ID) {
			x.entries(team, "as member of "+b.names.snap.Name(team)+": ")
		}
	}
	if len(x.lines) == 0 {
		x.say("no entry gives %s anything on %s", b.names.snap.Name(principal), b.names.snap.Name(resource))
	}
	x.base(principal)
	x.follows(principal)
	x.rule()
	x.class(principal)
	return x.lines
}

type explainer struct {
	b        *Bound
	resource access.Ref
	at       time.Time
	lines    []string
}

func (x *explainer) say(format string, args ...any) {
	x.lines = append(x.lines, fmt.Sprintf(format, args...))
}

// teams lists the teams of a person with their parents, as the snapshot has them.
func (b *Bound) teams(user int64) []access.Ref {
	s := b.names.snap
	seen := map[int64]bool{}
	var out []access.Ref
	for _, g := range s.Grants {
		if g.Principal.Kind != access.User || g.Principal.ID != user || g.Resource.Kind != access.Team {
			continue
		}
		for id := g.Resource.ID; id != 0 && !seen[id]; {
			seen[id] = true
			out = append(out, access.Ref{Kind: access.Team, ID: id})
			t, _ := s.Team(id)
			id = t.Parent
		}
	}
	return out
}

// entries tells every entry of one principal that touches the resource.
func (x *explainer) entries(p access.Ref, prefix string) {
	x.b.of(p, func(e *entry) {
		for _, what := range x.gives(e) {
			x.say("%s%s", prefix, x.entry(e, what))
		}
	})
	if x.resource.Kind == access.Org && p.Kind == access.User && prefix == "" {
		for _, l := range []struct {
			listed bool
			as     string
		}{{x.b.owners[p.ID], "owner"}, {x.b.members[p.ID], "member"}, {x.b.outside[p.ID], "outside collaborator"}} {
			if l.listed {
				x.say("%s: listed as %s", x.b.org.Position, l.as)
			}
		}
	}
}

// gives names what the entry gives on the resource.
func (x *explainer) gives(e *entry) []string {
	var out []string
	switch x.resource.Kind {
	case access.Repo:
		if e.repos.has(x.b.names.repoOf(x.resource.ID)) {
			switch {
			case e.unresolved != "":
				out = append(out, fmt.Sprintf("custom role %q, which this snapshot does not hold,", e.unresolved))
			case e.customRole != 0:
				out = append(out, x.b.names.snap.RoleName(access.Grant{Role: e.customRole})+" (builds on "+e.privilege.String()+")")
			case e.privilege != access.NoPrivilege:
				out = append(out, e.privilege.String())
			}
		}
	case access.Env:
		ord, ok := x.b.names.env[x.resource.ID]
		for p := access.Deploy; ok && p <= access.Configure; p++ {
			if x.b.onEnv(e, ord, p) {
				out = append(out, p.String())
			}
		}
	case access.Org:
		if e.org && e.orgPriv == access.Owner {
			out = append(out, "owner")
		} else if e.org && e.orgRole != 0 {
			out = append(out, x.b.names.snap.RoleName(access.Grant{Role: e.orgRole, Source: access.ByOrgRole}))
		}
	}
	return out
}

// entry says where an entry stands and when it holds.
func (x *explainer) entry(e *entry, what string) string {
	name := "[[key]]"
	if e.role != "" {
		name = "role " + e.role
	}
	verb, window := "gives", ""
	switch end := e.accepted.Expires; {
	case e.ended(x.at):
		verb, window = "gave", " until "+formatEnd(end)+"; it has ended"
	case x.at.Before(e.starts):
		verb, window = "will give", " from "+formatStart(e.starts)+"; it has not begun"
	case !end.IsZero():
		window = " until " + formatEnd(end)
	}
	s := fmt.Sprintf("%s: %s %s %s%s", e.at, name, verb, what, window)
	switch {
	case e.ended(x.at):
	case !e.standing:
		s += ", only as an elevation"
	case e.accepted.Reason != "" && x.at.Before(e.accepted.ReviewBy):
		s += fmt.Sprintf(", standing because %q, to be reviewed by %s", e.accepted.Reason, formatEnd(e.accepted.ReviewBy))
	case e.accepted.Reason != "":
		s += fmt.Sprintf(", standing because %q, whose review was due by %s", e.accepted.Reason, formatEnd(e.accepted.ReviewBy))
	}
	if e.reason != "" {
		s += fmt.Sprintf(" (%s)", e.reason)
	}
	return s
}

// base tells the base permission, which every member may have.
func (x *explainer) base(p access.Ref) {
	if b, ok := x.b.BasePermission(); ok && x.resource.Kind == access.Repo && p.Kind == access.User && x.b.isMember(p.ID) {
		x.say("%s: the base permission gives every member %s", x.b.org.Position, b)
	}
	if x.resource.Kind == access.Repo && p.Kind == access.User && x.b.Owner(p.ID) {
		x.say("%s: a listed owner may have admin everywhere", x.b.org.Position)
	}
}

// follows sums up what the principal may have, all ways together.
func (x *explainer) follows(p access.Ref) {
	a := x.b.Answer(p, x.resource, x.at)
	may := "have"
	if x.resource.Kind == access.Org {
		may = "be"
	}
	var parts []string
	if len(a.Standing) > 0 {
		parts = append(parts, wordsOf(a.Standing)+" as standing access")
	}
	if len(a.Elevation) > 0 {
		parts = append(parts, wordsOf(a.Elevation)+" as an elevation")
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	x.say("so %s may %s %s", x.b.names.snap.Name(p), may, strings.Join(parts, ", and "))
}

// isMember reports whether the snapshot shows the person as member or owner.
func (b *Bound) isMember(user int64) bool {
	for _, g := range b.names.snap.GrantsOn(access.Ref{Kind: access.Org, ID: b.names.snap.Org.ID}) {
		if g.Principal == (access.Ref{Kind: access.User, ID: user}) && g.Privilege.OnOrganization() {
			return true
		}
	}
	return false
}

// rule tells how an environment must be guarded, and who may maintain a team.
func (x *explainer) rule() {
	if r, ok := x.b.Environment(x.resource.ID); ok && x.resource.Kind == access.Env {
		x.say("%s: %s", r.Source, strings.Join(r.describe(x.b.names.snap.Name), "; "))
	}
	if m, ok := x.b.Maintainers(x.resource.ID); ok && x.resource.Kind == access.Team {
		x.say("%s: %s", m.Source, m.describe(x.b.names.snap.Name))
	}
	if group, at, ok := x.b.Directory(x.resource.ID); ok && x.resource.Kind == access.Team {
		x.say("%s: the group %s of the identity provider decides who is in it", at, quoted(group))
	}
}

// class says whether what goes beyond it is drift.
func (x *explainer) class(p access.Ref) {
	if _, named := x.b.Maintainers(x.resource.ID); x.resource.Kind == access.Team && !named {
		x.say("no [[team]] says who may maintain %s, so that is no drift", x.b.names.snap.Name(x.resource))
		return
	}
	for _, c := range classesOf(p, x.resource) {
		if at, ok := x.b.managed[c]; ok {
			x.say("%s: class %s is managed in %s, so what goes beyond this is drift", at, c, x.b.names.snap.Org.Login)
		} else {
			x.say("class %s is not managed in %s, so nothing beyond this is drift", c, x.b.names.snap.Org.Login)
		}
	}
}
