package baseline

import (
	"encoding/json"

	"github.com/eb661601/ajar/access"
)

// MaxReviewers is how many required reviewers GitHub lets an environment have.
const MaxReviewers = 6

// EnvironmentRule is one [[environment]]: how matching environments must be
// guarded. What is nil or empty is not said.
type EnvironmentRule struct {
	Position          Position     `json:"-"`
	Match             []Pattern    `json:"match"`
	RequireReviewers  *bool        `json:"require_reviewers,omitempty"`
	Reviewers         []Pattern    `json:"reviewers,omitempty"` // who is put back
	PreventSelfReview *bool        `json:"prevent_self_review,omitempty"`
	AllowAdminBypass  *bool        `json:"allow_admin_bypass,omitempty"`
	WaitTimer         *int         `json:"wait_timer,omitempty"` // minutes
	Branches          *BranchRule  `json:"branches,omitempty"`
	Tags              *[]string    `json:"tags,omitempty"`
	Override          bool         `json:"override,omitempty"`
	keys              []settingKey // which of the above are set, and where
}

// BranchRule says from which branches an environment may be deployed.
type BranchRule struct {
	Mode  string   `json:"mode"` // one of access.AnyBranch, access.ProtectedBranch, access.SelectedBranches
	Names []string `json:"names,omitempty"`
}

// settingKey is a key that a rule sets, with its value in a comparable form.
type settingKey struct {
	name  string
	at    Position
	value string
}

func readEnvironments(t *table) []EnvironmentRule {
	var out []EnvironmentRule
	for _, et := range t.subs("environment") {
		r := EnvironmentRule{Position: et.place()}
		if et.need("match", `match = ["env:ORG/*/production*"]`) {
			r.Match = et.patterns("match", access.Env)
			notEmpty(et, "match")
		}
		et.str("reason")
		r.RequireReviewers = et.flag("require_reviewers")
		r.Reviewers = readReviewers(et)
		r.PreventSelfReview = et.flag("prevent_self_review")
		r.AllowAdminBypass = et.flag("allow_admin_bypass")
		r.WaitTimer = et.number("wait_timer", 0, 43200)
		r.Branches = readBranches(et)
		if et.has("tags") {
			tags := append([]string{}, et.texts("tags")...)
			r.Tags = &tags
		}
		if b := et.flag("override"); b != nil {
			r.Override = *b
		}
		et.done()
		if r.RequireReviewers != nil && !*r.RequireReviewers && len(r.Reviewers) > 0 {
			et.complain(et.at("reviewers"), "", "reviewers are listed, but require_reviewers is false")
		}
		r.keys = settingKeys(et, r)
		out = append(out, r)
	}
	return out
}

func readReviewers(t *table) []Pattern {
	if !t.has("reviewers") {
		t.known = append(t.known, "reviewers")
		return nil
	}
	list := t.literals("reviewers", access.User, access.Team)
	if len(list) > MaxReviewers {
		t.complain(t.valueAt("reviewers"), "name a team instead of its people",
			"reviewers lists %d; GitHub allows %d", len(list), MaxReviewers)
	}
	return append([]Pattern{}, list...)
}

// readBranches reads a list of branch name patterns, "protected" or "any".
func readBranches(t *table) *BranchRule {
	if s, ok := t.vals["branches"].(string); ok {
		t.known = append(t.known, "branches")
		if s != access.ProtectedBranch && s != access.AnyBranch {
			t.complain(t.valueAt("branches"), `write "protected", "any" or a list of names`, "branches cannot be %q", s)
		}
		return &BranchRule{Mode: s}
	}
	names := t.texts("branches")
	if names == nil {
		return nil
	}
	return &BranchRule{Mode: access.SelectedBranches, Names: names}
}

// settingKeys lists what the rule sets, so that two rules for one environment
// can be compared key by key.
func settingKeys(t *table, r EnvironmentRule) []settingKey {
	var out []settingKey
	set := func(name string, value any) {
		if !t.has(name) {
			return
		}
		text, err := json.Marshal(value)
		if err == nil {
			out = append(out, settingKey{name, t.at(name), string(text)})
		}
	}
	set("require_reviewers", r.RequireReviewers)
	set("reviewers", r.Reviewers)
	set("prevent_self_review", r.PreventSelfReview)
	set("allow_admin_bypass", r.AllowAdminBypass)
	set("wait_timer", r.WaitTimer)
	set("branches", r.Branches)
	set("tags", r.Tags)
	return out
}
