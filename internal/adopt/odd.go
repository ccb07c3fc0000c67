package adopt

import (
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// manyAdmins is from how many repositories on a person who administers them by
// grants of their own is unusual.
const manyAdmins = 3

// unusual says why a grant should be looked at before it is taken for granted; ""
// where it looks like every other.
func (w *writer) unusual(g access.Grant) string {
	var why []string
	if g.Principal.Kind == access.Team {
		why = w.oddTeam(g)
	} else {
		why = w.oddPerson(g)
	}
	return strings.Join(why, "; ")
}

// crowd says how many people a team reaches, and how many of them show no sign of
// life.
type crowd struct{ people, quiet int }

func (w *writer) crowd(team int64) crowd {
	c, ok := w.teamsOf[team]
	if !ok {
		for _, u := range w.g.Members(team) {
			c.people++
			if w.quiet[access.Ref{Kind: access.User, ID: u}] != "" {
				c.quiet++
			}
		}
		w.teamsOf[team] = c
	}
	return c
}

func (w *writer) oddTeam(g access.Grant) []string {
	strong := g.Privilege >= access.Write || g.Source == access.ByOrgRole && g.Privilege == access.None
	if !strong {
		return nil
	}
	switch c := w.crowd(g.Principal.ID); {
	case c.people == 0:
		return []string{"nobody is in the team: whoever joins it gets this"}
	case c.people == c.quiet:
		return []string{"nobody in the team shows a sign of life"}
	case c.people == 1 && g.Privilege == access.Admin:
		return []string{"a team of one person with admin"}
	}
	return nil
}

func (w *writer) oddPerson(g access.Grant) []string {
	var why []string
	u := g.Principal
	strong := g.Privilege >= access.Write || g.Source == access.ByOrgRole && g.Privilege != access.Read && g.Privilege != access.Triage
	if strong && w.isOutside(u) {
		why = append(why, "an outside collaborator who can write")
	}
	if g.Source == access.ByOrgRole && g.Privilege >= access.Write {
		why = append(why, fmt.Sprintf("one person with %s on every repository", g.Privilege))
	}
	if w.owners[u.ID] {
		why = append(why, "an owner, who can do this anyway")
	} else if g.Resource.Kind == access.Repo {
		if by := w.beside(g); by != "" {
			why = append(why, "beside a grant that gives as much: "+by)
		}
	}
	if strong && g.Privilege == access.Admin && w.admins[u.ID] >= manyAdmins {
		why = append(why, fmt.Sprintf("one person with admin on %d repositories", w.admins[u.ID]))
	}
	if since := w.quiet[u]; since != "" {
		why = append(why, since)
	}
	if strong && w.nofac[u.ID] {
		why = append(why, "no second factor")
	}
	return why
}

// beside names a team of the person that gives at least as much as their own
// grant does.
func (w *writer) beside(g access.Grant) string {
	for _, src := range w.g.On(g.Principal.ID, g.Resource.ID).Sources {
		if src.Kind != access.ByTeam || src.Privilege < g.Privilege {
			continue
		}
		if src.Privilege == g.Privilege && g.Role != 0 && src.Role != g.Role {
			continue // a custom role adds to its base
		}
		return w.s.Name(access.Ref{Kind: access.Team, ID: src.Via})
	}
	return ""
}

// roleFor makes sure that there is a role of the baseline for the kind of access;
// false where its name cannot be written.
func (w *writer) roleFor(k kindOfAccess) bool {
	if _, ok := w.roles[k]; ok {
		return true
	}
	name := map[access.Privilege]string{
		access.Read: "reader", access.Triage: "triager", access.Write: "writer", access.Maintain: "maintainer", access.Admin: "admin",
	}[k.privilege]
	switch {
	case k.org != 0:
		r, ok := w.s.OrgRole(k.org)
		if !ok || !w.writable(r.Name, "owner", "member") || w.ambiguous(r.Name, r.ID, true) {
			return false
		}
		name = w.free(r.Name, "organization-role", k.org)
	case k.custom != 0:
		r, ok := w.s.CustomRole(k.custom)
		if !ok || !w.writable(r.Name) || w.ambiguous(r.Name, r.ID, false) {
			return false
		}
		name = w.free(r.Name, "custom-role", k.custom)
	}
	if name == "" {
		return false
	}
	w.roles[k] = name
	return true
}

// writable reports whether a baseline can name a role of GitHub: it folds case,
// drops blanks at the ends, and takes what is almost one of its words for a slip.
func (w *writer) writable(name string, words ...string) bool {
	return name != "" && strings.TrimSpace(name) == name &&
		(len(words) == 0 || !strings.HasPrefix(baseline.Suggest(strings.ToLower(name), words), "did you mean"))
}

// ambiguous reports whether another role has the same name but for its case.
func (w *writer) ambiguous(name string, id int64, org bool) bool {
	if org {
		for _, r := range w.s.OrgRoles {
			if r.ID != id && strings.EqualFold(r.Name, name) {
				return true
			}
		}
		return false
	}
	for _, r := range w.s.CustomRoles {
		if r.ID != id && strings.EqualFold(r.Name, name) {
			return true
		}
	}
	return false
}

// free makes a name for a role of the baseline that no other has.
func (w *writer) free(name, prefix string, id int64) string {
	for _, try := range []string{bare(name), prefix + "-" + bare(name), fmt.Sprintf("%s-%d", prefix, id)} {
		taken := strings.HasSuffix(try, "-") || try == ""
		for _, fixed := range []string{"reader", "triager", "writer", "maintainer", "admin"} {
			taken = taken || try == fixed
		}
		for _, other := range w.roles {
			taken = taken || try == other
		}
		if !taken {
			return try
		}
	}
	return ""
}
