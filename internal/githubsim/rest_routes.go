package githubsim

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// object is a JSON object on its way out.
type object = map[string]any

// restRoutes lists the REST operations that the simulator answers, with the
// permissions that GitHub publishes for Apps and fine-grained tokens.
func (s *Server) restRoutes() []route {
	all := slices.Concat(orgRoutes, roleRoutes, teamRoutes, repoRoutes, environmentRoutes, credentialRoutes, issueRoutes)
	for i := range all {
		all[i].method = http.MethodGet
		all[i].handle = conditional(all[i].handle)
	}
	return all
}

// conditional gives every 200 an ETag and answers 304 to whoever has that
// answer already. As on GitHub the tag depends on who asks: it is void once
// the token has changed.
func conditional(handle func(*call) *reply) func(*call) *reply {
	return func(c *call) *reply {
		rep := handle(c)
		rep.encode()
		if rep.status != http.StatusOK {
			return rep
		}
		h := sha256.New()
		for _, name := range []string{"Accept", "Authorization", "Cookie"} {
			h.Write([]byte(c.r.Header.Get(name) + ":"))
		}
		h.Write(rep.raw)
		tag := `"` + hex.EncodeToString(h.Sum(nil)) + `"`
		rep.set("ETag", "W/"+tag).set("Cache-Control", "private, max-age=60, s-maxage=60")
		if asked := c.r.Header.Get("If-None-Match"); strings.TrimPrefix(asked, "W/") == tag {
			rep.status, rep.raw = http.StatusNotModified, nil
		}
		return rep
	}
}

// base is the address under which the caller reached the API, without a slash
// at its end.
func (c *call) base() string {
	prefix := ""
	if strings.HasPrefix(c.r.URL.Path, "/api/v3/") {
		prefix = "/api/v3"
	}
	return c.site() + prefix
}

// site is the address of the web pages that belong to the API. Nothing is
// served there.
func (c *call) site() string {
	if c.r.TLS != nil {
		return "https://" + c.r.Host
	}
	return "http://" + c.r.Host
}

// org finds the organization of the path. The reply says why it is not for
// this caller.
func (c *call) org() (*orgIndex, *reply) {
	o := c.x.org(c.params["org"])
	if o == nil {
		return nil, c.notFound()
	}
	if c.viewer.sso(o) {
		return nil, c.ssoRequired(o)
	}
	return o, nil
}

// orgFor finds the organization of the path for somebody who has the
// permission, written "members:read". Of several one is enough.
func (c *call) orgFor(permissions ...string) (*orgIndex, *reply) {
	o, refused := c.org()
	if refused != nil {
		return nil, refused
	}
	for _, p := range permissions {
		if name, level, _ := strings.Cut(p, ":"); c.viewer.onOrg(o, name, level) {
			return o, nil
		}
	}
	return nil, c.refuse(o)
}

// orgForOwner is orgFor for what a person must be an owner to see although the
// permission by itself is one that members have.
func (c *call) orgForOwner(permission string) (*orgIndex, *reply) {
	o, refused := c.orgFor(permission)
	if refused != nil {
		return nil, refused
	}
	if !c.token.Scope.App && !c.viewer.owner(o) {
		return nil, c.refuse(o)
	}
	return o, nil
}

// refuse answers 403 to Apps and members. To strangers it pretends that there
// is nothing.
func (c *call) refuse(o *orgIndex) *reply {
	if c.token.Scope.App || c.token.Scope.Permissions != nil {
		return c.forbidden()
	}
	if c.viewer.member(o) {
		return c.failure(http.StatusForbidden, "You must be an organization owner to do this.")
	}
	return c.notFound()
}

// repo finds the repository of the path, as far as the caller can see it.
func (c *call) repo() (repoOf, *reply) {
	r, moved := c.repoOfPath()
	if r.Repo == nil {
		return repoOf{}, c.notFound()
	}
	o := r.org
	if c.viewer.sso(o) && r.Visibility != "public" {
		return repoOf{}, c.ssoRequired(o)
	}
	if !c.viewer.sees(r) {
		return repoOf{}, c.notFound()
	}
	if moved {
		return repoOf{}, c.redirected(r)
	}
	return r, nil
}

// repoOfPath finds the repository by its number, its name, or a name it had.
func (c *call) repoOfPath() (r repoOf, moved bool) {
	if c.params["repository_id"] != "" {
		r, _ = c.numbered()
		return r, false
	}
	o := c.x.org(c.params["owner"])
	if o == nil {
		return r, false
	}
	if named := o.repo(c.params["repo"]); named != nil {
		return repoOf{named, o}, false
	}
	if was := o.formerly(c.params["repo"]); was != nil {
		return repoOf{was, o}, true
	}
	return r, false
}

// repoFor finds the repository of the path for somebody who has the
// permission, written "administration:read".
func (c *call) repoFor(permission string) (repoOf, *reply) {
	r, refused := c.repo()
	if refused != nil {
		return r, refused
	}
	name, level, _ := strings.Cut(permission, ":")
	if !c.viewer.onRepo(r, name, level) {
		return r, c.forbidden()
	}
	return r, nil
}
