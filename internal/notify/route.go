package notify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
)

// route is one of the configuration, ready to be asked.
type route struct {
	config.Route
	rules, resources []*regexp.Regexp
}

func newRoutes(all []config.Route, channels []string) ([]route, error) {
	if len(all) == 0 {
		all = []config.Route{config.DefaultRoute()}
	}
	var out []route
	for _, r := range all {
		if len(r.Channels) == 0 {
			r.Channels = channels
		}
		for _, c := range r.Channels {
			if !slices.Contains(channels, c) {
				return nil, fmt.Errorf("a route leads to %q, and there is no such channel", c)
			}
		}
		n := route{Route: r}
		for _, g := range r.Rules {
			n.rules = append(n.rules, glob(g))
		}
		for _, g := range r.Resources {
			n.resources = append(n.resources, glob(g))
		}
		out = append(out, n)
	}
	return out, nil
}

// glob makes an expression of a pattern in which "*" stands for any text.
func glob(pattern string) *regexp.Regexp {
	parts := strings.Split(pattern, "*")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`(?is)\A` + strings.Join(parts, `.*`) + `\z`)
}

// subject is what routes choose by.
type subject struct {
	kind, org, rule, resource string
	severity                  access.Severity
}

// How soon a channel is told of something.
const (
	never = iota
	inDigest
	atOnce
)

// soon says how soon each channel is told of something. Where several routes lead to a
// channel the soonest counts.
func (n *Notifier) soon(s subject) map[string]int {
	out := map[string]int{}
	for _, r := range n.routes {
		how := never
		switch {
		case !r.takes(s):
		case s.severity >= r.Severity || s.kind == Grace: // a notice that comes with a digest comes too late
			how = atOnce
		case r.Digest != access.NoSeverity && s.severity >= r.Digest:
			how = inDigest
		}
		for _, c := range r.Channels {
			out[c] = max(out[c], how)
		}
	}
	return out
}

func (r route) takes(s subject) bool {
	fold := func(list []string, s string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
	}
	if !fold(r.Kinds, s.kind) || !fold(r.Organizations, s.org) {
		return false
	}
	if s.kind != finding {
		return true
	}
	return matches(r.rules, s.rule) && matches(r.resources, s.resource)
}

func matches(all []*regexp.Regexp, s string) bool {
	return len(all) == 0 || slices.ContainsFunc(all, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}
