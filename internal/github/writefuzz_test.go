package github

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzWritePath lets no address out that a server could read as another one.
func FuzzWritePath(f *testing.F) {
	for _, r := range writable {
		f.Add(r.method, example(r).Path)
	}
	f.Add("DELETE", "/repos/a/../b/keys/7")
	f.Add("DELETE", "/repos/a%2F..%2Fb/c/keys/7")
	f.Add("PUT", "/orgs/a/memberships/b?c")
	f.Fuzz(func(t *testing.T, method, path string) {
		r := routeOf(method, path)
		if r == nil {
			return
		}
		u, err := url.Parse("https://api.github.com" + path)
		if err != nil || u.Host != "api.github.com" || u.RawQuery != "" || u.Fragment != "" || u.EscapedPath() != path {
			t.Fatalf("%q is let out and read as %v (%v)", path, u, err)
		}
		if again := u.JoinPath().EscapedPath(); again != path {
			t.Fatalf("%q is %q once it is cleaned", path, again)
		}
		if strings.Count(path, "/") != strings.Count(r.template, "/") {
			t.Fatalf("%q is let out as %s", path, r.template)
		}
	})
}

// FuzzMutation lets no document out but one with a single listed mutation.
func FuzzMutation(f *testing.F) {
	f.Add(`mutation($input:UpdateEnvironmentInput!){updateEnvironment(input:$input){environment{id}}}`)
	f.Add(`mutation{updateEnvironment(input:{}){x} deleteEnvironment(input:{}){x}}`)
	f.Add(`{a}`)
	f.Fuzz(func(t *testing.T, text string) {
		name, why := onlyMutation(text)
		if (name == "") == (why == "") {
			t.Fatalf("%q: %q and %q", text, name, why)
		}
		if name != "" && (name != "updateEnvironment" || strings.Count(text, "updateEnvironment") == 0 || onlyQueries(text) == "") {
			t.Fatalf("%q is let out as %q", text, name)
		}
	})
}
