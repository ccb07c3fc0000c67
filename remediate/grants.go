package remediate

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// Grants of people and teams on repositories: lowered to what the baseline
// allows, and removed only where it allows nothing.

func (p *planner) grant(f access.Finding) {
	g := *f.Grant
	if !p.managed(baseline.RepositoryAccess) {
		p.instruct(f, repositorySettings, "the baseline does not manage access to repositories")
		return
	}
	m := p.grantMay(g)
	if m.privilege >= g.Privilege && !p.onlyExtras(g, m) && !m.unknown {
		p.decide(f, m.source)
		return
	}
	p.add("grant "+g.Key(), f, func() *candidate { return p.cut(g, m) })
}

const repositorySettings = "Repository settings → Collaborators and teams"

// decide is for access that the baseline allows: it is no drift, so nothing takes
// it away, and whoever answers for the baseline decides.
func (p *planner) decide(f access.Finding, at baseline.Position) {
	where := "in the baseline"
	if at.File != "" {
		where = at.String()
	}
	p.instruct(f, where, "the baseline allows it, so it is no drift: accept it there (expires, or standing_reason with review_by), waive it, or take the entry out")
}

// cut builds the action on one grant.
func (p *planner) cut(g access.Grant, m may) *candidate {
	to := min(m.privilege, g.Privilege)
	now, stays := p.basePermission()
	member := g.Source == access.Direct && p.g.Member(g.Principal.ID)
	if member && to <= stays {
		to = access.None // the base permission gives as much and stays
	}
	c := &candidate{action: Action{Grant: &g, To: to, Principal: p.name(g.Principal), Resource: p.name(g.Resource),
		Have: p.s.RoleName(g), Want: to.String(), Change: p.grantChange(g, to)}}
	a := &c.action
	if member && to > access.None && to < now {
		c.blocked = refuse{BaseGuard, fmt.Sprintf("GitHub takes no direct grant below the base permission, which is %s; lower that first", now)}
	}
	isTeam := g.Principal.Kind == access.Team
	a.Kind = pick(isTeam, pick(to == access.None, RemoveTeam, LowerTeam), pick(to == access.None, RemoveDirect, LowerDirect))
	switch {
	case m.unknown:
		c.gap = string(access.AreaCustomRoles)
	case isTeam:
		c.gap = p.teamGap(g.Principal.ID)
	case !p.s.Coverage.Complete(access.AreaMembers):
		c.gap = string(access.AreaMembers) // whether the base permission stays depends on it
	case member && !p.s.Coverage.Complete(access.AreaSettings):
		c.gap = string(access.AreaSettings) // and how much that is
	}
	if to == access.None {
		a.Want = "nothing"
		a.Title = fmt.Sprintf("take %s on %s from %s", a.Have, a.Resource.Name, a.Principal.Name)
	} else {
		a.Title = fmt.Sprintf("lower %s on %s from %s to %s", a.Principal.Name, a.Resource.Name, a.Have, to)
	}
	a.Calls = []Call{grantCall(isTeam, to)}
	return c
}

// basePermission gives the base permission that is there, and the part of it that
// stays if the baseline's is set.
func (p *planner) basePermission() (now, stays access.Privilege) {
	if p.s.Settings == nil {
		return access.None, access.None
	}
	now = p.s.Settings.BasePermission
	if want, ok := p.in.Baseline.BasePermission(); ok {
		return now, min(now, want)
	}
	return now, now
}

func pick[T any](cond bool, yes, no T) T {
	if cond {
		return yes
	}
	return no
}

// restWord is how REST calls write a privilege.
func restWord(p access.Privilege) string {
	switch p {
	case access.Read:
		return "pull"
	case access.Write:
		return "push"
	}
	return p.String()
}

func grantCall(isTeam bool, to access.Privilege) Call {
	route := "/repos/{owner}/{repo}/collaborators/{username}"
	if isTeam {
		route = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}"
	}
	if to == access.None {
		return Call{Method: "DELETE", Route: route}
	}
	return Call{Method: "PUT", Route: route, Body: fmt.Sprintf(`{"permission":%q}`, restWord(to))}
}

// teamGap says what is not known of whom a team reaches: who would lose something
// must be known before anything is taken from a team.
func (p *planner) teamGap(id int64) string {
	if !p.s.Coverage.Complete(access.AreaTeams) {
		return string(access.AreaTeams)
	}
	if p.s.Coverage.Complete(access.AreaTeamMembers) {
		return ""
	}
	if !p.s.Coverage.CompleteFor(access.AreaTeamMembers, id) {
		return string(access.AreaTeamMembers)
	}
	for _, t := range p.s.Teams {
		for _, up := range p.g.Ancestors(t.ID) {
			if up == id && !p.s.Coverage.CompleteFor(access.AreaTeamMembers, t.ID) {
				return string(access.AreaTeamMembers)
			}
		}
	}
	return ""
}

// measure works out whom an action reaches, and who might lose something by it.
func (p *planner) measure(c *candidate) {
	a := c.action
	switch a.Kind {
	case LowerDirect, RemoveDirect, LowerTeam, RemoveTeam:
		people := []int64{a.Principal.ID}
		if a.Principal.Kind == access.Team {
			people = p.g.Members(a.Principal.ID)
		}
		for _, u := range people {
			h := p.hold(u, a.Resource.ID, a.Grant.Privilege, a.To)
			c.reached = append(c.reached, h)
			if h.from > h.worst || a.Grant.Role != 0 {
				c.hit = append(c.hit, user(u))
			}
		}
	case SetBase:
		for _, u := range p.membersOnly() {
			c.hit = append(c.hit, user(u))
		}
	case DemoteOwner, RemoveMember:
		c.hit = []access.Ref{a.Principal.Ref}
		for id, now := range p.g.Of(a.Principal.ID) {
			h := p.hold(a.Principal.ID, id, now.Privilege, access.None)
			if a.Kind == RemoveMember {
				h.worst = access.None // no path is left, whatever the baseline allows
			}
			c.reached = append(c.reached, h)
		}
	}
}

// settle works out who loses something once the whole plan has run.
func (p *planner) settle(c *candidate) {
	g := c.action.Grant
	if g == nil {
		c.losers = c.hit
		for i := range c.reached {
			c.reached[i].end = c.reached[i].worst
		}
		return
	}
	for i := range c.reached {
		h := &c.reached[i]
		h.end, _ = p.without(h.user, h.repo, p.planned)
		if h.end < h.before || g.Role != 0 {
			c.losers = append(c.losers, user(h.user))
		}
	}
	if g.Principal.Kind == access.Team || len(c.losers) == 0 {
		c.losers = append(c.losers, g.Principal) // the grant is lost, even where another gives as much
	}
}

// membersOnly lists the members who are no owners.
func (p *planner) membersOnly() []int64 {
	var out []int64
	for _, g := range p.s.GrantsOn(p.org()) {
		if g.Principal.Kind == access.User && g.Privilege == access.Member && g.Source == access.Direct {
			out = append(out, g.Principal.ID)
		}
	}
	return out
}
