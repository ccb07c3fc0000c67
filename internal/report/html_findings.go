package report

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// htmlSeverity is a heading with its rules.
type htmlSeverity struct {
	Severity, Title, N string
	Rules              []htmlRule
}

// htmlRule is what one rule found at one severity.
type htmlRule struct {
	ID, Title, N, Why, Remedy, Controls string
	Open                                bool
	About                               bool // why it matters and what helps is unfolded too
	Findings                            []htmlFinding
	Rest                                *rest
}

// htmlFinding is one finding.
type htmlFinding struct {
	Title    []part
	Meta     string
	Open     bool
	Brief    bool // on paper it is a line
	Facts    []htmlFact
	Evidence [][]part
	Paths    []htmlPath
	Ways     int
	Less     string // stands above Lesser
	Lesser   []htmlPath

	RestPaths *rest
}

type htmlFact struct {
	Label string
	Wide  bool // takes a line of its own
	Text  []part
}

// What a page shows before it cuts, unless it is to show all.
const (
	pagePaths   = 3  // of a finding
	pageChanges = 12 // of each kind of change
)

// pageFindings is how many findings of one rule and severity a page shows before
// it cuts.
func pageFindings(s access.Severity) int {
	switch s {
	case access.Critical:
		return 100
	case access.High:
		return 50
	case access.Medium:
		return 20
	}
	return 10
}

// pagePrinted is how many of them are printed with their details; a line is printed
// of the others.
func pagePrinted(s access.Severity) int {
	if s >= access.High {
		return 20
	}
	return 5
}

func (m htmlMaker) findings(p *htmlPage) {
	open := inState(m.a.Findings, access.Open)
	waived := inState(m.a.Findings, access.Waived)
	m.glance(p)
	first := true
	for _, s := range severities {
		these := slices.DeleteFunc(slices.Clone(open), func(f *access.Finding) bool { return f.Severity != s })
		if len(these) == 0 {
			continue
		}
		h := htmlSeverity{Severity: s.String(), Title: strings.ToUpper(s.String()[:1]) + s.String()[1:], N: number(len(these))}
		for _, group := range byRuleOf(these) {
			h.Rules = append(h.Rules, m.rule(group, first))
		}
		if first {
			h.Rules[0].About, h.Rules[0].Findings[0].Open = true, true
			first = false
		}
		p.Severities = append(p.Severities, h)
	}
	p.WaivedN = number(len(waived))
	for _, group := range byRuleOf(waived) {
		p.Waived = append(p.Waived, m.rule(group, false))
	}
	p.Unmanaged, p.Withheld = Visible(strings.Join(m.a.Unmanaged, ", ")), Visible(strings.Join(m.a.Withheld, ", "))
}

// glance is what stands above the list: how many there are, by severity and by
// category, and how many came and went.
func (m htmlMaker) glance(p *htmlPage) {
	c := counts(m.a.Findings, m.a.now())
	p.BySeverity, p.ByCategory = severityBars(c), categoryBars(c)
	p.FindingsLead = "None is open"
	if c.Open > 0 {
		p.FindingsLead = count(c.Open, "finding is", "findings are") + " open"
	}
	if c.Overdue > 0 {
		p.FindingsLead += ", " + number(c.Overdue) + " of them overdue"
	}
	if c.Waived > 0 {
		p.FindingsLead += ", " + number(c.Waived) + " waived"
	}
	p.FindingsLead += "."
	if m.a.Overview == nil || m.a.Overview.Changes == nil {
		return
	}
	d := m.a.Overview.Changes
	p.SinceLast = "Since the audit of " + moment(d.At) + ": " + number(len(d.New)) + " new, " + number(len(d.Back)) + " came back, " +
		number(len(d.Resolved)) + " resolved; " + count(len(d.Gained), "grant", "grants") + " came, " + number(len(d.Lost)) + " went."
}

// byRuleOf cuts findings that are sorted by severity and rule where either
// changes.
func byRuleOf(all []*access.Finding) [][]*access.Finding {
	var out [][]*access.Finding
	for i, f := range all {
		if i == 0 || all[i-1].Rule != f.Rule || all[i-1].Severity != f.Severity {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], f)
	}
	return out
}

