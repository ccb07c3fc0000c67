package analyzer_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// lose takes the coverage of one area, or of one scope of it, away, and some of
// the rows with it.
func lose(t *rapid.T, w *world) {
	area := rapid.SampledFrom(access.Areas).Draw(t, "area lost")
	status := rapid.SampledFrom([]access.Status{access.Partial, access.Denied}).Draw(t, "status")
	scope := int64(0)
	scoped := map[access.Area]string{access.AreaTeamMembers: "team:t", access.AreaTeamGrants: "team:t", access.AreaDirectGrants: "repo:r",
		access.AreaEnvironments: "repo:r", access.AreaGates: "repo:r", access.AreaPolicies: "repo:r", access.AreaDeployKeys: "repo:r"}
	if prefix, ok := scoped[area]; ok && rapid.Bool().Draw(t, "one scope") {
		scope = w.ref(fmt.Sprintf("%s%d", prefix, rapid.IntRange(0, 3).Draw(t, "scope"))).ID
	}
	w.blind(area, scope, status, "lost")
	in := func(id int64) bool {
		return (scope == 0 || scope == id) && rapid.IntRange(0, 2).Draw(t, "row lost") > 0
	}
	w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool {
		id, ok := areaOf(area, g)
		if e, env := w.environment(g.Resource); env {
			id = e.Repo
		}
		return ok && in(id)
	})
	loseThings(w, area, in)
}

// areaOf reports whether the grant is a row of the area, and of which scope.
func areaOf(area access.Area, g access.Grant) (int64, bool) {
	switch area {
	case access.AreaMembers:
		return 0, g.Privilege.OnOrganization() && g.Resource.Kind == access.Org
	case access.AreaTeamMembers:
		return g.Resource.ID, g.Resource.Kind == access.Team
	case access.AreaTeamGrants:
		return g.Principal.ID, g.Source == access.ByTeam
	case access.AreaDirectGrants:
		return g.Resource.ID, g.Source == access.Direct && g.Resource.Kind == access.Repo
	case access.AreaOrgRoleAssignments:
		return 0, g.Source == access.ByOrgRole
	case access.AreaGates:
		return g.Resource.ID, g.Source == access.Reviewer
	case access.AreaRepoInvitations:
		return g.Resource.ID, g.Source == access.Invited && g.Resource.Kind == access.Repo
	}
	return 0, false
}

// loseThings drops the rows of an area that are no grants.
func loseThings(w *world, area access.Area, in func(id int64) bool) {
	switch area {
	case access.AreaSettings:
		w.Settings = nil
	case access.AreaWorkflowToken:
		w.WorkflowToken = nil
	case access.AreaOrganization:
		w.Org.TwoFactorRequired = nil
	case access.AreaTwoFactor:
		w.TwoFactor = slices.DeleteFunc(w.TwoFactor, func(access.TwoFactor) bool { return in(0) })
	case access.AreaOutside:
		w.Outside = slices.DeleteFunc(w.Outside, func(access.Outside) bool { return in(0) })
	case access.AreaInvitations:
		w.Invitations = nil
	case access.AreaTeams:
		w.Teams = slices.DeleteFunc(w.Teams, func(access.TeamInfo) bool { return in(0) })
	case access.AreaCustomRoles:
		w.CustomRoles = nil
	case access.AreaOrgRoles:
		w.OrgRoles = slices.DeleteFunc(w.OrgRoles, func(access.OrgRole) bool { return in(0) })
	case access.AreaRepositories:
		w.Repositories = slices.DeleteFunc(w.Repositories, func(access.Repository) bool { return in(0) })
	case access.AreaEnvironments:
		w.Environments = slices.DeleteFunc(w.Environments, func(e access.Environment) bool { return in(e.Repo) })
	case access.AreaGates:
		for i, e := range w.Environments {
			if in(e.Repo) {
				w.Environments[i].Gate = nil
			}
		}
	case access.AreaPolicies:
		for i, e := range w.Environments {
			if in(e.Repo) {
				w.Environments[i].Policy = nil
			}
		}
	case access.AreaSecrets:
		for i, e := range w.Environments {
			if in(e.Repo) {
				w.Environments[i].Secrets = nil
			}
		}
	case access.AreaRepoInvitations:
		w.RepoInvitations = slices.DeleteFunc(w.RepoInvitations, func(i access.Invite) bool { return in(i.Repo) })
	case access.AreaDeployKeys:
		w.DeployKeys = slices.DeleteFunc(w.DeployKeys, func(k access.DeployKey) bool { return in(k.Repo) })
	case access.AreaAuditLog:
		w.AuditActivity = slices.DeleteFunc(w.AuditActivity, func(access.Activity) bool { return in(0) })
	case access.AreaContributions:
		w.Contributions = slices.DeleteFunc(w.Contributions, func(access.Activity) bool { return in(0) })
	}
}
