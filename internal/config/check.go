package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

var (
	variableName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	loginName      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	clientName     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	shortName      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$`)
	permissionName = regexp.MustCompile(`^[a-z][a-z_]*(:[a-z_]+)?$`)
	ruleName       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// IsLogin reports whether s can be the login of an organization or a person.
func IsLogin(s string) bool { return loginName.MatchString(s) }

// variable is the name of an environment variable. What is no such name is most
// likely the secret itself, so it is not repeated.
func (v value) variable() string {
	s := v.text()
	if s != "" && !variableName.MatchString(s) || tokenLike(s) {
		v.bad("is not the name of a variable (not shown)", "name the variable that holds the token, never the token itself; if it was the token, revoke it")
		return ""
	}
	return s
}

// tokenLike recognises GitHub's own tokens by their prefixes (GitHub Docs:
// "About authentication to GitHub", token formats).
func tokenLike(s string) bool {
	for _, p := range []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func (v value) path() string {
	s := v.text()
	if tokenLike(s) {
		v.bad("is not a file (not shown)", "name the file that holds the token, never the token itself; if it was the token, revoke it")
		return ""
	}
	return v.in.resolve(s)
}

// clientID is the client id of an app, such as "Iv23liAbCdEfGh": no secret.
func (v value) clientID() string {
	s := v.text()
	if s != "" && !clientName.MatchString(s) || tokenLike(s) {
		v.bad("is not the client id of an app (not shown)", "it stands on the app's settings page, and begins with Iv")
		return ""
	}
	return s
}

// permissions are scopes of tokens and permissions of apps, as GitHub writes
// them, with or without a level.
func (v value) permissions() []string {
	out := v.list()
	if len(out) == 0 {
		return nil // the same as not said
	}
	for i, p := range out {
		if tokenLike(p) || !permissionName.MatchString(p) {
			value{raw: p, at: v.at.with(i), in: v.in}.bad("is not a scope or a permission (not shown)", `as GitHub writes them: "repo", "admin:org", "administration"`)
		}
	}
	return out
}

// name is what reports call something.
func (v value) name() string {
	s := v.text()
	if s != "" && !shortName.MatchString(s) || tokenLike(s) {
		v.bad("is not a name (not shown)", "at most 40 letters, digits, blanks, dots, hyphens and underscores")
		return ""
	}
	return s
}

// area is the last name of the key, one of those that may stand there.
func (v value) area(among []access.Area) access.Area {
	a, _ := v.at[len(v.at)-1].(string)
	if !slices.Contains(among, access.Area(a)) {
		known := make([]string, len(among))
		for i, x := range among {
			known[i] = string(x)
		}
		v.bad("not an area that is read by itself", baseline.Suggest(a, known))
		return ""
	}
	return access.Area(a)
}

// words lists areas for the reference page.
func words(areas []access.Area) string {
	out := make([]string, len(areas))
	for i, a := range areas {
		out[i] = "`" + string(a) + "`"
	}
	return strings.Join(out, ", ")
}

func (v value) paths() []string {
	out := v.list()
	if _, ok := v.raw.([]any); ok && len(out) == 0 {
		v.bad("is empty", "name the baseline files, or leave the section [baseline] out: then no rule that needs one runs")
	}
	for i, p := range out {
		out[i] = v.in.resolve(p)
	}
	return out
}

func (v value) sqlite() string {
	s := v.text()
	if s == "" {
		return ""
	}
	p, ok := strings.CutPrefix(s, "sqlite:")
	switch {
	case !ok:
		v.bad(fmt.Sprintf("%q is not a store that this version knows", s), `write "sqlite:FILE"`)
	case p == "" || strings.HasPrefix(p, ":") || strings.HasPrefix(p, "//") || strings.Contains(p, "?"):
		v.bad(fmt.Sprintf("%q does not name a file", s), `write "sqlite:FILE", with no host and no options`)
	default:
		return v.in.resolve(p)
	}
	return ""
}

func (v value) logins() []string {
	out := v.list()
	if _, ok := v.raw.([]any); ok && len(out) == 0 {
		v.bad("is empty", `name at least one: ["acme"], or leave it out and use --org`)
	}
	seen := map[string]bool{}
	for _, s := range out {
		if !loginName.MatchString(s) {
			v.bad(fmt.Sprintf("%q is not the login of an organization", s), "the name in its address: github.com/LOGIN")
		}
		if seen[strings.ToLower(s)] {
			v.bad(fmt.Sprintf("%q stands twice", s), "")
		}
		seen[strings.ToLower(s)] = true
	}
	return out
}

func (v value) words() []string {
	out := v.list()
	for _, s := range out {
		if !ruleName.MatchString(s) {
			v.bad(fmt.Sprintf("%q is not the id of a rule", s), "such as expired-assignment")
		}
	}
	return out
}

func (v value) areas() []access.Area {
	var out []access.Area
	for _, s := range v.list() {
		if !slices.Contains(access.Areas, access.Area(s)) {
			known := make([]string, len(access.Areas))
			for i, a := range access.Areas {
				known[i] = string(a)
			}
			v.bad(fmt.Sprintf("%q is not an area", s), baseline.Suggest(s, known))
			continue
		}
		out = append(out, access.Area(s))
	}
	return out
}

// principals checks that each entry is one of these kinds of principal, written
// as user:LOGIN or team:ORG/SLUG.
func (v value) principals(kinds ...string) []string {
	out := v.list()
	for _, s := range out {
		kind, name, _ := strings.Cut(s, ":")
		ok := slices.Contains(kinds, kind) && loginName.MatchString(name)
		if kind == "team" {
			org, slug, _ := strings.Cut(name, "/")
			ok = slices.Contains(kinds, kind) && loginName.MatchString(org) && slug != "" && !strings.ContainsAny(slug, "/ ")
		}
		if !ok {
			v.bad(fmt.Sprintf("%q is not a principal that can stand here", s), "write "+principalForms(kinds))
		}
	}
	return out
}

func principalForms(kinds []string) string {
	forms := make([]string, len(kinds))
	for i, k := range kinds {
		forms[i] = map[string]string{"user": "user:LOGIN", "team": "team:ORG/SLUG"}[k]
	}
	return strings.Join(forms, " or ")
}

// limitKinds are the kinds of principal that have a limit of their own.
var limitKinds = []string{"owner", "member", "outside_collaborator", "team", "app", "key", "token", "reviewer", "invitation"}

// kind is the name of the limit that the key belongs to.
func (v value) kind() string {
	k, _ := v.at[len(v.at)-2].(string)
	if !slices.Contains(limitKinds, k) {
		v.bad(fmt.Sprintf("%q is not a kind of principal", k), baseline.Suggest(k, limitKinds))
	}
	return k
}

func (v value) mode() string {
	switch s := v.text(); s {
	case "dry-run", "approve", "auto":
		return s
	case "":
	default:
		v.bad(fmt.Sprintf("%q is not a mode", s), `one of "dry-run", "approve", "auto"`)
	}
	return "dry-run"
}

// address is the URL of an API: https, or http on a loopback address, with
// nothing in it that would leak or be lost.
func (v value) address() string {
	s := v.text()
	if s == "" {
		return s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "":
		v.bad("is not a URL", `write "https://api.github.com", or "https://HOST/api/v3"`)
	case u.User != nil:
		v.bad("a URL with a user name or password in it (not shown)", "secrets stand in variables or files: see [[github.read]]")
	case u.RawQuery != "" || u.Fragment != "":
		v.bad(fmt.Sprintf("%q has a query or a fragment", s), "leave it out")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		v.bad(fmt.Sprintf("%q is not https", s), "the token would travel in the open; plain http is accepted for loopback addresses only")
	}
	return s
}

// proxy is the address of a proxy: a host, with no password in it.
func (v value) proxy() string {
	s := v.text()
	if s == "" {
		return s
	}
	u, err := url.Parse(s)
	switch {
	case err == nil && u.User != nil:
		v.bad("a URL with a user name or password in it (not shown)", "secrets never stand in this file: leave proxy out, and name the whole address in HTTPS_PROXY")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		v.bad("is not the address of a proxy", `write "http://HOST:PORT"`)
	default:
		return s
	}
	return ""
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// resolve makes a path of the file absolute against the file's own folder.
func (f *file) resolve(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(f.path), p)
}
