package evidence_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// gathered is the evidence of a small store in which two findings came, one went again,
// one is waived, and a pass saw a gap.
func gathered(t *testing.T, f evidence.Framework) evidence.Evidence {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() { s.Close() })
	for n := range 3 {
		var gaps []access.Cover
		if n == 1 {
			gaps = []access.Cover{{Area: access.AreaDeployKeys, Status: access.Denied, Reason: "forbidden", Total: -1}}
		}
		info := pass(t, s, hour(n), func(p *store.Pass) { world(t, p, n) }, gaps...)
		snap, err := s.Load(t.Context(), info)
		check(t, err)
		all := []access.Finding{
			{Fingerprint: "f1", Rule: "owner-not-listed", Severity: access.High, State: access.Open, Org: access.Named{Ref: org(), Name: "org:acme"}},
			{Fingerprint: "f2", Rule: "member-stale", Severity: access.Medium, State: access.Waived, Waiver: "on leave", Org: access.Named{Ref: org(), Name: "org:acme"}},
			{Fingerprint: "f3", Rule: evidence.StandingRule, Severity: access.Low, State: access.Open, Org: access.Named{Ref: org(), Name: "org:acme"}},
		}
		_, err = s.Judge(t.Context(), snap, all[n%2:], hour(n), store.Terms{})
		check(t, err)
	}
	e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: f, Period: evidence.Period{From: dawn, To: past(hour(4))}, Program: "test"})
	check(t, err)
	return e
}

// TestEachFigureIsWhatItsQueryGives counts once in Go and once in SQLite.
func TestEachFigureIsWhatItsQueryGives(t *testing.T) {
	for _, f := range evidence.Frameworks {
		e := gathered(t, f)
		t.Logf("%s: %d controls, %d figures", f, len(e.Controls), reproduced(t, e, false, true)/2)
		held(t, e)
	}
}

func TestEachFigureIsWhatItsQueryGivesWhateverStandsInTheTables(t *testing.T) {
	e := gathered(t, evidence.SOC2)
	rapid.Check(t, func(t *rapid.T) {
		x := evidence.Evidence{Framework: rapid.SampledFrom(evidence.Frameworks).Draw(t, "framework"), Tables: drawn(t, e.Tables)}
		var err error
		x.Controls, err = evidence.Matrix(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		reproduced(t, x, rapid.Bool().Draw(t, "null"))
		held(t, x)
	})
}
