package remediate

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// Grants of people and teams on repositories: lowered to what the baseline
// allows, and removed only where it allows nothing.
const (
	LowerDirect  Kind = "lower-direct-grant"
	LowerTeam    Kind = "lower-team-grant"
	RemoveDirect Kind = "remove-direct-grant"
	RemoveTeam   Kind = "remove-team-grant"
)

var (
	lowerDirect = kindRow{kind: LowerDirect, grade: lowers, takes: true,
		inverse: "give the former privilege again", precheck: "the person's direct grant, by ids, with its privilege"}
	lowerTeam = kindRow{kind: LowerTeam, grade: lowers + 1, takes: true,
		inverse: "give the former privilege again", precheck: "the team's own grant, by ids, with its privilege"}
	removeDirect = kindRow{kind: RemoveDirect, grade: removes, takes: true,
		inverse: "add the collaborator with the former privilege again", precheck: "the person's direct grant, by ids, with its privilege",
		lost: []string{"issues assigned to the person", "invitations to the repository that the person sent", "stars, and access to packages of the repository"}}
	removeTeam = kindRow{kind: RemoveTeam, grade: removes + 1, takes: true,
		inverse: "give the team the former privilege again", precheck: "the team's own grant, by ids; what a parent holds stays"}
)

var grantFamily = family{
	kinds: []*kindRow{&lowerDirect, &lowerTeam, &removeDirect, &removeTeam},
	answers: func(f *access.Finding) bool {
		g := f.Grant
		return g != nil && g.Resource.Kind == access.Repo && (g.Source == access.Direct || g.Source == access.ByTeam)
	},
	propose: (*planner).grant,
}

const repositorySettings = "Repository settings → Collaborators and teams"

func (p *planner) grant(f access.Finding) {
	if f.Rule == "last-repository-admin" {
		return // it asks to give, and a plan takes
	}
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

// decide is for access that the baseline allows: it is no drift, so nothing takes
// it away, and whoever answers for the baseline decides.
func (p *planner) decide(f access.Finding, at baseline.Position) {
	where := "in the baseline"
	if at.File != "" {
		where = at.String()
	}
	p.instruct(f, where, "the baseline allows it, so it is no drift: accept it there (expires, or standing_reason with review_by), waive it, or take the entry out")
}

// unused is decide for what the baseline allows and nobody uses: what is to be done
// is done on GitHub, and the entry goes with it.
func (p *planner) unused(f access.Finding, where string, at baseline.Position) {
	in := "the baseline allows it"
	if at.File != "" {
		in += " (" + at.String() + ")"
	}
	p.instruct(f, where, in+", so it is no drift: remove it if nobody needs it, and take the entry out, or waive it")
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
	if member && g.Privilege < now {
		c.lost = append(c.lost, BelowBase)
	}
	isTeam := g.Principal.Kind == access.Team
	if up, hides := p.hidden(g); hides {
		c.blocked = refuse{CoverageGuard, fmt.Sprintf("%s is above it and has %s there too, and GitHub does not tell the two apart; lower that first, or change this one by hand",
			p.called(up.Principal), p.s.RoleName(up))}
	}
	c.row = pick(isTeam, pick(to == access.None, &removeTeam, &lowerTeam), pick(to == access.None, &removeDirect, &lowerDirect))
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

// hidden reports whether GitHub tells a team's own role only mixed with that of a
// team above it: a custom role is named in the sum of both alone, and every other
// answer gives its base. What cannot be read before and after is not changed.
func (p *planner) hidden(g access.Grant) (access.Grant, bool) {
	if g.Principal.Kind != access.Team || g.Role == 0 {
		return access.Grant{}, false
	}
	above := p.g.Ancestors(g.Principal.ID)
	for _, o := range p.s.GrantsOn(g.Resource) {
		if o.Principal.Kind == access.Team && slices.Contains(above, o.Principal.ID) && (o.Role != 0 || o.Privilege > g.Privilege) {
			return o, true
		}
	}
	return access.Grant{}, false
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