// rule lays out the findings of one rule, open or not.
func (m htmlMaker) rule(all []*access.Finding, open bool) htmlRule {
	f := all[0]
	r := htmlRule{ID: Visible(f.Rule), Title: Visible(f.Rule), N: number(len(all)), Open: open}
	if i := slices.IndexFunc(m.a.Rules, func(t RuleText) bool { return t.ID == f.Rule }); i >= 0 {
		t := m.a.Rules[i]
		r.Title, r.Why, r.Remedy = Visible(t.Title), Visible(t.Why), Visible(t.Remedy)
		var ids []string
		for _, c := range t.Controls {
			ids = append(ids, c.Framework+" "+c.ID)
		}
		r.Controls = Visible(strings.Join(ids, " · "))
	}
	shown := m.limit(len(all), pageFindings(f.Severity))
	printed := m.limit(shown, pagePrinted(f.Severity))
	for i, f := range all[:shown] {
		r.Findings = append(r.Findings, m.finding(f))
		r.Findings[i].Brief = i >= printed
	}
	command := whole
	if f.State == access.Open {
		command = "findings --rule " + argument(f.Rule)
	}
	r.Rest = m.rest(shown, len(all), command)
	switch {
	case printed == shown:
	case r.Rest != nil:
		r.Rest.Paper = ", on paper " + number(printed) + " of them with their details"
	default:
		r.Rest = &rest{Paper: "On paper " + number(printed) + " of " + number(len(all)) + " have their details", Command: m.command(whole)}
	}
	return r
}

func (m htmlMaker) finding(f *access.Finding) htmlFinding {
	now := m.a.now()
	known := []string{f.Principal.Name, f.Resource.Name, f.Org.Name}
	for _, n := range f.Sample {
		known = append(known, n.Name)
	}
	enough, less := waysTo(f)
	out := htmlFinding{Title: sentence(f.Title, known...), Ways: len(enough), Less: lesserWays}
	meta := []string{short(f.Fingerprint)}
	if !f.Since.IsZero() {
		meta = append(meta, "since "+since(f.Since, now))
	}
	if f.Overdue(now) {
		meta = append(meta, overdue(f, now))
	}
	if f.Affected > 1 {
		meta = append(meta, number(f.Affected)+" affected")
	}
	if n := len(enough); n > 0 {
		meta = append(meta, count(n, "path", "paths"))
	}
	out.Meta = Visible(strings.Join(meta, " · "))
	fact := func(label string, text []part) {
		if len(text) > 0 {
			out.Facts = append(out.Facts, htmlFact{label, len(text) > 3, text})
		}
	}
	fact("Who", nameParts([]access.Named{f.Principal}, 1, 1))
	fact("Where", nameParts([]access.Named{f.Resource}, 1, 1))
	fact("Is", parts(f.Have, known...))
	fact("Should be", parts(f.Want, known...))
	if f.Affected > 0 && len(f.Sample) > 0 && (f.Affected > 1 || f.Sample[0].Ref != f.Principal.Ref) {
		fact("Affects", append([]part{{Text: number(f.Affected) + ": "}}, nameParts(byName(f.Sample), f.Affected, len(f.Sample))...))
	}
	if !f.FirstSeen.IsZero() {
		fact("First seen", parts(since(f.FirstSeen, now)))
	}
	fact("Changed where", parts(f.Fixable, known...))
	if f.State == access.Waived {
		fact("Waived", parts("until the end of "+lastDay(f.WaiverEnd)+": "+f.Waiver))
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, parts(e, known...))
	}
	shown := m.limit(len(f.Paths), pagePaths)
	for _, path := range enough[:min(shown, len(enough))] {
		out.Paths = append(out.Paths, m.drawn(path))
	}
	for _, path := range less[:max(0, shown-len(enough))] {
		out.Lesser = append(out.Lesser, m.drawn(path))
	}
	out.RestPaths = m.rest(shown, len(f.Paths), "findings show "+argument(short(f.Fingerprint))+" --output json")
	return out
}
