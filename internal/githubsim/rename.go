package githubsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Rename gives a repository another name. The old one leads to it until somebody
// takes it, as on GitHub.
func (w *World) Rename(org, from, to string) error {
	x := w.Index().org(org)
	if x == nil || x.repo(from) == nil || x.repo(to) != nil {
		return fmt.Errorf("renaming %s/%s to %s: it is not there, or the name is taken", org, from, to)
	}
	r := x.repo(from)
	r.FormerNames = append(r.FormerNames, r.Name)
	r.Name = to
	return nil
}

// formerly finds a repository by a name that it had; nil where there is none.
func (o *orgIndex) formerly(name string) *Repo {
	for _, r := range o.Repos {
		if slices.ContainsFunc(r.FormerNames, func(n string) bool { return fold(n) == fold(name) }) {
			return r
		}
	}
	return nil
}

const (
	byName   = "/repos/{owner}/{repo}"
	byNumber = "/repositories/{repository_id}"
)

// byNumbers gives the routes of repositories once more, by number: that is where
// redirects lead. GitHub's description does not have them.
func byNumbers(routes []route) []route {
	var out []route
	for _, r := range routes {
		if rest, found := strings.CutPrefix(r.template, byName); found {
			r.template = byNumber + rest
			out = append(out, r)
		}
	}
	return out
}

// numbered finds the repository of a path by number.
func (c *call) numbered() (repoOf, bool) {
	for _, o := range c.x.orgs {
		for _, r := range o.Repos {
			if number(r.ID) == c.params["repository_id"] {
				return repoOf{r, o}, true
			}
		}
	}
	return repoOf{}, false
}

// redirected answers for a name that the repository had: a read is told 301, and
// anything else 307, which keeps method and body.
func (c *call) redirected(r repoOf) *reply {
	if !strings.HasPrefix(c.route.template, byName) {
		return c.notFound()
	}
	status := http.StatusTemporaryRedirect
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		status = http.StatusMovedPermanently
	}
	parts := strings.SplitN(strings.TrimPrefix(c.path, "/"), "/", 4)
	to := c.base() + "/repositories/" + number(r.ID)
	if len(parts) == 4 {
		to += "/" + parts[3]
	}
	if q := c.r.URL.RawQuery; q != "" {
		to += "?" + q
	}
	return (&reply{status: status, body: object{
		"message": "Moved Permanently", "url": to, "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
	}}).set("Location", to)
}
