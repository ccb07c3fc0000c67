package main

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/store"
)

func TestMetricsTellHowLongFindingsWereOpenAndAccepted(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s := &service{meter: metrics.New(metrics.Known{}), turns: turns{}, log: slog.New(slog.DiscardHandler)}
	org := access.Organization{ID: 1, Login: "acme"}
	finding := func(id string, state access.State) access.Finding {
		return access.Finding{Fingerprint: id, Rule: "owner-not-listed", Severity: access.High, State: state, Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: 1}, Name: "org:acme"}}
	}
	for _, step := range []struct {
		day   int
		by    string
		found []access.Finding
	}{
		{0, "b1", []access.Finding{finding("gone", access.Open), finding("kept", access.Waived), finding("asked", access.Open)}},
		{2, "b1", []access.Finding{finding("kept", access.Waived), finding("asked", access.Open)}},
		{40, "b2", []access.Finding{finding("kept", access.Waived)}}, // that "asked" is over may be the other baseline
	} {
		taken := at.AddDate(0, 0, step.day)
		p, err := st.Begin(t.Context(), org, taken)
		if err != nil {
			t.Fatal(err)
		}
		info, err := p.Finish(t.Context(), store.PassStats{})
		if err != nil {
			t.Fatal(err)
		}
		snap, err := st.Load(t.Context(), info)
		if err != nil {
			t.Fatal(err)
		}
		all, err := st.Judge(t.Context(), snap, step.found, taken, store.Terms{Baseline: step.by})
		if err != nil {
			t.Fatal(err)
		}
		s.turned(t.Context(), st, "acme", audit.Result{View: audit.View{Snapshot: snap, Info: info}, Findings: all, At: taken})
	}
	w := httptest.NewRecorder()
	s.meter.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, want := range []string{"ajar_finding_remedy_seconds_sum 172800", "ajar_finding_remedy_seconds_count 1",
		`ajar_waivers_by_age{age="to_30_days",org="acme"} 0`, `ajar_waivers_by_age{age="to_90_days",org="acme"} 1`} {
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("%s is missing", want)
		}
	}
}
