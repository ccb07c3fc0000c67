package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

func (a Audit) table(p *page) error {
	p.org = orgName(a.Org)
	p.run("Audit of ", a.Run)
	switch b := a.Baseline; b {
	case nil:
		p.field("baseline", "no baseline: rules that need one were not run")
	default:
		p.field("baseline", strings.Join(b.Files, ", ")+" ("+short(b.Hash)+")")
	}
	p.gaps(a.Gaps)
	p.earlier(a.Earlier, a.At)
	p.failed(a.Failed)
	p.holds(a.Holds, a.now(), orgName(a.Org))
	p.cross(a.Cross)
	p.counts(a.Findings, a.now())
	open := inState(a.Findings, access.Open)
	p.open(open, a.Org, a.now())
	p.resolved(inState(a.Findings, access.Resolved))
	p.waived(inState(a.Findings, access.Waived), a.now())
	p.undecided(a.Undecided, a.Org)
	if len(a.Unmanaged) > 0 {
		p.section(strong, "Not managed", "the baseline leaves these alone; only the rules that need none were run on them")
		p.para(2, plain, strings.Join(a.Unmanaged, ", "))
	}
	if len(a.Withheld) > 0 {
		p.section(strong, "Not run", count(len(a.Withheld), "rule needs", "rules need")+" a baseline: ajar init writes one")
		p.para(2, plain, strings.Join(a.Withheld, ", "))
	}
	p.exit(a.Exit(), a.verdict())
	return p.err
}

// failed names the rules that broke; what they would have found is not known.
func (p *page) failed(all []RuleFailure) {
	if len(all) == 0 {
		return
	}
	p.section(warn, "Not judged", count(len(all), "rule broke", "rules broke")+", a mistake in ajar; please report it")
	for _, f := range all {
		p.hang(2, []span{strong.of(f.Rule + "  ")}, plain, f.Reason)
	}
}

// run writes the head of a report on one pass.
func (p *page) run(title string, r Run) {
	p.line(strong.of(title + orgName(r.Org)))
	p.gap()
	taken := moment(r.At)
	if r.Stored {
		taken += ", read from the store; GitHub was not asked"
		if old := r.now().Sub(r.At); old > time.Minute {
			taken = moment(r.At) + ", " + age(old) + " ago, read from the store; GitHub was not asked"
		}
	} else if r.Took > 0 {
		taken += ", in " + took(r.Took)
	}
	p.field("taken", taken)
	if r.Read.Kinds > 0 {
		p.field("read", r.Read.text())
	}
	if !r.Stored {
		p.field("cost", cost(r))
	}
	if r.Snapshot != 0 {
		p.field("snapshot", number(r.Snapshot))
	}
}

// tally is one bar.
type tally struct {
	name  string
	style style
	n     int
}

