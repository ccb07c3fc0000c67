package githubsim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// appRoutes are asked by an App with its own token, but for the last, which is
// an installation's.
var appRoutes = []route{
	{method: http.MethodGet, template: "/app", handle: (*call).getApp},
	{method: http.MethodGet, template: "/app/installations/{installation_id}", handle: (*call).getInstallation},
	{method: http.MethodGet, template: "/orgs/{org}/installation", handle: (*call).getOrgInstallation},
	{method: http.MethodPost, template: "/app/installations/{installation_id}/access_tokens", handle: (*call).mintToken},
	{method: http.MethodGet, template: "/installation/repositories", handle: (*call).listInstalled},
}

// forApps reports whether the route takes an App's own token, and no other.
func (r *route) forApps() bool {
	return r != nil && slices.ContainsFunc(appRoutes[:len(appRoutes)-1], func(a route) bool { return a.template == r.template && a.method == r.method })
}

func (c *call) getApp() *reply {
	a := c.app
	permissions, events, owner, n := map[string]string{"metadata": "read"}, []string{}, any(nil), 0
	var born time.Time
	for _, o := range c.x.World.Orgs {
		for _, in := range o.Installations {
			if in.AppID != a.ID {
				continue
			}
			if n++; n == 1 {
				permissions, events, owner, born = orPermissions(in.Permissions), orEmpty(in.Events), c.ownerShape(c.x.org(o.Login)), in.CreatedAt
			}
		}
	}
	if owner == nil {
		owner = c.ownerShape(c.x.org(c.x.World.Orgs[0].Login))
	}
	s := object{
		"id": a.ID, "slug": a.Slug, "node_id": nodeID("App", a.ID), "owner": owner, "name": a.Name, "description": nil,
		"external_url": c.site() + "/apps/" + a.Slug, "html_url": c.site() + "/apps/" + a.Slug, "created_at": later(born, c.now),
		"updated_at": later(born, c.now), "permissions": permissions, "events": events, "installations_count": n,
	}
	if a.ClientID != "" {
		s["client_id"] = a.ClientID
	}
	return ok(s)
}

func orPermissions(p map[string]string) map[string]string {
	out := map[string]string{"metadata": "read"}
	maps.Copy(out, p)
	return out
}

// installed finds an installation of the asking App: by number, or by the login
// of the organization.
func (c *call) installed(id, login string) (*orgIndex, *Installation) {
	for _, o := range c.x.World.Orgs {
		for _, in := range o.Installations {
			if in.AppID == c.app.ID && (id == strconv.FormatInt(in.ID, 10) || login != "" && fold(login) == fold(o.Login)) {
				return c.x.org(o.Login), in
			}
		}
	}
	return nil, nil
}

func (c *call) getInstallation() *reply { return c.installation(c.params["installation_id"], "") }

func (c *call) getOrgInstallation() *reply { return c.installation("", c.params["org"]) }

func (c *call) installation(id, login string) *reply {
	o, in := c.installed(id, login)
	if in == nil {
		return c.notFound()
	}
	return ok(c.installationShape(o, in))
}

// narrowing is the body of a request for a token.
type narrowing struct {
	Permissions   map[string]string `json:"permissions"`
	RepositoryIDs []int64           `json:"repository_ids"`
	Repositories  []string          `json:"repositories"`
}

// mintToken hands out a token of an installation. What it was not granted, in
// permissions or repositories, is refused as a whole.
func (c *call) mintToken() *reply {
	o, in := c.installed(c.params["installation_id"], "")
	switch {
	case in == nil:
		return c.notFound()
	case !in.SuspendedAt.IsZero():
		return c.failure(http.StatusForbidden, "This installation has been suspended")
	}
	var asked narrowing
	if len(c.body) > 0 && json.Unmarshal(c.body, &asked) != nil {
		return c.failure(http.StatusBadRequest, "Problems parsing JSON")
	}
	granted := orPermissions(in.Permissions)
	given := maps.Clone(granted)
	if asked.Permissions != nil {
		given = map[string]string{"metadata": "read"}
		for name, level := range asked.Permissions {
			if !covers(granted[name], level) {
				return c.failure(http.StatusUnprocessableEntity, "The permissions requested are not granted to this installation.")
			}
			given[name] = level
		}
	}
	names, selection, refused := c.narrowed(o, in, asked)
	if refused != nil {
		return refused
	}
	scope := Scope{App: true, Permissions: spelled(given), Repositories: names, Org: o.Login}
	value, end := c.s.issuer.issue(in, scope, c.now)
	rep := ok(object{"token": value, "expires_at": stamp(end), "permissions": given, "repository_selection": selection})
	rep.status = http.StatusCreated
	return rep
}

// narrowed gives the repositories of the token; nil means all.
func (c *call) narrowed(o *orgIndex, in *Installation, asked narrowing) (names []string, selection string, refused *reply) {
	if in.RepositorySelection == "selected" {
		names, selection = orEmpty(in.Repositories), "selected"
	} else {
		selection = "all"
	}
	if asked.RepositoryIDs == nil && asked.Repositories == nil {
		return names, selection, nil
	}
	var out []string
	for _, r := range o.Repos {
		wanted := slices.Contains(asked.RepositoryIDs, r.ID) || slices.ContainsFunc(asked.Repositories, func(n string) bool { return fold(n) == fold(r.Name) })
		if wanted && (names == nil || slices.Contains(names, r.Name)) {
			out = append(out, r.Name)
		}
	}
	if n := len(asked.RepositoryIDs) + len(asked.Repositories); len(out) != n || n > 500 {
		return nil, "", c.failure(http.StatusUnprocessableEntity, "There is at least one repository that does not exist or is not accessible to the parent installation.")
	}
	return out, "selected", nil
}

// covers reports whether a granted level includes the one asked for.
func covers(granted, asked string) bool {
	levels := []string{"read", "write", "admin"}
	have, want := slices.Index(levels, granted), slices.Index(levels, asked)
	return want >= 0 && have >= want
}

// spelled writes permissions as Scope has them.
func spelled(p map[string]string) []string {
	out := make([]string, 0, len(p))
	for _, name := range slices.Sorted(maps.Keys(p)) {
		out = append(out, name+":"+p[name])
	}
	return out
}

// listInstalled lists what an installation token sees.
func (c *call) listInstalled() *reply {
	if !c.token.Scope.App {
		return c.failure(http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
	}
	var all []repoOf
	for _, o := range c.x.World.Orgs {
		if org := c.x.org(o.Login); c.token.Scope.Org == "" || fold(c.token.Scope.Org) == fold(o.Login) {
			for _, r := range o.Repos {
				if of := (repoOf{Repo: r, org: org}); c.viewer.sees(of) {
					all = append(all, of)
				}
			}
		}
	}
	selection := "all"
	if c.token.Scope.Repositories != nil {
		selection = "selected"
	}
	part, link := pageOf(c, all)
	return withLink(ok(object{
		"total_count": len(all), "repository_selection": selection,
		"repositories": shapes(part, func(r repoOf) object { return c.repoFull(r) }),
	}), link)
}
