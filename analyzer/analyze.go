// Package analyzer judges a snapshot: findings out of grants, settings, a
// baseline and a time. It is pure: it reads nothing, keeps nothing, and the same
// input always gives the same answer in the same order.
package analyzer

import (
	"cmp"
	"fmt"
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
	// Own is what history knows of the changes that ajar itself made.
	Own access.Own

	// Judged is called when all rules have judged, before what they found is put in
	// order: whoever needs Graph and Baseline no more lets them go here, which makes
	// room. Nil is not called.
	Judged func()
}

// Result is what the rules found, and what they could not judge.
type Result struct {
	Findings  []access.Finding   // by severity, the worst first, then rule and fingerprint
	Undecided []access.Undecided // in the order of the rules, then by reason
	Failed    []Failure          // rules that broke; their findings are withheld
}

// Failure is a rule that broke while it judged: a mistake in ajar. The other
// rules are not touched by it.
type Failure struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Analyze runs every rule. A finding is [access.Open], or [access.Waived] where a
// waiver of the baseline is in force.
func Analyze(in Input) Result {
	f := newFacts(in)
	failed := f.judgeBy(in, true)
	f.forgetVerdicts()
	failed = append(failed, f.judgeBy(in, false)...)
	slices.SortFunc(failed, func(x, y Failure) int { return cmp.Compare(turn(x.Rule), turn(y.Rule)) })
	found, open, judged := f.found, f.open(), in.Judged
	in, f = Input{}, nil //nolint:wastedassign // what the rules shared may go: it is large
	if judged != nil {
		judged()
	}
	slices.SortFunc(found, func(a, b *access.Finding) int {
		return cmp.Or(access.Pressing(a, b), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	// A few more may come on top: those that were found before, and are gone.
	most := len(found) + len(found)/64
	res := Result{Findings: make([]access.Finding, len(found), most), Undecided: open, Failed: failed}
	for i := range found {
		res.Findings[i], found[i] = *found[i], nil // they are many, and not all of them are in memory twice
	}
	return res
}

// pronouncing are rules that report verdicts on grants where there is a baseline,
// beside those that need one.
var pronouncing = []string{"outside-collaborator-write", "deploy-key-write"}

// judgeBy runs the rules that hold access against the baseline, or the others. The
// former go first: what they share about each grant is large, and gone before the
// findings of the latter are.
func (f *facts) judgeBy(in Input, baseline bool) (failed []Failure) {
	for i := range rules {
		r := &rules[i]
		if (r.Baseline || slices.Contains(pronouncing, r.ID)) != baseline {
			continue
		}
		if slices.Contains(in.Disabled, r.ID) || r.Baseline && in.Baseline == nil {
			continue
		}
		if err := judge(f, r); err != nil {
			failed = append(failed, Failure{r.ID, err.Error()})
		}
	}
	return failed
}

// turn is where a rule stands among all.
func turn(id string) int {
	return slices.IndexFunc(rules, func(r rule) bool { return r.ID == id })
}

// judge runs one rule. One that panics has found nothing: what it reported before
// it broke may be half of the truth.
func judge(f *facts, r *rule) (err error) {
	before := len(f.found)
	defer func() {
		if p := recover(); p != nil {
			f.found = f.found[:before]
			err = fmt.Errorf("the rule broke: %v", p)
		}
	}()
	c := &court{facts: f, rule: r}
	r.judge(c)
	c.confess()
	return nil
}
