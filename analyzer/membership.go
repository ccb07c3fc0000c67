package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
)

// membershipGaps tells where it is not known who is in which team, and so what
// somebody may have through a team. Teams that no entry mentions, and that have
// no such parent, entitle nobody: a gap in one of them hides nothing but its own
// people.
type membershipGaps struct {
	all     string                  // why nothing can be judged
	own     map[int64]string        // teams whose own people are not all known
	decided []access.Need           // the coverage by which entitlements are known
	below   map[int64][]access.Need // the same for the teams below each, where teams count one by one
}

// noTeam is no team's id: asked for it, the ledger gives the line of all teams.
const noTeam = -1

// maxScopes bounds how many teams a conclusion may rest on one by one; with more
// of them, one team that was not read leaves everything open.
const maxScopes = 100

func (f *facts) membershipGaps() membershipGaps {
	m := membershipGaps{own: map[int64]string{}, below: map[int64][]access.Need{}, decided: []access.Need{need(access.AreaTeams, 0), need(access.AreaMembers, 0)}}
	for _, a := range []access.Area{access.AreaTeams, access.AreaMembers} {
		if l := f.s.Coverage.Of(a); l.Status != access.Complete {
			m.all = f.why(l)
			return m
		}
	}
	whole := f.s.Coverage.Of(access.AreaTeamMembers)
	if whole.Status == access.Complete {
		m.decided = append(m.decided, need(access.AreaTeamMembers, 0))
		return m
	}
	if !f.s.Coverage.CompleteFor(access.AreaTeamMembers, noTeam) {
		m.all = f.why(whole) // not a matter of single teams
		return m
	}
	for _, x := range f.s.Coverage.Exceptions(access.AreaTeamMembers) {
		if len(f.mentioned(access.Ref{Kind: access.Team, ID: x.Scope})) > 0 {
			m.all = f.why(x)
			return m
		}
		m.own[x.Scope] = f.why(x)
		for _, up := range f.g.Ancestors(x.Scope) {
			m.own[up] = f.why(x)
		}
	}
	for _, t := range f.s.Teams {
		if len(f.mentioned(access.Ref{Kind: access.Team, ID: t.ID})) > 0 {
			m.decided = append(m.decided, need(access.AreaTeamMembers, t.ID))
			continue // who is below an entitled team is entitled too
		}
		for _, up := range f.g.Ancestors(t.ID) {
			m.below[up] = append(m.below[up], need(access.AreaTeamMembers, t.ID))
		}
	}
	if len(m.decided) > maxScopes {
		m.all = f.why(whole)
	}
	return m
}

// of says why a grant cannot be judged; team is 0 for a grant to a person.
func (m membershipGaps) of(team int64) string {
	if m.all != "" {
		return m.all
	}
	return m.team(team)
}

// team says what hides some of the team's people.
func (m membershipGaps) team(team int64) string {
	if m.all != "" {
		return m.all
	}
	return m.own[team]
}

// needs lists the coverage by which the entitlements around a team are known;
// team is 0 for a grant to a person.
func (m membershipGaps) needs(team int64) []access.Need {
	if team == 0 || m.all != "" || slices.Contains(m.decided, need(access.AreaTeamMembers, 0)) {
		return m.decided
	}
	return slices.Concat(m.decided, []access.Need{need(access.AreaTeamMembers, team)}, m.below[team])
}
