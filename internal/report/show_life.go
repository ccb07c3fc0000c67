package report

import "slices"

// turns and givers are as documents have them.
func (v Finding) turns() []Turn {
	out := slices.Clone(list(v.History))
	for i := range out {
		out[i].At = utc(out[i].At)
	}
	return out
}

func (v Finding) givers() []Giver {
	out := slices.Clone(list(v.Givers))
	for i := range out {
		out[i].At = utc(out[i].At)
	}
	return out
}

// given says who gave the access, where the audit log tells.
func (v Finding) given(p *page) {
	if len(v.Givers) == 0 && v.Silent == "" {
		return
	}
	p.section(strong, "Who gave it", "by the audit log")
	p.gap()
	if len(v.Givers) == 0 {
		p.para(2, plain, v.Silent)
		return
	}
	var rows []gridRow
	for _, g := range v.Givers {
		who := g.Actor
		if who == "" {
			who = "nobody is named"
		}
		rows = append(rows, gridRow{cells: []span{plain.of(day(g.At)), strong.of(who), plain.of(g.What), dim.of(g.Action)}})
	}
	p.grid([]column{{head: "on"}, {head: "who"}, {head: "what", min: 20, fold: true}, {head: "action", min: 10, fold: true}}, rows)
}

// words are what a person says of a turn.
var turnWords = map[string]string{
	"opened": "found", "waived": "waived", "unwaived": "no longer waived", "resolved": "resolved", "reopened": "came back",
}

// history lists the turns of its life.
func (v Finding) history(p *page) {
	if len(v.History) == 0 {
		return
	}
	p.gap()
	var rows []gridRow
	for _, t := range v.History {
		word := turnWords[t.What]
		if word == "" {
			word = t.What
		}
		rows = append(rows, gridRow{cells: []span{plain.of(moment(t.At)), plain.of(word), dim.of("snapshot " + number(t.Snapshot)), plain.of(t.Why)}})
	}
	p.grid([]column{{}, {}, {}, {min: 20, fold: true}}, rows)
}
