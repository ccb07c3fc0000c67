package githubsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

const site = "https://github.com"

// orgField makes a fieldFunc of an organization.
func orgField(get func(e *exec, o *orgIndex, a args) any) fieldFunc {
	return func(e *exec, v any, a args) any { return get(e, v.(*orgIndex), a) }
}

var orgFields = map[string]fieldFunc{
	"archivedAt":  orgField(func(_ *exec, o *orgIndex, _ args) any { return o.ArchivedAt }),
	"createdAt":   orgField(func(_ *exec, o *orgIndex, _ args) any { return o.CreatedAt }),
	"updatedAt":   orgField(func(_ *exec, o *orgIndex, _ args) any { return latest(o.UpdatedAt, o.CreatedAt) }),
	"databaseId":  orgField(func(_ *exec, o *orgIndex, _ args) any { return int32ID(o.ID) }),
	"description": orgField(func(_ *exec, o *orgIndex, _ args) any { return orNull(o.Description) }),
	"id":          orgField(func(_ *exec, o *orgIndex, _ args) any { return nodeID("Organization", o.ID) }),
	"ipAllowListEnabledSetting": orgField(func(_ *exec, o *orgIndex, _ args) any {
		return enabled(o.Settings.IPAllowListEnabled)
	}),
	"ipAllowListForInstalledAppsEnabledSetting": orgField(func(_ *exec, o *orgIndex, _ args) any {
		return enabled(o.Settings.IPAllowListForInstalledApps)
	}),
	"login": orgField(func(_ *exec, o *orgIndex, _ args) any { return o.Login }),
	"membersCanForkPrivateRepositories": orgField(func(_ *exec, o *orgIndex, _ args) any {
		return o.Settings.MembersCanForkPrivate
	}),
	"membersWithRole": orgField(func(e *exec, o *orgIndex, _ args) any { return e.members(o) }),
	"name":            orgField(func(_ *exec, o *orgIndex, _ args) any { return orNull(o.Name) }),
	"pendingMembers":  orgField(func(e *exec, o *orgIndex, _ args) any { return e.pending(o) }),
	"repositories":    orgField(func(e *exec, o *orgIndex, a args) any { return e.repositories(o, a) }),
	"repository": orgField(func(e *exec, o *orgIndex, a args) any {
		return e.repository(o, o.Login, a.str("name"), a.flag("followRenames"))
	}),
	"requiresTwoFactorAuthentication": orgField(func(e *exec, o *orgIndex, _ args) any {
		if !e.v.onOrg(o, "organization_administration", "read") {
			return nil
		}
		return o.Settings.TwoFactorRequired
	}),
	"resourcePath": orgField(func(_ *exec, o *orgIndex, _ args) any { return "/" + o.Login }),
	"url":          orgField(func(_ *exec, o *orgIndex, _ args) any { return site + "/" + o.Login }),
	"ruleset": orgField(func(e *exec, o *orgIndex, a args) any {
		for _, r := range o.Rulesets {
			if r.ID == a["databaseId"] && e.visible(rulesetOf{r, o, nil}) {
				return rulesetOf{r, o, nil}
			}
		}
		return nil
	}),
	"rulesets": orgField(func(e *exec, o *orgIndex, a args) any {
		if !e.v.onOrg(o, "organization_administration", "write") {
			return fail("FORBIDDEN", "You do not have permission to view the rulesets of this organization.")
		}
		return rulesets(o, nil, a)
	}),
	"team": orgField(func(e *exec, o *orgIndex, a args) any {
		if t := o.team(a.str("slug")); t != nil && e.v.seesTeam(o, t) {
			return teamOf{t, o}
		}
		return nil
	}),
	"teams": orgField(func(e *exec, o *orgIndex, a args) any { return e.teams(o, a) }),
	"viewerCanAdminister": orgField(func(e *exec, o *orgIndex, _ args) any {
		return e.v.owner(o)
	}),
	"viewerCanCreateRepositories": orgField(func(e *exec, o *orgIndex, _ args) any {
		return e.v.owner(o) || e.v.member(o) && o.Settings.MembersCanCreateRepositories
	}),
	"viewerCanCreateTeams": orgField(func(e *exec, o *orgIndex, _ args) any {
		return e.v.owner(o) || e.v.member(o) && (o.Settings.MembersCanCreateTeams == nil || *o.Settings.MembersCanCreateTeams)
	}),
	"viewerIsAMember": orgField(func(e *exec, o *orgIndex, _ args) any { return e.v.member(o) }),
}

