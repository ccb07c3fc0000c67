package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// repositories judges the grants of people and teams on repositories.
func (j *jury) repositories() {
	if !j.managed(baseline.RepositoryAccess) {
		return
	}
	base, _ := j.b.BasePermission()
	e := newEntitlements(j.facts, access.Admin, base)
	var repo int64 = -1
	for _, g := range j.s.Grants {
		if !onRepository(g) {
			continue
		}
		if g.Resource.ID != repo {
			repo = g.Resource.ID
			e.about(func(p access.Ref) entitlement { return j.onRepo(p, repo) })
		}
		v := verdict{class: baseline.RepositoryAccess, grant: g, needs: []access.Need{grantNeed(g)}}
		if _, ok := j.s.Repository(repo); !ok {
			v.gap = "repositories: the repository of a grant was not listed"
		} else {
			v.gap = j.nameless(g.Principal)
		}
		if directWrite(g) && !slices.Contains(j.disabled, "outside-collaborator-write") {
			outside, known, _ := j.outside(g.Principal.ID)
			v.outside, v.perhaps = outside || !known, !known
		}
		j.judge(v, e, j.held(g), j.b.Privileged(g.Privilege))
	}
}

// nameless says that a principal has no name in the snapshot, so that nobody can
// tell whether the baseline means it.
func (j *jury) nameless(p access.Ref) string {
	switch p.Kind {
	case access.User:
		if _, ok := j.s.Person(p.ID); !ok {
			return "members: the name of a person was not seen"
		}
	case access.Team:
		if _, ok := j.s.Team(p.ID); !ok {
			return "teams: the name of a team was not seen"
		}
	}
	return ""
}

// held reads what a grant on a repository gives.
func (j *jury) held(g access.Grant) held {
	h := held{privilege: g.Privilege, role: g.Role}
	if g.Role != 0 {
		r, ok := j.s.CustomRole(g.Role)
		h.extras, h.opaque = r.Permissions, !ok
	}
	return h
}

// organizationRoles judges who holds organization roles: by the entries for the
// role where the class is managed; otherwise, where access to repositories is,
// by what the role's base gives on each of them.
func (j *jury) organizationRoles() {
	byRole := j.managed(baseline.OrganizationRoles)
	if !byRole && !j.managed(baseline.RepositoryAccess) {
		return
	}
	for _, g := range j.s.GrantsOn(access.Ref{Kind: access.Org, ID: j.s.Org.ID}) {
		if g.Source != access.ByOrgRole {
			continue
		}
		v := verdict{class: baseline.OrganizationRoles, grant: g, gap: j.nameless(g.Principal), needs: []access.Need{grantNeed(g), need(access.AreaOrgRoles, 0)}}
		if _, ok := j.s.OrgRole(g.Role); !ok && v.gap == "" {
			v.gap = "organization-roles: the name of a role was not seen"
		}
		if byRole {
			e := newEntitlements(j.facts, access.Member, access.NoPrivilege)
			e.about(func(p access.Ref) entitlement { return entitlement{Entitlement: j.b.OnOrgRole(p, g.Role, j.at)} })
			j.judge(v, e, held{privilege: access.Member}, j.b.Privileged(g.Privilege) || g.Privilege == access.None)
		} else if g.Privilege >= access.Read {
			j.everywhere(v)
		}
	}
}

// everywhere judges a role's base on every repository, and keeps the worst.
func (j *jury) everywhere(v verdict) {
	g := v.grant
	base, _ := j.b.BasePermission()
	e := newEntitlements(j.facts, access.Admin, base)
	var worst *verdict
	for _, r := range j.s.Repositories {
		e.about(func(p access.Ref) entitlement { return j.onRepo(p, r.ID) })
		one := &jury{facts: j.facts, gaps: j.gaps}
		one.judge(v, e, held{privilege: g.Privilege}, j.b.Privileged(g.Privilege))
		for _, w := range one.out {
			if worst == nil || w.outcome > worst.outcome {
				w.repo = r.ID
				worst = w
			}
		}
		if worst != nil && worst.outcome == beyond {
			break
		}
	}
	if l := j.s.Coverage.Of(access.AreaRepositories); l.Status != access.Complete && (worst == nil || worst.outcome != beyond) {
		v.outcome, v.gap, v.stranger = unknown, j.why(l), len(j.mentioned(g.Principal)) == 0
		worst = &v // it may be worse on one that was not listed
	}
	if worst != nil {
		j.out = append(j.out, worst)
	}
}

