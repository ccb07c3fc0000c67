package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/dashboards"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/prom"
)

// The alert that the provoked drift fires.
const provoked = "AjarDriftGrowing"

// show prints the panels, provokes drift, and waits for the alert to come and go.
func show(ctx context.Context, out io.Writer, p *prom.Prometheus, d *demo, box *mailbox) error {
	// As many seconds as the rule looks back, so that the first audit is no drift.
	if err := until(ctx, p, `sum(ajar_audit_runs_total{result=~"ok|incomplete"}) > 4 and sum(count_over_time(up[1h])) > 35`); err != nil {
		return err
	}
	for _, name := range []string{"posture.json", "collection.json", "remediation.json", "daemon.json"} {
		if err := panels(ctx, out, p, dashboards.All()[name]); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "\n== Somebody who got hold of the credential for changes gives eight people administrator's rights")
	if err := provoke(ctx, out, d, true); err != nil {
		return err
	}
	if err := box.wait(ctx, provoked, "firing"); err != nil {
		return err
	}
	fmt.Fprintln(out, "\n== They are taken back")
	if err := provoke(ctx, out, d, false); err != nil {
		return err
	}
	return box.wait(ctx, provoked, "resolved")
}

// until waits until an expression has a value.
func until(ctx context.Context, p *prom.Prometheus, expr string) error {
	for {
		got, err := p.Query(ctx, expr)
		if err != nil || len(got) > 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// panels prints what each panel of a dashboard would show now.
func panels(ctx context.Context, out io.Writer, p *prom.Prometheus, b dashboards.Board) error {
	answers, err := p.Ask(ctx, b, "10s", "1h")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n== %s\n", b.Title)
	last := 0
	for _, a := range answers {
		if a.Panel.ID != last {
			fmt.Fprintf(out, "\n%s\n", a.Panel.Title)
			last = a.Panel.ID
		}
		if len(a.Series) == 0 {
			none := a.Panel.FieldConfig.Defaults.NoValue
			if none == "" {
				none = "NO DATA"
			}
			fmt.Fprintf(out, "    %s\n", none)
		}
		for i, s := range a.Series {
			if i == 8 {
				fmt.Fprintf(out, "    … and %d more\n", len(a.Series)-i)
				break
			}
			fmt.Fprintf(out, "    %-44s %s\n", legend(a, s), value(s.Value, unit(a)))
		}
	}
	return nil
}

var inBraces = regexp.MustCompile(`\{\{(\w+)\}\}`)

// unit is the unit of a query: a table's columns have their own.
func unit(a prom.Answer) string {
	if o := column(a); o != nil {
		return fmt.Sprint(o.Properties[0].Value)
	}
	return a.Panel.FieldConfig.Defaults.Unit
}

// column is how a column of a table looks; nil: it is none.
func column(a prom.Answer) *dashboards.Override {
	if i := int(a.Ref[0] - 'A'); a.Panel.Type == "table" && i < len(a.Panel.FieldConfig.Overrides) {
		return &a.Panel.FieldConfig.Overrides[i]
	}
	return nil
}

func legend(a prom.Answer, s prom.Series) string {
	for _, t := range a.Panel.Targets {
		if t.RefID == a.Ref && t.LegendFormat != "" {
			return inBraces.ReplaceAllStringFunc(t.LegendFormat, func(m string) string { return s.Labels[inBraces.FindStringSubmatch(m)[1]] })
		}
	}
	if o := column(a); o != nil {
		return strings.TrimSpace(s.Name() + " " + o.Matcher.Options)
	}
	return s.Name()
}

func value(v float64, unit string) string {
	switch unit {
	case "percentunit":
		return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
	case "s":
		if v >= 60 || v <= -60 {
			return time.Duration(v * float64(time.Second)).Round(time.Second).String()
		}
		return strconv.FormatFloat(v, 'g', 3, 64) + " s"
	case "bytes":
		return strconv.FormatFloat(v/(1<<20), 'f', 1, 64) + " MiB"
	case "reqps":
		return strconv.FormatFloat(v, 'g', 3, 64) + " /s"
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// provoke gives rights past the baseline of the demo's organization, as who ajar acts as, or
// takes them back.
func provoke(ctx context.Context, out io.Writer, d *demo, give bool) error {
	conf, err := os.ReadFile(filepath.Join(d.folder, "config.toml"))
	if err != nil {
		return fmt.Errorf("finding the demo's GitHub: %w", err)
	}
	api := regexp.MustCompile(`api_url = "([^"]+)"`).FindSubmatch(conf)
	token, err := os.ReadFile(filepath.Join(d.folder, "write-token"))
	if err != nil || api == nil {
		return fmt.Errorf("finding the demo's GitHub: %w", err)
	}
	org := githubsim.Demo().Orgs[0]
	done := 0
	for i := 0; done < 8 && i < len(org.Members); i++ {
		m, repo := org.Members[len(org.Members)-1-i], org.Repos[i%len(org.Repos)]
		if m.Role == "admin" || repo.Archived {
			continue
		}
		method, body := http.MethodPut, []byte(`{"permission":"admin"}`)
		if !give {
			method, body = http.MethodDelete, nil
		}
		at := fmt.Sprintf("%s/repos/%s/%s/collaborators/%s", strings.TrimRight(string(api[1]), "/"), org.Login, repo.Name, m.Login)
		if err := ask(ctx, method, at, strings.TrimSpace(string(token)), body); err != nil {
			fmt.Fprintf(out, "    %s on %s: %v\n", m.Login, repo.Name, err) // the demo goes on: somebody may have left
			continue
		}
		done++
	}
	if done == 0 {
		return fmt.Errorf("nobody could be given anything")
	}
	return nil
}

func ask(ctx context.Context, method, url, token string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("User-Agent", "ajar-observe")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var said struct{ Message string }
	if resp.StatusCode >= 300 {
		_ = json.NewDecoder(resp.Body).Decode(&said) // without a message the status must do
		return fmt.Errorf("status %d %s", resp.StatusCode, said.Message)
	}
	return nil
}

// mailbox is the receiver: it prints what arrives.
type mailbox struct {
	out  io.Writer
	mu   sync.Mutex
	seen map[string]int // by alert and status
}

func (m *mailbox) take(n prom.Notice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[n.Labels["alertname"]+" "+n.Status]++
	fmt.Fprintf(m.out, "  ARRIVED  %s %s %s (%s): %s %s\n", time.Now().UTC().Format(time.TimeOnly), n.Status, n.Labels["alertname"], n.Labels["severity"],
		n.Annotations["summary"], n.Annotations["runbook_url"])
}

func (m *mailbox) count(what string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen[what]
}

// wait waits until an alert arrives once more.
func (m *mailbox) wait(ctx context.Context, alert, status string) error {
	key := alert + " " + status
	before := m.count(key)
	for end := time.Now().Add(3 * time.Minute); m.count(key) == before; {
		if time.Now().After(end) {
			return fmt.Errorf("%s did not arrive as %s within 3 minutes", alert, status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil
}
