package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// Rule is what people are told about a rule.
type Rule struct {
	ID       string          `json:"id"` // stable; never reused
	Category string          `json:"category"`
	Severity access.Severity `json:"severity"` // unless Grading says otherwise
	Title    string          `json:"title"`
	What     string          `json:"what"`    // when it fires, in a sentence or two
	Why      string          `json:"why"`     // why it matters
	Grading  string          `json:"grading"` // what the severity depends on
	Remedy   string          `json:"remedy"`
	Example  string          `json:"example"` // the title of a finding
	Controls []Control       `json:"controls"`
	Needs    []access.Area   `json:"needs"`    // what must have been read for a full judgement
	Baseline bool            `json:"baseline"` // runs only with a baseline
}

// rule is a row of the table: what is said of a rule, and the rule itself.
type rule struct {
	Rule
	judge func(*court)
}

// The categories, in the order of the table.
const (
	Overprivileged = "overprivileged"
	Stale          = "stale"
	Standing       = "standing"
	Environment    = "environment"
	Hygiene        = "hygiene"
	CriticalState  = "critical-state" // not "critical": that is a severity
	Anomaly        = "anomaly"
)

// rules run in this order; ids are part of the export format and never reused.
var rules = slices.Concat(overprivileged, []rule{teamMaintainer, invitedPrivileged}, stale, standing, environment, guarding, hygiene, critical,
	[]rule{reviewersCannotAct}, anomalies)

// Rules lists every rule in the order in which they run.
func Rules() []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		out[i] = r.Rule
	}
	return out
}
