package tabular

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// exception is a figure that needs a look, with the values that it has under controls.
type exception struct {
	title  string
	values []value
}

type value struct {
	query    string
	n        int64
	controls []string
}

// looks gathers the figures that need a look and are not zero, each once with the controls
// that it bears on. One that counts something else under each control, such as the findings
// of its rules, has a value for each.
func (p *page) looks(e evidence.Evidence) {
	all, zero := exceptions(e)
	for _, x := range all {
		l := look{Text: report.Visible(x.title)}
		if len(x.values) == 1 {
			v := x.values[0]
			l.Figure, l.Controls, l.Link = report.Number(v.n), report.Visible(strings.Join(v.controls, ", ")), "c-"+report.Visible(v.controls[0])
			if len(v.controls) == len(e.Controls) && len(v.controls) > 2 {
				l.Controls, l.Link = "every control", "controls"
			}
		}
		for _, v := range x.values {
			if len(x.values) > 1 {
				id := report.Visible(strings.Join(v.controls, ", "))
				l.Parts = append(l.Parts, tile{report.Number(v.n), id, "c-" + report.Visible(v.controls[0])})
			}
		}
		p.Looks = append(p.Looks, l)
	}
	switch {
	case len(e.Controls) == 0:
		p.LooksLead = "There is no control matrix."
	case len(p.Looks) == 0:
		p.LooksLead = "None: every exception that is counted is zero."
	default:
		p.LooksLead = report.Count(int64(len(p.Looks)), "figure counts", "figures count") + " something that has to be explained or remedied; " +
			report.Count(int64(zero), "other one is", "others are") + " zero. An exception is no failure of a control by itself."
	}
}

// exceptions lists the figures that need a look, in the order in which controls name them,
// and counts those that are zero everywhere.
func exceptions(e evidence.Evidence) (all []exception, zero int) {
	none := map[string]bool{}
	for _, c := range e.Controls {
		for _, n := range c.Numbers {
			switch {
			case !n.Exception:
			case n.Value == 0:
				none[n.Title] = true
			default:
				all = noted(all, n, c.ID)
			}
		}
	}
	for title := range none {
		if !slices.ContainsFunc(all, func(x exception) bool { return x.title == title }) {
			zero++
		}
	}
	return all, zero
}

func noted(all []exception, n evidence.Figure, control string) []exception {
	i := slices.IndexFunc(all, func(x exception) bool { return x.title == n.Title })
	if i < 0 {
		i, all = len(all), append(all, exception{title: n.Title})
	}
	x := &all[i]
	j := slices.IndexFunc(x.values, func(v value) bool { return v.query == n.Query })
	if j < 0 {
		j, x.values = len(x.values), append(x.values, value{n.Query, n.Value, nil})
	}
	if !slices.Contains(x.values[j].controls, control) {
		x.values[j].controls = append(x.values[j].controls, control)
	}
	return all
}
