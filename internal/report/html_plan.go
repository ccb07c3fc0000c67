package report

import (
	_ "embed" // the page's template
	"html/template"
	"io"
	"strings"
)

//go:embed web/plan.tmpl
var planSource string

// planTemplate is the page of a plan: the style, the policy and the pieces of the
// page of an audit, with another frame.
var planTemplate = template.Must(template.Must(pageTemplate.Clone()).Parse(withStyle(planSource, pageStyle)))

// html writes the plan as one page that needs nothing else.
func (v Plan) html(w io.Writer, o Options) error {
	return planTemplate.ExecuteTemplate(w, "plan", newPlanPage(v, o))
}

// planPage is what the template shows. All its texts are visible already.
type planPage struct {
	Org, Day, Verdict, ExitMeaning, Footer string
	Exit                                   int
	Stopped                                []string
	Facts                                  []labelled
	Sections                               []planSection
}

// planSection is a list of one kind of thing.
type planSection struct {
	ID, Title, Lead string
	Items           []htmlFinding
	Groups          []planGroup
	Rest            *rest
}

// planItems is how many things of one kind a page lists before it cuts.
const planItems = 200

// planMaker makes the data of a page from a plan.
type planMaker struct {
	v Plan
	m htmlMaker
}

func newPlanPage(v Plan, o Options) planPage {
	if o.Program == "" {
		o.Program = "ajar"
	}
	k := planMaker{v, htmlMaker{o: o, org: orgName(v.Org)}}
	said := v.verdict()
	p := planPage{Org: Visible(k.m.org), Day: day(v.MadeAt), Exit: v.Exit(), Verdict: Visible(strings.ToUpper(said[:1]) + said[1:])}
	p.ExitMeaning = map[int]string{
		ExitClean:    pickWord(v.Asked == "", "nothing", "nothing that was asked for") + " needs to be changed, and everything expected was seen.",
		ExitFindings: "there is something to change.",
		ExitGaps:     "nothing is planned, but not everything expected was seen.",
	}[p.Exit]
	for _, g := range v.Stopped {
		p.Stopped = append(p.Stopped, Visible(g))
	}
	k.facts(&p)
	k.gaps(&p)
	k.changes(&p)
	k.later(&p)
	k.others(&p)
	p.Footer = Visible("plan " + v.Hash + " for " + k.m.org + ", made " + moment(v.MadeAt) + " from snapshot " + number(v.Snapshot) + ", taken " + moment(v.At) + ".")
	return p
}

func (k planMaker) facts(p *planPage) {
	v, c := k.v, k.v.counts()
	fact := func(label, text string) {
		if text != "" {
			p.Facts = append(p.Facts, labelled{label, Visible(text)})
		}
	}
	fact("Made", moment(v.MadeAt))
	fact("Snapshot", number(v.Snapshot)+", taken "+moment(v.At))
	if b := v.Baseline; b != nil {
		fact("Baseline", strings.Join(b.Files, ", ")+" ("+short(b.Hash)+")")
	}
	fact("Plan", short(v.Hash))
	lose := "nobody"
	if c.Losers > 0 {
		lose = count(c.Losers, "principal", "principals")
	}
	fact("Lose now", lose)
	if n := v.told(); n > 0 {
		fact("To be told", count(n, "principal", "principals")+", who lose something by what is not due yet")
	}
	if c.Irreversible > 0 {
		fact("For good", count(c.Irreversible, "change", "changes")+" cannot be undone in full")
	}
	if v.Asked != "" {
		fact("Left out", v.Left.words()+"; asked for: "+v.Asked)
	}
}

// section adds a list, unless it is empty.
func (k planMaker) section(p *planPage, id, title, lead string, items []htmlFinding) {
	if len(items) == 0 {
		return
	}
	shown := k.m.limit(len(items), planItems)
	p.Sections = append(p.Sections, planSection{ID: id, Title: title, Lead: lead, Items: items[:shown], Rest: k.m.rest(shown, len(items), "plan --output json")})
}

func (k planMaker) changes(p *planPage) {
	var items []htmlFinding
	for i, a := range k.v.Actions {
		known := append(knownNames(a.Sample...), a.Principal.Name, a.Resource.Name)
		f := htmlFinding{Title: parts(number(i+1)+"  "+capital(a.Title), known...), Meta: Visible(a.Severity + ", " + a.Rule + "; risk " + a.Risk), Open: i == 0}
		if a.Overdue != nil {
			f.Meta += Visible("; overdue " + a.Overdue.words())
		}
		fact := facts(&f, known)
		fact("Why", true, a.Why)
		fact("Loses", true, a.loses())
		fact("Stays", true, strings.Join(a.Stays, "; "))
		fact("Rather than", true, a.weighed())
		fact("Undo", true, a.Inverse)
		fact("Not undone", true, strings.Join(a.Irreversible, "; "))
		items = append(items, f)
	}
	k.section(p, "changes", "Changes", "In the order in which they would be made.", items)
	items = nil
	for _, g := range k.v.Gates {
		known := append(knownNames(g.Sample...), g.Env.Name)
		items = append(items, htmlFinding{Title: parts(g.Env.Name, known...), Meta: Visible(g.said())})
	}
	k.section(p, "approvers", "Approvers", "Who could still approve deployments afterwards.", items)
}

// facts gives what adds a fact to an item.
func facts(f *htmlFinding, known []string) func(label string, wide bool, text string) {
	return func(label string, wide bool, text string) {
		if text != "" {
			f.Facts = append(f.Facts, htmlFact{label, wide, parts(text, known...)})
		}
	}
}

func (k planMaker) later(p *planPage) {
	k.groups(p, "waiting", "Not due yet", "Drift that waits for its grace; what should have ended has none.", k.waiting())
	k.groups(p, "notices", "To tell", "Whom to tell what, before it comes.", k.notices())
}

func (k planMaker) others(p *planPage) {
	var items []htmlFinding
	for _, r := range k.v.Refused {
		known := []string{r.Principal.Name, r.Resource.Name}
		f := htmlFinding{Title: sentence(r.Title, known...), Meta: Visible("guard: " + r.Guard)}
		facts(&f, known)("Why", true, r.Why)
		items = append(items, f)
	}
	k.section(p, "refused", "Refused", "Drift that a guard keeps this plan from touching.", items)
	k.groups(p, "by-hand", "By hand", "ajar does not change these; somebody has to.", k.byHand())
	items = nil
	for _, d := range k.v.Done {
		items = append(items, htmlFinding{Title: sentence(d.Title), Meta: Visible("seen done " + moment(d.Resolved))})
	}
	k.section(p, "done", "Done by hand", "Instructions of the last saved plan that a snapshot shows done.", items)
}

func (k planMaker) gaps(p *planPage) {
	var items []htmlFinding
	for _, g := range k.v.Gaps {
		items = append(items, htmlFinding{Title: parts(string(g.Area)), Meta: Visible(string(g.Status) + ": " + g.Reason)})
	}
	k.section(p, "gaps", "Not seen", "Nothing is concluded from what was not seen.", items)
}
