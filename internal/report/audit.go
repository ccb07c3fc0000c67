package report

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Run says what was looked at, when, and what it cost.
type Run struct {
	Org      access.Named
	Snapshot int64         // its number in the store
	At       time.Time     // when the snapshot was taken
	Judged   time.Time     // the instant it was judged at; zero: At
	Took     time.Duration // how long collecting took
	Requests int64
	Points   int64 // GraphQL points
	Bytes    int64
	Waited   time.Duration // for GitHub's limits, pacing and retries, all requests together

	NotModified int64 // of Requests: GitHub confirmed what was kept (304)
	Replayed    int64 // answers taken over from a run that broke off
	Retries     int64 // of Requests: sent again after a failure
	Shrunk      int64 // pages asked for again in smaller ones

	Read   Reading // what the snapshot holds
	Stored bool    // read from the store; GitHub was not asked
}

// now is the instant that ages are counted from.
func (r Run) now() time.Time {
	if r.Judged.IsZero() {
		return r.At
	}
	return r.Judged
}

// BaselineUse names the baseline that findings were judged by.
type BaselineUse struct {
	Files []string `json:"files"`
	Hash  string   `json:"hash"`
}

// Audit is the report of one pass over one organization.
type Audit struct {
	Run
	Baseline  *BaselineUse // nil: none
	Withheld  []string     // the rules that were not run for want of a baseline
	Gaps      []Gap
	Earlier   []Earlier        // what an earlier pass read; see [EarlierReads]
	Findings  []access.Finding // open, waived, and those resolved by this pass; in any order
	Undecided []access.Undecided
	Failed    []RuleFailure // rules that broke: their findings are withheld
	Unmanaged []string      // the classes that the baseline leaves alone
	FailOn    access.Severity
	Holds     []Hold      // why no plan may run
	Cross     *CrossCheck // nil: not asked for
	Rules     []RuleText  // what the rules of the findings say about themselves, in any order
	Overview  *Overview   // nil: not asked for; tables and CSV do not show it
	Version   string      // of ajar
}

// RuleFailure is a rule that broke while it judged, a mistake in ajar.
type RuleFailure struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// The exit codes, as design and --help state them.
const (
	ExitClean    = 0 // nothing at the threshold, and everything expected was seen
	ExitError    = 1
	ExitFindings = 2 // findings at the threshold, or a plan with changes
	ExitGaps     = 3 // nothing at the threshold, but not everything expected was seen
)

// Exit gives the exit code that the closing line explains. FailOn NoSeverity
// never gives ExitFindings.
func (a Audit) Exit() int {
	switch {
	case a.Cross.broken():
		return ExitError
	case a.reached() > 0:
		return ExitFindings
	case unexpected(a.Gaps) > 0, len(a.Failed) > 0:
		return ExitGaps
	}
	return ExitClean
}

// reached counts the open findings at or above the threshold.
func (a Audit) reached() int {
	n := 0
	for _, f := range a.Findings {
		if f.State == access.Open && a.FailOn != access.NoSeverity && f.Severity >= a.FailOn {
			n++
		}
	}
	return n
}

// verdict says what the exit code means here.
func (a Audit) verdict() string {
	threshold := "at or above " + a.FailOn.String()
	if a.FailOn == access.Critical {
		threshold = "of severity critical"
	}
	gaps := unexpected(a.Gaps)
	switch a.Exit() {
	case ExitError:
		return "the cross-check found access that ajar computes wrongly, so nothing above is to be relied on."
	case ExitFindings:
		said := count(a.reached(), "open finding ", "open findings ") + threshold
		if gaps > 0 || len(a.Failed) > 0 {
			said += "; besides, " + a.lacking(gaps)
		}
		return said + "."
	case ExitGaps:
		return "no open finding " + threshold + ", but " + a.lacking(gaps) + ", so this is not known to be clean."
	}
	if a.FailOn == access.NoSeverity {
		return "everything expected was seen; findings do not change the exit code (--fail-on none)."
	}
	return "no open finding " + threshold + ", and everything expected was seen."
}

// lacking says why the result is uncertain.
func (a Audit) lacking(gaps int) string {
	var parts []string
	if gaps > 0 {
		parts = append(parts, count(gaps, "expected kind of data was", "expected kinds of data were")+" not seen to the end")
	}
	if n := len(a.Failed); n > 0 {
		parts = append(parts, count(n, "rule", "rules")+" broke")
	}
	return strings.Join(parts, " and ")
}

// urgency orders the categories within a severity: what should not happen at all, who has too much, and what is
// about to break, before what is only old.
var urgency = []string{"anomaly", "overprivileged", "standing", "critical-state", "environment", "hygiene", "stale"}

func urgent(category string) int {
	if i := slices.Index(urgency, category); i >= 0 {
		return i
	}
	return len(urgency)
}

