package main

import (
	"cmp"
	"iter"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/reach"
)

// question answers who can do what from one loaded snapshot.
type question struct {
	s *access.Snapshot
	g *reach.Graph
}

func ask(v audit.View) question { return question{v.Snapshot, v.Graph} }

func (q question) named(k access.Kind, id int64) access.Named {
	r := access.Ref{Kind: k, ID: id}
	return access.Named{Ref: r, Name: q.s.Name(r)}
}

// step is the grant as the last link of a path.
func (q question) step(g access.Grant) access.Step {
	return access.Step{
		From: q.named(g.Principal.Kind, g.Principal.ID), To: q.named(g.Resource.Kind, g.Resource.ID),
		Privilege: g.Privilege, Role: q.s.RoleName(g), Source: g.Source,
	}
}

// row is what one grant gives by itself.
func (q question) row(g access.Grant) report.AccessRow {
	st := q.step(g)
	r := report.AccessRow{Principal: st.From, Resource: st.To, Privilege: g.Privilege, Paths: []access.Path{{st}}}
	if g.Role != 0 {
		r.Role = st.Role
	}
	return r
}

func (q question) effective(a reach.Access, repo int64) report.AccessRow {
	return q.repository(access.Ref{Kind: access.User, ID: a.User}, repo, a.Privilege, a.Role, q.g.Paths(a.User, repo))
}

// enough leaves of a row's ways those that give at least the privilege: whoever
// reads how somebody can do a thing closes what is listed.
func enough(r report.AccessRow, p access.Privilege) report.AccessRow {
	r.Paths = slices.DeleteFunc(r.Paths, func(way access.Path) bool { return way.Gives() < p })
	return r
}

// repository is what somebody can do on a repository; role is the custom
// repository role that it comes from, or 0.
func (q question) repository(who access.Ref, repo int64, p access.Privilege, role int64, paths []access.Path) report.AccessRow {
	r := report.AccessRow{Principal: q.named(who.Kind, who.ID), Resource: q.named(access.Repo, repo), Privilege: p, Paths: paths}
	if role != 0 {
		r.Role = q.s.RoleName(access.Grant{Privilege: p, Role: role, Source: access.Direct})
	}
	return r
}

func (q question) environment(a reach.EnvAccess, env int64) report.AccessRow {
	return report.AccessRow{
		Principal: q.named(a.Principal.Kind, a.Principal.ID), Resource: q.named(access.Env, env), Privilege: a.Privilege, Paths: a.Paths,
	}
}

// grantsOf lists the grants of one principal, except its team memberships.
func (q question) grantsOf(p access.Ref) []access.Grant {
	var out []access.Grant
	for _, g := range q.s.Grants {
		if g.Principal == p && g.Resource.Kind != access.Team {
			out = append(out, g)
		}
	}
	return out
}

// who lists everybody with the privilege, or a higher one, on a resource.
func (q question) who(p access.Privilege, resource access.Ref) []report.AccessRow {
	var rows []report.AccessRow
	switch resource.Kind {
	case access.Org:
		for _, g := range q.s.GrantsOn(resource) {
			if g.Principal.Kind == access.User && g.Privilege.OnOrganization() && g.Privilege >= p {
				rows = append(rows, q.row(g))
			}
		}
	case access.Repo:
		for _, a := range q.g.Effective(resource.ID) {
			if a.Privilege >= p {
				rows = append(rows, enough(q.effective(a, resource.ID), p))
			}
		}
		for _, g := range q.s.GrantsOn(resource) {
			if g.Principal.Kind == access.Key && g.Privilege >= p {
				rows = append(rows, q.row(g))
			}
		}
	case access.Env:
		for _, a := range q.inEnvironment(p, resource.ID) {
			rows = append(rows, q.environment(a, resource.ID))
		}
	}
	return rows
}

func (q question) inEnvironment(p access.Privilege, env int64) []reach.EnvAccess {
	switch p {
	case access.Deploy:
		return q.g.CanDeploy(env)
	case access.Approve:
		return q.g.Approvers(env)
	case access.Bypass:
		return q.g.CanBypass(env)
	}
	return q.g.CanConfigure(env)
}

