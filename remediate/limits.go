package remediate

import (
	"fmt"
	"math"
	"slices"

	"github.com/eb661601/ajar/access"
)

// Loss counts who of one kind loses something by the plan.
type Loss struct {
	Kind       string  `json:"kind"`       // as in [remediate] limits
	Losers     int     `json:"losers"`     // each once, however much they lose
	Population int     `json:"population"` // of how many; -1: not known
	Max        int     `json:"max"`
	Fraction   float64 `json:"fraction"`
}

// lossKinds are the kinds of principal that are counted, with the area that tells
// how many there are.
var lossKinds = []struct {
	kind string
	area access.Area
}{
	{"owner", access.AreaMembers}, {"member", access.AreaMembers}, {"outside_collaborator", access.AreaMembers},
	{"team", access.AreaTeams}, {"key", access.AreaDeployKeys}, {"reviewer", access.AreaGates}, {"invitation", access.AreaInvitations},
}

// Lost are principals who lose something, as the limits count them: the same
// person may be an owner in one action and a reviewer in another.
type Lost struct {
	As   string      `json:"as"` // a kind of [remediate] limits
	Kind access.Kind `json:"kind"`
	IDs  []int64     `json:"ids"` // ascending
}

// lost files the losers of an action by what they are counted as. Losers are in
// their order.
func (p *planner) lost(c *candidate) []Lost {
	out := []Lost{}
	for _, r := range c.losers {
		as := p.lossKind(c, r)
		i := slices.IndexFunc(out, func(l Lost) bool { return l.As == as && l.Kind == r.Kind })
		if i < 0 {
			i, out = len(out), append(out, Lost{As: as, Kind: r.Kind})
		}
		out[i].IDs = append(out[i].IDs, r.ID)
	}
	return out
}

// Populations counts the principals of each kind that the limits know, as the
// snapshot has them; -1 where not all were seen.
func Populations(in Input) map[string]int {
	p, out := newPlanner(in), map[string]int{}
	for _, k := range lossKinds {
		out[k.kind] = p.population(k.kind, k.area)
	}
	return out
}

// LossOf is the loss of one kind under the limits of the guards.
func (g Guards) LossOf(kind string, losers, population int) Loss {
	l := Loss{Kind: kind, Losers: losers, Population: population, Max: g.MaxChanges, Fraction: g.MaxFraction}
	l.bound(g.Limits[kind])
	return l
}

// limits counts the losses of the whole plan and names every limit that it
// breaks. Over a limit nothing runs: trimming to fit would hide the mistake.
func (p *planner) limits() (total int, losses []Loss, stopped []string) {
	by := map[string]map[access.Ref]bool{}
	all := map[access.Ref]bool{}
	for _, c := range p.accepted {
		for _, l := range c.losers {
			k := p.lossKind(c, l)
			if by[k] == nil {
				by[k] = map[access.Ref]bool{}
			}
			by[k][l], all[l] = true, true
		}
	}
	losses, stopped = []Loss{}, []string{}
	for _, text := range slices.Sorted(slices.Values(p.unsafe)) {
		if len(p.accepted) > 0 {
			stopped = append(stopped, fmt.Sprintf("%s is not in the snapshot; if it has another name now, nothing protects it", text))
		}
	}
	if why := p.fewOwners(); why != "" {
		stopped = append(stopped, why)
	}
	guards := p.in.Guards
	lately := p.lately()
	if n := len(all); n > 0 && n+beyond(lately[""], all) > guards.MaxChanges {
		stopped = append(stopped, fmt.Sprintf("max_changes: %s would lose something%s, the limit is %d",
			count(n+beyond(lately[""], all), "person or other principal", "people and other principals"), withLately(beyond(lately[""], all)), guards.MaxChanges))
	}
	for _, k := range lossKinds {
		if n := len(by[k.kind]); n > 0 {
			l := guards.LossOf(k.kind, n, p.population(k.kind, k.area))
			losses = append(losses, l)
			l.Losers += beyond(lately[k.kind], by[k.kind])
			stopped = append(stopped, l.broken(withLately(l.Losers-n))...)
		}
	}
	return len(all), losses, stopped
}

