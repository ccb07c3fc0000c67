package access

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Severity ranks findings. The zero value is no severity and never valid.
type Severity uint8

// The severities, from the least to the worst.
const (
	NoSeverity Severity = iota
	Info
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{NoSeverity: "none", Info: "info", Low: "low", Medium: "medium", High: "high", Critical: "critical"}

// String gives the word that reports use.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a severity's word; "none" gives NoSeverity.
func ParseSeverity(text string) (Severity, error) {
	for s, name := range severityNames {
		if name == strings.ToLower(text) {
			return Severity(s), nil
		}
	}
	return NoSeverity, fmt.Errorf("%q is not a severity (one of none, info, low, medium, high, critical)", text)
}

// MarshalText writes the word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word.
func (s *Severity) UnmarshalText(b []byte) error {
	v, err := ParseSeverity(string(b))
	*s = v
	return err
}

// State is where a finding stands in its life.
type State string

// The states.
const (
	Open     State = "open"
	Waived   State = "waived"
	Resolved State = "resolved"
)

// Named is a Ref with the name it had when it was judged.
type Named struct {
	Ref
	Name string `json:"name"`
}

// Step is one link of a [Path].
type Step struct {
	From      Named     `json:"from"`
	To        Named     `json:"to"`
	Privilege Privilege `json:"privilege"`
	Role      string    `json:"role,omitempty"` // GitHub's own or the custom role's name
	Source    Source    `json:"source"`
}

// Path is the chain of grants by which a principal reaches a privilege.
type Path []Step

// Gives is the privilege that the path ends in; NoPrivilege of an empty one.
func (p Path) Gives() Privilege {
	if len(p) == 0 {
		return NoPrivilege
	}
	return p[len(p)-1].Privilege
}

// Finding is one deviation: one per cause, however many it affects.
type Finding struct {
	Fingerprint string   `json:"fingerprint"`
	Rule        string   `json:"rule"`
	Category    string   `json:"category"`
	Severity    Severity `json:"severity"`
	State       State    `json:"state"`

	Org       Named  `json:"org"`
	Principal Named  `json:"principal"` // who holds the access; zero where the finding is about a setting
	Resource  Named  `json:"resource"`
	Grant     *Grant `json:"grant,omitempty"` // the cause, where it is one grant

	Title    string   `json:"title"` // one line, names included
	Have     string   `json:"have"`  // what is there
	Want     string   `json:"want"`  // what the baseline or the rule allows
	Affected int      `json:"affected"`
	Sample   []Named  `json:"sample,omitempty"` // at most ten of the affected, by name
	Paths    []Path   `json:"paths,omitempty"`
	Evidence []string `json:"evidence,omitempty"` // dated facts it rests on, one sentence each
	Fixable  string   `json:"fixable,omitempty"`  // where it must be changed, if not by ajar

	Ended      time.Time `json:"ended,omitzero"` // when what allowed it ended, where that is why it is drift
	Since      time.Time `json:"since,omitzero"` // since when the cause is there: GitHub's own date of it, else since when it has been seen
	FirstSeen  time.Time `json:"first_seen,omitzero"`
	LastSeen   time.Time `json:"last_seen,omitzero"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Waiver     string    `json:"waiver,omitempty"` // the reason of the waiver in force
	WaiverEnd  time.Time `json:"waiver_end,omitzero"`
	Needs      []Need    `json:"-"` // the coverage that proves it
}

// Overdue reports whether the access of an assignment that has ended is still there
// at that instant: from the end itself on, unless a waiver accepts it.
func (f *Finding) Overdue(at time.Time) bool {
	return f.State == Open && !f.Ended.IsZero() && !at.Before(f.Ended)
}

// Pressing puts the worse finding first, and of one severity access that should have
// ended: an end is only told of a finding where it is past.
func Pressing(a, b *Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), a.lasting()-b.lasting())
}

// lasting is 0 for access that outlives its end, else 1.
func (f *Finding) lasting() int {
	if f.State == Open && !f.Ended.IsZero() {
		return 0
	}
	return 1
}

// Need is one piece of coverage that a conclusion rests on.
type Need struct {
	Area  Area
	Scope int64 // 0: the whole area
}

// Fingerprint derives the stable id of a finding from its rule and the ids that
// make its cause. Names, counts and severities are not part of it.
func Fingerprint(rule string, parts ...string) string {
	h := sha256.Sum256([]byte(rule + "\x00" + strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:8])
}

// Undecided counts what a rule could not judge, and why: neither a finding nor
// a clean bill.
type Undecided struct {
	Rule   string `json:"rule"`
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}
