package remediate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// ErrStale says that a plan may not be carried out as it is: what it was made from
// holds no longer, and a new one has to be made.
var ErrStale = errors.New("the plan is stale")

// Difference is what became of a plan that was made again from newer data.
type Difference struct {
	From, To int64 // snapshots
	// Gone are actions whose drift is no longer there: nothing is left to do.
	Gone []Action
	// Waiting and Refused are actions of the former plan that are none any more.
	Waiting []Waiting
	Refused []Refusal
	// Added and Changed are actions that the former plan did not hold, or held
	// otherwise. With one of them the plan is stale.
	Added, Changed []Action
	// More are actions by which somebody loses something whom the former plan did not
	// name, as who came into a team: nobody agreed to that, and no limit counted it.
	More []Action
}

// Same reports whether nothing became of it.
func (d Difference) Same() bool {
	return len(d.Gone)+len(d.Waiting)+len(d.Refused)+len(d.Added)+len(d.Changed)+len(d.More) == 0
}

// Rederive makes a plan again from a newer snapshot, for the findings that it
// answered. The new one must be equal or smaller: actions may be gone because their
// drift is, and the others must be the same changes. Anything else is an error that
// wraps [ErrStale], with the difference beside it. A plan that was altered, has
// expired, or was made under another baseline, other guards or by another version
// is refused likewise.
//
// in is as for [NewPlan], with all the findings of now; its Max is not used. The
// new plan speaks of the same actions by the same ids.
func Rederive(old Plan, in Input) (Plan, Difference, error) {
	wanted := map[string]bool{}
	for _, a := range old.Actions {
		for _, r := range a.Reasons {
			wanted[r.Fingerprint] = true
		}
	}
	in.Max = 0
	in.Findings = slices.DeleteFunc(slices.Clone(in.Findings), func(f access.Finding) bool { return !wanted[f.Fingerprint] })
	now := NewPlan(in)
	d := differ(old, now)
	if old.Left > 0 { // who loses something is compared beside the same actions
		in.asked = old.Actions
		d.More = more(old, NewPlan(in))
	} else {
		d.More = more(old, now)
	}
	if err := old.bound(now, in.At); err != nil {
		return now, d, err
	}
	switch {
	case len(d.Added) > 0:
		return now, d, fmt.Errorf("%w: it would have to %s as well", ErrStale, d.Added[0].Title)
	case len(d.Changed) > 0:
		return now, d, fmt.Errorf("%w: to %s is another change now", ErrStale, d.Changed[0].Title)
	case len(d.More) > 0:
		return now, d, fmt.Errorf("%w: to %s takes something from others as well now, %d in all", ErrStale, d.More[0].Title, d.More[0].Losers)
	case len(d.Refused) > 0:
		return now, d, fmt.Errorf("%w: a guard (%s) now refuses to %s: %s", ErrStale, d.Refused[0].Guard, d.Refused[0].Title, d.Refused[0].Why)
	}
	for _, why := range now.Stopped {
		if !limited(why) && !slices.Contains(old.Stopped, why) {
			return now, d, fmt.Errorf("%w: %s", ErrStale, why)
		}
	}
	return now, d, nil
}

// limited reports whether it is a limit that stops a plan. How many may lose
// something in a day is asked when a plan is carried out, with what was done since.
func limited(why string) bool {
	return strings.HasPrefix(why, "max_changes:") || strings.HasPrefix(why, "limits.")
}

// clockSlack is by how much two clocks, or the two seconds that GitHub's tells, may
// differ.
const clockSlack = 2 * time.Minute

// bound holds a plan against what it is bound to.
func (p Plan) bound(now Plan, at time.Time) error {
	switch {
	case !p.Verify():
		return fmt.Errorf("%w: it was altered after it was made", ErrStale)
	case p.Org.ID != now.Org.ID:
		return fmt.Errorf("%w: it is for %s", ErrStale, p.Org.Name)
	case p.Version != now.Version:
		return fmt.Errorf("%w: it was made by ajar %s, and this is %s", ErrStale, p.Version, now.Version)
	case p.BaselineHash != now.BaselineHash:
		return fmt.Errorf("%w: the baseline has changed since it was made", ErrStale)
	case p.GuardsHash != now.GuardsHash:
		return fmt.Errorf("%w: the guards of the configuration have changed since it was made", ErrStale)
	case at.Before(p.MadeAt.Add(-clockSlack)):
		return fmt.Errorf("%w: it was made at %s, which is still to come", ErrStale, p.MadeAt.Format(time.RFC3339))
	case !at.Before(p.ExpiresAt):
		return fmt.Errorf("%w: it could be begun until %s", ErrStale, p.ExpiresAt.Format(time.RFC3339))
	}
	return nil
}

// more lists the actions of both plans by which now more lose something.
func more(old, now Plan) []Action {
	named := map[string]map[access.Ref]bool{}
	for _, a := range old.Actions {
		named[a.ID] = map[access.Ref]bool{}
		for _, l := range a.Lost {
			for _, id := range l.IDs {
				named[a.ID][access.Ref{Kind: l.Kind, ID: id}] = true
			}
		}
	}
	var out []Action
	for _, a := range now.Actions {
		was, there := named[a.ID]
		if there && slices.ContainsFunc(a.Lost, func(l Lost) bool {
			return slices.ContainsFunc(l.IDs, func(id int64) bool { return !was[access.Ref{Kind: l.Kind, ID: id}] })
		}) {
			out = append(out, a)
		}
	}
	return out
}

// differ compares two plans by the ids of their actions.
func differ(old, now Plan) Difference {
	d := Difference{From: old.SnapshotID, To: now.SnapshotID}
	is, was := map[string]Action{}, map[string]Action{}
	for _, a := range now.Actions {
		is[a.ID] = a
	}
	for _, a := range old.Actions {
		was[a.ID] = a
		n, there := is[a.ID]
		waits := slices.IndexFunc(now.Waiting, func(w Waiting) bool { return w.ID == a.ID })
		refused := slices.IndexFunc(now.Refused, func(r Refusal) bool { return r.ID == a.ID })
		switch {
		case there && !n.Change.Equal(a.Change):
			d.Changed = append(d.Changed, n)
		case there:
		case waits >= 0:
			d.Waiting = append(d.Waiting, now.Waiting[waits])
		case refused >= 0:
			d.Refused = append(d.Refused, now.Refused[refused])
		default:
			d.Gone = append(d.Gone, a)
		}
	}
	for _, a := range now.Actions {
		if _, there := was[a.ID]; there {
			continue
		}
		same := slices.ContainsFunc(old.Actions, func(o Action) bool { return o.Change.SameThing(a.Change) })
		if old.Left == 0 || same { // a plan that was cut short left others out, and leaves them out again
			d.Added = append(d.Added, a)
		}
	}
	return d
}
