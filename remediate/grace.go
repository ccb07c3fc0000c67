package remediate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Grace is how long drift must have been seen, and how long before a removal those
// concerned must have been told. The zero value asks for nothing.
type Grace struct {
	Snapshots int           `json:"snapshots"` // in which it must have been found
	Age       time.Duration `json:"age"`       // since it was first found
	Notice    time.Duration `json:"notice"`    // since those who lose something were told
}

// Sight is how long and how often a finding has been there, since it last came.
type Sight struct {
	Since     time.Time
	Snapshots int
}

// Waiting is an action that grace defers.
type Waiting struct {
	ID        string       `json:"id"` // of the action
	Kind      Kind         `json:"kind"`
	Title     string       `json:"title"`
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	// Until is the earliest instant at which a plan may hold it, as far as that is a
	// matter of time, and if those who lose something are told now.
	Until   time.Time `json:"until"`
	Why     []string  `json:"why"` // what it waits for, each in a sentence
	Rule    string    `json:"rule"`
	Finding string    `json:"finding"` // fingerprint
}

// Notice is what people are to be told before they lose something. Whoever tells
// them records it, and the notice runs from then on.
type Notice struct {
	Finding string         `json:"finding"` // fingerprint; it is recorded under it
	Action  string         `json:"action"`  // what it announces, by its id
	To      []access.Named `json:"to"`      // everybody who may lose something
	Text    string         `json:"text"`
	Date    time.Time      `json:"date"` // it does not come before
}

// ungraced are the rules whose drift was announced when it was allowed: the end was
// set with the access.
var ungraced = []string{"expired-assignment"}

// wait is what one finding still waits for. No reason: it is ripe.
type wait struct {
	why    []string
	until  time.Time
	untold bool
}

// ripeness says what an action for the finding waits for.
func (p *planner) ripeness(f *access.Finding, telling bool) wait {
	g, w := p.in.Guards.Grace, wait{until: p.in.At}
	if slices.Contains(ungraced, f.Rule) || f.Overdue(p.in.At) {
		return w
	}
	seen := p.in.Seen[f.Fingerprint]
	seen.Snapshots = max(seen.Snapshots, 1) // the one that the plan is made from
	if seen.Snapshots < g.Snapshots {
		w.why = append(w.why, fmt.Sprintf("it was found in %d of %s", seen.Snapshots, count(g.Snapshots, "snapshot", "snapshots")))
	}
	since := seen.Since
	if since.IsZero() {
		since = p.in.At
	}
	if ripe := since.Add(g.Age); g.Age > 0 && p.in.At.Before(ripe) {
		w.why = append(w.why, "it has been there since "+moment(since)+", and grace.age is "+span(g.Age))
		w.until = ripe
	}
	if g.Notice == 0 || !telling {
		return w
	}
	told := p.in.Told[f.Fingerprint]
	if told.Before(seen.Since) {
		told = time.Time{} // that was about an earlier life of the finding
	}
	if told.IsZero() {
		w.untold = true
		w.why = append(w.why, "nobody has been told; the notice is "+span(g.Notice))
		told = p.in.At
	} else if p.in.At.Before(told.Add(g.Notice)) {
		w.why = append(w.why, "those concerned were told on "+moment(told)+", and the notice is "+span(g.Notice))
	}
	if ripe := told.Add(g.Notice); ripe.After(w.until) {
		w.until = ripe
	}
	return w
}

// deferred takes out of the plan what grace defers. An action is ripe with one of its
// reasons: the others would not make it less so.
func (p *planner) deferred() {
	ripe := p.accepted[:0:0]
	for _, c := range p.accepted {
		best, of := wait{why: []string{""}}, 0
		for i := range c.findings {
			w := p.ripeness(&c.findings[i], len(c.hit) > 0)
			if i == 0 || len(w.why) == 0 || len(best.why) > 0 && w.until.Before(best.until) {
				best, of = w, i
			}
			if len(w.why) == 0 {
				break
			}
		}
		if len(best.why) == 0 {
			ripe = append(ripe, c)
			continue
		}
		p.delay(c, c.findings[of], best)
	}
	p.accepted = ripe
}

func (p *planner) delay(c *candidate, f access.Finding, w wait) {
	a := c.action
	p.waiting = append(p.waiting, Waiting{ID: a.id(), Kind: a.Kind, Title: a.Title, Principal: a.Principal, Resource: a.Resource,
		Until: w.until.UTC(), Why: w.why, Rule: f.Rule, Finding: f.Fingerprint})
	if !w.untold {
		return
	}
	to := []access.Named{}
	for _, r := range c.hit {
		to = append(to, p.name(r))
	}
	p.notices = append(p.notices, Notice{Finding: f.Fingerprint, Action: a.id(), To: to, Date: w.until.UTC(), Text: p.announce(a, f, w.until)})
}

// announce is what those concerned are told.
func (p *planner) announce(a Action, f access.Finding, from time.Time) string {
	return fmt.Sprintf("From %s on it is planned to %s. Why: %s. Who needs it asks those who keep the baseline of %s before that day.",
		from.UTC().Format(time.DateOnly), a.Title, strings.TrimSuffix(f.Title, "."), p.called(p.org()))
}

func (p *planner) graced() ([]Waiting, []Notice) {
	slices.SortFunc(p.waiting, func(a, b Waiting) int {
		return cmp.Or(a.Until.Compare(b.Until), a.Resource.Compare(b.Resource.Ref), a.Principal.Compare(b.Principal.Ref), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(p.notices, func(a, b Notice) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.Action, b.Action))
	})
	return append([]Waiting{}, p.waiting...), append([]Notice{}, p.notices...)
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// span writes a length of time as configuration does.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d%day == 0 && d >= 2*day {
		return fmt.Sprintf("%dd", d/day)
	}
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}