// owners judges who owns the organization.
func (j *jury) owners() {
	if !j.managed(baseline.Owners) {
		return
	}
	e := newEntitlements(j.facts, access.Owner, access.NoPrivilege)
	e.about(func(p access.Ref) entitlement { return entitlement{Entitlement: j.b.OnOrg(p, j.at)} })
	for _, g := range j.memberships() {
		if g.Privilege != access.Owner {
			continue
		}
		u := g.Principal
		v := verdict{class: baseline.Owners, grant: g, gap: j.nameless(u), people: []int64{u.ID}, needs: []access.Need{need(access.AreaMembers, 0)}}
		v.allowed = e.user(u.ID)
		v.stranger = len(j.mentioned(u)) == 0
		h := held{privilege: access.Owner}
		v.outcome, v.ended = v.allowed.judge(h, true), v.allowed.lapsed(h)
		if v.gap != "" {
			v.outcome = unknown
		}
		if v.outcome != accepted {
			j.out = append(j.out, &v)
		}
	}
}

// reviewers judges who is a required reviewer of the environments that have a
// rule. Who may review is the rule's business only where it lists reviewers.
func (j *jury) reviewers() {
	if !j.managed(baseline.Environments) {
		return
	}
	for _, env := range j.s.Environments {
		rule, ok := j.environmentRule(env.ID)
		if !ok {
			continue
		}
		e := newEntitlements(j.facts, access.NoPrivilege, access.NoPrivilege)
		e.about(func(p access.Ref) entitlement {
			return entitlement{Entitlement: j.b.OnEnv(p, env.ID, access.Approve, j.at)}
		})
		from := len(j.out)
		for _, g := range j.s.GrantsOn(access.Ref{Kind: access.Env, ID: env.ID}) {
			if g.Source == access.Reviewer {
				v := verdict{class: baseline.Environments, grant: g, gap: j.nameless(g.Principal), needs: []access.Need{need(access.AreaGates, env.Repo)}}
				j.judge(v, e, held{privilege: access.Approve}, true)
			}
		}
		if !rule.ReviewersListed {
			rest := slices.DeleteFunc(j.out[from:], func(v *verdict) bool { return v.outcome == beyond })
			j.out = j.out[:from+len(rest)]
		}
	}
}

// keys judges the deploy keys that can write.
func (j *jury) keys() {
	if !j.managed(baseline.Keys) {
		return
	}
	for _, k := range j.s.DeployKeys {
		if k.ReadOnly || !k.Enabled {
			continue
		}
		ref := access.Ref{Kind: access.Key, ID: k.ID}
		a := nothing
		a.add(j.onRepo(ref, k.Repo))
		v := verdict{
			class: baseline.Keys, allowed: a, lacking: a, stranger: !j.b.Knows(ref), needs: []access.Need{need(access.AreaDeployKeys, k.Repo)},
			grant: access.Grant{Principal: ref, Resource: access.Ref{Kind: access.Repo, ID: k.Repo}, Privilege: access.Write, Source: access.ByKey},
		}
		if _, ok := j.s.Repository(k.Repo); !ok {
			v.outcome, v.gap = unknown, "repositories: the repository of a key was not listed"
		} else {
			h := held{privilege: access.Write}
			v.outcome, v.ended = a.judge(h, j.b.Privileged(access.Write)), a.lapsed(h)
		}
		if v.outcome != accepted {
			j.out = append(j.out, &v)
		}
	}
}

// onRepository reports whether a grant gives a person or a team something on one
// repository.
func onRepository(g access.Grant) bool {
	return g.Resource.Kind == access.Repo && (g.Source == access.Direct || g.Source == access.ByTeam) && g.Privilege >= access.Read
}

// grantNeed is the coverage that shows a grant to be there, or to be gone.
func grantNeed(g access.Grant) access.Need {
	switch g.Source {
	case access.ByTeam:
		return need(access.AreaTeamGrants, g.Principal.ID)
	case access.Direct:
		return need(access.AreaDirectGrants, g.Resource.ID)
	case access.ByOrgRole:
		return need(access.AreaOrgRoleAssignments, g.Role)
	case access.ByKey:
		return need(access.AreaDeployKeys, g.Resource.ID)
	}
	return need(access.AreaMembers, 0)
}