// worstFirst gives the findings as documents list them: worst first, of one severity
// what is overdue before the others, by category, then by rule and fingerprint, so
// that a renamed thing keeps its place.
func worstFirst(all []access.Finding) []*access.Finding {
	out := make([]*access.Finding, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	sortWorst(out)
	return out
}

// forReading gives the findings as tables list them: worst first, of one severity
// what is overdue before the others, one rule and category together, then by title.
func forReading(all []access.Finding) []*access.Finding {
	return listed(all, func(*access.Finding) bool { return true })
}

// listed gives the findings that are wanted as tables list them. Findings are large
// and many, so none of them is copied.
func listed(all []access.Finding, wanted func(*access.Finding) bool) []*access.Finding {
	out := make([]*access.Finding, 0, len(all))
	for i := range all {
		if wanted(&all[i]) {
			out = append(out, &all[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *access.Finding) int {
		return cmp.Or(
			access.Pressing(a, b), cmp.Compare(urgent(a.Category), urgent(b.Category)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Title, b.Title),
			cmp.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
	return out
}

// inState picks the findings in one state, for reading.
func inState(all []access.Finding, s access.State) []*access.Finding {
	return listed(all, func(f *access.Finding) bool { return f.State == s })
}

// severities in report order.
var severities = []access.Severity{access.Critical, access.High, access.Medium, access.Low, access.Info}

func (a Audit) json(w io.Writer) error {
	type exit struct {
		Code    int             `json:"code"`
		FailOn  access.Severity `json:"fail_on"`
		Meaning string          `json:"meaning"`
	}
	return encodeFindings(w, struct {
		Schema    string             `json:"schema"`
		Run       runDoc             `json:"run"`
		Baseline  *BaselineUse       `json:"baseline"`
		Withheld  []string           `json:"rules_not_run"`
		Complete  bool               `json:"complete"`
		Gaps      []Gap              `json:"gaps"`
		Earlier   []Earlier          `json:"read_earlier"`
		Counts    countsDoc          `json:"counts"`
		Findings  laterFindings      `json:"findings"`
		Undecided []access.Undecided `json:"undecided"`
		Failed    []RuleFailure      `json:"rules_failed"`
		Unmanaged []string           `json:"unmanaged"`
		Holds     []Hold             `json:"holds"`
		Cross     *CrossCheck        `json:"cross_check"`
		Exit      exit               `json:"exit"`
		Rules     []RuleText         `json:"rules"`
		Overview  *Overview          `json:"overview"`
		Version   string             `json:"ajar_version"`
	}{
		"ajar.audit/v1", a.doc(), a.Baseline, list(a.Withheld), unexpected(a.Gaps) == 0 && len(a.Failed) == 0, list(a.Gaps), list(a.Earlier), counts(a.Findings, a.now()),
		laterFindings{}, list(a.Undecided), list(a.Failed), list(a.Unmanaged), holdDocs(a.Holds), a.Cross, exit{a.Exit(), a.FailOn, a.verdict()},
		a.rules(), a.Overview.whole(), a.Version,
	}, a.Findings, a.now())
}

// rules gives the rules by id, each with a list of controls.
func (a Audit) rules() []RuleText {
	out := list(slices.Clone(a.Rules))
	for i := range out {
		out[i].Controls = list(out[i].Controls)
	}
	slices.SortFunc(out, func(x, y RuleText) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// runDoc is a [Run] as documents have it.
type runDoc struct {
	Org      access.Named `json:"organization"`
	Snapshot int64        `json:"snapshot"`
	At       time.Time    `json:"taken_at"`
	Judged   time.Time    `json:"judged_at"`
	Took     float64      `json:"took_seconds"`
	Waited   float64      `json:"waited_seconds"`
	Requests int64        `json:"requests"`
	Points   int64        `json:"points"`
	Bytes    int64        `json:"bytes"`
	Stored   bool         `json:"from_store"`

	NotModified int64   `json:"not_modified"`
	Replayed    int64   `json:"replayed"`
	Retries     int64   `json:"retries"`
	Shrunk      int64   `json:"pages_shrunk"`
	Read        Reading `json:"read"`
}

func (r Run) doc() runDoc {
	return runDoc{
		r.Org, r.Snapshot, utc(r.At), utc(r.now()), seconds(r.Took), seconds(r.Waited), r.Requests, r.Points, r.Bytes, r.Stored,
		r.NotModified, r.Replayed, r.Retries, r.Shrunk, r.Read,
	}
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// countsDoc counts open findings, and the others by state.
type countsDoc struct {
	Open       int            `json:"open"`
	Waived     int            `json:"waived"`
	Resolved   int            `json:"resolved"`
	Overdue    int            `json:"overdue"`     // of the open ones: an assignment has ended and its access is still there
	BySeverity map[string]int `json:"by_severity"` // open ones; encoding/json sorts the keys
	ByCategory map[string]int `json:"by_category"`
}

func counts(all []access.Finding, now time.Time) countsDoc {
	c := countsDoc{BySeverity: map[string]int{}, ByCategory: map[string]int{}}
	for _, s := range severities {
		c.BySeverity[s.String()] = 0
	}
	for _, f := range all {
		if f.Overdue(now) {
			c.Overdue++
		}
		switch f.State {
		case access.Open:
			c.Open++
			c.BySeverity[f.Severity.String()]++
			c.ByCategory[f.Category]++
		case access.Waived:
			c.Waived++
		case access.Resolved:
			c.Resolved++
		}
	}
	return c
}

func (a Audit) csv(s *sheet) error {
	return findingRows(s, a.Org.Name, a.At, a.now(), a.Gaps, a.Findings, a.Undecided)
}
