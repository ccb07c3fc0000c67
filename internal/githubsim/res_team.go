package githubsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

func teamField(get func(e *exec, t teamOf, a args) any) fieldFunc {
	return func(e *exec, v any, a args) any { return get(e, v.(teamOf), a) }
}

var teamFields = map[string]fieldFunc{
	"ancestors": teamField(func(e *exec, t teamOf, a args) any {
		var out []teamOf
		for _, p := range t.org.parents(t.Team)[1:] {
			if e.v.seesTeam(t.org, p) {
				out = append(out, teamOf{p, t.org})
			}
		}
		return connectionOf(out, argsKey(a))
	}),
	"childTeams": teamField(func(e *exec, t teamOf, a args) any {
		kids := t.org.children[fold(t.Slug)]
		if !a.flag("immediateOnly") {
			kids = t.org.below(t.Team)[1:]
		}
		var out []teamOf
		for _, k := range kids {
			if e.v.seesTeam(t.org, k) && e.wanted(t.org, k, a) {
				out = append(out, teamOf{k, t.org})
			}
		}
		return connectionOf(sortTeams(out, a), argsKey(a))
	}),
	"combinedSlug": teamField(func(_ *exec, t teamOf, _ args) any { return t.org.Login + "/" + t.Slug }),
	"createdAt":    teamField(func(_ *exec, t teamOf, _ args) any { return t.CreatedAt }),
	"updatedAt":    teamField(func(_ *exec, t teamOf, _ args) any { return latest(t.UpdatedAt, t.CreatedAt) }),
	"databaseId":   teamField(func(_ *exec, t teamOf, _ args) any { return int32ID(t.ID) }),
	"description":  teamField(func(_ *exec, t teamOf, _ args) any { return orNull(t.Description) }),
	"id":           teamField(func(_ *exec, t teamOf, _ args) any { return nodeID("Team", t.ID) }),
	"invitations":  teamField(func(e *exec, t teamOf, _ args) any { return e.invitations(t) }),
	"members":      teamField(func(e *exec, t teamOf, a args) any { return e.teamMembers(t, a) }),
	"name":         teamField(func(_ *exec, t teamOf, _ args) any { return t.Name }),
	"organization": teamField(func(_ *exec, t teamOf, _ args) any { return t.org }),
	"parentTeam": teamField(func(e *exec, t teamOf, _ args) any {
		if p := t.org.team(t.Parent); p != nil && e.v.seesTeam(t.org, p) {
			return teamOf{p, t.org}
		}
		return nil
	}),
	"privacy":      teamField(func(_ *exec, t teamOf, _ args) any { return privacy(t.Team) }),
	"repositories": teamField(func(e *exec, t teamOf, a args) any { return e.teamRepositories(t, a) }),
	"resourcePath": teamField(func(_ *exec, t teamOf, _ args) any { return "/orgs/" + t.org.Login + "/teams/" + t.Slug }),
	"url": teamField(func(_ *exec, t teamOf, _ args) any {
		return site + "/orgs/" + t.org.Login + "/teams/" + t.Slug
	}),
	"slug": teamField(func(_ *exec, t teamOf, _ args) any { return t.Slug }),
	"viewerCanAdminister": teamField(func(e *exec, t teamOf, _ args) any {
		return e.v.owner(t.org) || t.role(e.v.login()) == "MAINTAINER"
	}),
}

func privacy(t *Team) string {
	if t.Privacy == "secret" {
		return "SECRET"
	}
	return "VISIBLE"
}

// role is what an immediate member is in the team, "" for nobody. Owners of
// the organization are always maintainers.
func (t teamOf) role(login string) string {
	for _, m := range t.Members {
		if fold(m.Login) != fold(login) {
			continue
		}
		if m.Role == "maintainer" || t.org.owner(login) {
			return "MAINTAINER"
		}
		return "MEMBER"
	}
	return ""
}

// inTeam is a member of a team as an item of a connection.
type inTeam struct {
	user *User
	role string
}

func (m inTeam) node() any { return m.user }

var teamMemberEdgeFields = map[string]fieldFunc{
	"role": func(_ *exec, v any, _ args) any { return v.(edge).item.(inTeam).role },
}