// note says what holds for everybody with the privilege: what stands between
// them and an environment, or who has it besides those listed.
func (q question) note(p access.Privilege, resource access.Ref) string {
	switch resource.Kind {
	case access.Env:
		if all := q.inEnvironment(p, resource.ID); len(all) > 0 {
			return all[0].Note
		}
	case access.Repo:
		r, _ := q.s.Repository(resource.ID)
		if p == access.Read && r.Visibility == "public" {
			return "the repository is public: everybody can read it"
		}
		if p == access.Read && r.Visibility == "internal" {
			return "the repository is internal: every member of the enterprise can read it"
		}
	}
	return ""
}

// of lists everything that one principal reaches; of a team, everything that its
// members get through it.
func (q question) of(p access.Ref) []report.AccessRow {
	var rows []report.AccessRow
	for _, g := range q.grantsOf(p) {
		if g.Resource.Kind == access.Org || p.Kind != access.User && p.Kind != access.Team {
			rows = append(rows, q.row(g))
		}
	}
	switch p.Kind {
	case access.User:
		for repo, a := range q.g.Of(p.ID) {
			rows = append(rows, q.effective(a, repo))
		}
	case access.Team:
		rows = append(rows, q.rolesAbove(p)...)
		for repo, a := range q.g.OfTeam(p.ID) {
			rows = append(rows, q.repository(p, repo, a.Privilege, a.Role, a.Paths))
		}
	}
	for _, e := range q.s.Environments {
		for _, a := range q.g.InEnvironment(p, e.ID) {
			rows = append(rows, q.environment(a, e.ID))
		}
	}
	return rows
}

// rolesAbove lists the organization roles that the team inherits from the teams
// above it.
func (q question) rolesAbove(p access.Ref) []report.AccessRow {
	var rows []report.AccessRow
	var way access.Path
	below := p.ID
	for _, id := range q.g.Ancestors(p.ID) {
		way = append(way, access.Step{From: q.named(access.Team, below), To: q.named(access.Team, id), Privilege: access.Member, Source: access.ByTeam})
		below = id
		for _, g := range q.grantsOf(access.Ref{Kind: access.Team, ID: id}) {
			if g.Resource.Kind == access.Org {
				r := q.row(g)
				r.Principal, r.Paths = q.named(access.Team, p.ID), []access.Path{append(slices.Clone(way), r.Paths[0]...)}
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// everything streams the whole matrix: the organization, then each repository
// with its environments, people by id.
func (q question) everything() iter.Seq2[report.AccessRow, error] {
	envs := map[int64][]int64{}
	for _, e := range q.s.Environments {
		envs[e.Repo] = append(envs[e.Repo], e.ID)
	}
	return func(yield func(report.AccessRow, error) bool) {
		org := access.Ref{Kind: access.Org, ID: q.s.Org.ID}
		for _, g := range q.s.GrantsOn(org) {
			if !yield(q.row(g), nil) {
				return
			}
		}
		for _, repo := range q.s.Repositories {
			for _, r := range q.onRepository(repo.ID, envs[repo.ID]) {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func (q question) onRepository(repo int64, envs []int64) []report.AccessRow {
	rows := q.who(access.Read, access.Ref{Kind: access.Repo, ID: repo})
	for _, env := range envs {
		for _, p := range []access.Privilege{access.Deploy, access.Approve, access.Bypass, access.Configure} {
			rows = append(rows, q.who(p, access.Ref{Kind: access.Env, ID: env})...)
		}
	}
	slices.SortStableFunc(rows, func(a, b report.AccessRow) int {
		return cmp.Or(a.Resource.Compare(b.Resource.Ref), a.Principal.Compare(b.Principal.Ref), cmp.Compare(a.Privilege, b.Privilege))
	})
	return rows
}

// accessAreas are what an answer about access rests on; a gap elsewhere does
// not touch it.
var accessAreas = []access.Area{
	access.AreaOrganization, access.AreaSettings, access.AreaMembers, access.AreaOutside, access.AreaTeams, access.AreaTeamMembers,
	access.AreaTeamGrants, access.AreaCustomRoles, access.AreaOrgRoles, access.AreaOrgRoleAssignments, access.AreaRepositories,
	access.AreaDirectGrants, access.AreaDeployKeys, access.AreaEnvironments, access.AreaGates, access.AreaPolicies,
}

func touching(gaps []report.Gap, areas []access.Area) []report.Gap {
	return slices.DeleteFunc(gaps, func(g report.Gap) bool { return !slices.Contains(areas, g.Area) })
}
