package githubsim

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one REST operation. The template is GitHub's, as
// "/repos/{owner}/{repo}/keys"; handlers find the decoded values in
// call.params. accepted, if set, is the X-Accepted-GitHub-Permissions header,
// as "members=read".
type route struct {
	method   string
	template string
	accepted string
	handle   func(*call) *reply
	write    writeFunc // in place of handle, where the route changes something
	open     bool      // whoever shows no credential is answered too
	segments []string
}

// routeTable finds routes by method and number of path segments.
type routeTable struct {
	routes map[string][]*route
}

func newRouteTable(routes []route) *routeTable {
	t := &routeTable{routes: map[string][]*route{}}
	for i := range routes {
		r := &routes[i]
		r.segments = strings.Split(strings.Trim(r.template, "/"), "/")
		t.routes[r.method] = append(t.routes[r.method], r)
	}
	return t
}

// find returns the route that fits an escaped path, with its parameters
// decoded. Of look-alikes the one whose literal segment stands further left
// wins. A trailing slash fits nothing. HEAD is served by GET.
func (t *routeTable) find(method, path string) (*route, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var best *route
	for _, r := range t.routes[method] {
		if r.fits(parts) && (best == nil || r.beats(best)) {
			best = r
		}
	}
	if best == nil {
		return nil, nil
	}
	params := map[string]string{}
	for i, seg := range best.segments {
		if strings.HasPrefix(seg, "{") {
			v, err := url.PathUnescape(parts[i])
			if err != nil {
				return nil, nil
			}
			params[strings.Trim(seg, "{}")] = v
		}
	}
	return best, params
}

func (r *route) fits(parts []string) bool {
	if len(parts) != len(r.segments) {
		return false
	}
	for i, seg := range r.segments {
		if strings.HasPrefix(seg, "{") && parts[i] != "" {
			continue
		}
		if seg != parts[i] {
			return false
		}
	}
	return true
}

func (r *route) beats(other *route) bool {
	for i, seg := range r.segments {
		mine, theirs := strings.HasPrefix(seg, "{"), strings.HasPrefix(other.segments[i], "{")
		if mine != theirs {
			return theirs
		}
	}
	return false
}

// coreRoutes are the few that belong to no entity.
func (s *Server) coreRoutes() []route {
	return append([]route{
		{method: http.MethodGet, template: "/rate_limit", handle: s.limits.report},
		{method: http.MethodGet, template: "/meta", open: true, handle: func(*call) *reply { return ok(object{"verifiable_password_authentication": true}) }},
	}, appRoutes...)
}

// forAnybody reports whether the call needs no credential, and shows none.
func (c *call) forAnybody() bool {
	return c.route != nil && c.route.open && c.r.Header.Get("Authorization") == ""
}
