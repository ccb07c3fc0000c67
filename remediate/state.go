package remediate

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// What a change starts from is written down as the snapshot shows it, so that a
// restore needs nothing but the journal. What the snapshot does not show makes
// the action rest on a gap, or stands among what cannot be brought back.

// label gives what something is called beside its number.
func (p *planner) label(r access.Ref) *Label {
	l := &Label{ID: r.ID}
	switch r.Kind {
	case access.Org:
		l.NodeID, l.Name = p.s.Org.NodeID, p.s.Org.Login
	case access.User:
		who, _ := p.s.Person(r.ID)
		l.NodeID, l.Name = who.NodeID, who.Login
	case access.Team:
		t, _ := p.s.Team(r.ID)
		l.NodeID, l.Name = t.NodeID, t.Slug
	case access.Repo:
		on, _ := p.s.Repository(r.ID)
		l.NodeID, l.Name = on.NodeID, on.Name
	case access.Env:
		e := p.env[r.ID]
		l.NodeID, l.Name = e.NodeID, e.Name
	case access.Key:
		k, _ := p.s.Key(r.ID)
		l.Name = k.Title
	}
	return l
}

// set begins a change of a thing of the organization.
func (p *planner) set(t Thing, before, after State) Change {
	return Change{Thing: t, Org: *p.label(p.org()), Before: before, After: after}
}

// grantChange is the change of one grant of a person or a team on a repository.
func (p *planner) grantChange(g access.Grant, to access.Privilege) Change {
	before, after := State{There: true, Role: p.s.RoleName(g), RoleID: g.Role}, State{}
	if to > access.None {
		after = State{There: true, Role: to.String()}
	}
	c := p.set(DirectGrant, before, after)
	c.Repo = p.label(g.Resource)
	if g.Principal.Kind == access.Team {
		c.Thing, c.Team = TeamGrant, p.label(g.Principal)
	} else {
		c.User = p.label(g.Principal)
	}
	return c
}

// keyState is a deploy key that is there.
func keyState(k access.DeployKey) State {
	return State{There: true, Key: &KeyState{Title: k.Title, Public: k.Public, ReadOnly: k.ReadOnly}}
}

// tokenState is the default of the workflow token.
func tokenState(token string, approve bool) State {
	return State{There: true, Token: &TokenState{Default: token, CanApprove: approve}}
}

// gateState is the protection of an environment, all of it.
func (p *planner) gateState(e access.Environment) GateState {
	g := GateState{Reviewers: []Reviewer{}}
	for _, r := range p.listed(e.ID) {
		g.Reviewers = append(g.Reviewers, p.asReviewer(r))
	}
	if e.Gate != nil {
		g.WaitTimer, g.PreventSelfReview = e.Gate.WaitTimer, e.Gate.PreventSelfReview
	}
	if e.Policy != nil {
		g.AdminBypass, g.Branches = e.Policy.AdminBypass, e.Policy.Branches
		if g.Branches == access.SelectedBranches {
			g.Patterns = patterns(e.Policy.Patterns)
		}
	}
	return g
}

func patterns(have []access.Pattern) []Pattern {
	var out []Pattern
	for _, x := range have {
		out = append(out, Pattern{Name: x.Name, Type: cmp.Or(x.Type, "branch")})
	}
	return out
}

func (p *planner) asReviewer(r access.Ref) Reviewer {
	return Reviewer{Kind: pick(r.Kind == access.Team, "team", "user"), Label: *p.label(r)}
}

// gateChange is the change of an environment's protection that alter makes.
func (p *planner) gateChange(e access.Environment, alter func(*GateState)) Change {
	before, after := p.gateState(e), p.gateState(e)
	alter(&after)
	c := p.set(Protection, State{There: true, Gate: &before}, State{There: true, Gate: &after})
	c.Env, c.Repo = p.label(env(e.ID)), p.label(repo(e.Repo))
	return c
}

// gateUnseen says what of an environment's protection is not known. Some calls
// replace all of it and each is undone by putting all of it back, so all of it
// must be.
func (p *planner) gateUnseen(e access.Environment) string {
	switch {
	case e.Gate == nil || !p.s.Coverage.CompleteFor(access.AreaGates, e.Repo):
		return string(access.AreaGates)
	case e.Policy == nil || !p.s.Coverage.CompleteFor(access.AreaPolicies, e.Repo):
		return string(access.AreaPolicies)
	}
	return ""
}

// holding lists what a person holds by name in the organization's teams and on
// its repositories.
func (p *planner) holding(id int64) *HeldState {
	if p.held == nil {
		p.held = map[int64]*HeldState{}
		for _, g := range p.s.Grants {
			if g.Principal.Kind != access.User || g.Source != access.Direct {
				continue
			}
			h := p.held[g.Principal.ID]
			if h == nil {
				h = &HeldState{}
				p.held[g.Principal.ID] = h
			}
			switch g.Resource.Kind {
			case access.Team:
				h.Teams = append(h.Teams, HeldRole{*p.label(g.Resource), teamRole(g)})
			case access.Repo:
				h.Repos = append(h.Repos, HeldRole{*p.label(g.Resource), p.s.RoleName(g)})
			}
		}
	}
	if h := p.held[id]; h != nil {
		return h
	}
	return &HeldState{}
}

// teamRole is GitHub's word for what somebody is in a team.
func teamRole(g access.Grant) string {
	return pick(g.Privilege == access.Maintain, "maintainer", "member")
}

// inviteOf finds a pending invitation to the organization by its number.
func (p *planner) inviteOf(id int64) (access.Invite, bool) {
	i := slices.IndexFunc(p.s.Invitations, func(i access.Invite) bool { return i.ID == id })
	if i < 0 {
		return access.Invite{}, false
	}
	return p.s.Invitations[i], true
}
