package remediate

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// RemoveTeamMember takes somebody out of a team. It is the way where a team's grant
// is too much for some of its people and cannot be lowered, since the baseline
// allows it to the others: then those go for whom the baseline allows nothing that
// the team gives.
const RemoveTeamMember Kind = "remove-team-member"

var removeTeamMember = kindRow{kind: RemoveTeamMember, grade: removes + 2, takes: true,
	inverse: "put the person into the team again, with the former role", precheck: "the person's own membership of the team, by ids; what comes from a team below is another one",
	lost: []string{"mentions and review requests that reached the person through the team"}}

// membershipFamily answers to no finding of its own: its action is weighed against
// that on a team's grant. See [planner.instead].
var membershipFamily = family{
	kinds:   []*kindRow{&removeTeamMember},
	answers: func(*access.Finding) bool { return false },
}

// leavable reports whether being in the team is worth nothing by the baseline: no
// entry speaks of it or its parents, it reviews nothing and holds no organization
// role. Who is in a team that the baseline speaks of is that team's business.
func (p *planner) leavable(id int64) bool {
	if is, known := p.leave[id]; known {
		return is
	}
	is := p.managed(baseline.RepositoryAccess)
	for _, t := range append([]int64{id}, p.g.Ancestors(id)...) {
		is = is && !p.in.Baseline.Knows(team(t)) && !p.more[t]
	}
	p.leave[id] = is
	return is
}

// membershipOf is somebody's place in a team.
type membershipOf struct{ user, team int64 }

// mayLeave reports whether a plan may take somebody out of a team: it gives them
// too much somewhere, and nothing anywhere that the baseline allows them and that
// no other team or grant gives. A maintainer whom the baseline lists is wanted there,
// and one whom it does not list is made a member first. Whom an identity provider put
// there it would put there again.
func (p *planner) mayLeave(id, in int64) bool {
	key := membershipOf{id, in}
	if is, known := p.leaves[key]; known {
		return is
	}
	list, _ := p.in.Baseline.Maintainers(in)
	is, excess := p.leavable(in) && !p.g.Owner(id) && !list.Lists(id) && !p.unlistedMaintainer(id, in) && p.filled(in) == "", false
	if is {
		for _, a := range p.givenBy(in) {
			m := p.userMay(id, a.repo)
			excess = excess || a.privilege > m.privilege
			if m.unknown || p.sureOf(id, a.repo) < min(a.privilege, m.privilege) {
				is = false
				break
			}
		}
	}
	p.leaves[key] = is && excess
	return p.leaves[key]
}

// given is what a team gives its members on one repository.
type given struct {
	repo      int64
	privilege access.Privilege
}

func (p *planner) givenBy(id int64) []given {
	out, known := p.gives[id]
	if !known {
		for onto, a := range p.g.OfTeam(id) {
			out = append(out, given{onto, a.Privilege})
		}
		p.gives[id] = out
	}
	return out
}

// sureOf is what somebody keeps on a repository even out of every team that the
// baseline does not speak of.
func (p *planner) sureOf(id, onto int64) access.Privilege {
	return p.cutDown(id, onto, func(via int64) bool {
		return slices.ContainsFunc(p.waysInto(id, via), func(t int64) bool { return !p.leavable(t) })
	})
}

// waysInto lists the teams of somebody by which they are in a team: itself, and
// those below it.
func (p *planner) waysInto(id, via int64) []int64 {
	var out []int64
	for _, t := range p.g.TeamsOf(id) {
		if t == via || slices.Contains(p.g.Ancestors(t), via) {
			out = append(out, t)
		}
	}
	return out
}

// instead weighs the refused action on a team's grant against taking those out of
// the team for whom it is too much: that is sufficient where each of them may go
// and no guard keeps one of them, and the smaller loss where more stay than go.
func (p *planner) instead(c *candidate, r refuse) []*candidate {
	g := c.action.Grant
	if g == nil || g.Principal.Kind != access.Team || r.guard != EntitledGuard && r.guard != ProtectedGuard && r.guard != EditorsGuard && r.guard != SelfGuard {
		return nil
	}
	var out []*candidate
	leavers, members := 0, p.g.Members(g.Principal.ID)
	for _, u := range members {
		if p.userMay(u, g.Resource.ID).privilege >= g.Privilege || p.g.Owner(u) {
			continue
		}
		if leavers++; 2*leavers > len(members) {
			return nil
		}
		for _, t := range p.waysInto(u, g.Principal.ID) {
			if !p.mayLeave(u, t) {
				return nil
			}
			x := p.takeOut(u, t, c.findings)
			if x.verdict.guard != "" {
				return nil
			}
			out = append(out, x)
		}
	}
	for _, x := range out {
		for _, f := range c.findings {
			x.answer(f)
		}
		x.action.Weighed = append(x.action.Weighed, Weighed{Title: c.action.Title, Losers: len(c.hit), Why: r.why, Sample: p.sample(c.hit)})
	}
	return out
}

// takeOut builds the action and asks the guards about it, unless that was done.
// The findings are among those that it would answer, and rest on what was seen.
func (p *planner) takeOut(u, in int64, found []access.Finding) *candidate {
	key := fmt.Sprintf("membership %d %d", u, in)
	if x := p.by[key]; x != nil {
		return x
	}
	role := "member"
	for _, g := range p.s.GrantsOn(team(in)) {
		if g.Principal == user(u) {
			role = teamRole(g)
		}
	}
	x := &candidate{row: &removeTeamMember, hit: []access.Ref{user(u)}, gap: p.membershipGap(), findings: found}
	p.by[key] = x
	a := &x.action
	*a = Action{Kind: RemoveTeamMember, Principal: p.name(user(u)), Resource: p.name(team(in)), Have: role, Want: "nothing",
		Change: p.set(TeamMembership, State{There: true, Role: role}, State{}),
		Calls:  []Call{{Method: "DELETE", Route: "/orgs/{org}/teams/{team_slug}/memberships/{username}"}}}
	a.Change.User, a.Change.Team = p.label(user(u)), p.label(team(in))
	a.Title = fmt.Sprintf("take %s out of %s", a.Principal.Name, a.Resource.Name)
	p.measure(x)
	x.verdict = p.guard(x)
	x.findings = nil
	return x
}

// membershipGap says what is not known of all that a place in a team gives.
func (p *planner) membershipGap() string {
	if gap := p.everythingGap(); gap != "" {
		return gap
	}
	for _, a := range []access.Area{access.AreaCustomRoles, access.AreaOrgRoles, access.AreaOrgRoleAssignments, access.AreaEnvironments, access.AreaGates} {
		if s := p.s.Coverage.Of(a).Status; s != access.Complete && s != access.Unavailable {
			return string(a)
		}
	}
	return ""
}
