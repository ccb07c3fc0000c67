package metrics

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
)

// Pass counts a job that ended: result is one of [Success], [Incomplete], [Failure],
// [Interrupted]. kind is the job ("audit", "remediate", "checkpoint", …); org is ""
// for a job of the store.
func (r *Registry) Pass(org, kind, result string, took time.Duration, at time.Time) {
	if r == nil {
		return
	}
	label := ""
	if org != "" {
		label = r.org(org)
	}
	result = among(results, result, Other)
	kind = among(jobs, kind, Other)
	if result == Success || result == Incomplete {
		r.jobLast.WithLabelValues(label, kind).Set(seconds(at))
	}
	if kind != "audit" {
		r.jobRuns.WithLabelValues(label, kind, result).Inc()
		return
	}
	r.audits.WithLabelValues(label, "full", result).Inc()
	r.mu.Lock()
	run := r.runs[label]
	delete(r.runs, label)
	r.mu.Unlock()
	observe(r.duration.WithLabelValues("full"), took, run)
}

// Running names the run of an organization's audit whose end [Registry.Pass] tells
// next: the log has the same id, and the duration carries it as its exemplar.
func (r *Registry) Running(org, run string) {
	if r == nil {
		return
	}
	label := r.org(org)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs[label] = run
}

func observe(o prometheus.Observer, took time.Duration, run string) {
	if e, ok := o.(prometheus.ExemplarObserver); ok && run != "" && len(run) <= 100 && utf8.ValidString(run) {
		e.ObserveWithExemplar(took.Seconds(), prometheus.Labels{"run_id": run})
		return
	}
	o.Observe(took.Seconds())
}

// seconds is an instant as Prometheus writes it; 0: never.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}

// CollectError counts an area that an audit could not read to its end. reason is
// one of forbidden, missing, limited, server, unreachable.
func (r *Registry) CollectError(org, area, reason string) {
	if r == nil {
		return
	}
	r.collect.WithLabelValues(r.org(org), r.areas.of(area, Other), among(reasonsOfGap, reason, Other)).Inc()
}

// Opened counts findings that were not open before.
func (r *Registry) Opened(org, rule, severity string, n int) {
	if r == nil || n <= 0 {
		return
	}
	r.opened.WithLabelValues(r.org(org), r.rules.of(rule, Custom), among(severities, severity, Other)).Add(float64(n))
}

// Resolved counts findings that are over. reason is gone (somebody ended it, or the
// resource is gone), remediated (ajar ended it) or waived.
func (r *Registry) Resolved(org, rule, reason string, n int) {
	if r == nil || n <= 0 {
		return
	}
	r.resolved.WithLabelValues(r.org(org), r.rules.of(rule, Custom), among(reasonsOfEnd, reason, Other)).Add(float64(n))
}

// Remedied takes for how long a finding was open of which what was found is gone.
func (r *Registry) Remedied(open time.Duration) {
	if r != nil {
		r.remedied.Observe(max(open.Seconds(), 0))
	}
}

// waiverBands are how old waivers are, in days; the last of waiverAges has no end.
var waiverBands = []int{30, 90, 180, 365}

// WaiverAges sets for how long the findings that waivers accept have been accepted.
func (r *Registry) WaiverAges(org string, ages []time.Duration) {
	if r == nil {
		return
	}
	n := make([]int, len(waiverAges))
	for _, age := range ages {
		const whole = 24 * time.Hour
		band, _ := slices.BinarySearch(waiverBands, int((max(age, 0)+whole-1)/whole))
		n[band]++
	}
	for i, k := range n {
		r.waiverAge.WithLabelValues(r.org(org), waiverAges[i]).Set(float64(k))
	}
}

// Plan sets what the newest plan of an organization holds, by state: ready,
// waiting, refused, instruction, left_out. What is not named is 0.
func (r *Registry) Plan(org string, byState map[string]int) {
	if r == nil {
		return
	}
	sums := map[string]int{}
	for state, n := range byState {
		sums[among(planStates, state, Other)] += n
	}
	for _, state := range planStates {
		r.planned.WithLabelValues(r.org(org), state).Set(float64(sums[state]))
	}
}

// Action counts an action of a run: result is verified, already_done, skipped,
// refused, failed, in_doubt or not_tried.
func (r *Registry) Action(org, kind, result string) {
	if r == nil {
		return
	}
	r.acted.WithLabelValues(r.org(org), r.actions.of(kind, Other), among(actionResults, result, Other)).Inc()
}

