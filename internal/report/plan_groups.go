package report

import (
	"slices"
	"strings"
)

// groupShown is how many of those that are alike a table lists before it cuts.
const groupShown = 10

// alike gathers what has the same key, in the order in which each key came first.
func alike[T any](all []T, key func(T) string) [][]T {
	var out [][]T
	at := map[string]int{}
	for _, x := range all {
		k := key(x)
		i, ok := at[k]
		if !ok {
			i, at[k] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], x)
	}
	return out
}

// titles lists what is alike, one to a line.
func (p *page) titles(all []string) {
	listed := all
	if !p.all {
		listed = all[:min(len(all), groupShown)]
	}
	p.gap()
	for _, t := range listed {
		p.hang(2, []span{plain.of("· ")}, plain, t)
	}
	if rest := len(all) - len(listed); rest > 0 {
		p.hang(2, []span{space(2)}, dim, number(rest)+" more: --output json lists them")
	}
}

// ordered puts each group in the order of its titles.
func ordered[T any](groups [][]T, title func(T) string) [][]T {
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b T) int { return inOrder(title(a), title(b)) })
	}
	return groups
}

// waits groups what waits for the same reason until the same moment.
func (v Plan) waits() [][]PlanWaiting {
	return ordered(alike(v.Waiting, func(w PlanWaiting) string { return w.Until.String() + "\n" + strings.Join(w.Why, "\n") }),
		func(w PlanWaiting) string { return w.Title })
}

// byHand groups what has to be done at the same place by the same people, for the
// same rule.
func (v Plan) byHand() [][]PlanInstruction {
	return ordered(alike(v.Instructions, func(i PlanInstruction) string {
		if i.Overdue != nil {
			return i.Finding // each says since when
		}
		return strings.Join([]string{i.Rule, i.Where, i.office(), i.Since.String()}, "\n")
	}), func(i PlanInstruction) string { return i.Title })
}

// waiting lists what is not due yet.
func (v Plan) waiting(p *page) {
	if len(v.Waiting) == 0 {
		return
	}
	p.section(strong, "Not due yet", "drift that waits for its grace; what should have ended has none")
	for _, g := range v.waits() {
		var all []string
		for _, w := range g {
			all = append(all, w.Title)
		}
		p.titles(all)
		p.under("not before", plain, moment(g[0].Until))
		p.under("waits", plain, strings.Join(g[0].Why, "; "))
	}
	if n := v.told(); n > 0 {
		p.gap()
		p.para(2, dim, count(n, "principal is", "principals are")+" to be told: --output markdown or json lists what; --out records that they were")
	}
}

// instructions lists what somebody has to do elsewhere.
func (v Plan) instructions(p *page) {
	if len(v.Instructions) == 0 {
		return
	}
	p.section(strong, "By hand", "ajar does not change these; somebody has to")
	for _, g := range v.byHand() {
		who := g[0].Who
		var all []string
		for _, i := range g {
			all = append(all, i.Title)
			if i.Who != who {
				who = i.office()
			}
		}
		p.titles(all)
		p.under("overdue", high, g[0].Overdue.words())
		p.under("where", plain, g[0].Where)
		p.under("who", plain, who)
		p.under("since", plain, standing(g[0].Since))
		p.under("rule", plain, g[0].Rule)
	}
}

// office is who has to do it, without saying of which repository.
func (i PlanInstruction) office() string {
	if i.Resource.IsZero() {
		return i.Who
	}
	before, after, ok := strings.Cut(i.Who, " repo:")
	if !ok {
		return i.Who
	}
	if _, rest, more := strings.Cut(after, " "); more {
		return before + " the repository " + rest
	}
	return before + " the repository"
}
