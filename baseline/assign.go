package baseline

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// Assignment gives a role to principals on resources, in a window.
type Assignment struct {
	Position   Position   `json:"-"`
	Role       string     `json:"role"`
	To         []Pattern  `json:"to"`
	On         []Pattern  `json:"on"`
	Reason     string     `json:"reason,omitempty"`
	Starts     time.Time  `json:"starts,omitzero"`
	Acceptance Acceptance `json:"acceptance"`

	roleAt Position
	block  Position // the [[assign]] that it stands in
}

func readAssignments(t *table) []Assignment {
	var out []Assignment
	for _, at := range t.subs("assign") {
		a := Assignment{Position: at.place(), Acceptance: readAcceptance(at)}
		if at.need("role", "role = the name of one of [roles]") {
			a.Role, a.roleAt = at.str("role"), at.valueAt("role")
		}
		a.Reason = at.str("reason")
		a.Starts = at.start("starts")
		if e := a.Acceptance.Expires; !e.IsZero() && !a.Starts.Before(e) {
			at.complain(at.at("expires"), "", "this assignment ends before it starts")
		}
		a.block = a.Position
		if at.has("each") {
			out = append(out, readEach(at, a)...)
		} else {
			readWho(at, &a)
			out = append(out, a)
		}
		at.done()
	}
	return out
}

// readWho reads whom an assignment is to, and on what.
func readWho(t *table, a *Assignment) {
	if t.need("to", `to = ["team:ORG/SLUG"]`) {
		a.To = t.patterns("to", access.User, access.Team, access.App, access.Key)
		notEmpty(t, "to")
	}
	if t.need("on", `on = ["repo:ORG/*"]`) {
		a.On = t.patterns("on", access.Org, access.Repo, access.Env)
		notEmpty(t, "on")
	}
}

// readEach reads several assignments that differ in nothing but whom they are to
// and on what: one line for each. Every one of them is an assignment of its own.
func readEach(t *table, shared Assignment) []Assignment {
	for _, key := range []string{"to", "on"} {
		if t.has(key) {
			t.complain(t.at(key), "move it into each, or leave each out", "%s stands beside each", key)
			t.get(key)
		}
	}
	notEmpty(t, "each")
	var out []Assignment
	for _, one := range t.subs("each") {
		a := shared
		one.name = "an element of each"
		a.Position = one.place()
		readWho(one, &a)
		if r := one.str("reason"); r != "" {
			a.Reason = r
		}
		one.done()
		out = append(out, a)
	}
	return out
}

// notEmpty complains about a list without elements: it matches nothing, and
// nobody means that.
func notEmpty(t *table, key string) {
	if list, ok := t.vals[key].([]any); ok && len(list) == 0 {
		t.complain(t.valueAt(key), "", "%s of %s is empty", key, t.name)
	}
}

// checkAssignments looks at each assignment together with its role. Where the
// baseline is not whole, a role that is not there may be in what could not be read.
func checkAssignments(b *Baseline, whole bool, problems *Problems) {
	names := make([]string, len(b.Roles))
	for i, r := range b.Roles {
		names[i] = r.Name
	}
	var last Position // of the block whose assignment came before
	for _, a := range b.Assignments {
		first := a.block != last // what the block lacks is said once
		last = a.block
		r, ok := b.Role(a.Role)
		if !ok {
			if a.Role != "" && whole && first {
				problems.add(a.roleAt, suggest(a.Role, names), "there is no role %q", a.Role)
			}
			continue
		}
		checkTargets(a, r, problems)
		checkTemplates(a, problems)
		if first {
			checkStanding(b, a, r, problems)
		}
	}
}

// checkTargets finds resources on which the role gives nothing.
func checkTargets(a Assignment, r Role, problems *Problems) {
	onRepo := r.Privilege != access.NoPrivilege || r.CustomRole != ""
	for _, p := range a.On {
		switch {
		case p.Kind == access.Org && r.Organization == "":
			problems.add(p.Position, "for its repositories write repo:"+p.org.text+"/*",
				"role %q gives nothing on an organization", r.Name)
		case p.Kind == access.Repo && !onRepo && len(r.Environments) == 0:
			problems.add(p.Position, "for the organization write org:"+p.org.text,
				"role %q gives nothing on a repository", r.Name)
		case p.Kind == access.Env && len(r.Environments) == 0:
			problems.add(p.Position, "the role needs environments = { … }", "role %q gives nothing on an environment", r.Name)
		}
	}
	if r.Organization == "" {
		return
	}
	for _, p := range a.To {
		if p.Kind != access.User && (p.Kind != access.Team || r.Organization == "owner") {
			problems.add(p.Position, "", "%s cannot hold organization role %q", p.Text, r.Organization)
		}
	}
}

// checkStanding wants an acceptance for standing access with a privileged role.
// Whether the date is near enough is judged when the time is known.
func checkStanding(b *Baseline, a Assignment, r Role, problems *Problems) {
	if !r.Standing || !b.privileged(r.Privilege) || a.Acceptance.or(r.Acceptance).stated() {
		return
	}
	problems.add(a.block, "add expires = a date at most 365 days ahead, or standing_reason with review_by; or standing = false in the role",
		"standing access with %s needs an end or a reason", r.Privilege)
}
