package remediate

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// EndState is the snapshot as it would be once the changes were made, as GitHub
// documents their effects. The snapshot itself stays as it is. What is in no
// snapshot, such as an issue's assignees, is not in it.
func EndState(s *access.Snapshot, changes []Change) *access.Snapshot {
	out := *s
	out.Environments, out.DeployKeys = slices.Clone(s.Environments), slices.Clone(s.DeployKeys)
	e := ending{s: &out, set: map[access.Grant]access.Grant{}, gone: map[access.Grant]bool{}, members: map[int64]string{}, envs: map[int64]*GateState{}}
	for _, c := range changes {
		e.apply(c)
	}
	e.grants(s)
	return &out
}

// ending gathers what changes do before the grants are walked once.
type ending struct {
	s       *access.Snapshot
	set     map[access.Grant]access.Grant // a grant without privilege and role, and what it becomes
	gone    map[access.Grant]bool
	members map[int64]string     // what becomes of people: a role, or "" where they go
	envs    map[int64]*GateState // gates that are set
}

func (e *ending) apply(c Change) {
	switch c.Thing {
	case DirectGrant:
		e.grant(access.Grant{Principal: user(c.User.ID), Resource: repo(c.Repo.ID), Source: access.Direct}, c.After)
	case TeamGrant:
		e.grant(access.Grant{Principal: team(c.Team.ID), Resource: repo(c.Repo.ID), Source: access.ByTeam}, c.After)
	case TeamMembership:
		g := access.Grant{Principal: user(c.User.ID), Resource: team(c.Team.ID), Source: access.Direct}
		if !c.After.There {
			e.gone[g] = true
			return
		}
		g.Privilege = pick(c.After.Role == "maintainer", access.Maintain, access.Member)
		e.set[plain(g)] = g
	case Membership:
		e.members[c.User.ID] = pick(c.After.There, c.After.Role, "")
	case OrgInvitation:
		if !c.After.There {
			e.s.Invitations = slices.DeleteFunc(slices.Clone(e.s.Invitations), func(i access.Invite) bool { return i.ID == c.Invitation.ID })
		}
	case RepoInvitation:
		e.invitation(c)
	case DeployKey:
		e.key(c)
	case Protection:
		e.envs[c.Env.ID] = c.After.Gate
	case BasePermission:
		settings := access.Settings{}
		if e.s.Settings != nil {
			settings = *e.s.Settings
		}
		settings.BasePermission, _ = access.ParsePrivilege(c.After.Role)
		e.s.Settings = &settings
	case OrgWorkflowToken:
		e.s.WorkflowToken = &access.WorkflowToken{Default: c.After.Token.Default, CanApprovePullRequests: &c.After.Token.CanApprove}
	}
}

// plain is a grant without what a change changes of it.
func plain(g access.Grant) access.Grant {
	g.Privilege, g.Role = access.NoPrivilege, 0
	return g
}

func (e *ending) grant(g access.Grant, after State) {
	if !after.There {
		e.gone[g] = true
		return
	}
	key := g
	if p, ok := access.ParsePrivilege(after.Role); ok && after.RoleID == 0 {
		g.Privilege = p
	} else if i := slices.IndexFunc(e.s.CustomRoles, func(r access.CustomRole) bool { return r.ID == after.RoleID }); i >= 0 {
		g.Privilege, g.Role = e.s.CustomRoles[i].Base, after.RoleID
	}
	e.set[key] = g
}

func (e *ending) invitation(c Change) {
	e.s.RepoInvitations = slices.Clone(e.s.RepoInvitations)
	is := func(i access.Invite) bool { return i.ID == c.Invitation.ID && i.Repo == c.Repo.ID }
	if !c.After.There {
		e.s.RepoInvitations = slices.DeleteFunc(e.s.RepoInvitations, is)
		return
	}
	if i := slices.IndexFunc(e.s.RepoInvitations, is); i >= 0 {
		e.s.RepoInvitations[i].Permission, _ = access.ParsePrivilege(c.After.Invite.Role)
	}
}

