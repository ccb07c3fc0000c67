package oscal

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
)

func (d *draft) origins() []origin { return []origin{{[]actor{{"tool", d.tool}}}} }

// seen fills in what each observation has.
func (d *draft) seen(uid, title, description string, of []subject) observation {
	return observation{UUID: uid, Title: markup(title), Description: markup(description), Methods: []string{"EXAMINE"},
		Types: []string{"control-objective"}, Origins: d.origins(), Subjects: of, Collected: instant(d.e.Period.To)}
}

// subjects are all organizations of the evidence.
func (d *draft) subjects() []subject {
	var out []subject
	for _, o := range d.e.Orgs {
		out = append(out, subject{d.org(o), "component"})
	}
	return out
}

// gaps are observations too: of what was not seen. The first one counts the others, and
// stands for them in every finding; there is none where nothing is missing. The same gap
// may be told twice, so that its place in the list is part of what it is.
func (d *draft) gaps() []observation {
	if d.e.Complete && len(d.e.Gaps) == 0 {
		return nil
	}
	all := d.seen(d.id("gaps"), "What was not seen", fmt.Sprintf("What was not seen in the period, each told by an observation of the property gap: %d", len(d.e.Gaps)), d.subjects())
	all.Props = []property{prop("gaps", strconv.Itoa(len(d.e.Gaps)))}
	out := []observation{all}
	for i, g := range d.e.Gaps {
		what := "everything"
		if g.Area != "" {
			what = g.Area
		}
		if g.Scope != "" {
			what += " of " + g.Scope
		}
		title := "Not seen: " + what + " in " + g.Org
		o := d.seen(d.id("gap", strconv.Itoa(i), g.Org, g.Area, g.Scope, instant(g.From)), title,
			fmt.Sprintf("%s, %s to %s: %s", title, instant(g.From), instant(g.To), g.Reason), d.named(g.Org))
		o.Props = []property{prop("gap", what), prop("reason", g.Reason), prop("snapshots", strconv.Itoa(g.Snapshots))}
		out = append(out, o)
	}
	return out
}

// named is the organization of a login; all of them where none has it.
func (d *draft) named(login string) []subject {
	for _, o := range d.e.Orgs {
		if o.Login == login {
			return []subject{{d.org(o), "component"}}
		}
	}
	return d.subjects()
}

// counted are the figures of a control.
func (d *draft) counted(c evidence.Control) []observation {
	var out []observation
	for _, f := range c.Numbers {
		o := d.seen(d.id("figure", c.ID, f.Name), f.Title, fmt.Sprintf("%s: %d", f.Title, f.Value), d.subjects())
		o.Props = []property{prop("figure", f.Name), prop("value", strconv.FormatInt(f.Value, 10)), prop("exception", yesNo(f.Exception))}
		for _, t := range c.Tables {
			if strings.Contains(f.Query+" ", " FROM "+strings.ReplaceAll(t, "-", "_")+" ") {
				o.Evidence = append(o.Evidence, relevant{"The table " + t + " of the pack."})
			}
		}
		o.Remarks = "Over the tables of the pack this query gives the value again:\n\n```\n" + f.Query + "\n```"
		out = append(out, o)
	}
	return out
}

// finding says of one control whether its records are whole and free of exceptions.
func (d *draft) finding(c evidence.Control, counted, gaps []observation) finding {
	f := finding{
		UUID: d.id("finding", c.ID), Title: markup(c.ID + " " + c.Title), Description: markup(c.Statement), Origins: d.origins(),
		Target: target{Type: "objective-id", ID: objectiveID(d.e.Framework, c.ID), Title: "ajar's records that support " + c.ID},
	}
	var exceptions int64
	for _, n := range c.Numbers {
		if n.Exception {
			exceptions += n.Value
		}
	}
	s := &f.Target.Status
	// Never "fail": a program that reads it would hold the control itself for failed.
	s.State, s.Reason = "not-satisfied", "other"
	switch {
	case exceptions > 0:
		s.Remarks = "Exceptions are counted, each of which has an explanation or has to be remedied; this is no failure of the control by itself. "
	case !d.e.Complete:
		s.Remarks = "No exception is counted, and the records have gaps: nothing may be concluded from what was not seen. "
	default:
		s.State, s.Reason = "satisfied", "pass"
	}
	s.Remarks += ownWord
	for _, o := range counted {
		f.Related = append(f.Related, related{o.UUID})
	}
	if len(gaps) > 0 {
		f.Related = append(f.Related, related{gaps[0].UUID})
	}
	return f
}
