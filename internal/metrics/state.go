package metrics

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Family is one metric: all series of one name.
type Family struct {
	Name   string
	Type   string // gauge, counter, histogram
	Help   string
	Labels []string
}

// state holds what the newest audit of each organization found. An audit replaces
// all series of its organization at once: a scrape sees the old state or the new
// one, never half of each, and what could not be read this time is gone.
type state struct {
	r     *Registry
	descs map[string]*prometheus.Desc

	mu   sync.RWMutex
	orgs map[string]*orgState
}

// orgState is made anew by each audit, and not changed afterwards.
type orgState struct {
	metrics []prometheus.Metric
	ages    []age
	at      time.Time // when the ages were taken
}

// age is a duration that grows with the clock.
type age struct {
	desc   *prometheus.Desc
	since  time.Time // zero: there is nothing to grow
	labels []string
}

func (r *Registry) newState() *state {
	s := &state{r: r, descs: map[string]*prometheus.Desc{}, orgs: map[string]*orgState{}}
	gauge := func(name, help string, labels ...string) {
		f := Family{"ajar_" + name, "gauge", help, labels}
		r.table = append(r.table, f)
		s.descs[name] = prometheus.NewDesc(f.Name, help, labels, nil)
	}
	gauge("findings", "Open findings.", "org", "rule", "severity")
	gauge("finding_oldest_open_seconds", "Age of the oldest open finding, 0 where there is none.", "org", "severity")
	gauge("waivers", "Findings that a waiver in force accepts; ending: its end is at most 14 days away.", "org", "state")
	gauge("org_principals", "Principals by kind.", "org", "kind")
	gauge("org_repositories", "Repositories by visibility and state.", "org", "visibility", "state")
	gauge("org_grants", "Grants on repositories by privilege and source.", "org", "permission", "via")
	gauge("org_owners", "Owners of the organization.", "org")
	gauge("org_privileged_grants", "Grants that carry a privilege: ownership, roles of the organization, write and more on repositories, approving and bypassing of environments.", "org", "privilege")
	gauge("org_members_without_two_factor", "Members without a second factor; absent where it could not be read.", "org")
	gauge("audit_coverage_ratio", "Share of the expected kinds of data that were read to their end.", "org")
	gauge("audit_area_complete", "1 where this kind of data was read to its end by the newest audit, else 0.", "org", "area")
	gauge("audit_last_success_timestamp_seconds", "When the newest finished audit was taken, 0 before the first.", "org", "kind")
	gauge("expired_overdue", "Assignments that have ended while their access is still there.", "org")
	gauge("expired_overdue_oldest_seconds", "For how long the first of them is overdue, 0 where there is none.", "org")
	return s
}

// Describe names the series.
func (s *state) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		out <- d
	}
}

// Collect hands out what is in memory.
func (s *state) Collect(out chan<- prometheus.Metric) {
	now := s.r.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.orgs {
		for _, m := range o.metrics {
			out <- m
		}
		for _, a := range o.ages {
			at := o.at
			if now.After(at) {
				at = now
			}
			seconds := 0.0
			if !a.since.IsZero() {
				seconds = max(at.Sub(a.since).Seconds(), 0)
			}
			out <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, seconds, a.labels...)
		}
	}
}

func (s *state) put(org string, o *orgState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orgs[org] = o
}

func (s *state) has(org string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.orgs[org] != nil
}

func (s *state) drop(org string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.orgs, org)
}

// never is the state of an organization that was not audited yet: nothing is known
// of it, which is not the same as nothing being there.
func (s *state) never(org string) *orgState {
	d := newDraft(s, org, time.Time{})
	d.set("audit_last_success_timestamp_seconds", 0, "full")
	return d.done()
}

// draft gathers the series of one organization.
type draft struct {
	s      *state
	org    string
	o      *orgState
	counts map[string]map[string]float64 // by family, by labels joined
}

func newDraft(s *state, org string, at time.Time) *draft {
	return &draft{s, org, &orgState{at: at}, map[string]map[string]float64{}}
}

const joint = "\xff" // no label's value has it: it is not UTF-8

func (d *draft) add(family string, n float64, labels ...string) {
	if d.counts[family] == nil {
		d.counts[family] = map[string]float64{}
	}
	d.counts[family][strings.Join(labels, joint)] += n
}

// set is add for what is said once.
func (d *draft) set(family string, v float64, labels ...string) { d.add(family, v, labels...) }

func (d *draft) age(family string, since time.Time, labels ...string) {
	d.o.ages = append(d.o.ages, age{d.s.descs[family], since, append([]string{d.org}, labels...)})
}

// done makes the series, in the order of their labels.
func (d *draft) done() *orgState {
	for family, rows := range d.counts {
		keys := make([]string, 0, len(rows))
		for k := range rows {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			labels := []string{d.org}
			if k != "" {
				labels = append(labels, strings.Split(k, joint)...)
			}
			d.o.metrics = append(d.o.metrics, prometheus.MustNewConstMetric(d.s.descs[family], prometheus.GaugeValue, rows[k], labels...))
		}
	}
	return d.o
}
