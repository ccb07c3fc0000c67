package report

import (
	"maps"
	"slices"
	"strings"
)

func (v Plan) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Plan for "+orgName(v.Org), "a rehearsal: nothing was changed")
	p.gap()
	p.field("made", moment(v.MadeAt))
	from := moment(v.At)
	if v.Snapshot != 0 {
		from = number(v.Snapshot) + ", taken " + from
	}
	p.field("snapshot", from)
	if b := v.Baseline; b != nil {
		p.field("baseline", strings.Join(b.Files, ", ")+" ("+short(b.Hash)+")")
	}
	p.field("plan", short(v.Hash))
	p.gaps(v.Gaps)
	v.summary(p)
	v.stopped(p)
	v.actions(p)
	v.gates(p)
	v.waiting(p)
	v.refused(p)
	v.instructions(p)
	v.done(p)
	p.exit(v.Exit(), v.verdict())
	return p.err
}

// summary is the counts on top.
func (v Plan) summary(p *page) {
	c := v.counts()
	rest := "nothing"
	if c.Actions > 0 {
		rest = count(c.Actions, "thing", "things") + "; nobody loses anything"
		if c.Losers > 0 {
			rest = count(c.Actions, "thing", "things") + "; " + count(c.Losers, "principal loses", "principals lose") + " something"
		}
	}
	p.section(strong, "Would change", rest)
	if c.Actions+c.Waiting+c.Refused+c.Instructions == 0 && v.Asked == "" {
		return
	}
	p.gap()
	var bars []tally
	for _, kind := range slices.Sorted(maps.Keys(c.ByKind)) {
		bars = append(bars, tally{kind, plain, c.ByKind[kind]})
	}
	p.bars(bars, nil, p.width-2)
	if len(bars) > 0 {
		p.gap()
	}
	if c.Irreversible > 0 {
		p.styled("for good", warn, count(c.Irreversible, "change", "changes")+" cannot be undone in full")
	}
	if c.Waiting > 0 {
		p.field("not due", count(c.Waiting, "change", "changes")+" that must wait")
	}
	if c.Refused > 0 {
		p.field("refused", count(c.Refused, "change", "changes")+" by a guard")
	}
	if c.Instructions > 0 {
		p.field("by hand", count(c.Instructions, "change", "changes")+" that must be made elsewhere")
	}
	if v.Asked != "" {
		p.field("left out", v.Left.words()+"; asked for: "+v.Asked)
	}
}

func (v Plan) stopped(p *page) {
	if len(v.Stopped) == 0 {
		return
	}
	p.section(critical, "STOPPED", "the whole plan breaks a guard; applied as it is, nothing of it would run")
	p.gap()
	bounded := false
	for _, g := range v.Stopped {
		bounded = bounded || strings.HasPrefix(g, "limits.") || strings.HasPrefix(g, "max_")
		p.bullet(g)
	}
	if bounded {
		p.gap()
		p.para(2, dim, "a smaller plan: --only or --max; the limits stand in the configuration, under [remediate]")
	}
}

// actionsShown is how many changes a table lists before it cuts.
const actionsShown = 50

func (v Plan) actions(p *page) {
	if len(v.Actions) == 0 {
		return
	}
	p.section(strong, "Changes", "in the order in which they would be made")
	listed := v.Actions
	if !p.all {
		listed = listed[:min(len(listed), actionsShown)]
	}
	width := max(2, len(number(len(listed)))) // what is beneath stands under the title
	for i, a := range listed {
		figure := number(i + 1)
		p.gap()
		p.hang(2, []span{space(width - len(figure)), dim.of(figure + "  ")}, strong, a.Title)
		v.detail(p, a)
	}
	if rest := len(v.Actions) - len(listed); rest > 0 {
		p.gap()
		p.line(space(2), strong.of(number(rest)+" more:"))
		p.command(2, "plan --output json")
	}
}

// detail writes the lines beneath a change.
func (v Plan) detail(p *page, a PlanAction) {
	why := a.Why
	var about []string
	for _, s := range []string{a.Severity, a.Rule} {
		if s != "" {
			about = append(about, s)
		}
	}
	if len(about) > 0 {
		why = strings.TrimSpace(why + " (" + strings.Join(about, ", ") + ")")
	}
	p.under("overdue", high, a.Overdue.words())
	p.under("why", plain, why)
	p.under("risk", plain, a.Risk)
	p.under("loses", plain, a.loses())
	p.under("stays", warn, strings.Join(a.Stays, "; "))
	p.under("rather than", plain, a.weighed())
	p.under("undo", plain, a.Inverse)
	p.under("not undone", warn, strings.Join(a.Irreversible, "; "))
}

// loses says who loses what: a loss that names everybody, or that nobody has, is
// said alone.
func (a PlanAction) loses() string {
	named := a.Losers == len(a.Sample)
	for _, n := range a.Sample {
		named = named && strings.Contains(a.Loss, n.Name)
	}
	if a.Loss != "" && named {
		return a.Loss
	}
	if a.Losers == 0 && a.Loss == "" {
		return ""
	}
	who := names(a.Sample, a.Losers, 5)
	if a.Losers != len(a.Sample) || a.Losers > 5 || who == "" {
		who = strings.TrimSuffix(number(a.Losers)+": "+who, ": ")
	}
	if a.Loss != "" {
		who += "; " + a.Loss
	}
	return who
}

// under is a field of something in a list.
func (p *page) under(label string, s style, value string) {
	if value != "" {
		p.hang(6, []span{dim.of(label), space(labelWidth - len(label))}, s, value)
	}
}

func (v Plan) refused(p *page) {
	if len(v.Refused) == 0 {
		return
	}
	p.section(warn, "Refused", "drift that a guard keeps this plan from touching")
	for _, r := range v.Refused {
		p.gap()
		p.hang(2, []span{warn.of("✗ ")}, plain, r.Title)
		p.under("overdue", high, r.Overdue.words())
		p.under("guard", plain, r.Guard)
		p.under("why", plain, r.Why)
	}
}
