package baseline

import (
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// TeamRule is one [[team]]: who may maintain the teams that it names, and what
// decides who is in them. Whoever owns the organization may maintain every team,
// and is not listed. What is not said is nil or "".
type TeamRule struct {
	Position    Position   `json:"-"`
	Match       []Pattern  `json:"match"`
	Maintainers *[]Pattern `json:"maintainers,omitempty"` // people, each by name; empty: nobody but owners
	Directory   string     `json:"directory,omitempty"`   // the group of an identity provider that decides who is in the team
	Override    bool       `json:"override,omitempty"`
	keys        []settingKey
}

func readTeams(t *table) []TeamRule {
	var out []TeamRule
	for _, tt := range t.subs("team") {
		r := TeamRule{Position: tt.place()}
		if tt.need("match", `match = ["team:ORG/*"]`) {
			r.Match = tt.patterns("match", access.Team)
			notEmpty(tt, "match")
		}
		if list := append([]Pattern{}, tt.literals("maintainers", access.User)...); tt.has("maintainers") {
			r.Maintainers = &list
			r.keys = append(r.keys, settingKey{"maintainers", tt.at("maintainers"), setText(list)})
		}
		if r.Directory = tt.str("directory"); tt.has("directory") {
			r.keys = append(r.keys, settingKey{"directory", tt.at("directory"), r.Directory})
		}
		if !tt.has("maintainers") && !tt.has("directory") {
			tt.complain(tt.place(), `maintainers = ["user:LOGIN"], or [] for nobody but owners; or directory = "GROUP"`, "[[team]] says nothing of the team")
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

func (r *TeamRule) key(name string) settingKey {
	for _, k := range r.keys {
		if k.name == name {
			return k
		}
	}
	return settingKey{}
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
			for _, k := range later.keys {
				other := earlier.key(k.name)
				if other.name == "" || other.value == k.value {
					continue
				}
				if shared := narrower(earlier.Match, later.Match); shared != "" {
					problems.add(k.at, "keep one, or say override = true in the more specific one",
						"%s is set to another value at %s, and both speak of %s", k.name, other.at, shared)
				}
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
// false where no [[team]] says it: then nobody has.
func (b *Bound) Maintainers(team int64) (Maintainers, bool) {
	m, ok := b.maintainers[team]
	return m, ok
}

// Directory gives the group of an identity provider that decides who is in a team,
// by the [[team]] that says so; false where none does.
func (b *Bound) Directory(team int64) (group string, at Position, ok bool) {
	r, ok := b.directories[team]
	if !ok {
		return "", Position{}, false
	}
	return r.Directory, r.Position, true
}

// teamMatch is one [[team]] as it names one team.
type teamMatch struct {
	rule   *TeamRule
	weight int // of its most specific pattern
}

func (d *binder) teams() {
	d.out.maintainers, d.out.directories = map[int64]Maintainers{}, map[int64]*TeamRule{}
	listing, filling := map[int64]teamMatch{}, map[int64]teamMatch{}
	told := map[string]bool{}
	for i := range d.b.Teams {
		r := &d.b.Teams[i]
		named := d.teamsOf(r)
		for _, id := range slices.Sorted(maps.Keys(named)) {
			for _, k := range r.keys {
				winners := listing
				if k.name == "directory" {
					winners = filling
				}
				m := teamMatch{r, named[id]}
				if former, ok := winners[id]; !ok || d.decides(id, k, m, former, told) {
					winners[id] = m
				}
			}
		}
	}
	lists := map[*TeamRule]Maintainers{}
	for id, m := range listing {
		list, ok := lists[m.rule]
		if !ok {
			list = d.maintainers(m.rule)
			lists[m.rule] = list
		}
		d.out.maintainers[id] = list
	}
	for id, m := range filling {
		d.out.directories[id] = m.rule
	}
}

// teamsOf gives the teams that an entry names, with the weight of the most specific
// pattern that does.
func (d *binder) teamsOf(r *TeamRule) map[int64]int {
	best := map[int64]int{}
	for _, p := range d.ours(r.Match) {
		if r.Maintainers != nil {
			d.claimed(TeamMaintainers, r.Position)
		}
		found := d.names.teams.match(p.name)
		if len(found) == 0 {
			d.missing(p)
		}
		for _, o := range found {
			id := d.names.snap.Teams[o].ID
			best[id] = max(best[id], p.weight())
		}
	}
	return best
}

// decides reports whether the later of two entries that set one key for a team
// decides, and complains where neither says so; the told keep one complaint from
// being made for each team.
func (d *binder) decides(team int64, k settingKey, m, former teamMatch, told map[string]bool) bool {
	other := former.rule.key(k.name)
	switch {
	case k.value == other.value:
		return m.weight > former.weight
	case m.weight > former.weight && m.rule.Override:
		return true
	case former.weight > m.weight && former.rule.Override:
		return false
	}
	id := k.at.String() + "\x00" + other.at.String()
	if !told[id] {
		told[id] = true
		d.problems.add(k.at, "keep one, or say override = true in the more specific one",
			"%s is set to another value at %s, and both speak of %s", k.name, other.at, d.names.snap.Name(access.Ref{Kind: access.Team, ID: team}))
	}
	return false
}

func (d *binder) maintainers(r *TeamRule) Maintainers {
	out := Maintainers{Source: r.Position}
	for _, p := range *r.Maintainers {
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
