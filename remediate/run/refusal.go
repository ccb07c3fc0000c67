package run

import (
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/remediate"
)

// Code names the reason why a plan or a restore is not carried out.
type Code string

// The codes.
const (
	UnknownPlan   Code = "unknown-plan"   // the store never heard of it
	AlteredPlan   Code = "altered-plan"   // it is not what its hash says
	OtherVersion  Code = "other-version"  // another version of ajar made it
	OtherBaseline Code = "other-baseline" // the baseline changed since
	OtherGuards   Code = "other-guards"   // the guards changed since
	TooOld        Code = "too-old"        // older than plan_ttl
	BegunBefore   Code = "begun-before"   // a plan is carried out once
	Withdrawn     Code = "withdrawn"      // somebody took it back
	Stale         Code = "stale"          // made again from a newer snapshot, it would be another one
	OnHold        Code = "on-hold"
	NotAudited    Code = "not-audited"    // nobody has looked yet whether too much is gone, or newly drift
	RestoredStore Code = "restored-store" // a backup of the store was put back
	DryRun        Code = "dry-run"        // the mode lets nothing be changed
	NoApproval    Code = "no-approval"
	NoApprover    Code = "not-an-approver"
	OwnApproval   Code = "own-approval"
	Beneficiary   Code = "beneficiary" // somebody approves what gives to themselves
	Lapsed        Code = "lapsed-approval"
	OverLimit     Code = "over-limit"
	StoppedPlan   Code = "stopped-plan" // a guard stops the whole plan
	Irreversible  Code = "irreversible" // never without a person
	NotAutomatic  Code = "not-automatic"
	NoSelf        Code = "unknown-self"
	Guarded       Code = "guard" // a guard, asked live
	UnknownRun    Code = "unknown-run"
	OpenRun       Code = "open-run" // it has not ended
)

// RefusedError says that something is not carried out, and what to do about it. It is
// an error, and each one is kept in the journal.
type RefusedError struct {
	Code Code   `json:"code"`
	Why  string `json:"why"`
	Hint string `json:"-"` // a command, or what to do
}

// Error is why.
func (r *RefusedError) Error() string { return r.Why }

func refuse(code Code, hint, format string, args ...any) *RefusedError {
	return &RefusedError{Code: code, Why: fmt.Sprintf(format, args...), Hint: hint}
}

// Modes of [remediate] mode.
const (
	ModeDryRun  = "dry-run"
	ModeApprove = "approve"
	ModeAuto    = "auto"
)

// Case is all that it is decided by whether a plan may be carried out. It holds
// for the instant at which it was gathered.
type Case struct {
	Plan      remediate.Plan
	Known     bool // the store has a plan of that hash
	Withdrawn bool
	Now       time.Time
	TTL       time.Duration // plan_ttl
	Mode      string
	Auto      bool     // the daemon asks, not a person
	AutoRules []string // what auto may answer

	Version   string // of the running program
	Baseline  string // hash of the baseline as it is now
	Guards    remediate.Guards
	Held      []string  // why the organization is on hold
	Undoubted string    // why nobody could tell by now whether it is to be; "": somebody did
	Restored  time.Time // the store was found to be an old one; zero: no
	Former    *Run      // the run of this plan, nil where it was never begun

	By        Person
	Approvals []Approval // of this plan, each unused
	Allow     int        // of --allow-changes; 0: not asked for
	Reason    string
	Lost      Losses // by the runs of the last 24 hours
}

// Decide says whether the plan may be carried out now, by what it is bound to: nil,
// or why not. Whether it would still be the same plan ([remediate.Plan] made again
// from the newest snapshot) is asked apart, since that takes longer.
func (c Case) Decide() *RefusedError {
	for _, ask := range []func(Case) *RefusedError{Case.mode, Case.known, Case.bound, Case.fresh, Case.doubted, Case.unstopped, Case.begun, Case.caps, Case.approved} {
		if r := ask(c); r != nil {
			return r
		}
	}
	return nil
}

