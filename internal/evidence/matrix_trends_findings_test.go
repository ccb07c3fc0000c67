package evidence_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// remediesAreThoseOfEachLife holds the trend to the life of each finding.
func remediesAreThoseOfEachLife(t *rapid.T, s *store.Store, login string, in evidence.Period, tables []evidence.Table) {
	t.Helper()
	want := map[string]int{"opened": 0, "resolved": 0, "longest_seconds": 0}
	findings, err := s.Findings(context.Background(), login, store.Filter{})
	must(t, err)
	for _, f := range findings {
		opened, over, longest := lived(t, s, login, f, in)
		want["opened"] += opened
		want["resolved"] += over
		want["longest_seconds"] = max(want["longest_seconds"], longest)
	}
	got := map[string]int{"opened": 0, "resolved": 0, "longest_seconds": 0}
	for _, row := range read(t, tables, evidence.TrendRemedy) {
		for c := range got {
			var k int
			if row[c] != "" {
				_, err := fmt.Sscan(row[c], &k)
				must(t, err)
			}
			if c == "longest_seconds" {
				got[c] = max(got[c], k)
			} else {
				got[c] += k
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("time to remedy (-naive +table):\n%s", d)
	}
}

// lived counts the turns of one finding in a period, and the longest that it was open.
func lived(t *rapid.T, s *store.Store, org string, f access.Finding, in evidence.Period) (opened, over, longest int) {
	events, err := s.Events(context.Background(), org, f.Fingerprint)
	must(t, err)
	var since time.Time
	for _, e := range events {
		inside := !e.At.Before(in.From) && e.At.Before(in.To)
		switch e.What {
		case store.Opened, store.Reopened:
			since = e.At
			if inside {
				opened++
			}
		case store.Closed:
			if inside {
				over, longest = over+1, max(longest, int(e.At.Sub(since).Seconds()))
			}
		}
	}
	return opened, over, longest
}

// aged makes a store whose findings were open, accepted and over at known hours.
func aged(t *testing.T) (*store.Store, evidence.Evidence) {
	t.Helper()
	s := opened(t)
	finding := func(name string, waiver string) access.Finding {
		f := access.Finding{Fingerprint: name, Rule: "owner-not-listed", Severity: access.High, State: access.Open, Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: 77}, Name: "acme"}}
		if waiver != "" {
			f.State, f.Waiver = access.Waived, waiver
		}
		return f
	}
	steps := []struct {
		day   int
		found []access.Finding
	}{
		{0, []access.Finding{finding("a", ""), finding("b", "w")}},
		{1, []access.Finding{finding("b", "w")}},                                           // a: over after a day
		{30, []access.Finding{finding("a", ""), finding("b", "w"), finding("c", "w")}},     // b: 30 days
		{31, []access.Finding{finding("a", ""), finding("b", "w"), finding("c", "w")}},     // b: 31 days
		{33, []access.Finding{finding("b", ""), finding("c", "w"), finding("d", "other")}}, // a: over after three days, b: no waiver any more
		{400, []access.Finding{finding("c", "w")}},                                         // b: over after 400 days; c: 370 days
	}
	e := evidence.Evidence{Period: evidence.Period{From: noon.AddDate(0, 0, -1), To: noon.AddDate(2, 0, 0)}}
	for _, step := range steps {
		p, err := s.Begin(t.Context(), organization(77), noon.AddDate(0, 0, step.day))
		if err != nil {
			t.Fatal(err)
		}
		info, err := p.Finish(t.Context(), store.PassStats{})
		if err != nil {
			t.Fatal(err)
		}
		snap, err := s.Load(t.Context(), info)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Judge(t.Context(), snap, step.found, snap.TakenAt, store.Terms{}); err != nil {
			t.Fatal(err)
		}
		e.Orgs = []evidence.Org{{ID: 77, Login: "acme", First: 1, Last: info.ID}}
	}
	return s, e
}

func TestWaiversAgeByDays(t *testing.T) {
	s, e := aged(t)
	tables, err := evidence.Trends(t.Context(), s, e)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range read(t, tables, evidence.TrendWaivers) {
		got = append(got, fmt.Sprint(r["waived"], ": ", r["to_30_days"], " ", r["to_90_days"], " ", r["to_180_days"], " ", r["to_365_days"], " ", r["over_365_days"], ", oldest ", r["oldest_days"]))
	}
	want := []string{"1: 1 0 0 0 0, oldest 0", "1: 1 0 0 0 0, oldest 1", "2: 2 0 0 0 0, oldest 30", "2: 1 1 0 0 0, oldest 31",
		"2: 2 0 0 0 0, oldest 3", "1: 0 0 0 0 1, oldest 370"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestTimeToRemedyIsCountedByWeekAndSeverity(t *testing.T) {
	s, e := aged(t)
	tables, err := evidence.Trends(t.Context(), s, e)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range read(t, tables, evidence.TrendRemedy) {
		got = append(got, fmt.Sprint(r["week"][:10], " ", r["severity"], " ", r["opened"], " ", r["resolved"], " ", r["median_seconds"], " ", r["mean_seconds"], " ", r["longest_seconds"]))
	}
	const day = 24 * 60 * 60
	want := []string{
		fmt.Sprint("2025-12-29 high 2 1 ", day, " ", day, " ", day),
		"2026-01-26 high 2 0   ",
		fmt.Sprint("2026-02-02 high 1 1 ", 3*day, " ", 3*day, " ", 3*day),
		fmt.Sprint("2027-02-01 high 0 2 ", (400+367)*day/2, " ", (400+367)*day/2, " ", 400*day),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
