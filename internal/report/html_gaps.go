package report

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

// htmlGap is one kind of data that was not seen.
type htmlGap struct {
	Area, Status, Help, Undecided string
	Expected, Open                bool
	Reason                        []part
	Missing                       []htmlMissing
	Rest                          *rest
}

type htmlMissing struct {
	Amount, Help  string
	Reason, Names []part
}

// htmlHelp is one step, and the kinds of data that it would let ajar see. Where
// nothing is known to help, Text is empty.
type htmlHelp struct {
	Text  string
	Lacks []htmlLack
}

// htmlLack names kinds of data of one status.
type htmlLack struct {
	Status, Text string
	Known        bool // not counted as missing
}

// What a page shows of gaps before it cuts or folds.
const (
	pageReasons = 6 // reasons of one area
	gapsOpen    = 3 // so few gaps are unfolded
)

func (m htmlMaker) gaps(p *htmlPage) {
	expected := unexpected(m.a.Gaps)
	if n := len(m.a.Gaps); n > 0 {
		p.GapsLead = capital(halves(m.a.Gaps))
		if expected < n {
			p.GapsLead += "; " + number(n-expected) + " of them not counted as missing"
		}
		p.GapsLead += ". Nothing is concluded from what was not seen."
	}
	for _, first := range []bool{true, false} {
		for _, g := range m.a.Gaps {
			if g.Expected == first {
				p.Gaps = append(p.Gaps, m.gap(g, expected <= gapsOpen && first))
			}
		}
	}
	if crowded(m.a.Gaps) {
		p.Helps = helps(m.a.Gaps)
	}
	if len(m.a.Earlier) > 0 {
		p.EarlierLead = earlierLead(m.a.Earlier) + "."
	}
	for _, l := range earlierLines(m.a.Earlier, m.a.At) {
		p.Earlier = append(p.Earlier, labelled{Visible(l.Label), Visible(l.Text)})
	}
	for _, h := range m.a.Holds {
		p.Holds = append(p.Holds, Visible(h.words(m.a.now())))
	}
	m.cross(p)
}

func (m htmlMaker) gap(g Gap, open bool) htmlGap {
	out := htmlGap{Area: Visible(string(g.Area)), Status: Visible(string(g.Status)), Expected: g.Expected, Open: open}
	if g.own || len(g.Missing) == 0 {
		out.Reason, out.Help = m.sentence(g.Reason), Visible(g.Help)
	} else {
		out.Reason = m.sentence("all but " + g.missing())
	}
	shown := m.limit(len(g.Missing), pageReasons)
	for _, x := range g.Missing[:shown] {
		out.Missing = append(out.Missing, htmlMissing{
			Amount: amount(x.Count, x.First), Help: Visible(x.Help),
			Reason: parts(x.Reason, knownNames(x.First...)...), Names: nameParts(x.First, x.Count, firstNames),
		})
	}
	out.Rest = m.rest(shown, len(g.Missing), whole)
	out.Undecided = m.undecidedFor(g.Area)
	return out
}

// helps tells many gaps by what would help, the step that opens the most first;
// then those that nothing is known to help with, by their reason.
func helps(all []Gap) []htmlHelp {
	var out []htmlHelp
	for _, s := range steps(all) {
		h := htmlHelp{}
		if s.rank() == 0 {
			h.Text = Visible(capital(s.text()))
		}
		for _, status := range s.statuses() {
			text := strings.Join(s.areas(status), ", ")
			if s.reason != "" {
				text += ": " + s.reason
			}
			h.Lacks = append(h.Lacks, htmlLack{Visible(string(status)), Visible(text), s.known})
		}
		out = append(out, h)
	}
	return out
}

func (m htmlMaker) sentence(s string) []part { return sentence(s, m.a.Org.Name) }

// sentence takes a text apart that begins with a capital, or with a name as it is.
func sentence(s string, known ...string) []part {
	out := parts(s, known...)
	if len(out) > 0 && !out[0].Name {
		out[0].Text = capital(out[0].Text)
	}
	return out
}

// capital begins a sentence with a capital, where it begins with a plain letter.
func capital(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// undecidedFor names the rules that rest on an area and left cases undecided.
func (m htmlMaker) undecidedFor(a access.Area) string {
	cases := map[string]int{}
	for _, u := range m.a.Undecided {
		cases[u.Rule] += u.Count
	}
	var out []string
	for _, r := range analyzer.Rules() {
		if n := cases[r.ID]; n > 0 && slices.Contains(r.Needs, a) {
			out = append(out, r.ID+" ("+count(n, "case", "cases")+")")
		}
	}
	return strings.Join(out, ", ")
}

// cross tells of the comparison with GitHub's own answers, the differences in
// full.
func (m htmlMaker) cross(p *htmlPage) {
	c := m.a.Cross
	if c == nil {
		return
	}
	p.Cross = Visible(c.words())
	for _, d := range c.Differences {
		text := append(nameParts([]access.Named{d.Who}, 1, 1), part{Text: " on "})
		text = append(text, nameParts([]access.Named{d.On}, 1, 1)...)
		p.Differences = append(p.Differences, append(text, part{Text: ": ajar says " + Visible(d.Ajar) + ", GitHub says " + Visible(d.GitHub)}))
	}
}

// words says in a sentence what the comparison came to.
func (c *CrossCheck) words() string {
	switch {
	case len(c.Unseen) > 0:
		var areas []string
		for _, a := range c.Unseen {
			areas = append(areas, string(a))
		}
		return "Nothing was compared: access cannot be computed to the end without " + strings.Join(areas, ", ") + "."
	case c.broken():
		return count(len(c.Differences), "pair differs", "pairs differ") + " from GitHub's own answer, of " + number(c.Compared) +
			". This is a defect of ajar, unless access changed in the seconds between."
	case c.Compared == 0:
		return "Nothing could be compared."
	}
	said := count(c.Compared, "pair", "pairs") + " of person and repository compared with GitHub's own answer, all equal"
	if c.Unanswered > 0 {
		said += "; " + number(c.Unanswered) + " not answered"
	}
	return said + "."
}