func (c Case) mode() *RefusedError {
	switch {
	case c.Mode != ModeApprove && c.Mode != ModeAuto:
		return refuse(DryRun, `[remediate] mode = "approve" lets a person approve plans`, "the mode is dry-run: nothing is changed")
	case c.Auto && c.Mode != ModeAuto:
		return refuse(NotAutomatic, "", "the mode is %s: nothing is carried out without a person", c.Mode)
	case !c.Restored.IsZero():
		return refuse(RestoredStore, "ajar collect, look, then ajar store accept-rollback",
			"a backup of the store was put back, noticed %s: what was decided since it was made is not known", c.Restored.UTC().Format(time.DateTime))
	case len(c.Held) > 0:
		return refuse(OnHold, "ajar hold shows why, ajar resume lifts it", "the organization is on hold: %s", c.Held[0])
	}
	return nil
}

// doubted refuses what rests on a look that nobody has doubted yet (invariant S4).
func (c Case) doubted() *RefusedError {
	if c.Undoubted != "" {
		return refuse(NotAudited, "ajar audit --offline", "%s: nobody has looked yet whether too much is gone or newly called drift", c.Undoubted)
	}
	return nil
}

func (c Case) known() *RefusedError {
	switch {
	case !c.Plan.Verify():
		return refuse(AlteredPlan, "make a new one: ajar plan --out FILE", "the plan was altered: it is not what its hash says")
	case !c.Known:
		return refuse(UnknownPlan, "ajar plan --out FILE makes one and keeps it in the store", "the store knows no plan of that hash")
	case c.Withdrawn:
		return refuse(Withdrawn, "make a new one: ajar plan --out FILE", "the plan was withdrawn")
	}
	return nil
}

func (c Case) bound() *RefusedError {
	switch {
	case c.Plan.BaselineHash != c.Baseline:
		return refuse(OtherBaseline, "make a new one: ajar plan --out FILE", "the baseline has changed since the plan was made")
	case c.Plan.GuardsHash != c.Guards.Hash():
		return refuse(OtherGuards, "make a new one: ajar plan --out FILE", "the guards in the configuration have changed since the plan was made")
	}
	return nil
}

// fresh holds that the plan is not too old. A plan from the future was made by
// another clock: how old it is cannot be told.
func (c Case) fresh() *RefusedError {
	age := c.Now.Sub(c.Plan.MadeAt)
	if age > c.TTL || age < -clockSlack {
		return refuse(TooOld, "make a new one: ajar plan --out FILE", "the plan was made %s, and plan_ttl is %s",
			c.Plan.MadeAt.UTC().Format("2006-01-02 15:04 UTC"), c.TTL)
	}
	return nil
}

// clockSlack is by how much a plan may be ahead of the clock that judges it.
const clockSlack = 2 * time.Minute

// begun holds that a plan is carried out once. One whose run was interrupted may
// be finished.
func (c Case) begun() *RefusedError {
	if c.Former == nil || c.Former.Finishable() {
		return nil
	}
	return refuse(BegunBefore, "make a new one: ajar plan --out FILE", "the plan was begun before, as run %s, which has ended", c.Former.ID)
}

// Again makes the plan again from the newest snapshot: it must be the same or
// smaller (S6). gone says why an action is not called for any more (S7).
func (c Case) Again(in remediate.Input) (gone map[string]string, _ *RefusedError) {
	_, d, err := remediate.Rederive(c.Plan, in)
	if err != nil {
		return nil, refuse(Stale, "make a new one: ajar plan --out FILE", "%v", err)
	}
	gone = map[string]string{}
	for _, a := range d.Gone {
		gone[a.ID] = fmt.Sprintf("snapshot %d does not show the drift any more", d.To)
	}
	for _, w := range d.Waiting {
		gone[w.ID] = "it has to wait now: " + strings.Join(w.Why, "; ")
	}
	return gone, nil
}

// automatic holds that the daemon acts by itself only where every reason of every
// action is a rule that it was told, and everything can be put back (S11).
func (c Case) automatic() *RefusedError {
	for _, a := range c.Plan.Actions {
		if len(a.Irreversible) > 0 {
			return refuse(Irreversible, "a person approves it", "%s: what cannot be put back is never done without a person", a.Title)
		}
		if len(a.Reasons) == 0 {
			return refuse(NotAutomatic, "a person approves it", "%s: it has no reason", a.Title)
		}
		for _, reason := range a.Reasons {
			if !contains(c.AutoRules, reason.Rule) {
				return refuse(NotAutomatic, "a person approves it", "%s: %s is not among auto_rules", a.Title, reason.Rule)
			}
		}
	}
	if c.Allow > 0 {
		return refuse(NotAutomatic, "a person approves it", "a limit is never lifted without a person")
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