// Ran counts a run of a plan that ended: done, stopped (by a surprise) or
// interrupted.
func (r *Registry) Ran(org, result string) {
	if r == nil {
		return
	}
	r.carried.WithLabelValues(r.org(org), among(runResults, result, Other)).Inc()
}

// InDoubt sets how many actions were sent and are not settled.
func (r *Registry) InDoubt(org string, n int) {
	if r == nil {
		return
	}
	r.doubt.WithLabelValues(r.org(org)).Set(float64(n))
}

// Hold sets whether the organization is on hold.
func (r *Registry) Hold(org string, on bool) {
	if r == nil {
		return
	}
	r.hold.WithLabelValues(r.org(org)).Set(truth(on))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Notified counts a notice by channel: sent, retried (it will be sent again) or
// dead (it was given up).
func (r *Registry) Notified(channel, result string) {
	if r == nil {
		return
	}
	r.notified.WithLabelValues(r.name(&r.channels, channel), among(noticeResults, result, Other)).Inc()
}

// Channels tells the names of the channels, so that each starts at 0.
func (r *Registry) Channels(names []string) {
	if r == nil {
		return
	}
	for _, n := range names {
		label := r.name(&r.channels, n)
		for _, result := range noticeResults {
			r.notified.WithLabelValues(label, result)
		}
	}
}

// Credentials tells the names of the credentials, so that each starts at 0. Of one that
// is named by its file the last part is the label.
func (r *Registry) Credentials(names []string) {
	if r == nil {
		return
	}
	for _, n := range names {
		label := r.credential(n)
		for _, why := range throttles {
			r.throttled.WithLabelValues(label, why)
		}
	}
}

func (r *Registry) credential(name string) string {
	return r.name(&r.credentials, name[strings.LastIndexByte(name, '/')+1:])
}

func (r *Registry) name(c *capped, v string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return c.of(v)
}

// Outbox sets how many notices are pending or dead.
func (r *Registry) Outbox(state string, n int) {
	if r == nil || !slices.Contains(outboxStates, state) {
		return
	}
	r.outbox.WithLabelValues(state).Set(float64(n))
}

// Reloaded says whether a load of the configuration succeeded. Where it did not, the
// one before stays in use.
func (r *Registry) Reloaded(ok bool, at time.Time) {
	if r == nil {
		return
	}
	r.reloadOK.Set(truth(ok))
	if ok {
		r.reloadAt.Set(seconds(at))
	}
}

// Ready says whether the daemon is ready.
func (r *Registry) Ready(ok bool) {
	if r != nil {
		r.ready.Set(truth(ok))
	}
}

// Journal sets how many entries the journal has and when it was verified as a whole; the
// zero time: it was not verified since the last statement.
func (r *Registry) Journal(entries int64, verified time.Time) {
	if r == nil {
		return
	}
	r.entries.Set(float64(entries))
	if !verified.IsZero() {
		r.verified.Set(seconds(verified))
	}
}

// Store sets the size of the store's files.
func (r *Registry) Store(bytes int64) {
	if r != nil {
		r.size.WithLabelValues("sqlite").Set(float64(bytes))
	}
}

// Disk sets what is free on the store's disk.
func (r *Registry) Disk(free int64) {
	if r != nil {
		r.free.WithLabelValues("sqlite").Set(float64(free))
	}
}

// StoreWrite takes how long a transaction that writes took.
func (r *Registry) StoreWrite(took time.Duration) {
	if r != nil {
		r.wrote.Observe(took.Seconds())
	}
}

// Clock sets by how much the clock of this machine is ahead of GitHub's, and whether
// GitHub's statements contradict each other.
func (r *Registry) Clock(ahead time.Duration, doubted bool) {
	if r == nil {
		return
	}
	r.clock.Set(ahead.Seconds())
	r.clockDoubt.Set(truth(doubted))
}

// Due says by how much a pass of a job began after it was due.
func (r *Registry) Due(job string, late time.Duration) {
	if r != nil {
		r.jobLate.WithLabelValues(among(jobs, job, Other)).Set(max(late.Seconds(), 0))
	}
}

// Next says when a job is due next; the zero time: it is not planned.
func (r *Registry) Next(org, job string, at time.Time) {
	if r == nil {
		return
	}
	if org != "" {
		org = r.org(org)
	}
	job = among(jobs, job, Other)
	if at.IsZero() {
		r.jobDue.DeleteLabelValues(org, job)
		return
	}
	r.jobDue.WithLabelValues(org, job).Set(seconds(at))
}
