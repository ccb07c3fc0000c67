package main

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/serve"
	daemonstate "github.com/eb661601/ajar/internal/status"
	"github.com/eb661601/ajar/internal/store"
)

// TestWhatCannotBeSettledAtTheStartIsNotTriedWithoutEnd holds that a daemon that
// may change something, and finds nothing to begin with, does not turn in a circle.
func TestWhatCannotBeSettledAtTheStartIsNotTriedWithoutEnd(t *testing.T) {
	t.Parallel()
	l := newDaemonLab(t, func(l *daemonLab) {
		l.down.Store(true)
		l.more = "[github.write]\ntoken_env = \"LAB_WRITE\"\n[remediate]\nmode = \"approve\"\n"
	})
	l.until("three audits that fail", func(s daemonstate.Status) bool {
		for _, j := range s.Jobs {
			if j.Job == string(serve.Audit) && j.Failures >= 3 {
				return true
			}
		}
		return false
	})
	if n := strings.Count(l.log.text(), `"msg":"pass begins","job":"remediate"`); n != 1 {
		t.Errorf("it was tried %d times, and not once", n)
	}
	l.down.Store(false)
	l.until("a try after the first audit that went well", func(daemonstate.Status) bool {
		return strings.Contains(l.log.text(), `"msg":"pass ended","job":"remediate","org":"acme-robotics","result":"ok","reason":"no run is open"`)
	})
}

// TestNoticesAreCountedInTheWordsOfTheMetrics holds the words of the outbox to those
// that the alert rules know.
func TestNoticesAreCountedInTheWordsOfTheMetrics(t *testing.T) {
	r := metrics.New(metrics.Known{})
	r.Channels([]string{"ops"})
	m := noticeMeter{r}
	for _, result := range []string{"sent", "failed", "dead"} {
		m.Notified("ops", result)
	}
	for state, n := range map[string]int{store.NoticeWaiting: 3, store.NoticeHeld: 5, store.NoticeDead: 1} {
		m.Outbox(state, n)
	}
	want := `# HELP ajar_notification_outbox Notices that wait to be delivered, and those that were given up.
# TYPE ajar_notification_outbox gauge
ajar_notification_outbox{state="dead"} 1
ajar_notification_outbox{state="pending"} 3
`
	if err := testutil.GatherAndCompare(r.Gatherer(), strings.NewReader(want), "ajar_notification_outbox"); err != nil {
		t.Error(err)
	}
	if err := testutil.GatherAndCompare(r.Gatherer(), strings.NewReader(`# HELP ajar_notifications_total Notices by what came of them.
# TYPE ajar_notifications_total counter
ajar_notifications_total{channel="ops",result="dead"} 1
ajar_notifications_total{channel="ops",result="other"} 0
ajar_notifications_total{channel="ops",result="retried"} 1
ajar_notifications_total{channel="ops",result="sent"} 1
`), "ajar_notifications_total"); err != nil {
		t.Error(err)
	}
}
