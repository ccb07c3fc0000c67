package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// undecidedShown is how many lines of what was not judged a page has.
const undecidedShown = 10

// undecided writes what was not judged, a line for each rule and reason.
func (p *page) undecided(all []access.Undecided, org access.Named) {
	if len(all) == 0 {
		return
	}
	p.section(strong, "Undecided", "neither a finding nor a clean bill")
	p.gap()
	lines := together(all, org)
	listed := lines
	if !p.all && len(lines) > undecidedShown+1 {
		listed = lines[:undecidedShown]
	}
	width := 0
	for _, u := range listed {
		width = max(width, columns(Visible(u.Rule)))
	}
	for _, u := range listed {
		figure, rule := number(u.Count), plain.of(u.Rule)
		p.hang(2, []span{space(6 - len(figure)), strong.of(figure + "  "), rule, space(width - columns(rule.text) + gutter)}, dim, u.Reason)
	}
	if rest := lines[len(listed):]; len(rest) > 0 {
		n := 0
		for _, u := range rest {
			n += u.Count
		}
		p.gap()
		p.line(space(2), strong.of(count(len(rest), "more reason", "more reasons")+", for "+count(n, "case", "cases")+":"))
		p.command(2, "audit --offline --output json")
	}
}

// together sums up what one rule could not judge for one reason, the most first.
// Reasons that differ only in which repository or team of the organization they
// name are one.
func together(all []access.Undecided, org access.Named) []access.Undecided {
	type key struct{ rule, reason string }
	at := map[key]int{}
	var out []access.Undecided
	for _, u := range all {
		k := key{u.Rule, unnamedReason(u.Reason, orgName(org))}
		if i, ok := at[k]; ok {
			if out[i].Count += u.Count; out[i].Reason != u.Reason {
				out[i].Reason = k.reason
			}
			continue
		}
		at[k] = len(out)
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b access.Undecided) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// unnamedReason writes "acme/…" for every name within the organization.
func unnamedReason(s, login string) string {
	if login == "" || !strings.Contains(s, login+"/") {
		return s
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		before, rest, ok := strings.Cut(w, login+"/")
		if !ok || strings.Trim(before, "(\"'") != "" && !strings.HasSuffix(before, ":") {
			continue
		}
		end := strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./#")
		if end == "" && strings.HasSuffix(rest, ".") {
			end = "."
		}
		words[i] = before + login + "/…" + end
	}
	return strings.Join(words, " ")
}