// counts writes the bars: by severity, and by category beside or beneath.
func (p *page) counts(all []access.Finding, now time.Time) {
	c := counts(all, now)
	rest := number(c.Open) + " open"
	if c.Open == 0 {
		rest = "none open"
	}
	if c.Overdue > 0 {
		rest += ", " + number(c.Overdue) + " of them overdue"
	}
	if c.Waived > 0 {
		rest += ", " + number(c.Waived) + " waived"
	}
	if c.Resolved > 0 {
		rest += ", " + number(c.Resolved) + " resolved since the last pass"
	}
	p.section(strong, "Findings", rest)
	if c.Open == 0 {
		return
	}
	var left, right []tally
	for _, s := range severities {
		left = append(left, tally{s.String(), severityStyle(s), c.BySeverity[s.String()]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.ByCategory)) {
		right = append(right, tally{name, plain, c.ByCategory[name]})
	}
	slices.SortStableFunc(right, func(a, b tally) int { return cmp.Compare(b.n, a.n) })
	p.gap()
	const beside = 92 // a page this wide holds both beside each other
	if p.width < beside {
		p.bars(left, nil, p.width-2)
		p.gap()
		p.bars(right, nil, p.width-2)
		return
	}
	p.bars(left, right, min(p.width-6, 120)/2)
}

// bars draws one or two columns of bars, each of them width wide, to one scale.
func (p *page) bars(left, right []tally, width int) {
	for i := range max(len(left), len(right)) {
		line := []span{space(2)}
		for side, all := range [][]tally{left, right} {
			if side == 1 && len(all) > 0 {
				line = append(line, space(2+width+4-total(line)))
			}
			if i < len(all) {
				line = append(line, bar(all[i], all, width)...)
			}
		}
		p.line(line...)
	}
}

// bar is a name, a bar and a number.
func bar(t tally, all []tally, width int) []span {
	most, name, digits := 1, 8, 1
	for _, o := range all {
		most, name = max(most, o.n), min(max(name, columns(o.name)), 32)
		digits = max(digits, len(number(o.n)))
	}
	room := min(width-name-digits-4, 30)
	label := t.style.of(shorten(Visible(t.name), name))
	if t.n == 0 {
		label.style = dim
	}
	figure := strong.of(number(t.n))
	if t.n == 0 {
		figure.style = dim
	}
	fill := t.style
	if fill == plain {
		fill = dim // a bar without a severity is only a length
	}
	return []span{
		label, space(name - columns(label.text) + gutter),
		space(digits - columns(figure.text)), figure, space(gutter),
		fill.of(blocks(t.n, most, room)),
	}
}

// blocks draws n of most in eighths of a column; whatever is not zero is seen.
func blocks(n, most, room int) string {
	eighths := n * room * 8 / most
	if n > 0 && eighths == 0 {
		eighths = 1
	}
	parts := []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	return strings.Repeat("█", eighths/8) + parts[eighths%8]
}

// shownOf is how many findings of a severity a table lists before it cuts.
func shownOf(s access.Severity) int {
	switch s {
	case access.Critical:
		return 50
	case access.High:
		return 25
	case access.Medium:
		return 10
	}
	return 5
}

// open lists the open findings by severity, all in the same columns, and says
// what it leaves out.
func (p *page) open(all []*access.Finding, org access.Named, now time.Time) {
	bySeverity := map[access.Severity][]*access.Finding{}
	for len(all) > 0 { // they come by severity
		n := 1
		for n < len(all) && all[n].Severity == all[0].Severity {
			n++
		}
		bySeverity[all[0].Severity], all = all[:n], all[n:]
	}
	rows := map[access.Severity][]gridRow{}
	var every []gridRow
	for s, these := range bySeverity {
		if !p.all {
			these = these[:min(len(these), shownOf(s))]
		}
		rows[s] = entries(these, org, now)
		every = append(every, rows[s]...)
	}
	l := p.layout(4, entryColumns, every)
	for _, s := range severities {
		if len(rows[s]) == 0 {
			continue
		}
		p.section(severityStyle(s), upper(s), number(len(bySeverity[s])))
		p.gap()
		l.write(p, rows[s])
		p.cut(s, bySeverity[s][len(rows[s]):])
	}
}

// cut says what a list leaves out, and how to see it.
func (p *page) cut(s access.Severity, rest []*access.Finding) {
	if len(rest) == 0 {
		return
	}
	p.gap()
	p.hang(4, []span{strong.of(number(len(rest)) + " more: ")}, dim, byRule(rest))
	p.command(4, "findings --severity "+s.String())
}

// byRule says how many of which rule.
func byRule(all []*access.Finding) string {
	n := map[string]int{}
	for _, f := range all {
		n[f.Rule]++
	}
	rules := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	parts := make([]string, 0, 4)
	for i, r := range rules {
		if i == 3 && len(rules) > 4 {
			parts = append(parts, count(len(rules)-i, "other rule", "other rules"))
			break
		}
		parts = append(parts, number(n[r])+" "+r)
	}
	return strings.Join(parts, ", ")
}

// entryColumns are the second line of a finding in an audit.
var entryColumns = []column{{}, {}, {right: true, fold: true}, {fold: true}, {min: 14, fold: true}}

// entries lays out findings: the title, and beneath it in columns the id, the
// rule, how many are affected, since when, and what the title leaves unnamed.
func entries(all []*access.Finding, org access.Named, now time.Time) []gridRow {
	var rows []gridRow
	for _, f := range all {
		affected := ""
		if f.Affected > 0 {
			affected = number(f.Affected) + " affected"
		}
		rows = append(rows, gridRow{
			mark: severityStyle(f.Severity).of("● "), lead: plain.of(f.Title),
			cells: []span{
				dim.of(short(f.Fingerprint)), dim.of(f.Rule), dim.of(affected), sinceSpan(f, now),
				dim.of(unnamed(f)).in(org),
			},
		})
	}
	return rows
}

// unnamed gives the resource, else the principal, of a finding whose title does
// not name it; a name that stands there already is not said twice.
func unnamed(f *access.Finding) string {
	for _, n := range []access.Named{f.Resource, f.Principal} {
		if n.Name != "" && n.Kind != access.Org && !strings.Contains(f.Title, n.Name) {
			return n.Name
		}
	}
	return ""
}

// sinceSpan says since when with the age, or briefly without; of what should have
// ended, since when it is overdue.
func sinceSpan(f *access.Finding, now time.Time) span {
	t := f.Since
	switch {
	case f.Overdue(now):
		s := high.of(overdue(f, now))
		s.brief = "overdue for " + age(now.Sub(f.Ended))
		return s
	case t.IsZero():
		return span{}
	}
	s := dim.of("since " + since(t, now))
	s.brief = "since " + day(t)
	return s
}

// resolved lists what is well again.
func (p *page) resolved(all []*access.Finding) {
	if len(all) == 0 {
		return
	}
	p.section(good, "Resolved", number(len(all))+" since the last pass")
	p.gap()
	listed := all
	if !p.all {
		listed = all[:min(len(all), 5)]
	}
	for _, f := range listed {
		p.hang(2, []span{good.of("✓ ")}, plain, f.Title)
	}
	if rest := len(all) - len(listed); rest > 0 {
		p.gap()
		p.line(strong.of("    " + number(rest) + " more:"))
		p.command(4, "findings --state resolved")
	}
}

// waived says how many findings are accepted, and which acceptance ends first.
func (p *page) waived(all []*access.Finding, now time.Time) {
	if len(all) == 0 {
		return
	}
	p.section(strong, "Waived", count(len(all), "finding is", "findings are")+" accepted until a date")
	first := slices.MinFunc(all, func(a, b *access.Finding) int { return a.WaiverEnd.Compare(b.WaiverEnd) })
	if !first.WaiverEnd.IsZero() {
		p.para(2, plain, "the next to end, at the end of "+lastDay(first.WaiverEnd)+" (in "+age(first.WaiverEnd.Sub(now))+"): "+first.Title)
	}
	p.command(2, "findings --state waived")
}

// exit writes the closing line.
func (p *page) exit(code int, meaning string) {
	s := good
	switch code {
	case ExitError:
		s = critical
	case ExitFindings:
		s = high
	case ExitGaps:
		s = warn
	}
	p.gap()
	p.hang(0, []span{s.of("exit " + number(code)), plain.of("  ")}, plain, meaning)
}
