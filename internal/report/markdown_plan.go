package report

import (
	"io"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// markdown writes the plan for a comment on a pull request or an issue.
func (v Plan) markdown(w io.Writer, o Options) error {
	d := newMarkdown(w, o, orgName(v.Org))
	d.para("## Plan for " + mdCode(orgName(v.Org)))
	d.para("**" + mdSentence(v.verdict()) + "** " + v.mdCounts())
	from := "Made " + moment(v.MadeAt) + " from the snapshot of " + moment(v.At)
	if b := v.Baseline; b != nil {
		from += "; baseline " + mdCode(strings.Join(b.Files, ", ")) + " (" + mdCode(short(b.Hash)) + ")"
	}
	if v.Hash != "" {
		from += "; plan " + mdCode(short(v.Hash))
	}
	d.para(from + ".")
	d.gaps(v.Gaps)
	if len(v.Stopped) > 0 {
		d.para("### Stopped")
		d.para("The whole plan breaks a guard; applied as it is, nothing of it would run.")
		for _, g := range v.Stopped {
			d.para("> " + mdText(g))
		}
	}
	v.mdActions(d)
	v.mdLater(d)
	v.mdOthers(d)
	return d.end("plan --output json")
}

// mdCounts says how much would change.
func (v Plan) mdCounts() string {
	c := v.counts()
	var out []string
	if c.Losers > 0 {
		out = append(out, count(c.Losers, "principal loses", "principals lose")+" something")
	}
	if c.Irreversible > 0 {
		out = append(out, count(c.Irreversible, "change", "changes")+" cannot be undone in full")
	}
	if c.Waiting > 0 {
		out = append(out, number(c.Waiting)+" not due yet")
	}
	if c.Refused > 0 {
		out = append(out, number(c.Refused)+" refused by a guard")
	}
	if c.Instructions > 0 {
		out = append(out, number(c.Instructions)+" to be made elsewhere")
	}
	if v.Asked != "" {
		out = append(out, "left out: "+v.Left.words()+", as asked by "+mdCode(v.Asked))
	}
	if len(out) == 0 {
		return ""
	}
	return strings.ToUpper(out[0][:1]) + strings.Join(out, "; ")[1:] + "."
}

func (v Plan) mdActions(d *mdDoc) {
	if len(v.Actions) == 0 {
		return
	}
	d.para("### Changes: " + number(len(v.Actions)))
	var brief, full [][]string
	for i, a := range v.Actions {
		known := []string{a.Principal.Name, a.Resource.Name}
		for _, n := range a.Sample {
			known = append(known, n.Name)
		}
		why := mdText(a.Why, known...)
		if a.Rule != "" {
			why = strings.TrimSpace(why + " (" + strings.TrimSpace(mdText(a.Severity)+" "+mdCode(a.Rule)) + ")")
		}
		never := make([]string, len(a.Irreversible))
		for j, s := range a.Irreversible {
			never[j] = mdText(s, known...)
		}
		n := number(i + 1)
		brief = append(brief, []string{n, mdText(a.Title, known...) + a.Overdue.markdown(), why, mdText(a.Risk, known...)})
		stays := slices.Clone(a.Stays)
		for j, s := range stays {
			stays[j] = mdText(s, known...)
		}
		full = append(full, []string{n, mdText(a.loses(), known...), strings.Join(stays, "; "), mdText(a.Inverse, known...), strings.Join(never, "; ")})
	}
	d.table([]string{"#", "change", "why", "risk"}, brief, "changes", false)
	d.para("Who loses what, and how it would be undone:")
	d.table([]string{"#", "loses", "stays", "undo", "cannot be undone"}, full, "changes in detail", true)
}

func (v Plan) mdOthers(d *mdDoc) {
	if len(v.Refused) > 0 {
		d.para("### Refused: " + number(len(v.Refused)))
		var rows [][]string
		for _, r := range v.Refused {
			rows = append(rows, []string{mdText(r.Title, r.Principal.Name, r.Resource.Name) + r.Overdue.markdown(), mdCode(r.Guard), mdText(r.Why, r.Principal.Name, r.Resource.Name)})
		}
		d.table([]string{"drift", "guard", "why"}, rows, "refusals", false)
	}
	if len(v.Instructions) > 0 {
		d.para("### By hand: " + number(len(v.Instructions)))
		var rows [][]string
		for _, i := range slices.Concat(v.byHand()...) {
			known := append(knownNames(i.Principal, i.Resource), v.Org.Name)
			rows = append(rows, []string{mdText(i.Title, known...) + i.Overdue.markdown(), mdText(i.Where, known...), mdText(i.Who, known...), standing(i.Since), mdCode(i.Rule)})
		}
		d.table([]string{"change", "where", "who", "since", "rule"}, rows, "changes", false)
	}
}

// markdown is what stands behind a title.
func (o *Overdue) markdown() string {
	if o == nil {
		return ""
	}
	return ", **overdue " + o.words() + "**"
}

func knownNames(all ...access.Named) []string {
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = n.Name
	}
	return out
}
