package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// vecs are what is counted while the program runs.
type vecs struct {
	opened, resolved           *prometheus.CounterVec
	remedied                   prometheus.Histogram
	waiverAge                  *prometheus.GaugeVec
	audits, jobRuns, collect   *prometheus.CounterVec
	duration, requestTook      *prometheus.HistogramVec
	jobLast, jobDue, jobLate   *prometheus.GaugeVec
	requests, throttled, cache *prometheus.CounterVec
	remaining, limit, reset    *prometheus.GaugeVec
	planned, hold, doubt       *prometheus.GaugeVec
	acted, carried             *prometheus.CounterVec
	notified                   *prometheus.CounterVec
	outbox                     *prometheus.GaugeVec
	entries, verified          prometheus.Gauge
	size, free                 *prometheus.GaugeVec
	wrote                      prometheus.Histogram
	reloadOK, reloadAt, ready  prometheus.Gauge
	clock, clockDoubt          prometheus.Gauge

	ofOrg []partial // all that have the label org
}

const day = 24 * 60 * 60 // in seconds

type partial interface {
	DeletePartialMatch(prometheus.Labels) int
}

func (r *Registry) family(kind, name, help string, labels []string) string {
	r.table = append(r.table, Family{"ajar_" + name, kind, help, labels})
	return "ajar_" + name
}

func (r *Registry) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: r.family("counter", name, help, labels), Help: help}, labels)
	r.ops.MustRegister(v)
	r.mine(v, labels)
	return v
}

func (r *Registry) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: r.family("gauge", name, help, labels), Help: help}, labels)
	r.ops.MustRegister(v)
	r.mine(v, labels)
	return v
}

// histogram has classic buckets for everybody, and native ones for a Prometheus
// that asks for them.
func (r *Registry) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: r.family("histogram", name, help, labels), Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	}, labels)
	r.ops.MustRegister(v)
	return v
}

func (r *Registry) mine(v partial, labels []string) {
	if len(labels) > 0 && labels[0] == "org" {
		r.ofOrg = append(r.ofOrg, v)
	}
}

func (r *Registry) newVecs() {
	r.opened = r.counter("findings_opened_total", "Findings that an audit found for the first time, or again.", "org", "rule", "severity")
	r.resolved = r.counter("findings_resolved_total", "Findings that are over, by what ended them.", "org", "rule", "reason")
	r.remedied = r.histogram("finding_remedy_seconds", "For how long findings of which what was found is gone were open, waived ones among them, since they were opened or came back.",
		[]float64{3600, day, 7 * day, 30 * day, 90 * day}).WithLabelValues().(prometheus.Histogram)
	r.waiverAge = r.gauge("waivers_by_age", "Findings that a waiver accepts, by how long they have been accepted.", "org", "age")
	r.audits = r.counter("audit_runs_total", "Audits that ended, by how.", "org", "kind", "result")
	r.duration = r.histogram("audit_duration_seconds", "How long an audit took, of one organization.",
		[]float64{1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600}, "kind")
	r.collect = r.counter("collect_errors_total", "Kinds of data that an audit could not read to their end, by why.", "org", "area", "reason")
	r.newRequestVecs()
	r.planned = r.gauge("plan_actions", "What the newest plan holds: ready to be carried out, waiting for its time, refused by a guard, left to people.", "org", "state")
	r.acted = r.counter("remediation_actions_total", "Actions of runs, by how they ended.", "org", "action", "result")
	r.carried = r.counter("remediation_runs_total", "Runs that ended, by how.", "org", "result")
	r.doubt = r.gauge("remediation_in_doubt", "Actions that were sent and of which it is not known whether they took effect.", "org")
	r.hold = r.gauge("hold", "1 while the organization is on hold: nothing is taken from anybody.", "org")
	r.newHealthVecs()
}

func (r *Registry) newRequestVecs() {
	r.requests = r.counter("github_requests_total", "Requests that were sent to GitHub, retries included.", "api", "route", "status_class")
	r.requestTook = r.histogram("github_request_duration_seconds", "How long GitHub took to answer, body included.",
		[]float64{.05, .1, .25, .5, 1, 2.5, 5, 10}, "api", "route")
	r.remaining = r.gauge("github_rate_limit_remaining", "What is left of the hour's limit, as GitHub's newest answer states it.", "credential", "resource")
	r.limit = r.gauge("github_rate_limit_limit", "The hour's limit: points of GraphQL, else requests.", "credential", "resource")
	r.reset = r.gauge("github_rate_limit_reset_timestamp_seconds", "When the next hour of the limit begins.", "credential", "resource")
	r.throttled = r.counter("github_throttled_seconds_total",
		"For how long requests waited: for a limit of GitHub's (primary, secondary), for what is left to others (reserve), to spread them (pace), before another try (retry).",
		"credential", "reason")
	r.cache = r.counter("github_cache_requests_total", "Answers by where they came from: a broken-off pass (replayed), kept and confirmed by GitHub (revalidated), GitHub (miss).", "outcome")
}

