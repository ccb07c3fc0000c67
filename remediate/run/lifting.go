package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// Lifting is all that it is decided by whether the holds of an organization may be
// lifted (S25). Where changes may be made it takes two people: one who asks, and says
// why, and another one, of [remediate] approvers, who agrees. In mode dry-run one
// person is enough: nothing can be changed by that configuration, and whoever only
// reads has to be able to clear a doubt. A plan takes two people in any case.
type Lifting struct {
	Org   int64
	Holds []store.Hold
	Mode  string
	Now   time.Time
	By    Person
	Asked []Asked // of these very holds, the newest last
}

// Asked is the body of resume-asked: somebody's word that the holds of a key may be
// lifted. It lapses after an hour.
type Asked struct {
	By     Person    `json:"by"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	Holds  []string  `json:"holds"` // why the organization is on hold
}

// Alone reports whether one person may lift them.
func (l Lifting) Alone() bool { return l.Mode == ModeDryRun || l.Mode == "" }

// Key names these very holds: one that is set or grows meanwhile makes it another.
func (l Lifting) Key() string {
	h := sha256.New()
	fmt.Fprintf(h, "resume\x00%d", l.Org)
	for _, o := range l.Holds {
		fmt.Fprintf(h, "\x00%d %d %d %d %d", o.ID, o.Snapshot, o.Lost, o.Population, len(o.Reason))
		h.Write([]byte(o.Reason))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Ask makes the entry of who asks.
func (l Lifting) Ask(reason string) (journal.Entry, error) {
	at := l.Now.UTC().Truncate(time.Millisecond)
	a := Asked{By: l.By, At: at, Until: at.Add(ApprovalLasts), Reason: reason, Holds: []string{}}
	for _, h := range l.Holds {
		a.Holds = append(a.Holds, h.Reason)
	}
	e, err := journal.NewEntry(journal.ResumeAsked, a)
	e.Org, e.Plan, e.Who, e.At = l.Org, l.Key(), l.By.String(), at
	return e, err
}

// GatherLifting fills in who asked to lift these very holds.
func GatherLifting(ctx context.Context, s *store.Store, l *Lifting) error {
	entries, err := s.JournalOfPlan(ctx, l.Key())
	if err != nil {
		return err
	}
	l.Asked = nil
	for _, e := range entries {
		if e.Kind != journal.ResumeAsked || e.Org != l.Org {
			continue
		}
		a, err := body[Asked](e)
		if err != nil {
			return err
		}
		l.Asked = append(l.Asked, a)
	}
	return nil
}

// Agree decides whether By may agree to what somebody else asked, and gives what that
// was: nil, or why not.
func (l Lifting) Agree(ctx context.Context, who Approvers) (Asked, *RefusedError) {
	const ask = "somebody asks first: ajar resume --reason TEXT"
	why := refuse(NoApproval, ask, "nobody has asked to lift what keeps the organization on hold now")
	for i := len(l.Asked) - 1; i >= 0; i-- {
		a := l.Asked[i]
		switch {
		case a.By.ID == l.By.ID:
			why = refuse(OwnApproval, "somebody else of [remediate] approvers has to", "%s asked to lift it and cannot also agree", a.By.Login)
		case !l.Now.Before(a.Until) || l.Now.Before(a.At.Add(-clockSlack)):
			why = refuse(Lapsed, ask, "what %s asked lapsed %s", a.By.Login, a.Until.UTC().Format("2006-01-02 15:04 UTC"))
		default:
			return a, confirm(ctx, who, l.By)
		}
	}
	return Asked{}, why
}

// Lifted is the entry that a hold was lifted by two people.
func (l Lifting) Lifted(h store.Hold, asked Asked) (journal.Entry, error) {
	e, err := journal.NewEntry(journal.Resume, map[string]any{"hold": h.Kind, "what": h.What, "held_for": h.Reason, "reason": asked.Reason,
		"snapshot": h.Snapshot, "asked_by": asked.By, "agreed_by": l.By})
	e.Org, e.Plan, e.Who = l.Org, l.Key(), l.By.String()
	return e, err
}
