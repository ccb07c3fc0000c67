package metrics

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var lateDesc = prometheus.NewDesc("ajar_job_late_seconds", "For how long a job is due and has not begun, 0 where it is not due.", []string{"job"}, nil)

// instants are when jobs are due: their lateness grows between two statements.
type instants struct {
	mu   sync.Mutex
	due  map[string]time.Time
	now  func() time.Time
	last map[string]time.Duration // as it was stated, for a registry without a clock
}

func (i *instants) set(job string, late time.Duration, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.due == nil {
		i.due, i.last = map[string]time.Time{}, map[string]time.Duration{}
	}
	i.due[job], i.last[job] = now.Add(-late), late
}

// Describe names the series.
func (i *instants) Describe(out chan<- *prometheus.Desc) { out <- lateDesc }

// Collect hands out how late each job is now.
func (i *instants) Collect(out chan<- prometheus.Metric) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var names []string
	for job := range i.due {
		names = append(names, job)
	}
	slices.Sort(names)
	for _, job := range names {
		late := i.last[job]
		if i.now != nil {
			late = i.now().Sub(i.due[job])
		}
		out <- prometheus.MustNewConstMetric(lateDesc, prometheus.GaugeValue, max(late.Seconds(), 0), job)
	}
}
