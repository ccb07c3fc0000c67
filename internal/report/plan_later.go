package report

import (
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// PlanWaiting is a change that is not due yet.
type PlanWaiting struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind"`
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	Title     string       `json:"title"`
	Until     time.Time    `json:"until"` // not before it
	Why       []string     `json:"why"`
	Rule      string       `json:"rule"`
	Finding   string       `json:"finding"`
}

// PlanNotice is what to tell those who lose something by a change that waits.
type PlanNotice struct {
	Finding string         `json:"finding"`
	Action  string         `json:"action"`
	To      []access.Named `json:"to"`
	Text    string         `json:"text"`
	Date    time.Time      `json:"date"`
}

// PlanGate is who could still approve deployments to a guarded environment.
type PlanGate struct {
	Env    access.Named   `json:"environment"`
	Before int            `json:"before"`
	After  int            `json:"after"`
	Sample []access.Named `json:"sample"`
}

// PlanWeighed is another way to the same end.
type PlanWeighed struct {
	Title  string `json:"title"`
	Losers int    `json:"losers"`
	Why    string `json:"why"`
}

// PlanDone is an instruction of an earlier plan that was followed.
type PlanDone struct {
	Title    string    `json:"title"`
	Where    string    `json:"where"`
	Rule     string    `json:"rule"`
	Finding  string    `json:"finding"`
	Since    time.Time `json:"since,omitzero"`
	Resolved time.Time `json:"resolved_at"`
}

// weighed says in words what was weighed against a change.
func (a PlanAction) weighed() string {
	var out []string
	for _, w := range a.Weighed {
		out = append(out, w.Title+" ("+count(w.Losers, "principal", "principals")+"): "+w.Why)
	}
	return strings.Join(out, "; ")
}

// laterRows are the rows of a sheet about what waits, what to tell, who can still
// approve, and what was done.
func (v Plan) laterRows() []fields {
	var rows []fields
	for _, w := range v.Waiting {
		rows = append(rows, fields{"row": "waiting", "id": w.ID, "kind": w.Kind, "principal": w.Principal.Name, "principal_id": id(w.Principal),
			"resource": w.Resource.Name, "resource_id": id(w.Resource), "title": w.Title, "why": strings.Join(w.Why, "; "), "findings": w.Finding,
			"rule": w.Rule, "until": rfc3339(w.Until)})
	}
	for _, n := range v.Notices {
		rows = append(rows, fields{"row": "notice", "id": n.Action, "title": n.Text, "findings": n.Finding, "sample": lines(n.To), "until": rfc3339(n.Date)})
	}
	for _, g := range v.Gates {
		rows = append(rows, fields{"row": "gate", "resource": g.Env.Name, "resource_id": id(g.Env), "have": number(g.Before), "want": number(g.After), "sample": lines(g.Sample)})
	}
	for _, d := range v.Done {
		rows = append(rows, fields{"row": "done", "title": d.Title, "where": d.Where, "rule": d.Rule, "findings": d.Finding, "since": rfc3339(d.Since), "until": rfc3339(d.Resolved)})
	}
	return rows
}

func lines(all []access.Named) string {
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = n.Name
	}
	return strings.Join(out, "\n")
}

// told counts those who are to be told something, each once.
func (v Plan) told() int {
	who := map[access.Ref]bool{}
	for _, n := range v.Notices {
		for _, t := range n.To {
			who[t.Ref] = true
		}
	}
	return len(who)
}

func (v Plan) gates(p *page) {
	if len(v.Gates) == 0 {
		return
	}
	p.section(strong, "Approvers", "who could still approve deployments afterwards")
	for _, g := range v.Gates {
		p.gap()
		p.hang(2, []span{plain.of("· ")}, plain, g.Env.Name)
		p.under("can", plain, g.said())
	}
}

func (g PlanGate) said() string {
	who := names(g.Sample, g.After, 5)
	was := "as before"
	if g.Before != g.After {
		was = number(g.Before) + " before"
	}
	s := count(g.After, "person", "people") + ", " + was
	if who != "" {
		s += ": " + who
	}
	return s
}

func (v Plan) done(p *page) {
	if len(v.Done) == 0 {
		return
	}
	p.section(strong, "Done by hand", "instructions of the last saved plan that a snapshot shows done")
	for _, d := range v.Done {
		p.gap()
		p.hang(2, []span{plain.of("✓ ")}, plain, d.Title)
		p.under("since", plain, moment(d.Resolved))
	}
}

// standing says since when an instruction stands, where that is known.
func standing(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return moment(t)
}
