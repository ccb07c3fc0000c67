package evidence

import "time"

// Evidence is everything that one pack holds, before it is written anywhere.
type Evidence struct {
	Framework Framework
	Orgs      []Org
	Period    Period
	Program   string        // version and commit of the ajar that makes it
	Complete  bool          // nothing is missing: there are no gaps
	Every     time.Duration // how often a pass was promised, by which a pause is a gap; 0: nobody promised anything
	Gaps      []Gap
	Tables    []Table
	Controls  []Control
}

// Org is an organization of the evidence.
type Org struct {
	ID    int64
	Login string    // at the end of the period
	First int64     // the newest snapshot from before the period, or the first one in it; 0: none
	Last  int64     // the newest snapshot from before its end; 0: none
	Start time.Time // when First was taken
	End   time.Time // when Last was taken
}

// Framework names the controls that the evidence is laid out by.
type Framework string

// The frameworks.
const (
	SOC2      Framework = "soc2"
	ISO27001  Framework = "iso27001"
	NIST80053 Framework = "nist-800-53"
	CISGitHub Framework = "cis-github"
)

// Frameworks lists them all.
var Frameworks = []Framework{SOC2, ISO27001, NIST80053, CISGitHub}

// Control is one control of a framework, and what supports it. ajar supports a control;
// whether it is satisfied is the auditor's word.
type Control struct {
	ID        string // such as CC6.1
	Title     string
	Statement string   // what ajar's records show about it
	Tables    []string // that support it, by name
	Rules     []string // whose findings its figures of findings count; none where they count all, or none
	Numbers   []Figure
}

// Figure is a number of the control matrix, with the query that gives it again from the
// tables of the pack.
type Figure struct {
	Name      string
	Title     string
	Query     string // SQL; each table by its name with _ for -, one row with one integer
	Value     int64
	Exception bool // what it counts needs a look: drift, gaps, failures
}
