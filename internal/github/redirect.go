package github

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// moved tells a repository's address by its name, or by its number, from what
// stands behind it. GitHub redirects from the former to the latter after a
// rename or a transfer (GitHub Docs: "Best practices for using the REST API").
var moved = regexp.MustCompile(`^/(?:repos/[^/]+/[^/]+|repositories/[0-9]+)(/.*)?$`)

// followed reports whether net/http follows a redirect of this status.
func followed(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirects follows a redirect only where an honest GitHub sends one to a read:
// from a repository to the same list of the same or another address of one, on
// the same server. Anywhere else what comes back would be an answer to another
// question, and would be taken for this one's.
func redirects(rest *url.URL) func(*http.Request, []*http.Request) error {
	root := strings.TrimRight(rest.Path, "/")
	return func(to *http.Request, via []*http.Request) error {
		from := via[0]
		refuse := func(why string) error {
			return &RedirectError{Method: from.Method, Path: from.URL.Path, To: to.URL.Path, Why: why}
		}
		if from.Method != http.MethodGet {
			return refuse("only a GET is followed")
		}
		if err := sameHost(from.URL, to.URL.String()); err != nil {
			return refuse(err.Error())
		}
		old, ok := behind(from.URL, root)
		if !ok {
			return refuse("only that of a repository is followed")
		}
		if now, ok := behind(to.URL, root); !ok || now != old {
			return refuse("it leads to something else")
		}
		if len(via) > 5 {
			return refuse("there is no end to them")
		}
		return nil
	}
}

// behind gives what an address asks of a repository; ok is false where it asks
// of something else.
func behind(u *url.URL, root string) (what string, ok bool) {
	path, ok := strings.CutPrefix(u.Path, root)
	m := moved.FindStringSubmatch(path)
	if !ok || m == nil {
		return "", false
	}
	return strings.TrimRight(m[1], "/"), true
}