func (r *Registry) newHealthVecs() {
	r.jobRuns = r.counter("job_runs_total", "Jobs of the daemon that ended, by how. Audits are counted by ajar_audit_runs_total.", "org", "kind", "result")
	r.jobLast = r.gauge("job_last_success_timestamp_seconds", "When a job last succeeded, 0 before the first time.", "org", "kind")
	r.jobDue = r.gauge("job_due_timestamp_seconds", "When a job is due next; absent where it is not planned.", "org", "kind")
	r.jobLate = r.gauge("job_late_seconds", "By how much the newest pass of a job began after it was due.", "kind")
	r.notified = r.counter("notifications_total", "Notices by what came of them.", "channel", "result")
	r.outbox = r.gauge("notification_outbox", "Notices that wait to be delivered, and those that were given up.", "state")
	one := func(name, help string) prometheus.Gauge { return r.gauge(name, help).WithLabelValues() }
	r.entries = one("journal_entries", "Entries of the journal.")
	r.verified = one("journal_verified_timestamp_seconds", "When the journal was last verified from its first entry to its last, 0 before the first time.")
	r.size = r.gauge("store_size_bytes", "Size of the store's files.", "engine")
	r.free = r.gauge("store_free_bytes", "What is free on the store's disk for this account.", "engine")
	r.wrote = r.histogram("store_write_duration_seconds", "How long a transaction that writes took.",
		[]float64{.001, .005, .01, .05, .1, .5, 1, 5, 10}).WithLabelValues().(prometheus.Histogram)
	r.reloadOK = one("config_last_reload_successful", "1 where the newest load of the configuration and the baseline succeeded.")
	r.reloadAt = one("config_last_reload_success_timestamp_seconds", "When the configuration that is in use was loaded.")
	r.ready = one("ready", "1 while the daemon is ready: store, schema, credential, age of the newest audit, configuration.")
	r.clock = one("clock_offset_seconds", "By how much the clock of this machine is ahead of GitHub's.")
	r.clockDoubt = one("clock_doubted", "1 while GitHub's statements of the time contradict each other: no plan may run.")
	info := r.gauge("build_info", "The running program; always 1.", "version", "goversion")
	info.WithLabelValues(r.known.Version, goVersion()).Set(1)
}

// start puts all that is counted without an organization at 0.
func (r *Registry) start() {
	for _, kind := range kinds {
		r.duration.WithLabelValues(kind)
	}
	for route := range r.routes {
		for _, c := range statusClasses {
			r.requests.WithLabelValues(route.API, route.Template, c)
		}
	}
	for _, api := range apis {
		for _, c := range statusClasses {
			r.requests.WithLabelValues(api, Other, c)
		}
	}
	for _, o := range cacheOutcomes {
		r.cache.WithLabelValues(o)
	}
	for _, s := range outboxStates {
		r.outbox.WithLabelValues(s).Set(0)
	}
	r.size.WithLabelValues("sqlite")
}

// begin puts all that is counted of an organization at 0.
func (r *Registry) begin(org string) {
	if !r.state.has(org) {
		r.state.put(org, r.state.never(org))
	}
	for _, rule := range r.known.Rules {
		r.opened.WithLabelValues(org, rule.ID, rule.Severity.String())
		for _, why := range reasonsOfEnd {
			r.resolved.WithLabelValues(org, rule.ID, why)
		}
	}
	for _, result := range results {
		r.audits.WithLabelValues(org, "full", result)
	}
	for area := range r.areas {
		for _, why := range reasonsOfGap {
			r.collect.WithLabelValues(org, area, why)
		}
	}
	for _, action := range r.known.Actions {
		for _, result := range actionResults {
			r.acted.WithLabelValues(org, action, result)
		}
	}
	for _, result := range runResults {
		r.carried.WithLabelValues(org, result)
	}
	r.doubt.WithLabelValues(org)
	r.hold.WithLabelValues(org)
	for _, result := range results {
		r.jobRuns.WithLabelValues(org, "remediate", result)
	}
}

// forget drops all series of an organization.
func (r *Registry) forget(org string) {
	for _, v := range r.ofOrg {
		v.DeletePartialMatch(prometheus.Labels{"org": org})
	}
	r.state.drop(org)
}
