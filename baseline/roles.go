package baseline

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Role says what a job needs. It gives nothing by itself; an [Assignment] gives
// it to principals on resources.
type Role struct {
	Name     string   `json:"name"`
	Position Position `json:"-"`

	// On the repositories of the assignment: one of GitHub's five privileges, or
	// the name of a custom role. Both are empty where the role gives none.
	Privilege  access.Privilege `json:"privilege,omitempty"`
	CustomRole string           `json:"custom_role,omitempty"`
	Extras     []string         `json:"extras,omitempty"` // permissions allowed on top, as GitHub names them

	Environments []EnvRight `json:"environments,omitempty"`
	// Organization is "owner" (only as an elevation) or an organization role's name.
	Organization string `json:"organization,omitempty"`

	Reason     string     `json:"reason,omitempty"` // of the assignments that give none of their own
	Standing   bool       `json:"standing"`         // false: only as an elevation
	Acceptance Acceptance `json:"acceptance"`

	MaxDuration time.Duration `json:"max_duration,omitempty"` // of an elevation; 0: no limit of its own
	Approvers   []Pattern     `json:"approvers,omitempty"`
	Approvals   int           `json:"approvals,omitempty"` // how many must approve an elevation
	Override    bool          `json:"override,omitempty"`
}

// EnvRight gives privileges on the environments whose name matches.
type EnvRight struct {
	Name       string             `json:"name"`
	Privileges []access.Privilege `json:"privileges"`
	match      glob
}

// Acceptance is what makes standing privileged access an accepted fact: an end,
// or a reason with a date of review. The zero time is none.
type Acceptance struct {
	Expires  time.Time `json:"expires,omitzero"`
	Reason   string    `json:"standing_reason,omitempty"`
	ReviewBy time.Time `json:"review_by,omitzero"`
}

// LongestAcceptance is how far ahead the end of a standing privileged assignment
// may lie for it to count as accepted.
const LongestAcceptance = 365 * day

// stated reports whether it says enough to be an acceptance at some time.
func (a Acceptance) stated() bool {
	return !a.Expires.IsZero() || a.Reason != "" && !a.ReviewBy.IsZero()
}

// inForce reports whether it accepts standing privileged access at that time.
func (a Acceptance) inForce(at time.Time) bool {
	if a.Reason != "" && at.Before(a.ReviewBy) {
		return true
	}
	return at.Before(a.Expires) && !a.Expires.After(at.Add(LongestAcceptance))
}

// overdue gives when the review was due that would have kept it in force; zero
// where it is in force, and where no review was set.
func (a Acceptance) overdue(at time.Time) time.Time {
	if a.Reason == "" || a.inForce(at) {
		return time.Time{}
	}
	return a.ReviewBy
}

// or takes from the role what the assignment leaves out; of two ends the earlier
// holds.
func (a Acceptance) or(role Acceptance) Acceptance {
	if a.Expires.IsZero() || !role.Expires.IsZero() && role.Expires.Before(a.Expires) {
		a.Expires = role.Expires
	}
	if a.Reason == "" {
		a.Reason = role.Reason
	}
	if a.ReviewBy.IsZero() {
		a.ReviewBy = role.ReviewBy
	}
	return a
}

// repositoryWords are the privileges that a role may give on repositories.
var repositoryWords = []string{"read", "triage", "write", "maintain", "admin"}

// environmentWords are the privileges that a role may give on environments.
var environmentWords = []string{"deploy", "approve", "bypass", "configure"}

func readRoles(t *table) []Role {
	roles, ok := t.sub("roles")
	if !ok {
		return nil
	}
	var out []Role
	for _, name := range roles.names() {
		rt, ok := roles.sub(name)
		if !ok {
			continue
		}
		rt.name = "[roles." + name + "]"
		out = append(out, readRole(name, rt))
	}
	return out
}

func readRole(name string, t *table) Role {
	r := Role{Name: name, Position: t.place(), Standing: true, Acceptance: readAcceptance(t)}
	t.str("description")
	r.Reason = t.str("reason")
	readRepository(t, &r)
	r.Extras = t.texts("extras")
	r.Environments = readEnvRights(t)
	r.Organization = strings.ToLower(t.str("organization"))
	if b := t.flag("standing"); b != nil {
		r.Standing = *b
	}
	r.MaxDuration = t.duration("max_duration")
	r.Approvers = t.literals("approvers", access.User, access.Team)
	if n := t.number("approvals", 1, 10); n != nil {
		r.Approvals = *n
	}
	if b := t.flag("override"); b != nil {
		r.Override = *b
	}
	t.done()
	checkRole(t, r)
	return r
}

