package baseline

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// Waiver accepts a deviation until a date. Match says which findings: each part
// that is given must match, and at least the rule is.
type Waiver struct {
	Position  Position  `json:"-"`
	Rule      string    `json:"rule"` // a rule's id, or a pattern of ids
	Resource  *Pattern  `json:"resource,omitempty"`
	Principal *Pattern  `json:"principal,omitempty"`
	Reason    string    `json:"reason"`
	Owner     Pattern   `json:"owner"` // who answers for it
	Starts    time.Time `json:"starts,omitzero"`
	Expires   time.Time `json:"expires"`
	rule      glob
	ruleAt    Position
}

func readWaivers(t *table) []Waiver {
	var out []Waiver
	for _, wt := range t.subs("waiver") {
		w := Waiver{Position: wt.place(), ruleAt: wt.place()}
		if wt.need("match", `match = { rule = "deploy-key-write", resource = "repo:ORG/NAME" }`) {
			readMatch(wt, &w)
		}
		w.Reason = wt.reason()
		if wt.need("owner", `owner = "user:LOGIN"`) {
			if s := wt.str("owner"); s != "" {
				w.Owner, _ = wt.pattern("owner", word{s, wt.valueAt("owner")}, []access.Kind{access.User, access.Team})
			}
		}
		w.Starts = wt.start("starts")
		if wt.need("expires", "expires = the date after which the finding is back") {
			w.Expires = wt.end("expires")
		}
		wt.str("owner")
		wt.done()
		out = append(out, w)
	}
	return out
}

func readMatch(t *table, w *Waiver) {
	m, ok := t.sub("match")
	if !ok {
		return
	}
	m.name = "match"
	w.Rule = m.str("rule")
	w.rule, w.ruleAt = newGlob(w.Rule), m.valueAt("rule")
	if !m.has("rule") {
		m.complain(t.at("match"), `a waiver speaks of one rule: rule = "deploy-key-write"`, "match has no rule")
	} else if w.rule.any() {
		m.complain(w.ruleAt, "name the rule", "a waiver cannot match every rule")
	}
	w.Resource = m.single("resource", access.Org, access.Repo, access.Env)
	w.Principal = m.single("principal", access.User, access.Team, access.App, access.Key, access.Token, access.Credential, access.Invitation, access.Workflow)
	m.done()
}

// single reads one principal or resource.
func (t *table) single(key string, kinds ...access.Kind) *Pattern {
	s := t.str(key)
	if s == "" {
		return nil
	}
	if p, ok := t.pattern(key, word{s, t.valueAt(key)}, kinds); ok {
		return &p
	}
	return nil
}

// checkWaivers looks at what needs no clock: the length of those with a start.
func checkWaivers(b *Baseline, problems *Problems) {
	for _, w := range b.Waivers {
		if w.Starts.IsZero() || w.Expires.IsZero() {
			continue
		}
		if !w.Starts.Before(w.Expires) {
			problems.add(w.Position, "", "this waiver ends before it starts")
		} else if length := w.Expires.Sub(w.Starts); length > b.LongestWaiver {
			problems.add(w.Position, "at most "+formatDuration(b.LongestWaiver)+"; [waivers] longest changes it",
				"this waiver lasts %s", formatDuration(length))
		}
	}
}

// CheckRules warns of waivers that speak of a rule that does not exist. The ids
// come from whoever knows the rules.
func (b *Baseline) CheckRules(ids []string) Problems {
	var ps Problems
	for _, w := range b.Waivers {
		known := w.Rule == ""
		for _, id := range ids {
			known = known || w.rule.match(id)
		}
		if !known {
			ps.warn(w.ruleAt, suggest(w.Rule, ids), "there is no rule %q to waive", w.Rule)
		}
	}
	return ps.sorted()
}

// Check judges what depends on the time: waivers that are too long or over, and
// acceptances that lie too far ahead.
func (b *Baseline) Check(at time.Time) Problems {
	var ps Problems
	for _, w := range b.Waivers {
		switch {
		case w.Expires.IsZero():
		case !at.Before(w.Expires):
			ps.warn(w.Position, "remove it, or decide again", "this waiver ended on %s", formatEnd(w.Expires))
		case w.Starts.IsZero() && w.Expires.Sub(at) > b.LongestWaiver:
			ps.add(w.Position, "at most "+formatDuration(b.LongestWaiver)+" ahead; [waivers] longest changes it",
				"this waiver reaches to %s, which is too far ahead", formatEnd(w.Expires))
		}
	}
	for _, a := range b.Assignments {
		r, ok := b.Role(a.Role)
		if !ok || !r.Standing || !b.privileged(r.Privilege) {
			continue
		}
		acc := a.Acceptance.or(r.Acceptance)
		if acc.Expires.After(at.Add(LongestAcceptance)) && !acc.inForce(at) {
			ps.add(a.Position, "an acceptance reaches at most 365 days ahead", "standing access with %s is accepted until %s",
				r.Privilege, formatEnd(acc.Expires))
		}
	}
	return ps.sorted()
}
