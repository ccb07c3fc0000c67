package baseline

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// TeamRule is one [[team]]: who may maintain the teams that it names. Whoever owns
// the organization may always, and is not listed.
type TeamRule struct {
	Position    Position  `json:"-"`
	Match       []Pattern `json:"match"`
	Maintainers []Pattern `json:"maintainers"` // people, each by name; empty: nobody but owners
	Override    bool      `json:"override,omitempty"`
	at          Position  // of maintainers
	value       string    // the list in a comparable form: it is a set
}

func readTeams(t *table) []TeamRule {
	var out []TeamRule
	for _, tt := range t.subs("team") {
		r := TeamRule{Position: tt.place()}
		if tt.need("match", `match = ["team:ORG/*"]`) {
			r.Match = tt.patterns("match", access.Team)
			notEmpty(tt, "match")
		}
		if tt.need("maintainers", `maintainers = ["user:LOGIN"], or [] for nobody but owners`) {
			r.Maintainers = append([]Pattern{}, tt.literals("maintainers", access.User)...)
			r.at, r.value = tt.at("maintainers"), setText(r.Maintainers)
		}
		tt.str("reason")
		if b := tt.flag("override"); b != nil {
			r.Override = *b
		}
		tt.done()
		out = append(out, r)
	}
	return out
}

// setText writes a list so that two that name the same are equal.
func setText(list []Pattern) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.Text
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), "\x00")
}

// checkTeams finds two [[team]] entries that cannot both hold, without a snapshot,
// as [checkEnvironments] does for environments.
func checkTeams(b *Baseline, problems *Problems) {
	if slices.ContainsFunc(b.Teams, func(r TeamRule) bool { return r.Override }) {
		return // who of several decides is for Bind to say
	}
	all := b.Teams[:min(len(b.Teams), maxCompared)]
	for i, later := range all {
		for _, earlier := range all[:i] {
			if later.value == earlier.value {
				continue
			}
			if shared := narrower(earlier.Match, later.Match); shared != "" {
				problems.add(later.at, "keep one, or say override = true in the more specific one",
					"maintainers is set to another value at %s, and both speak of %s", earlier.at, shared)
			}
		}
	}
}

// Maintainers is who may maintain one team, by the [[team]] that decides for it.
type Maintainers struct {
	Listed  []access.Ref // people whom the snapshot knows, ascending
	Unknown []string     // those that it does not
	Source  Position
}

// Lists reports whether the person is on the list.
func (m Maintainers) Lists(user int64) bool {
	return slices.Contains(m.Listed, access.Ref{Kind: access.User, ID: user})
}

// Maintainers gives who may maintain a team beside the owners of the organization,
// false where no [[team]] names it: then nobody has said.
func (b *Bound) Maintainers(team int64) (Maintainers, bool) {
	m, ok := b.teamRules[team]
	return m, ok
}

// teamMatch is one [[team]] as it names one team.
type teamMatch struct {
	rule   *TeamRule
	weight int // of its most specific pattern
}

func (d *binder) teams() {
	d.out.teamRules = map[int64]Maintainers{}
	winners := map[int64]teamMatch{}
	told := map[string]bool{}
	for i := range d.b.Teams {
		r := &d.b.Teams[i]
		best := map[int64]int{}
		for _, p := range d.ours(r.Match) {
			d.claimed(TeamMaintainers, r.Position)
			found := d.names.teams.match(p.name)
			if len(found) == 0 {
				d.missing(p)
			}
			for _, o := range found {
				id := d.names.snap.Teams[o].ID
				best[id] = max(best[id], p.weight())
			}
		}
		for _, t := range d.names.snap.Teams {
			if w, named := best[t.ID]; named {
				m := teamMatch{r, w}
				if former, ok := winners[t.ID]; !ok || d.decides(t.ID, m, former, told) {
					winners[t.ID] = m
				}
			}
		}
	}
	lists := map[*TeamRule]Maintainers{}
	for id, m := range winners {
		list, ok := lists[m.rule]
		if !ok {
			list = d.maintainers(m.rule)
			lists[m.rule] = list
		}
		d.out.teamRules[id] = list
	}
}

// decides reports whether the later of two entries that name one team decides for
// it, and complains where neither says so; the told keep one complaint from being
// made for each team.
func (d *binder) decides(team int64, m, former teamMatch, told map[string]bool) bool {
	switch {
	case m.rule.value == former.rule.value:
		return m.weight > former.weight
	case m.weight > former.weight && m.rule.Override:
		return true
	case former.weight > m.weight && former.rule.Override:
		return false
	}
	id := m.rule.at.String() + "\x00" + former.rule.at.String()
	if !told[id] {
		told[id] = true
		d.problems.add(m.rule.at, "keep one, or say override = true in the more specific one",
			"maintainers is set to another value at %s, and both speak of %s", former.rule.at, d.names.snap.Name(access.Ref{Kind: access.Team, ID: team}))
	}
	return false
}

func (d *binder) maintainers(r *TeamRule) Maintainers {
	out := Maintainers{Source: r.Position}
	for _, p := range r.Maintainers {
		refs := d.principals(p)
		if len(refs) == 0 {
			out.Unknown = append(out.Unknown, p.Text)
		}
		out.Listed = append(out.Listed, refs...)
	}
	slices.SortFunc(out.Listed, access.Ref.Compare)
	return out
}

// describe says what the entry demands.
func (m Maintainers) describe(name func(access.Ref) string) string {
	var who []string
	for _, r := range m.Listed {
		who = append(who, name(r))
	}
	who = append(who, m.Unknown...)
	if len(who) == 0 {
		return "maintained by owners of the organization alone"
	}
	return "may be maintained by " + strings.Join(who, ", ") + ", beside the owners of the organization"
}
