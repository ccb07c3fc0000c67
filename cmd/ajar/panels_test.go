package main

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/dashboards"
	"github.com/eb661601/ajar/internal/prom"
)

// heardSoFar collects what is said, and may be read meanwhile.
type heardSoFar struct {
	mu   sync.Mutex
	text strings.Builder
}

func (h *heardSoFar) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heardSoFar) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// demoDaemonAt runs the demo with its daemon, and gives where its metrics are.
func demoDaemonAt(t *testing.T, every string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs heardSoFar
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx, []string{"ajar", "demo", "--serve", "--every", every, "--listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &errs, os.Getenv)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	at := regexp.MustCompile(`metrics +http://([^/]+)/metrics`)
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if m := at.FindStringSubmatch(out.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the daemon does not say where its metrics are:\n%s\n%s", out.String(), errs.String())
	return ""
}

// until asks until the expression has a value.
func until(t *testing.T, p *prom.Prometheus, expr string, within time.Duration) {
	t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(200 * time.Millisecond) {
		got, err := p.Query(t.Context(), expr)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s has no value after %s\n%s", expr, within, p.Log())
		}
	}
}

// A query that parses may still ask for what nobody exports: only a Prometheus that
// scrapes a daemon tells. One keeps histograms as they always were, one keeps native
// ones.
func TestEveryPanelGetsDataOfARealDaemonByARealPrometheus(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for several audits")
	}
	target := demoDaemonAt(t, "1s")
	servers := map[string]*prom.Prometheus{}
	for _, name := range []string{"classic", "native"} {
		const rules = "../../dashboards/prometheus/"
		p, err := prom.Start(t.Context(), prom.Options{
			Dir: t.TempDir(), Target: target, Interval: 500 * time.Millisecond, Native: name == "native",
			Rules: []string{rules + "records.yml", rules + "alerts.yml"},
		})
		if errors.Is(err, prom.ErrMissing) && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		servers[name] = p
	}
	for name, p := range servers {
		until(t, p, `sum(ajar_audit_runs_total{result=~"ok|incomplete"}) > 2 and sum(count_over_time(up[1h])) > 8`, 60*time.Second)
		for file, b := range dashboards.All() {
			answers, err := p.Ask(t.Context(), b, "10s", "1h")
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			for _, a := range answers {
				if len(a.Series) == 0 && a.Panel.FieldConfig.Defaults.NoValue == "" {
					t.Errorf("%s, %s, %q: nothing comes of %s", name, file, a.Panel.Title, a.Expr)
				}
			}
		}
		if problems, err := p.Rules(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("rules: %v %q", err, problems)
		}
	}
	for expr, most := range map[string]float64{`count({job="ajar"})`: 2000, `scrape_duration_seconds{job="ajar"}`: 1} {
		got, err := servers["classic"].Query(t.Context(), expr)
		if err != nil || len(got) == 0 || got[0].Value > most {
			t.Errorf("%s is %v (%v), want at most %v", expr, got, err, most)
			continue
		}
		t.Logf("%s = %v", expr, got[0].Value)
	}
}
