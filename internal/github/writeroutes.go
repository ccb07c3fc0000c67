package github

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one way to change something that the write transport lets out.
type route struct {
	method, template string
	// keys are what its body may hold, each once; must are those that it has to
	// hold. A key that GitHub would fill with a default of its own is a must: an
	// empty body of a collaborator's PUT gives write access.
	keys, must []string
}

// writable is the whole of what may leave: the calls of the actions and of their
// inverses, and nothing else (GitHub's REST description names and describes each).
var writable = []route{
	{http.MethodPut, "/repos/{owner}/{repo}/collaborators/{username}", []string{"permission"}, []string{"permission"}},
	{http.MethodDelete, "/repos/{owner}/{repo}/collaborators/{username}", nil, nil},
	{http.MethodPut, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", []string{"permission"}, []string{"permission"}},
	{http.MethodDelete, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", nil, nil},
	{http.MethodPut, "/orgs/{org}/teams/{team_slug}/memberships/{username}", []string{"role"}, []string{"role"}},
	{http.MethodDelete, "/orgs/{org}/teams/{team_slug}/memberships/{username}", nil, nil},
	{http.MethodPut, "/orgs/{org}/memberships/{username}", []string{"role"}, []string{"role"}},
	{http.MethodDelete, "/orgs/{org}/memberships/{username}", nil, nil},
	{http.MethodPut, "/orgs/{org}/outside_collaborators/{username}", []string{"async"}, nil},
	{http.MethodDelete, "/orgs/{org}/outside_collaborators/{username}", nil, nil},
	{http.MethodPost, "/orgs/{org}/invitations", []string{"invitee_id", "email", "role", "team_ids"}, []string{"role"}},
	{http.MethodDelete, "/orgs/{org}/invitations/{invitation_id}", nil, nil},
	{http.MethodPatch, "/repos/{owner}/{repo}/invitations/{invitation_id}", []string{"permissions"}, []string{"permissions"}},
	{http.MethodDelete, "/repos/{owner}/{repo}/invitations/{invitation_id}", nil, nil},
	{http.MethodPost, "/repos/{owner}/{repo}/keys", []string{"title", "key", "read_only"}, []string{"title", "key", "read_only"}},
	{http.MethodDelete, "/repos/{owner}/{repo}/keys/{key_id}", nil, nil},
	{http.MethodPut, environmentRoute, environmentKeys, environmentKeys},
	{http.MethodPost, environmentRoute + "/deployment-branch-policies", []string{"name", "type"}, []string{"name", "type"}},
	{http.MethodDelete, environmentRoute + "/deployment-branch-policies/{branch_policy_id}", nil, nil},
	{http.MethodPut, "/orgs/{org}/actions/permissions/workflow", tokenKeys, tokenKeys},
	{http.MethodPut, "/repos/{owner}/{repo}/actions/permissions/workflow", tokenKeys, tokenKeys},
	{http.MethodPatch, "/orgs/{org}", []string{"default_repository_permission"}, []string{"default_repository_permission"}},
}

const environmentRoute = "/repos/{owner}/{repo}/environments/{environment_name}"

// environmentKeys are all of an environment: its PUT replaces the whole object, so
// that a key which is left out is a gate that is taken away.
var environmentKeys = []string{"wait_timer", "prevent_self_review", "reviewers", "deployment_branch_policy", "can_admins_bypass"}

var tokenKeys = []string{"default_workflow_permissions", "can_approve_pull_request_reviews"}

// routeOf finds the route that a request takes; nil where there is none. path is
// escaped and begins below the root of the API.
func routeOf(method, path string) *route {
	for i := range writable {
		if r := &writable[i]; r.method == method && fits(r.template, path) {
			return r
		}
	}
	return nil
}

// fits reports whether a path is the template with its names filled in. A name is
// one segment that is not empty, and nothing that a server would walk by.
func fits(template, path string) bool {
	for more := true; more; {
		var want, have string
		var longer bool
		want, template, more = strings.Cut(template, "/")
		have, path, longer = strings.Cut(path, "/")
		if more != longer || !segment(want, have) {
			return false
		}
	}
	return true
}

// segment is fits for what stands between two slashes.
func segment(want, have string) bool {
	if !strings.HasPrefix(want, "{") {
		return want == have
	}
	name, err := url.PathUnescape(have)
	switch {
	case err != nil, name == "", name == ".", name == "..", url.PathEscape(name) != have:
		return false
	}
	return !strings.HasSuffix(want, "_id}") || strings.Trim(name, "0123456789") == ""
}

// wrong says what of a body the route does not allow; "": nothing.
func (r *route) wrong(body []byte) string {
	if len(r.keys) == 0 {
		if len(body) > 0 {
			return "it has a body, and this call has none"
		}
		return ""
	}
	if len(body) == 0 {
		if len(r.must) > 0 {
			return "its body is empty, which GitHub would fill with its own defaults"
		}
		return ""
	}
	keys, ok := keysOf(body)
	if !ok {
		return "its body is no JSON object, or has a key twice"
	}
	for _, k := range keys {
		if !slices.Contains(r.keys, k) {
			return "its body has the key " + printable(k, 40) + ", which is not set by any action"
		}
	}
	for _, k := range r.must {
		if !slices.Contains(keys, k) {
			return "its body lacks the key " + k + ", which GitHub would fill with its own default"
		}
	}
	return ""
}

// keysOf lists the keys of a JSON object; ok is false where the text is none, or
// has a key twice: which of them counts differs between servers.
func keysOf(body []byte) (keys []string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		t, err := d.Token()
		key, isKey := t.(string)
		if err != nil || !isKey || slices.Contains(keys, key) || d.Decode(&json.RawMessage{}) != nil {
			return nil, false
		}
		keys = append(keys, key)
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	return keys, !d.More()
}

// Writable lists all that a [Writer] lets out: "METHOD /route", and "mutation NAME"
// of GraphQL.
func Writable() []string {
	out := make([]string, 0, len(writable)+len(mutations))
	for _, r := range writable {
		out = append(out, r.method+" "+r.template)
	}
	for _, m := range mutations {
		out = append(out, "mutation "+m)
	}
	return out
}
