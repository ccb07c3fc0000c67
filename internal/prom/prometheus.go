package prom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options say what a Prometheus does.
type Options struct {
	Dir          string        // for its data; the caller removes it
	Target       string        // HOST:PORT that is scraped, as the job ajar
	Rules        []string      // files
	Interval     time.Duration // between two scrapes, and two looks at the rules
	Alertmanager string        // HOST:PORT; "": nobody is told
	Native       bool          // keep native histograms instead of classic ones
}

// Prometheus is one that runs.
type Prometheus struct {
	URL string
	p   *process
}

// Start starts a Prometheus and waits until it answers.
func Start(ctx context.Context, o Options) (*Prometheus, error) {
	path, err := find("prometheus")
	if err != nil {
		return nil, err
	}
	addr, err := free(ctx)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("global:\n  scrape_interval: %s\n  scrape_timeout: %s\n  evaluation_interval: %s\n", o.Interval, o.Interval, o.Interval)
	text += "rule_files:\n"
	for _, r := range o.Rules {
		abs, err := filepath.Abs(r)
		if err != nil {
			return nil, fmt.Errorf("finding the rules: %w", err)
		}
		text += fmt.Sprintf("  - %q\n", abs)
	}
	text += fmt.Sprintf("scrape_configs:\n  - job_name: ajar\n    static_configs: [{targets: [%q]}]\n", o.Target)
	if o.Alertmanager != "" {
		text += fmt.Sprintf("alerting:\n  alertmanagers:\n    - static_configs: [{targets: [%q]}]\n", o.Alertmanager)
	}
	file := filepath.Join(o.Dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("configuring Prometheus: %w", err)
	}
	features := "--enable-feature=exemplar-storage"
	if o.Native {
		features += ",native-histograms"
	}
	p, err := start(ctx, "http://"+addr+"/-/ready", path, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(o.Dir, "data"),
		"--web.listen-address="+addr, features, "--log.level=warn")
	if err != nil {
		return nil, err
	}
	return &Prometheus{"http://" + addr, p}, nil
}

// Close ends it.
func (p *Prometheus) Close() { p.p.close() }

// Log is the end of its log.
func (p *Prometheus) Log() string { return p.p.log.String() }

// Series is one answer to a query.
type Series struct {
	Labels map[string]string
	Value  float64 // the newest
}

// Name is the labels of a series, for people.
func (s Series) Name() string {
	var out []string
	for k, v := range s.Labels {
		if k != "__name__" && k != "instance" && k != "job" {
			out = append(out, k+"="+v)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// Query asks for the value of an expression now.
func (p *Prometheus) Query(ctx context.Context, expr string) ([]Series, error) {
	var a struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := p.get(ctx, "/api/v1/query", url.Values{"query": {expr}}, &a); err != nil {
		return nil, fmt.Errorf("asking %s: %w", expr, err)
	}
	var out []Series
	for _, r := range a.Data.Result {
		text, _ := r.Value[1].(string)
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("asking %s: %w", expr, err)
		}
		out = append(out, Series{r.Metric, v})
	}
	return out, nil
}

// Alert is one that Prometheus holds.
type Alert struct {
	Labels map[string]string
	State  string // pending or firing
}

// Alerts lists those that are pending or firing.
func (p *Prometheus) Alerts(ctx context.Context) ([]Alert, error) {
	var a struct{ Data struct{ Alerts []Alert } }
	err := p.get(ctx, "/api/v1/alerts", nil, &a)
	return a.Data.Alerts, err
}

func (p *Prometheus) get(ctx context.Context, path string, q url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var failed struct{ Status, Error string }
	var raw json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil {
		return fmt.Errorf("status %d: %w", resp.StatusCode, err)
	}
	if err := json.Unmarshal(raw, &failed); err != nil || failed.Status != "success" {
		return fmt.Errorf("status %d: %s", resp.StatusCode, failed.Error)
	}
	return json.Unmarshal(raw, into)
}

// Rules gives the rules whose last evaluation failed, with why.
func (p *Prometheus) Rules(ctx context.Context) ([]string, error) {
	var a struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	err := p.get(ctx, "/api/v1/rules", nil, &a)
	var out []string
	n := 0
	for _, g := range a.Data.Groups {
		for _, r := range g.Rules {
			n++
			if r.Health != "ok" {
				out = append(out, fmt.Sprintf("%s: %s %s", r.Name, r.Health, r.LastError))
			}
		}
	}
	if err == nil && n == 0 {
		out = append(out, "there is no rule")
	}
	return out, err
}
