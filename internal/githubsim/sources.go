package githubsim

import (
	"cmp"
	"fmt"
	"strings"
)

// The ranks of repository rights, from nothing to everything.
const (
	rankNone = iota
	rankRead
	rankTriage
	rankWrite
	rankMaintain
	rankAdmin
)

// Source is one reason for somebody's access to a repository, as GitHub's
// permissionSources lists it: kind organization (ownership, base permission or
// an organization role), team (a team with a grant that reaches the person, who
// is in it or in one of its descendants) or repository (a direct grant).
type Source struct {
	Kind      string // organization, team, repository
	Name      string // organization login, team slug, repository name
	Privilege string // read, triage, write, maintain, admin, or a custom role's name
}

// String writes a source as KIND:NAME=PRIVILEGE.
func (s Source) String() string { return fmt.Sprintf("%s:%s=%s", s.Kind, s.Name, s.Privilege) }

// PermissionSources says what login can do on a repository and why, worked out
// for this one person from the world, with no cleverness: agreement with it
// proves something. effective is "none" without any source, and the custom
// role's name where such a role is the best. Sources stand in the order
// organization, teams, repository. To ask about many people, build one
// World.Index and ask that.
func (w *World) PermissionSources(org, repo, login string) (effective string, sources []Source) {
	return w.Index().PermissionSources(org, repo, login)
}

// PermissionSources is World.PermissionSources on lookups that were built once.
func (x *Index) PermissionSources(org, repo, login string) (effective string, sources []Source) {
	o := x.org(org)
	if o == nil || o.repo(repo) == nil || x.user(login) == nil {
		return "none", nil
	}
	return o.sources(o.repo(repo), login)
}

func (o *orgIndex) sources(r *Repo, login string) (string, []Source) {
	var out []Source
	add := func(kind, name, privilege string) { out = append(out, Source{kind, name, privilege}) }
	m := o.member(login)
	switch {
	case m != nil && m.Role == "admin":
		add("organization", o.Login, "admin")
	case m != nil && o.basePermission() != "none":
		add("organization", o.Login, o.basePermission())
	}
	for _, role := range o.OrgRoles {
		if base := role.Grants(); base != "" && o.holds(role, login) {
			add("organization", o.Login, base)
		}
	}
	for _, g := range r.Teams {
		if o.reached(o.team(g.Slug), login) {
			add("team", g.Slug, word(g.Permission))
		}
	}
	for _, c := range r.Collaborators {
		if fold(c.Login) == fold(login) {
			add("repository", r.Name, word(c.Permission))
		}
	}
	effective := ""
	for _, s := range out {
		effective = o.higher(effective, s.Privilege)
	}
	if effective == "" {
		effective = "none"
	}
	return effective, out
}

// holds reports whether login holds an organization role: directly, or as a
// member of one of its teams or of a descendant of one.
func (o *orgIndex) holds(role *OrgRole, login string) bool {
	for _, l := range role.Users {
		if fold(l) == fold(login) {
			return true
		}
	}
	for _, slug := range role.Teams {
		if o.reached(o.team(slug), login) {
			return true
		}
	}
	return false
}

// reached reports whether what the team holds reaches login: a member of the
// team itself or of one of its descendants.
func (o *orgIndex) reached(team *Team, login string) bool {
	if team == nil {
		return false
	}
	for _, t := range o.below(team) {
		if o.in(login, t) {
			return true
		}
	}
	return false
}

// Grants is the repository role that an organization role gives on every
// repository; "" for none.
func (r *OrgRole) Grants() string {
	if r.BaseRole != "" {
		return word(r.BaseRole)
	}
	if role, ok := strings.CutPrefix(r.Name, "all_repo_"); ok {
		return role
	}
	if r.Name == "security_manager" {
		return "read"
	}
	return ""
}

// word turns GitHub's pull and push into read and write; others stay.
func word(permission string) string {
	switch permission {
	case "pull":
		return "read"
	case "push":
		return "write"
	}
	return permission
}

// rank orders privileges; a custom role ranks with its base role.
func (o *orgIndex) rank(privilege string) int {
	switch word(privilege) {
	case "read":
		return rankRead
	case "triage":
		return rankTriage
	case "write":
		return rankWrite
	case "maintain":
		return rankMaintain
	case "admin":
		return rankAdmin
	}
	if role := o.customRole(privilege); role != nil {
		return o.rank(role.BaseRole)
	}
	return rankNone
}

// baseOf is the built-in role of a privilege: a custom role gives its base.
func (o *orgIndex) baseOf(privilege string) string {
	if role := o.customRole(privilege); role != nil {
		return role.BaseRole
	}
	return word(privilege)
}

// higher is the better of two privileges. A custom role beats the built-in
// role it is based on, as it can only add to it.
func (o *orgIndex) higher(a, b string) string {
	switch ra, rb := o.rank(a), o.rank(b); {
	case rb > ra:
		return b
	case ra > rb || o.customRole(b) == nil:
		return a
	}
	if o.customRole(a) != nil {
		return a
	}
	return b
}

// basePermission is what every member has on every repository at this moment.
func (o *Org) basePermission() string {
	return cmp.Or(o.Settings.FormerBasePermission, o.Settings.DefaultRepositoryPermission)
}
