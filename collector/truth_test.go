package collector

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// truth works out from a world file which grants an organization has, in the
// plainest way there is.
type truth struct {
	w *githubsim.World
	o *githubsim.Org
}

func (t truth) user(login string) access.Ref {
	for _, u := range t.w.Users {
		if strings.EqualFold(u.Login, login) {
			return access.Ref{Kind: access.User, ID: u.ID}
		}
	}
	panic("no user " + login)
}

func (t truth) team(slug string) access.Ref {
	for _, x := range t.o.Teams {
		if strings.EqualFold(x.Slug, slug) {
			return access.Ref{Kind: access.Team, ID: x.ID}
		}
	}
	panic("no team " + slug)
}

func (t truth) org() access.Ref { return access.Ref{Kind: access.Org, ID: t.o.ID} }

func (t truth) role(name string) (access.Privilege, int64) {
	for _, c := range t.o.CustomRoles {
		if c.Name == name {
			p, _ := access.ParsePrivilege(c.BaseRole)
			return p, c.ID
		}
	}
	p, ok := access.ParsePrivilege(name)
	if !ok {
		panic("no role " + name)
	}
	return p, 0
}

// grants are all of them, by area, in order.
func (t truth) grants() map[access.Area][]access.Grant {
	out := map[access.Area][]access.Grant{}
	add := func(a access.Area, who, what access.Ref, p access.Privilege, s access.Source, role int64) {
		out[a] = append(out[a], access.Grant{Principal: who, Resource: what, Privilege: p, Source: s, Role: role})
	}
	for _, m := range t.o.Members {
		if m.Role == "admin" {
			add(access.AreaMembers, t.user(m.Login), t.org(), access.Owner, access.ByOwner, 0)
		} else {
			add(access.AreaMembers, t.user(m.Login), t.org(), access.Member, access.Direct, 0)
		}
	}
	for _, x := range t.o.Teams {
		for _, m := range x.Members {
			p := access.Member
			if m.Role == "maintainer" {
				p = access.Maintain
			}
			add(access.AreaTeamMembers, t.user(m.Login), t.team(x.Slug), p, access.Direct, 0)
		}
	}
	for _, role := range t.o.OrgRoles {
		base := access.None
		if p, ok := access.ParsePrivilege(strings.TrimPrefix(role.Name, "all_repo_")); ok && strings.HasPrefix(role.Name, "all_repo_") {
			base = p
		}
		if role.Name == "security_manager" {
			base = access.Read // of every repository, besides its alerts
		}
		if role.BaseRole != "" {
			base, _ = access.ParsePrivilege(role.BaseRole)
		}
		for _, login := range role.Users {
			add(access.AreaOrgRoleAssignments, t.user(login), t.org(), base, access.ByOrgRole, role.ID)
		}
		for _, slug := range role.Teams {
			add(access.AreaOrgRoleAssignments, t.team(slug), t.org(), base, access.ByOrgRole, role.ID)
		}
	}
	for _, i := range t.o.Invitations {
		who := access.Ref{Kind: access.Invitation, ID: i.ID}
		switch i.Role {
		case "admin":
			add(access.AreaInvitations, who, t.org(), access.Owner, access.Invited, 0)
		case "direct_member":
			add(access.AreaInvitations, who, t.org(), access.Member, access.Invited, 0)
		}
	}
	for _, r := range t.o.Repos {
		t.repo(r, add)
	}
	for _, all := range out {
		slices.SortFunc(all, access.Grant.Compare)
	}
	return out
}

func (t truth) repo(r *githubsim.Repo, add func(access.Area, access.Ref, access.Ref, access.Privilege, access.Source, int64)) {
	on := access.Ref{Kind: access.Repo, ID: r.ID}
	for _, c := range r.Collaborators {
		p, role := t.role(c.Permission)
		add(access.AreaDirectGrants, t.user(c.Login), on, p, access.Direct, role)
	}
	for _, g := range r.Teams {
		p, role := t.role(g.Permission)
		add(access.AreaTeamGrants, t.team(g.Slug), on, p, access.ByTeam, role)
	}
	for _, k := range r.DeployKeys {
		p := access.Write
		if k.ReadOnly {
			p = access.Read
		}
		add(access.AreaDeployKeys, access.Ref{Kind: access.Key, ID: k.ID}, on, p, access.ByKey, 0)
	}
	for _, i := range r.Invitations {
		p, _ := t.role(i.Permission)
		add(access.AreaRepoInvitations, access.Ref{Kind: access.Invitation, ID: i.ID}, on, p, access.Invited, 0)
	}
	for _, e := range r.Environments {
		for _, a := range e.Reviewers {
			var who access.Ref
			if a.Type == "Team" {
				who = t.team(a.Name)
			} else {
				who = t.user(a.Name)
			}
			add(access.AreaGates, who, access.Ref{Kind: access.Env, ID: e.ID}, access.Approve, access.Reviewer, 0)
		}
	}
}
