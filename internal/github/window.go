package github

import "time"

// window adds up what happened in the last minute.
type window struct {
	most    int64
	sum     int64
	entries []entry // oldest first
}

type entry struct {
	at time.Time
	n  int64
}

// add notes that n happened at t.
func (w *window) add(t time.Time, n int64) {
	w.entries = append(w.entries, entry{t, n})
	w.sum += n
}

// wait says how long after now there is room for n more.
func (w *window) wait(now time.Time, n int64) time.Duration {
	w.forget(now)
	over := w.sum + n - w.most
	for _, e := range w.entries {
		if over <= 0 {
			break
		}
		over -= e.n
		if over <= 0 {
			return max(e.at.Add(time.Minute).Sub(now), 0)
		}
	}
	return 0
}

// forget drops what is older than a minute.
func (w *window) forget(now time.Time) {
	old := 0
	for old < len(w.entries) && !w.entries[old].at.After(now.Add(-time.Minute)) {
		w.sum -= w.entries[old].n
		old++
	}
	w.entries = w.entries[old:]
}

// mean is the average of the last minute, what the next one will likely be.
func (w *window) mean() int64 {
	if len(w.entries) == 0 {
		return 0
	}
	return w.sum / int64(len(w.entries))
}
