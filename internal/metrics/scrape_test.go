package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/eb661601/ajar/internal/metrics"
)

func scrape(t testing.TB, h http.Handler, accept string) (int, string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	req.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

const (
	text        = "text/plain;version=0.0.4"
	openMetrics = "application/openmetrics-text;version=1.0.0"
)

// full is a registry in which everything has happened.
func full(t testing.TB) *metrics.Registry {
	k := known()
	r := metrics.New(k)
	everything(r, k, at)
	r.Record(many(2000), demoAudit(t, metrics.New(k), at).Findings, nil, at)
	return r
}

// P14: a scrape of the largest organization has at most 2 000 series. None of the
// labels knows a repository or a person, so its size changes nothing.
func TestAScrapeHasAtMostTwoThousandSeries(t *testing.T) {
	_, body := scrape(t, full(t).Handler(), text)
	n := 0
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "#") {
			n++
		}
	}
	t.Logf("%d series, %d bytes", n, len(body))
	t.Attr("series", strconv.Itoa(n))
	if n > 2000 {
		t.Errorf("%d series in one scrape, want at most 2000", n)
	}
}

func TestEveryMetricIsClean(t *testing.T) {
	problems, err := testutil.GatherAndLint(full(t).Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestPromtoolFindsNothingToSay(t *testing.T) {
	_, body := scrape(t, full(t).Handler(), text)
	cmd := exec.Command(tool(t, "promtool"), "check", "metrics")
	cmd.Stdin = strings.NewReader(body)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestOpenMetricsCarriesTheRunAndNothingElse(t *testing.T) {
	code, body := scrape(t, full(t).Handler(), openMetrics)
	if code != http.StatusOK || !strings.HasSuffix(body, "# EOF\n") {
		t.Fatalf("status %d, and it ends with %q", code, body[max(0, len(body)-20):])
	}
	exemplars := 0
	for line := range strings.Lines(body) {
		if _, exemplar, ok := strings.Cut(line, " # {"); ok && !strings.HasPrefix(line, "#") {
			exemplars++
			if !strings.HasPrefix(exemplar, `run_id="42"}`) {
				t.Errorf("exemplar {%s", exemplar)
			}
		}
	}
	if exemplars == 0 {
		t.Error("no exemplar names a run")
	}
}

func TestAStormOfScrapesIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inside, release := make(chan struct{}), make(chan struct{})
		k := known()
		k.Before = func() {
			inside <- struct{}{}
			<-release
		}
		h := metrics.New(k).Handler()
		var all sync.WaitGroup
		answered := func(what string) {
			all.Go(func() {
				if code, _ := scrape(t, h, text); code != http.StatusOK {
					t.Errorf("%s got %d", what, code)
				}
			})
		}
		for range 4 {
			answered("one of four at once")
			<-inside
		}
		began := time.Now()
		if code, body := scrape(t, h, text); code != http.StatusServiceUnavailable || time.Since(began) > 3*time.Second {
			t.Errorf("the fifth at once got %d after %v: %s", code, time.Since(began), body)
		}
		answered("one that comes as the storm ends")
		synctest.Wait()
		close(release)
		<-inside
		all.Wait()
	})
}

func TestANilRegistryTakesEverything(t *testing.T) {
	var r *metrics.Registry
	v := reflect.ValueOf(r)
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if m.Name == "WriteFile" || m.Name == "Families" || m.Name == "Page" {
			continue
		}
		in := []reflect.Value{}
		for j := 1; j < m.Type.NumIn(); j++ {
			in = append(in, reflect.Zero(m.Type.In(j)))
		}
		v.Method(i).Call(in)
	}
}

func BenchmarkScrape(b *testing.B) {
	h := full(b).Handler()
	b.ReportAllocs()
	for b.Loop() {
		if code, _ := scrape(b, h, text); code != http.StatusOK {
			b.Fatal(code)
		}
	}
}

func BenchmarkRecordMillionGrants(b *testing.B) {
	r, s := metrics.New(known()), many(1_000_000)
	for b.Loop() {
		r.Record(s, nil, nil, at)
	}
}