func checkRole(t *table, r Role) {
	switch o := r.Organization; {
	case o == "member":
		t.complain(t.valueAt("organization"), "list members in [organization.ORG] members", "a role cannot make a member")
	case o == "owner" && r.Standing:
		t.complain(t.valueAt("organization"), "list standing owners in [organization.ORG] owners",
			"a role gives ownership only with standing = false")
	case near(o, "owner") && o != "owner":
		t.complain(t.valueAt("organization"), "did you mean \"owner\"?", "organization cannot be %q", o)
	}
	if r.Privilege == access.NoPrivilege && r.CustomRole == "" && len(r.Environments) == 0 && r.Organization == "" &&
		!t.has("repository") && !t.has("environments") && !t.has("organization") {
		t.complain(t.place(), "give it repository, environments or organization", "%s gives nothing", t.name)
	}
	if len(r.Extras) > 0 && !t.has("repository") {
		t.complain(t.at("extras"), "extras add to repository", "%s has extras but no repository", t.name)
	}
	if r.Standing {
		for _, k := range []string{"max_duration", "approvers", "approvals"} {
			if t.has(k) {
				t.complain(t.at(k), "say standing = false", "%s is for elevations, but %s is standing", k, t.name)
			}
		}
	}
}

func near(word, known string) bool { return word != "" && nearest(word, []string{known}) != "" }

// readRepository reads a privilege or a custom role's name. A name that is
// almost a privilege is taken for a slip of the pen; "role:NAME" says that it is
// none.
func readRepository(t *table, r *Role) {
	s := strings.ToLower(t.str("repository"))
	if s == "" {
		return
	}
	if name, ok := strings.CutPrefix(s, "role:"); ok {
		r.CustomRole = name
		if name == "" {
			t.complain(t.valueAt("repository"), "", "repository names no role behind \"role:\"")
		}
		return
	}
	p, known := access.ParsePrivilege(s)
	switch guess := nearest(s, repositoryWords); {
	case known && p.OnRepository() && p != access.None:
		r.Privilege = p
	case known:
		t.complain(t.valueAt("repository"), "allowed: "+strings.Join(repositoryWords, ", ")+", or a custom role's name",
			"%q is not a privilege on a repository", s)
	case guess != "":
		t.complain(t.valueAt("repository"), "did you mean "+quoted(guess)+"? a custom role of that name is written "+quoted("role:"+s),
			"%q is not a privilege on a repository", s)
	default:
		r.CustomRole = s
	}
}

func readEnvRights(t *table) []EnvRight {
	envs, ok := t.sub("environments")
	if !ok {
		return nil
	}
	var out []EnvRight
	for _, name := range envs.names() {
		right := EnvRight{Name: strings.ToLower(name), match: newGlob(name)}
		if name == "" || len(name) > MaxPattern {
			t.complain(envs.at(name), "", "an environment's name has 1 to %d characters", MaxPattern)
		}
		for _, w := range envs.words(name) {
			p, known := access.ParsePrivilege(w.text)
			if !known || !p.OnEnvironment() {
				t.complain(w.at, suggest(w.text, environmentWords), "%q is not a privilege on an environment", w.text)
				continue
			}
			right.Privileges = append(right.Privileges, p)
		}
		slices.Sort(right.Privileges)
		right.Privileges = slices.Compact(right.Privileges)
		if list, ok := envs.vals[name].([]any); ok && len(list) == 0 {
			t.complain(envs.at(name), suggest("", environmentWords), "environment %q is given no privilege", name)
		}
		out = append(out, right)
	}
	slices.SortFunc(out, func(a, b EnvRight) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// readAcceptance reads expires, standing_reason and review_by.
func readAcceptance(t *table) Acceptance {
	a := Acceptance{Expires: t.end("expires"), Reason: t.str("standing_reason"), ReviewBy: t.end("review_by")}
	if t.has("standing_reason") != t.has("review_by") {
		missing, given := "review_by", "standing_reason"
		if t.has("review_by") {
			missing, given = given, missing
		}
		t.complain(t.at(given), "", "%s has %s without %s", t.name, given, missing)
	}
	return a
}
