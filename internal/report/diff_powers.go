package report

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
)

// alikeLeast is how many people a table puts together who gained and lost alike.
const alikeLeast = 4

// likewise are people who gained and lost as many repositories, the same first ones among
// them: what a table tells of each of them is the same.
type likewise struct {
	changes.Power
	people []access.Named
}

// grouped puts people together who gained and lost alike, where they are many; each group
// stands where its first one stood.
func (v Diff) grouped() []likewise {
	of := map[string][]access.Named{}
	key := func(w changes.Power) string { return fmt.Sprintf("%t %v %v", w.Outside, w.Gained, w.Lost) }
	for _, w := range v.Diff.Powers {
		of[key(w)] = append(of[key(w)], w.Person)
	}
	var out []likewise
	for _, w := range v.Diff.Powers {
		people := of[key(w)]
		switch {
		case len(people) < alikeLeast:
			out = append(out, likewise{w, []access.Named{w.Person}})
		case people[0] == w.Person:
			out = append(out, likewise{w, people})
		}
	}
	return out
}

// powers lists who can write now and could not, or the other way round.
func (v Diff) powers(p *page, cut *bool) {
	if len(v.Diff.Powers) == 0 {
		return
	}
	p.section(strong, "Who can write", "on repositories that both snapshots have, all ways taken together")
	if v.Diff.Unsure != "" {
		p.para(2, warn, "not certain: "+v.Diff.Unsure)
	}
	all := v.grouped()
	if p.all {
		all = all[:0]
		for _, w := range v.Diff.Powers {
			all = append(all, likewise{w, []access.Named{w.Person}})
		}
	}
	rest := 0
	if !p.all && len(all) > diffShown {
		for _, w := range all[diffShown:] {
			rest += len(w.people)
		}
		all, *cut = all[:diffShown], true
	}
	rows := make([]gridRow, 0, len(all))
	for _, w := range all {
		row := gridRow{cells: []span{plain.of(w.Person.Name), {}, {}}}
		if len(w.people) > 1 {
			row.cells[0], *cut = strong.of(number(len(w.people))+" people alike"), true
		}
		if w.Outside {
			row.cells[1] = warn.of("outside")
		}
		for _, part := range []struct {
			mark string
			r    changes.Reached
		}{{"+ ", w.Gained}, {"− ", w.Lost}} {
			if part.r.Repositories > 0 {
				row.ways = append(row.ways, briefly(dim.of(part.mark+reachedWords(part.r)+": "+names(part.r.First, part.r.Repositories, 3)), v.Org))
			}
		}
		if len(w.people) > 1 {
			row.ways = append(row.ways, dim.of(names(w.people, len(w.people), 5)))
		}
		rows = append(rows, row)
	}
	p.grid([]column{{min: 16}, {}, {min: 36, wrap: true, fold: true}}, rows)
	if rest > 0 {
		p.para(2, dim, "and "+count(rest, "more person", "more people"))
	}
}
