// Package analyzer judges a snapshot: findings out of grants, settings, a
// baseline and a time. It is pure: it reads nothing, keeps nothing, and the same
// input always gives the same answer in the same order.
package analyzer

import (
	"cmp"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// Input is everything that a judgement rests on.
type Input struct {
	Snapshot *access.Snapshot
	Graph    *reach.Graph    // of the same snapshot; nil: it is built
	Baseline *baseline.Bound // bound to the same snapshot; nil: only the rules that need none run
	At       time.Time       // the instant that is judged, usually the snapshot's own
	Disabled []string        // ids of rules that do not run

	// MemberSince tells since when somebody is known to have been there, where
	// history knows it; the zero time where it does not. Nil knows nothing.
	MemberSince func(user int64) time.Time
}

// Result is what the rules found, and what they could not judge.
type Result struct {
	Findings  []access.Finding   // by severity, the worst first, then rule and fingerprint
	Undecided []access.Undecided // in the order of the rules, then by reason
}

// Analyze runs every rule. A finding is [access.Open], or [access.Waived] where a
// waiver of the baseline is in force.
func Analyze(in Input) Result {
	f := newFacts(in)
	for i := range rules {
		r := &rules[i]
		if slices.Contains(in.Disabled, r.ID) || r.Baseline && in.Baseline == nil {
			continue
		}
		r.judge(&court{facts: f, rule: r})
	}
	slices.SortFunc(f.found, func(a, b *access.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	res := Result{Findings: make([]access.Finding, len(f.found)), Undecided: f.open()}
	for i, found := range f.found {
		res.Findings[i] = *found
	}
	return res
}