// teamMembers lists members by login: by default those of the team and of all
// its child teams.
func (e *exec) teamMembers(t teamOf, a args) any {
	teams := t.org.below(t.Team)
	switch a.str("membership") {
	case "IMMEDIATE":
		teams = teams[:1]
	case "CHILD_TEAM":
		teams = teams[1:]
	}
	found := map[string]inTeam{}
	for _, from := range teams {
		for _, m := range from.Members {
			u := e.x.user(m.Login)
			role := cmp.Or(t.role(m.Login), "MEMBER")
			if u != nil && (!a.has("role") || a.str("role") == role) && strings.Contains(fold(u.Login+" "+u.Name), fold(a.str("query"))) {
				found[fold(u.Login)] = inTeam{u, role}
			}
		}
	}
	out := make([]inTeam, 0, len(found))
	for _, m := range found {
		out = append(out, m)
	}
	by, desc := a.order()
	slices.SortFunc(out, func(x, y inTeam) int {
		n := strings.Compare(fold(x.user.Login), fold(y.user.Login))
		if by == "CREATED_AT" {
			n = cmp.Or(x.user.CreatedAt.Compare(y.user.CreatedAt), n)
		}
		if desc {
			return -n
		}
		return n
	})
	return connectionOf(out, argsKey(a))
}

// teamGrant is a repository of a team as an item of a connection.
type teamGrant struct {
	repo       repoOf
	permission string // the built-in role
}

func (g teamGrant) node() any { return g.repo }

var teamRepositoryEdgeFields = map[string]fieldFunc{
	"permission": func(_ *exec, v any, _ args) any { return strings.ToUpper(v.(edge).item.(teamGrant).permission) },
}

// teamRepositories lists the repositories of a team; a custom role shows its
// base role. Whether GitHub lists inherited grants here too is not documented:
// Options.InheritedTeamRepositories decides.
func (e *exec) teamRepositories(t teamOf, a args) any {
	holders := []*Team{t.Team}
	if e.c.s.o.InheritedTeamRepositories {
		holders = t.org.parents(t.Team)
	}
	best := map[*Repo]string{}
	for _, holder := range holders {
		for _, g := range t.org.granted[fold(holder.Slug)] {
			best[g.repo] = t.org.higher(best[g.repo], word(g.permission))
		}
	}
	var out []teamGrant
	for r, privilege := range best {
		g := teamGrant{repoOf{r, t.org}, t.org.baseOf(privilege)}
		if e.v.sees(g.repo) && strings.Contains(fold(r.Name), fold(a.str("query"))) {
			out = append(out, g)
		}
	}
	by, desc := a.order()
	when := map[string]func(teamGrant) time.Time{
		"CREATED_AT": func(g teamGrant) time.Time { return g.repo.CreatedAt },
		"UPDATED_AT": func(g teamGrant) time.Time { return g.repo.UpdatedAt },
		"PUSHED_AT":  func(g teamGrant) time.Time { return g.repo.PushedAt },
	}[by]
	slices.SortFunc(out, func(x, y teamGrant) int {
		n := strings.Compare(fold(x.repo.Name), fold(y.repo.Name))
		if when != nil {
			n = cmp.Or(when(x).Compare(when(y)), n)
		}
		if by == "PERMISSION" {
			n = cmp.Or(cmp.Compare(t.org.rank(x.permission), t.org.rank(y.permission)), n)
		}
		if desc {
			return -n
		}
		return n
	})
	return connectionOf(out, argsKey(a))
}

// invitationOf is a pending invitation with its organization.
type invitationOf struct {
	*OrgInvitation
	org *orgIndex
}

// invitations lists the pending invitations that will add to the team; null
// for those who may not know.
func (e *exec) invitations(t teamOf) any {
	if !e.v.owner(t.org) && !e.v.token.Scope.App {
		return nil
	}
	var out []invitationOf
	for _, i := range t.org.Invitations {
		if slices.ContainsFunc(i.Teams, func(s string) bool { return fold(s) == fold(t.Slug) }) {
			out = append(out, invitationOf{i, t.org})
		}
	}
	return connectionOf(out, "")
}

func invitationField(get func(e *exec, i invitationOf) any) fieldFunc {
	return func(e *exec, v any, _ args) any { return get(e, v.(invitationOf)) }
}

var invitationFields = map[string]fieldFunc{
	"createdAt":        invitationField(func(_ *exec, i invitationOf) any { return i.CreatedAt }),
	"email":            invitationField(func(_ *exec, i invitationOf) any { return orNull(i.Email) }),
	"id":               invitationField(func(_ *exec, i invitationOf) any { return nodeID("OrganizationInvitation", i.ID) }),
	"invitationSource": invitationField(func(*exec, invitationOf) any { return "MEMBER" }),
	"invitationType": invitationField(func(_ *exec, i invitationOf) any {
		if i.Login == "" {
			return "EMAIL"
		}
		return "USER"
	}),
	"invitee":      invitationField(func(e *exec, i invitationOf) any { return e.x.user(i.Login) }),
	"inviterActor": invitationField(func(e *exec, i invitationOf) any { return e.x.userOrGhost(i.Inviter) }),
	"role":         invitationField(func(_ *exec, i invitationOf) any { return strings.ToUpper(i.Role) }),
}