func (e *ending) key(c Change) {
	i := slices.IndexFunc(e.s.DeployKeys, func(k access.DeployKey) bool { return k.ID == c.Key.ID })
	switch {
	case i < 0:
	case c.After.There:
		e.s.DeployKeys[i].ReadOnly = c.After.Key.ReadOnly
	default:
		e.s.DeployKeys = slices.Delete(e.s.DeployKeys, i, i+1)
	}
}

// grants walks the grants once.
func (e *ending) grants(was *access.Snapshot) {
	out := make([]access.Grant, 0, len(was.Grants))
	for _, g := range was.Grants {
		key := plain(g)
		switch {
		case e.gone[key], e.leaves(g), g.Source == access.Reviewer && e.envs[g.Resource.ID] != nil:
			continue
		case e.set[key].Privilege != access.NoPrivilege:
			g = e.set[key]
			delete(e.set, key)
		}
		out = append(out, g)
	}
	for _, g := range e.set { // what was not there
		if !e.leaves(g) {
			out = append(out, g)
		}
	}
	e.people(was, &out)
	e.gates(&out)
	slices.SortFunc(out, access.Grant.Compare)
	e.s.Grants = slices.Compact(out)
}

// leaves reports whether a grant goes with what becomes of its holder.
func (e *ending) leaves(g access.Grant) bool {
	role, person := e.members[g.Principal.ID]
	return person && g.Principal.Kind == access.User && !keepsGrant(g, role)
}

// keepsGrant reports whether a grant outlives what becomes of its holder.
func keepsGrant(g access.Grant, role string) bool {
	switch {
	case g.Source == access.Reviewer:
		return true // GitHub leaves names on the list; who cannot read cannot approve
	case role == "member":
		return g.Source != access.ByOwner
	case role == "owner":
		return !membership(&g)
	case role == "outside":
		return g.Resource.Kind == access.Repo
	}
	return false
}

// people gives those who are made something else what they have as that.
func (e *ending) people(was *access.Snapshot, out *[]access.Grant) {
	var g *reach.Graph
	for id, role := range e.members {
		org := access.Ref{Kind: access.Org, ID: was.Org.ID}
		switch role {
		case "member":
			*out = append(*out, access.Grant{Principal: user(id), Resource: org, Privilege: access.Member, Source: access.Direct})
		case "owner":
			*out = append(*out, access.Grant{Principal: user(id), Resource: org, Privilege: access.Owner, Source: access.ByOwner})
		case "outside":
			if g == nil {
				g = reach.New(was)
			}
			e.s.Outside = append(slices.Clone(e.s.Outside), access.Outside{User: id})
			for onto, a := range g.Of(id) {
				for _, s := range a.Sources {
					if s.Kind == access.ByTeam { // what teams gave becomes a grant of one's own
						*out = append(*out, access.Grant{Principal: user(id), Resource: repo(onto), Privilege: s.Privilege, Source: access.Direct, Role: s.Role})
					}
				}
			}
		}
	}
	slices.SortFunc(e.s.Outside, func(a, b access.Outside) int { return int(a.User - b.User) })
}

func (e *ending) gates(out *[]access.Grant) {
	for i, x := range e.s.Environments {
		g := e.envs[x.ID]
		if g == nil {
			continue
		}
		gate := access.Gate{Env: x.ID, Repo: x.Repo, WaitTimer: g.WaitTimer, PreventSelfReview: g.PreventSelfReview, Reviewers: len(g.Reviewers)}
		policy := access.Policy{Env: x.ID, Repo: x.Repo, AdminBypass: g.AdminBypass, Branches: g.Branches}
		if x.Policy != nil {
			policy.CreatedAt = x.Policy.CreatedAt
		}
		for j, n := range g.Patterns {
			policy.Patterns = append(policy.Patterns, access.Pattern{ID: int64(j + 1), Name: n.Name, Type: n.Type})
		}
		e.s.Environments[i].Gate, e.s.Environments[i].Policy = &gate, &policy
		for _, r := range g.Reviewers {
			*out = append(*out, access.Grant{Principal: access.Ref{Kind: pick(r.Kind == "team", access.Team, access.User), ID: r.ID}, Resource: env(x.ID),
				Privilege: access.Approve, Source: access.Reviewer})
		}
	}
}