// fewOwners holds that a plan that takes anything leaves enough owners who are
// people and whom it does not touch. It is asked again, live, before each action.
func (p *planner) fewOwners() string {
	takes, touched := false, map[int64]bool{}
	for _, c := range p.accepted {
		change := c.action.Change
		takes = takes || change.Takes()
		if change.Thing == Membership && change.User != nil && change.Takes() {
			touched[change.User.ID] = true
		}
	}
	stay, want := 0, max(1, p.in.Guards.MinOwners)
	for _, u := range p.owners {
		if !p.machine(u) && !touched[u] {
			stay++
		}
	}
	if !takes || stay >= want {
		return ""
	}
	todo := "make another person an owner"
	if want > 1 {
		todo += ", or set [remediate] min_owners"
	}
	return fmt.Sprintf("min_owners: %s would stay who are people and outside of this plan, and min_owners is %d: %s", count(stay, "owner", "owners"), want, todo)
}

func (l *Loss) bound(own Limit) {
	if own.Max != nil {
		l.Max = *own.Max
	}
	if own.Fraction != nil {
		l.Fraction = *own.Fraction
	}
}

// Broken names the limits that the losses of one kind break.
func (l Loss) Broken() []string { return l.broken("") }

func (l Loss) broken(with string) []string {
	var out []string
	if l.Losers > l.Max {
		out = append(out, fmt.Sprintf("limits.%s.max: %d of kind %s would lose something%s, the limit is %d", l.Kind, l.Losers, l.Kind, with, l.Max))
	}
	if l.Population < 0 {
		return append(out, fmt.Sprintf("limits.%s.fraction: how many there are of kind %s is not known", l.Kind, l.Kind))
	}
	most := 0
	if l.Fraction > 0 {
		most = max(1, int(math.Floor(l.Fraction*float64(l.Population)+1e-9)))
	}
	if l.Losers > most {
		out = append(out, fmt.Sprintf("limits.%s.fraction: %d of %d of kind %s would lose something%s, the limit is %g of them, which is %d",
			l.Kind, l.Losers, l.Population, l.Kind, with, l.Fraction, most))
	}
	return out
}

// lately files those who lost something in the last 24 hours by kind, and everybody
// under "".
func (p *planner) lately() map[string]map[access.Ref]bool {
	out := map[string]map[access.Ref]bool{"": {}}
	for _, l := range p.in.Recent {
		if out[l.As] == nil {
			out[l.As] = map[access.Ref]bool{}
		}
		for _, id := range l.IDs {
			r := access.Ref{Kind: l.Kind, ID: id}
			out[l.As][r], out[""][r] = true, true
		}
	}
	return out
}

// beyond counts who lost something lately and is not among those of the plan.
func beyond(lately, planned map[access.Ref]bool) int {
	n := 0
	for r := range lately {
		if !planned[r] {
			n++
		}
	}
	return n
}

func withLately(n int) string {
	return pick(n == 0, "", fmt.Sprintf(", with the %d of the last 24 hours", n))
}

// lossKind says as what a principal loses something.
func (p *planner) lossKind(c *candidate, r access.Ref) string {
	switch {
	case c.row == &protectEnvironment:
		return "reviewer"
	case r.Kind == access.Team:
		return "team"
	case r.Kind == access.Key:
		return "key"
	case r.Kind == access.Invitation:
		return "invitation"
	case p.g.Owner(r.ID):
		return "owner"
	case p.g.Member(r.ID):
		return "member"
	}
	return "outside_collaborator"
}

// population counts the principals of a kind, -1 where not all were seen.
func (p *planner) population(kind string, area access.Area) int {
	if !p.s.Coverage.Complete(area) {
		return -1
	}
	switch kind {
	case "owner":
		return len(p.owners)
	case "member":
		return len(p.membersOnly())
	case "outside_collaborator":
		return max(len(p.s.Outside), len(p.outside))
	case "team":
		return len(p.s.Teams)
	case "key":
		return len(p.s.DeployKeys)
	case "invitation":
		return len(p.s.Invitations) + len(p.s.RepoInvitations) // of those to repositories at least so many
	}
	seen := map[access.Ref]bool{}
	for _, g := range p.s.Grants {
		if g.Source == access.Reviewer {
			seen[g.Principal] = true
		}
	}
	return len(seen)
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