func enabled(b bool) string {
	if b {
		return "ENABLED"
	}
	return "DISABLED"
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// memberOf is a membership as an item of a connection.
type memberOf struct {
	*Member
	user *User
	org  *orgIndex
}

func (m memberOf) node() any { return m.user }

var memberEdgeFields = map[string]fieldFunc{
	"hasTwoFactorEnabled": func(e *exec, v any, _ args) any {
		m := v.(edge).item.(memberOf)
		if !e.v.owner(m.org) {
			return nil
		}
		return m.TwoFactor
	},
	"role": func(_ *exec, v any, _ args) any { return strings.ToUpper(v.(edge).item.(memberOf).Role) },
}

// members lists members and owners. Strangers see none: all memberships of a
// world are private.
func (e *exec) members(o *orgIndex) any {
	if e.v.lacks("members", "read") {
		return e.notAccessible()
	}
	if !e.v.onOrg(o, "members", "read") {
		return connectionOf([]any{}, "")
	}
	return &connection{n: len(o.Members), at: func(i int) any {
		m := o.Members[i]
		return memberOf{m, e.x.userOrGhost(m.Login), o}
	}}
}

func (e *exec) pending(o *orgIndex) any {
	if !e.v.onOrg(o, "members", "read") {
		return e.notAccessible()
	}
	var out []*User
	for _, i := range o.Invitations {
		if u := e.x.user(i.Login); u != nil {
			out = append(out, u)
		}
	}
	return connectionOf(out, "")
}

// teams lists the teams the viewer sees, by name.
func (e *exec) teams(o *orgIndex, a args) any {
	if e.v.lacks("members", "read") {
		return e.notAccessible()
	}
	var out []teamOf
	for _, t := range o.Teams {
		if e.v.seesTeam(o, t) && e.wanted(o, t, a) {
			out = append(out, teamOf{t, o})
		}
	}
	return connectionOf(sortTeams(out, a), argsKey(a))
}

// wanted applies the filters of a list of teams.
func (e *exec) wanted(o *orgIndex, t *Team, a args) bool {
	switch {
	case a.flag("rootTeamsOnly") && t.Parent != "",
		a.has("privacy") && privacy(t) != a.str("privacy"),
		!strings.Contains(fold(t.Name), fold(a.str("query"))):
		return false
	case a.has("role") && !o.in(e.v.login(), t):
		return false
	}
	logins := a.words("userLogins")
	return len(logins) == 0 || slices.ContainsFunc(logins, func(l string) bool { return o.in(l, t) })
}

func sortTeams(teams []teamOf, a args) []teamOf {
	_, desc := a.order()
	slices.SortFunc(teams, func(x, y teamOf) int {
		n := cmp.Or(strings.Compare(fold(x.Name), fold(y.Name)), cmp.Compare(x.ID, y.ID))
		if desc {
			return -n
		}
		return n
	})
	return teams
}

// repositories lists the repositories the viewer sees. Without an order they
// come as the organization has them.
func (e *exec) repositories(o *orgIndex, a args) any {
	by, desc := a.order()
	all := e.v.visible(o, by, desc)
	if slices.ContainsFunc([]string{"isArchived", "isFork", "isLocked", "privacy", "visibility"}, a.has) {
		all = slices.DeleteFunc(slices.Clone(all), func(r *Repo) bool { return !filterRepo(r, a) })
	}
	return &connection{n: len(all), order: argsKey(a), at: func(i int) any { return repoOf{all[i], o} }}
}

// visible lists what the viewer sees, worked out once for each order.
func (v *viewer) visible(o *orgIndex, by string, desc bool) []*Repo {
	all := o.inOrder(by, desc)
	if s := v.token.Scope; (s.Owner || s.App) && s.Repositories == nil && len(s.SSO) == 0 && !v.elsewhere(o) {
		return all
	}
	type key struct {
		token *Token
		by    string
		desc  bool
	}
	if got, known := o.sorted.Load(key{v.token, by, desc}); known {
		return got.([]*Repo)
	}
	out := slices.DeleteFunc(slices.Clone(all), func(r *Repo) bool { return !v.sees(repoOf{r, o}) })
	o.sorted.Store(key{v.token, by, desc}, out)
	return out
}

func filterRepo(r *Repo, a args) bool {
	is := func(name string, got bool) bool { return !a.has(name) || a.flag(name) == got }
	word := "PRIVATE"
	if r.Visibility == "public" {
		word = "PUBLIC"
	}
	return is("isArchived", r.Archived) && is("isFork", r.Fork) && is("isLocked", r.Locked) &&
		(!a.has("privacy") || a.str("privacy") == word) &&
		(!a.has("visibility") || a.str("visibility") == strings.ToUpper(r.Visibility))
}

// inOrder sorts the repositories once for each order that is asked for.
func (o *orgIndex) inOrder(by string, desc bool) []*Repo {
	if by == "" {
		return o.Repos
	}
	key := by
	if desc {
		key += " DESC"
	}
	if got, ok := o.sorted.Load(key); ok {
		return got.([]*Repo)
	}
	out := slices.Clone(o.byName)
	when := map[string]func(*Repo) time.Time{
		"CREATED_AT": func(r *Repo) time.Time { return r.CreatedAt },
		"UPDATED_AT": func(r *Repo) time.Time { return r.UpdatedAt },
		"PUSHED_AT":  func(r *Repo) time.Time { return r.PushedAt },
	}[by]
	if when != nil {
		slices.SortStableFunc(out, func(a, b *Repo) int { return when(a).Compare(when(b)) })
	}
	if desc {
		slices.Reverse(out)
	}
	o.sorted.Store(key, out)
	return out
}
