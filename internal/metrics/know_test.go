package metrics_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/metrics"
)

func TestSeriesOfAnOrganizationThatLeftAreGone(t *testing.T) {
	k := known()
	r := metrics.New(k)
	everything(r, k, at)
	r.Record(many(10), nil, nil, at)
	if _, body := scrape(t, r.Handler(), text); !strings.Contains(body, `org="acme-robotics"`) {
		t.Fatal("there is nothing to leave")
	}
	r.Know([]string{"other-org"})
	_, body := scrape(t, r.Handler(), text)
	if strings.Contains(body, "acme-robotics") {
		t.Error("series of an organization that left are still there")
	}
	if !strings.Contains(body, `ajar_audit_last_success_timestamp_seconds{kind="full",org="other-org"} 0`) ||
		!strings.Contains(body, `ajar_audit_runs_total{kind="full",org="other-org",result="failed"} 0`) {
		t.Error("what can be counted of a new organization does not stand at 0")
	}
	if strings.Contains(body, `ajar_findings{org="other-org"`) {
		t.Error("an organization that was never audited has findings, or none")
	}
}

func TestAnOrganizationHasOneLabelHoweverItIsWritten(t *testing.T) {
	r := metrics.New(known())
	r.Know([]string{"Acme-Robotics"})
	r.Record(many(1), nil, nil, at) // GitHub writes it in small letters
	r.Hold("ACME-ROBOTICS", true)
	_, body := scrape(t, r.Handler(), text)
	if strings.Contains(body, `org="acme-robotics"`) || strings.Contains(body, `org="ACME`) || !strings.Contains(body, `ajar_hold{org="Acme-Robotics"} 1`) {
		t.Error("capitals made another organization of it")
	}
}

// Whatever comes as a label, no name and no bad text gets into a series, and their
// number stays bounded.
func TestUnknownAndHostileLabelsFold(t *testing.T) {
	r := metrics.New(known())
	r.Know([]string{"acme"})
	for i := range 1000 {
		hostile := fmt.Sprintf("x\xff\n\"} 1\nfake%d", i)
		r.Request("rest", "/repos/acme/sikrit"+hostile, i, time.Second)
		r.Limit(hostile, hostile, 1, 2, at)
		r.Throttled(hostile, hostile, time.Second)
		r.Notified(hostile, hostile)
		r.Action("acme", hostile, hostile)
		r.Opened("acme", hostile, hostile, 1)
		r.Resolved("acme", hostile, hostile, 1)
		r.CollectError("acme", hostile, hostile)
		r.Pass(hostile, hostile, hostile, time.Second, at)
		r.Running("acme", hostile)
		r.Pass("acme", "audit", "ok", time.Second, at)
		r.Plan("acme", map[string]int{hostile: 1})
	}
	code, body := scrape(t, r.Handler(), text)
	n := strings.Count(body, "\n")
	if code != 200 || strings.Contains(body, "sikrit") || strings.Contains(body, "\nfake") || n > 3500 {
		t.Errorf("status %d, %d lines", code, n)
	}
	problems, err := testutil.GatherAndLint(r.Gatherer())
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", err, problems)
	}
}

func TestAgesGrowBetweenAudits(t *testing.T) {
	now := at
	k := known()
	k.Now = func() time.Time { return now }
	r := metrics.New(k)
	r.Record(sample(), []access.Finding{{Rule: "a", Severity: access.High, State: access.Open, FirstSeen: at.Add(-time.Hour)}}, nil, at)
	for _, later := range []time.Duration{0, 30 * time.Minute} {
		now = at.Add(later)
		_, body := scrape(t, r.Handler(), text)
		want := fmt.Sprintf("ajar_finding_oldest_open_seconds{org=\"acme\",severity=\"high\"} %d\n", 3600+int(later.Seconds()))
		if !strings.Contains(body, want) || !strings.Contains(body, "ajar_finding_oldest_open_seconds{org=\"acme\",severity=\"low\"} 0\n") {
			t.Errorf("after %s: no %s", later, want)
		}
	}
}

// An audit replaces everything of its organization at once.
func TestAScrapeNeverSeesHalfAnAudit(t *testing.T) {
	r := metrics.New(known())
	r.Know([]string{"acme-robotics"})
	h := r.Handler()
	findings := make([]access.Finding, 50)
	for i := range findings {
		findings[i] = access.Finding{Rule: "single-owner", Severity: access.High, State: access.Open, FirstSeen: at}
	}
	r.Record(many(100), findings, nil, at)
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				r.Record(many(100), findings, nil, at)
			}
		}
	})
	for range 30 {
		_, body := scrape(t, h, text)
		if !strings.Contains(body, `ajar_findings{org="acme-robotics",rule="single-owner",severity="high"} 50`) {
			t.Error("a scrape saw an audit that was half recorded")
			break
		}
	}
	close(stop)
	all.Wait()
}
