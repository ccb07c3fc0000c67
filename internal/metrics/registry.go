// Package metrics says in Prometheus' words what ajar found and how it fares.
// Labels come from closed lists (organization, rule, severity, route template,
// kind): never a login, a repository, a token or an error text.
package metrics

import (
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/eb661601/ajar/access"
)

// RuleLabel is one rule that can be counted: every pair starts at 0, so that a
// rate or an alert exists before the first finding.
type RuleLabel struct {
	ID       string
	Severity access.Severity
}

// Known are the closed lists that other packages own. What is on none of them is
// counted as "other", and a rule as "custom".
type Known struct {
	Rules   []RuleLabel
	Actions []string      // kinds of actions
	Routes  []Route       // of GitHub's API
	Without []access.Area // what the configuration leaves out; see [Registry.Expect]
	Version string        // of the program

	// Before is called before a scrape is answered, to tell what others hold in memory;
	// nil: nobody has anything to tell.
	Before func()
	// Now lets ages grow between two audits; nil: they stay as they were recorded.
	Now func() time.Time
}

// Route is one template of GitHub's API: {"rest", "/orgs/{org}/members"}.
type Route struct{ API, Template string }

// Registry holds every metric of the program. All its methods may be called on a
// nil *Registry, which counts nothing, and by several goroutines at once.
type Registry struct {
	known   Known
	rules   closed
	actions closed
	routes  map[Route]bool
	areas   closed

	posture *prometheus.Registry // what audits found: what --metrics-file writes
	ops     *prometheus.Registry // how the program fares
	table   []Family
	state   *state
	vecs    // what is counted

	mu          sync.Mutex
	orgs        map[string]string // lower case to the label
	strict      bool              // Know was called: orgs is complete
	credentials capped
	channels    capped
	runs        map[string]string // the run whose duration comes next, by organization
}

// New makes a registry of its own; nothing is global.
func New(k Known) *Registry {
	r := &Registry{
		known: k, posture: prometheus.NewRegistry(), ops: prometheus.NewRegistry(),
		rules: closed{}, actions: listed(k.Actions), routes: map[Route]bool{}, areas: closed{},
		orgs: map[string]string{}, runs: map[string]string{}, credentials: capped{maxNames, closed{}}, channels: capped{maxNames, closed{}},
	}
	for _, rule := range k.Rules {
		r.rules[rule.ID] = true
	}
	for _, route := range k.Routes {
		r.routes[route] = true
	}
	for _, a := range access.Areas {
		r.areas[string(a)] = true
	}
	r.state = r.newState()
	r.posture.MustRegister(r.state)
	r.newVecs()
	r.ops.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.start()
	return r
}

// Gatherer gives every metric, for a scrape or a test.
func (r *Registry) Gatherer() prometheus.Gatherer {
	if r == nil {
		return prometheus.NewRegistry()
	}
	return prometheus.Gatherers{r.posture, r.ops}
}

// Know tells which organizations there are from now on. All that can be counted of
// a new one starts at 0; the series of one that is not among them any more go.
func (r *Registry) Know(orgs []string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	keep := map[string]string{}
	for _, org := range orgs {
		if key := strings.ToLower(org); len(keep) < maxOrgs || keep[key] != "" {
			keep[key] = strings.ToValidUTF8(org, "?")
		}
	}
	for key, label := range r.orgs {
		if keep[key] != label {
			r.forget(label)
		}
	}
	r.orgs, r.strict = keep, true
	for _, label := range keep {
		r.begin(label)
	}
}

// Expect tells which kinds of data are left out on purpose, so that they do not
// count as missing.
func (r *Registry) Expect(without []access.Area) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.Without = slices.Clone(without)
}

// org is the label of an organization, in the spelling of the configuration.
// GitHub's logins do not tell capitals apart.
func (r *Registry) org(login string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := strings.ToLower(login)
	if label, ok := r.orgs[key]; ok {
		return label
	}
	if r.strict || login == "" || len(r.orgs) >= maxOrgs {
		return Other
	}
	label := strings.ToValidUTF8(login, "?")
	r.orgs[key] = label
	r.begin(label)
	return label
}

// Families lists every metric of ajar's own, in the order of the page about them.
func (r *Registry) Families() []Family { return slices.Clone(r.table) }

func (r *Registry) now() time.Time {
	if r.known.Now == nil {
		return time.Time{}
	}
	return r.known.Now()
}

func goVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.GoVersion
	}
	return "unknown"
}
