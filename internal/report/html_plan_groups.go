package report

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/analyzer"
)

// planGroup is things of a plan of which the same is to be said.
type planGroup struct {
	Title, ID, N string
	Open         bool
	Facts        []htmlFact
	Items        []planItem
	Rest         *rest
}

// planItem is a line of a group.
type planItem struct {
	Text []part
	Note string
}

// groups adds a list of groups, unless it is empty. The first is unfolded.
func (k planMaker) groups(p *planPage, id, title, lead string, all []planGroup) {
	if len(all) == 0 {
		return
	}
	all[0].Open = true
	for i := range all {
		g := &all[i]
		n := len(g.Items)
		shown := k.m.limit(n, planItems)
		g.N, g.Items, g.Rest = number(n), g.Items[:shown], k.m.rest(shown, n, "plan --output json")
	}
	p.Sections = append(p.Sections, planSection{ID: id, Title: title, Lead: lead, Groups: all})
}

// fact adds a fact that is true of the whole group.
func (g *planGroup) fact(label, text string) {
	if text != "" {
		g.Facts = append(g.Facts, htmlFact{label, true, parts(text)})
	}
}

func (k planMaker) waiting() []planGroup {
	var out []planGroup
	for _, all := range k.v.waits() {
		g := planGroup{Title: "Not before " + moment(all[0].Until)}
		g.fact("Waits", strings.Join(all[0].Why, "; "))
		for _, w := range all {
			g.Items = append(g.Items, planItem{sentence(w.Title, w.Principal.Name, w.Resource.Name), Visible(w.Rule)})
		}
		out = append(out, g)
	}
	return out
}

func (k planMaker) notices() []planGroup {
	var out []planGroup
	to := func(n PlanNotice) string { return names(n.To, len(n.To), 50) }
	for _, all := range ordered(alike(k.v.Notices, func(n PlanNotice) string { return n.Date.String() }), to) {
		g := planGroup{Title: "Before " + moment(all[0].Date)}
		for _, n := range all {
			g.Items = append(g.Items, planItem{sentence(n.Text, append(knownNames(n.To...), k.v.Org.Name)...), Visible("to " + to(n))})
		}
		out = append(out, g)
	}
	return out
}

func (k planMaker) byHand() []planGroup {
	var out []planGroup
	for _, all := range k.v.byHand() {
		first := all[0]
		g := planGroup{Title: Visible(first.Rule), ID: Visible(first.Rule)}
		rules := analyzer.Rules()
		if i := slices.IndexFunc(rules, func(r analyzer.Rule) bool { return r.ID == first.Rule }); i >= 0 {
			g.Title = Visible(rules[i].Title)
		}
		who := first.Who
		for _, i := range all {
			if i.Who != who {
				who = i.office()
			}
			g.Items = append(g.Items, planItem{Text: sentence(i.Title, i.Principal.Name, i.Resource.Name, k.v.Org.Name)})
		}
		g.fact("Overdue", first.Overdue.words())
		g.fact("Where", first.Where)
		g.fact("Who", who)
		g.fact("Since", standing(first.Since))
		out = append(out, g)
	}
	return out
}
