package github

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Observer hears what a client does while it does it, for whoever counts: route
// templates and reasons from closed lists, never an address or a name. Its
// functions may be called from several goroutines at once, and must be quick; one
// that is nil hears nothing.
type Observer struct {
	// Request hears of each request that was sent, retries included: api is "rest" or
	// "graphql", route is one of [Routes], or "" where the address fits none; status is
	// 0 where no answer came; took includes the body.
	Request func(api, route string, status int, took time.Duration)
	// Limit hears what an answer says is left of an hourly limit.
	Limit func(resource string, b Budget)
	// Throttled hears for how long a request waited, and why: "primary" and
	// "secondary" limits of GitHub, "reserve" for others, "pace", "retry".
	Throttled func(why string, d time.Duration)
	// Answered hears where the answer to a read came from: "replayed" from a
	// broken-off pass, "revalidated" by GitHub, or "miss".
	Answered func(from string)
}

func (o *Observer) defaults() {
	if o.Request == nil {
		o.Request = func(string, string, int, time.Duration) {}
	}
	if o.Limit == nil {
		o.Limit = func(string, Budget) {}
	}
	if o.Throttled == nil {
		o.Throttled = func(string, time.Duration) {}
	}
	if o.Answered == nil {
		o.Answered = func(string) {}
	}
}

// readable are the templates of what is read by REST (GitHub's REST description
// names and describes each).
var readable = []string{
	"/app/installations/{installation_id}",
	"/app/installations/{installation_id}/access_tokens",
	"/installation/repositories",
	"/meta",
	"/orgs/{org}",
	"/orgs/{org}/actions/permissions/workflow",
	"/orgs/{org}/audit-log",
	"/orgs/{org}/custom-repository-roles",
	"/orgs/{org}/failed_invitations",
	"/orgs/{org}/installation",
	"/orgs/{org}/invitations",
	"/orgs/{org}/memberships/{username}",
	"/orgs/{org}/organization-roles",
	"/orgs/{org}/organization-roles/{role_id}/teams",
	"/orgs/{org}/organization-roles/{role_id}/users",
	"/orgs/{org}/outside_collaborators",
	"/orgs/{org}/teams/{team_slug}",
	"/orgs/{org}/teams/{team_slug}/invitations",
	"/orgs/{org}/teams/{team_slug}/members",
	"/orgs/{org}/teams/{team_slug}/memberships/{username}",
	"/orgs/{org}/teams/{team_slug}/repos",
	"/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}",
	"/orgs/{org}/teams/{team_slug}/teams",
	"/rate_limit",
	"/repos/{owner}/{repo}",
	"/repos/{owner}/{repo}/actions/permissions/workflow",
	"/repos/{owner}/{repo}/collaborators",
	"/repos/{owner}/{repo}/collaborators/{username}",
	"/repos/{owner}/{repo}/collaborators/{username}/permission",
	"/repos/{owner}/{repo}/environments",
	"/repos/{owner}/{repo}/environments/{environment_name}",
	"/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
	"/repos/{owner}/{repo}/environments/{environment_name}/secrets",
	"/repos/{owner}/{repo}/invitations",
	"/repos/{owner}/{repo}/keys",
	"/user",
}

// The route of every GraphQL document is its one address.
const graphqlRoute = "/graphql"

// Routes lists the templates that an [Observer] hears: reads by their path, changes
// with the method before it. The key is the API.
func Routes() map[string][]string {
	out := map[string][]string{"graphql": {graphqlRoute}, "rest": slices.Clone(readable)}
	for i := range writable {
		out["rest"] = append(out["rest"], writable[i].method+" "+writable[i].template)
	}
	return out
}

// aliases are GitHub's own addresses by number, which its Link headers use.
var aliases = []struct{ prefix, instead string }{{"/repositories/", "/repos/{owner}/{repo}"}, {"/organizations/", "/orgs/{org}"}}

// templateOf gives the route of a request's path below the root of the API; ""
// where there is none.
func templateOf(method, path string) string {
	for _, a := range aliases {
		if rest, ok := strings.CutPrefix(path, a.prefix); ok {
			_, tail, more := strings.Cut(rest, "/")
			path = strings.NewReplacer("{owner}", "o", "{repo}", "r", "{org}", "o").Replace(a.instead)
			if more {
				path += "/" + tail
			}
		}
	}
	if method != http.MethodGet && method != http.MethodHead {
		if r := routeOf(method, path); r != nil {
			return method + " " + r.template
		}
		if !mintPath.MatchString(path) {
			return ""
		}
	}
	for _, t := range readable {
		if fits(t, path) {
			return t
		}
	}
	return ""
}

// routed gives the API and the route of a request.
func routed(req *http.Request, rest, graphql *url.URL) (api, route string) {
	if isGraphQL(req, graphql) {
		return "graphql", graphqlRoute
	}
	path, below := strings.CutPrefix(req.URL.EscapedPath(), strings.TrimRight(rest.EscapedPath(), "/"))
	if !below || req.URL.Host != rest.Host {
		return "rest", ""
	}
	return "rest", templateOf(req.Method, path)
}

// whyWord is the word for the reason of a wait.
func whyWord(why string) string {
	switch why {
	case primary:
		return "primary"
	case secondary:
		return "secondary"
	case shared:
		return "reserve"
	}
	return "pace"
}

// watched tells the observer how long a sleep really took.
func (o *Options) watched(ctx context.Context, why string, d time.Duration) error {
	start := o.Now()
	err := o.Sleep(ctx, d)
	o.Observe.Throttled(why, o.Now().Sub(start))
	return err
}
