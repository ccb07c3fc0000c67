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
}

func readAssignments(t *table) []Assignment {
	var out []Assignment
	for _, at := range t.subs("assign") {
		a := Assignment{Position: at.place(), Acceptance: readAcceptance(at)}
		if at.need("role", "role = the name of one of [roles]") {
			a.Role, a.roleAt = at.str("role"), at.valueAt("role")
		}
		if at.need("to", `to = ["team:ORG/SLUG"]`) {
			a.To = at.patterns("to", access.User, access.Team, access.App, access.Key)
			notEmpty(at, "to")
		}
		if at.need("on", `on = ["repo:ORG/*"]`) {
			a.On = at.patterns("on", access.Org, access.Repo, access.Env)
			notEmpty(at, "on")
		}
		a.Reason = at.str("reason")
		a.Starts = at.start("starts")
		if e := a.Acceptance.Expires; !e.IsZero() && !a.Starts.Before(e) {
			at.complain(at.at("expires"), "", "this assignment ends before it starts")
		}
		at.done()
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
	for _, a := range b.Assignments {
		r, ok := b.Role(a.Role)
		if !ok {
			if a.Role != "" && whole {
				problems.add(a.roleAt, suggest(a.Role, names), "there is no role %q", a.Role)
			}
			continue
		}
		checkTargets(a, r, problems)
		checkTemplates(a, problems)
		checkStanding(b, a, r, problems)
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
	problems.add(a.Position, "add expires = a date at most 365 days ahead, or standing_reason with review_by; or standing = false in the role",
		"standing access with %s needs an end or a reason", r.Privilege)
}
