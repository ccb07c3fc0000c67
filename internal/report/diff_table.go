package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
)

// diffShown is how many changes of one direction a table lists.
const diffShown = 40

func (v Diff) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Changes of "+orgName(v.Org), "from "+v.From.words()+" to "+v.To.words())
	v.unseen(p)
	v.sight(p)
	p.gap()
	v.between(p)
	roots, along := carried(v.Diff.Changes)
	known, doubtful := split(roots)
	if len(known)+len(doubtful)+len(v.Diff.Powers) == 0 {
		p.para(2, plain, "nothing changed that was seen")
		return p.err
	}
	p.para(2, plain, v.counts())
	cut := false
	for _, part := range []struct {
		effect changes.Effect
		title  string
	}{{changes.More, "More access"}, {changes.Less, "Less access"}, {changes.Other, "Rearranged"}} {
		of := slices.DeleteFunc(slices.Clone(known), func(c changes.Change) bool { return c.Effect != part.effect })
		if len(of) == 0 {
			continue
		}
		p.section(strong, part.title, "")
		cut = v.list(p, of, along) || cut
	}
	v.powers(p, &cut)
	if len(doubtful) > 0 {
		p.section(strong, "Perhaps no change", "one of the two snapshots did not see all of it")
		v.doubts(p, doubtful)
	}
	if cut {
		p.gap()
		p.line(dim.of("every change:"))
		p.command(2, "diff '#"+plainNumber(v.From.ID)+"' '#"+plainNumber(v.To.ID)+"' --all-rows")
	}
	return p.err
}

// unseen says first at which instant nothing was seen.
func (v Diff) unseen(p *page) {
	if len(v.Gaps) == 0 {
		return
	}
	p.section(warn, "Not seen", "what changed then may stand here as of another time, or not at all")
	p.gap()
	for _, g := range v.Gaps {
		p.bullet(g.Reason)
	}
}

// between says how often it was looked, where there were pauses in which something may
// have come and gone.
func (v Diff) between(p *page) {
	b := v.Between
	if b.Pauses == 0 {
		return
	}
	p.para(2, dim, count(b.Pauses, "pause", "pauses")+" between the "+count(b.Snapshots, "snapshot", "snapshots")+" of that time, the longest from "+
		moment(b.Since)+" to "+moment(b.Until)+": what came and went in one left no trace")
	p.gap()
}

// words names a snapshot by its number and its time.
func (m SnapshotMark) words() string { return "#" + plainNumber(m.ID) + " of " + moment(m.At) }

// split takes what is certain apart from what is not.
func split(all []changes.Change) (known, doubtful []changes.Change) {
	for _, c := range all {
		if c.Doubt == "" {
			known = append(known, c)
		} else {
			doubtful = append(doubtful, c)
		}
	}
	return known, doubtful
}

func (v Diff) counts() string {
	var parts []string
	for _, part := range []struct {
		n         int
		one, many string
	}{{v.known(changes.More), "gives more access", "give more access"}, {v.known(changes.Less), "takes access away", "take access away"},
		{v.known(changes.Other), "rearranges things", "rearrange things"},
		{v.uncertain(), "may only be seen differently", "may only be seen differently"}} {
		if part.n > 0 {
			parts = append(parts, count(part.n, part.one, part.many))
		}
	}
	return count(len(v.Diff.Changes), "change", "changes") + ": " + strings.Join(parts, ", ")
}

// sight says what one of the snapshots saw better than the other.
func (v Diff) sight(p *page) {
	if len(v.Diff.Coverage) == 0 {
		return
	}
	p.section(warn, "Seen differently", "what is new here may have been there, and what is gone may be there still")
	type key struct{ turn, reason string }
	areas := map[key][]string{}
	var order []key
	for _, c := range v.Diff.Coverage {
		k := key{string(told(c.Before)) + " → " + string(told(c.After)), c.Reason}
		if areas[k] = append(areas[k], strings.ReplaceAll(string(c.Area), "-", " ")); len(areas[k]) == 1 {
			order = append(order, k)
		}
	}
	for _, k := range order {
		p.hang(2, []span{plain.of(k.turn), space(gutter)}, plain, strings.Join(areas[k], ", "))
		p.para(4, dim, k.reason)
	}
}

