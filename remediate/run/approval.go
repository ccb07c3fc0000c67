package run

import (
	"context"
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

// ApprovalLasts is how long an approval may be used.
const ApprovalLasts = time.Hour

// Approval is somebody's word for one plan or restore: that of the hash.
type Approval struct {
	Seq      int64     `json:"entry"` // its place in the journal, once it has one
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`                     // it lapses
	Allowed  int       `json:"allowed_changes,omitempty"` // agrees to so many losses, over the limits
	Reason   string    `json:"reason,omitempty"`
	Entrance string    `json:"entrance"` // by which way it came: cli
}

// Approvers tells, live, who may approve.
type Approvers interface {
	// Approver reports whether the person of that number is named in [remediate]
	// approvers, by a login that is theirs now or by a team they are in now. An
	// error means that it is not known.
	Approver(ctx context.Context, p Person) (bool, error)
}

// approved holds that somebody else than who applies has agreed, within the hour.
func (c Case) approved() *RefusedError {
	if c.Auto {
		return c.automatic()
	}
	if c.Former != nil {
		return c.goesOn()
	}
	_, r := c.usable()
	return r
}

// goesOn holds that a run is finished on the word that it was begun with, which
// counts to its end: by nobody who gave that word, and within the limits, unless it
// was for exactly so many losses.
func (c Case) goesOn() *RefusedError {
	for _, a := range c.Former.Begun.Approvals {
		if a.By.ID == c.By.ID {
			return refuse(OwnApproval, "somebody else has to", "%s approved run %s and cannot also finish it", c.By.Login, c.Former.ID)
		}
	}
	if c.Allow != 0 && c.Allow != c.Former.Begun.Allowed {
		return refuse(NoApproval, "make a new one: ajar plan --out FILE", "run %s was begun on the word for %s, and --allow-changes asks for %d",
			c.Former.ID, orWithin(c.Former.Begun.Allowed), c.Allow)
	}
	return nil
}

// usable finds the approval that counts: the newest one that fits.
func (c Case) usable() (Approval, *RefusedError) {
	why := refuse(NoApproval, fmt.Sprintf("somebody of [remediate] approvers: ajar plan approve %.12s", c.Plan.Hash), "nobody has approved the plan")
	for i := len(c.Approvals) - 1; i >= 0; i-- {
		a := c.Approvals[i]
		switch {
		case a.By.ID == c.By.ID:
			why = refuse(OwnApproval, "somebody else of [remediate] approvers has to", "%s approved the plan and cannot also apply it", a.By.Login)
		case !c.Now.Before(a.Until) || c.Now.Before(a.At.Add(-clockSlack)):
			why = refuse(Lapsed, fmt.Sprintf("ajar plan approve %.12s", c.Plan.Hash), "the approval of %s lapsed %s", a.By.Login, a.Until.UTC().Format("2006-01-02 15:04 UTC"))
		case a.Allowed != c.Allow:
			why = refuse(NoApproval, fmt.Sprintf("ajar plan approve %.12s --allow-changes %d", c.Plan.Hash, c.Allow),
				"%s approved %s, and --allow-changes asks for %d", a.By.Login, orWithin(a.Allowed), c.Allow)
		default:
			return a, nil
		}
	}
	return Approval{}, why
}

func orWithin(n int) string {
	if n == 0 {
		return "the plan within its limits"
	}
	return fmt.Sprintf("%d losses", n)
}

// Authorize says on whose word the plan is carried out: it finds the approval and
// asks, live, whether who gave it may still. A run that is taken up again goes on
// the one that it began with.
func (c Case) Authorize(ctx context.Context, who Approvers) ([]Approval, *RefusedError) {
	if c.Auto {
		return nil, c.automatic()
	}
	if c.Former != nil {
		return c.Former.Begun.Approvals, c.goesOn()
	}
	a, r := c.usable()
	if r == nil {
		r = confirm(ctx, who, a.By)
	}
	if r != nil {
		return nil, r
	}
	return []Approval{a}, nil
}

// confirm holds that somebody may approve at this moment.
func confirm(ctx context.Context, who Approvers, p Person) *RefusedError {
	ok, err := who.Approver(ctx, p)
	if err != nil {
		return refuse(NoApprover, "", "whether %s may approve is not known: %v", p.Login, err)
	}
	if !ok {
		return refuse(NoApprover, "[remediate] approvers names who may", "%s is not among the approvers", p.Login)
	}
	return nil
}

// MayApprove decides whether a person may approve the plan now: the one function
// for every entrance. c.By is who approves, c.Allow what they agree to beyond the
// limits. That they are not the one who applies it is decided as it is applied.
func (c Case) MayApprove(ctx context.Context, who Approvers) *RefusedError {
	for _, ask := range []func(Case) *RefusedError{Case.known, Case.bound, Case.fresh, Case.unstopped, Case.begun} {
		if r := ask(c); r != nil {
			return r
		}
	}
	if c.Former != nil { // one that has ended for good was refused above
		return refuse(BegunBefore, fmt.Sprintf("it needs no other approval: ajar apply %.12s finishes it", c.Plan.Hash), "the plan was begun already, as run %s", c.Former.ID)
	}
	if c.Allow > 0 {
		if r := c.caps(); r != nil {
			return r
		}
	}
	return confirm(ctx, who, c.By)
}

// MayApprove decides whether a person may agree to a restore: not one who gets
// something by it.
func (c RestoreCase) MayApprove(ctx context.Context, who Approvers) *RefusedError {
	for _, id := range c.Restore.Beneficiaries() {
		if id == c.By.ID {
			return refuse(Beneficiary, "somebody else has to", "%s gets something by the restore and cannot approve it", c.By.Login)
		}
	}
	return confirm(ctx, who, c.By)
}

// Agree makes the approval that is written down.
func Agree(by Person, at time.Time, allowed int, reason, entrance string) Approval {
	at = at.UTC().Truncate(time.Millisecond)
	return Approval{By: by, At: at, Until: at.Add(ApprovalLasts), Allowed: allowed, Reason: reason, Entrance: entrance}
}

// Approvals collects from the entries about a plan the approvals that are not used
// yet, and whether it was withdrawn.
func Approvals(entries []journal.Entry) (unused []Approval, withdrawn bool, err error) {
	used := map[int64]bool{}
	for _, e := range entries {
		switch e.Kind {
		case journal.PlanApproved:
			var a Approval
			if err := e.Decode(&a); err != nil {
				return nil, false, err
			}
			a.Seq = e.Seq
			unused = append(unused, a)
		case journal.PlanWithdrawn:
			withdrawn = true
		case journal.RunBegun:
			var b Begun
			if err := e.Decode(&b); err != nil {
				return nil, false, err
			}
			for _, a := range b.Approvals {
				used[a.Seq] = true
			}
		}
	}
	kept := unused[:0]
	for _, a := range unused {
		if !used[a.Seq] {
			kept = append(kept, a)
		}
	}
	return kept, withdrawn, nil
}
