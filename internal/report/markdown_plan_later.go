package report

import (
	"slices"
	"strings"
)

// mdLater writes what waits, what to tell whom, who can still approve, and what was
// done.
func (v Plan) mdLater(d *mdDoc) {
	if len(v.Gates) > 0 {
		d.para("### Approvers: " + number(len(v.Gates)))
		var rows [][]string
		for _, g := range v.Gates {
			known := append(knownNames(g.Sample...), g.Env.Name)
			rows = append(rows, []string{mdText(g.Env.Name, known...), mdText(g.said(), known...)})
		}
		d.table([]string{"environment", "who could still approve"}, rows, "environments", false)
	}
	if len(v.Waiting) > 0 {
		d.para("### Not due yet: " + number(len(v.Waiting)))
		var rows [][]string
		for _, w := range slices.Concat(v.waits()...) {
			rows = append(rows, []string{mdText(w.Title, knownNames(w.Principal, w.Resource)...), moment(w.Until), mdText(strings.Join(w.Why, "; "))})
		}
		d.table([]string{"change", "not before", "waits"}, rows, "changes", false)
	}
	if len(v.Notices) > 0 {
		d.para("### To tell: " + number(len(v.Notices)))
		var rows [][]string
		for _, n := range v.Notices {
			known := append(knownNames(n.To...), v.Org.Name)
			rows = append(rows, []string{mdText(names(n.To, len(n.To), 5), known...), mdText(n.Text, known...)})
		}
		d.table([]string{"whom", "what"}, rows, "notices", true)
	}
	if len(v.Done) > 0 {
		d.para("### Done by hand: " + number(len(v.Done)))
		var rows [][]string
		for _, x := range v.Done {
			rows = append(rows, []string{mdText(x.Title), moment(x.Resolved)})
		}
		d.table([]string{"change", "seen done"}, rows, "changes", false)
	}
}