// list writes changes as a grid, and reports whether it left some out.
func (v Diff) list(p *page, of []changes.Change, along map[access.Ref][]changes.Change) (cut bool) {
	shown := of
	if !p.all && len(of) > diffShown {
		shown, cut = of[:diffShown], true
	}
	rows := make([]gridRow, 0, len(shown))
	for _, c := range shown {
		st := plain
		if c.Effect == changes.More {
			st = strong
		}
		var brought []changes.Change
		if c.Carries() {
			brought = along[c.Subject.Ref]
		}
		row := gridRow{cells: []span{st.of(changeWords(c)), plain.of(c.Subject.Name).in(v.Org), {}}}
		for _, line := range append([]string{changeDetail(c)}, alongWords(brought, p.all)...) {
			if line != "" {
				row.ways = append(row.ways, briefly(dim.of(line), v.Org))
			}
		}
		rows = append(rows, row)
	}
	p.grid([]column{{min: 12}, {min: 16}, {min: 36, wrap: true, fold: true}}, rows)
	if cut {
		p.para(2, dim, "and "+number(len(of)-len(shown))+" more")
	}
	return cut
}

// briefly gives a line the shorter form for a narrow page.
func briefly(s span, org access.Named) span {
	if login := Visible(orgName(org)); login != "" {
		s.brief = strings.ReplaceAll(s.text, ":"+login+"/", ":…/")
	}
	return s
}

// alongShown is how many of the things that came with another are told.
const alongShown = 3

// alongWords says what came or went with something.
func alongWords(all []changes.Change, every bool) []string {
	var out []string
	shown := all
	if !every && len(all) > alongShown+1 {
		shown = all[:alongShown]
	}
	for _, c := range shown {
		out = append(out, "with "+alongOne(c))
	}
	if rest := all[len(shown):]; len(rest) > 0 {
		n, kinds := map[string]int{}, []string{}
		for _, c := range rest {
			if n[c.Class]++; n[c.Class] == 1 {
				kinds = append(kinds, c.Class)
			}
		}
		slices.SortStableFunc(kinds, func(a, b string) int { return cmp.Compare(n[b], n[a]) })
		for i, k := range kinds {
			kinds[i] = number(n[k]) + " " + strings.ReplaceAll(k, "-", " ")
		}
		out = append(out, "and "+number(len(rest))+" more ("+strings.Join(kinds, ", ")+")")
	}
	return out
}

func alongOne(c changes.Change) string {
	held := cmp.Or(c.After, c.Before)
	switch {
	case c.Class == "memberships" && c.Subject.Ref == c.With.Ref:
		return "a place in " + c.Object.Name
	case c.Class == "memberships":
		return c.Subject.Name + " as " + held
	case c.Object.IsZero():
		return c.Subject.Name
	case c.Subject.Ref == c.With.Ref:
		return held + " on " + c.Object.Name
	case c.Object.Ref == c.With.Ref:
		return held + " of " + c.Subject.Name
	}
	return held + " of " + c.Subject.Name + " on " + c.Object.Name
}

// doubts sums up what may be a matter of sight, by what was not seen.
func (v Diff) doubts(p *page, all []changes.Change) {
	type key struct{ class, what, why string }
	n := map[key]int{}
	var order []key
	for _, c := range all {
		k := key{c.Class, c.What, c.Doubt}
		if n[k]++; n[k] == 1 {
			order = append(order, k)
		}
	}
	for _, k := range order {
		seen := "no longer seen"
		if k.what == "added" {
			seen = "now seen"
		}
		p.bullet(number(n[k]) + " of " + strings.ReplaceAll(k.class, "-", " ") + " " + seen + ": " + k.why)
	}
}
