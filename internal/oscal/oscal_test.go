package oscal

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/defenseunicorns/go-oscal/src/pkg/validation"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/evidence"
)

var from, to = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func sample() evidence.Evidence {
	return evidence.Evidence{
		Framework: evidence.NIST80053, Program: "ajar 1.2.3 (abc)", Complete: true,
		Period: evidence.Period{From: from, To: to},
		Orgs:   []evidence.Org{{ID: 42, Login: "acme", First: 1, Last: 9, Start: from, End: to}},
		Controls: []evidence.Control{
			{
				ID: "AC-2(3)", Title: "Disable accounts", Statement: "Supports the control by what is unused.", Tables: []string{"findings"},
				Numbers: []evidence.Figure{
					{Name: "stale", Title: "Open findings at the end", Query: "SELECT count(*)\n  FROM findings", Exception: true},
					{Name: "people", Title: "People", Query: "SELECT 7", Value: 7},
				},
			},
			{ID: "AC-6", Title: "Least privilege", Statement: "Supports the control.", Tables: []string{"population-end"}},
		},
	}
}

func write(t interface {
	Helper()
	Fatal(...any)
}, e evidence.Evidence) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(context.Background(), &out, e); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// judge holds a document to NIST's own schema.
func judge(text []byte) error {
	v, err := validation.NewValidator(text)
	if err != nil {
		return err
	}
	return v.Validate()
}

func TestTheDocumentIsWhatTheSchemaOfNISTWants(t *testing.T) {
	ids := map[evidence.Framework][2]string{
		evidence.SOC2: {"CC6.1", "CC8.1"}, evidence.ISO27001: {"A.5.3", "A.8.31"},
		evidence.NIST80053: {"AC-2", "AC-6(5)"}, evidence.CISGitHub: {"1.3.1", "1.3.5"},
	}
	e := sample()
	for _, f := range evidence.Frameworks {
		e.Framework = f
		e.Controls[0].ID, e.Controls[1].ID = ids[f][0], ids[f][1]
		if err := judge(write(t, e)); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	e = sample()
	e.Complete, e.Gaps = false, []evidence.Gap{{Org: "acme", Area: "members", From: from, To: to, Reason: "forbidden", Snapshots: 3}, {Org: "gone"}}
	if err := judge(write(t, e)); err != nil {
		t.Errorf("with gaps: %v", err)
	}
}

func TestTheSchemaIsTheOneThatIsNamed(t *testing.T) {
	v, err := validation.NewValidator(write(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.GetSchemaVersion(); got != Version {
		t.Errorf("the schema is of %s, not of %s", got, Version)
	}
	broken := bytes.Replace(write(t, sample()), []byte(`"import-ap"`), []byte(`"import-app"`), 1)
	if judge(broken) == nil {
		t.Error("a document without import-ap passes: nothing is judged")
	}
}

func TestHostileNamesGiveAValidDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := sample()
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "\n", "\x1b[2J", "a\u202eb", "\u00a0", "\u0085 x", "-- ", "\xff"}))
		e.Orgs[0].Login, e.Program = text.Draw(t, "login"), text.Draw(t, "program")
		e.Controls[0].Title, e.Controls[0].Statement = text.Draw(t, "title"), text.Draw(t, "statement")
		e.Complete = false
		e.Gaps = []evidence.Gap{{Org: text.Draw(t, "org"), Area: text.Draw(t, "area"), Scope: text.Draw(t, "scope"), Reason: text.Draw(t, "reason")}}
		if err := judge(write(t, e)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheSameEvidenceGivesTheSameBytes(t *testing.T) {
	one, two := write(t, sample()), write(t, sample())
	if !bytes.Equal(one, two) {
		t.Error("two writings differ")
	}
	other := sample()
	other.Orgs[0].ID = 43
	var a, b document
	for text, d := range map[*document][]byte{&a: one, &b: write(t, other)} {
		if err := json.Unmarshal(d, text); err != nil {
			t.Fatal(err)
		}
	}
	if a.Results.UUID == b.Results.UUID || a.Results.Results[0].Findings[0].UUID == b.Results.Results[0].Findings[0].UUID {
		t.Error("two organizations share an identifier")
	}
}

func TestNoIdentifierStandsForTwoThings(t *testing.T) {
	e := sample()
	e.Gaps = []evidence.Gap{{Org: "acme"}, {Org: "acme"}}
	e.Controls[1].Numbers = slices.Clone(e.Controls[0].Numbers)
	seen := map[string]bool{}
	for l := range strings.Lines(string(write(t, e))) {
		key, value, _ := strings.Cut(strings.TrimSpace(l), ": ")
		if key != `"uuid"` {
			continue
		}
		if seen[value] {
			t.Errorf("%s is given twice", value)
		}
		seen[value] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d identifiers", len(seen))
	}
}

func TestExceptionsAndGapsAreNeverCalledSatisfied(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*evidence.Evidence)
		state, reason string
	}{
		"whole and clean": {func(*evidence.Evidence) {}, "satisfied", "pass"},
		"an exception":    {func(e *evidence.Evidence) { e.Controls[0].Numbers[0].Value = 1 }, "not-satisfied", "other"},
		"a gap":           {func(e *evidence.Evidence) { e.Complete = false }, "not-satisfied", "other"},
		"both": {func(e *evidence.Evidence) {
			e.Complete, e.Controls[0].Numbers[0].Value = false, 2
		}, "not-satisfied", "other"},
	} {
		e := sample()
		c.change(&e)
		var d document
		if err := json.Unmarshal(write(t, e), &d); err != nil {
			t.Fatal(err)
		}
		s := d.Results.Results[0].Findings[0].Target.Status
		if s.State != c.state || s.Reason != c.reason || !strings.HasSuffix(s.Remarks, ownWord) {
			t.Errorf("%s: %+v, want %s, %s", name, s, c.state, c.reason)
		}
		if e.Complete == strings.Contains(d.Results.Metadata.Title, "INCOMPLETE") {
			t.Errorf("%s: the title is %q", name, d.Results.Metadata.Title)
		}
	}
}

func TestEvidenceWithoutControlsGivesNoResults(t *testing.T) {
	e := sample()
	e.Controls = nil
	var out bytes.Buffer
	if err := Write(t.Context(), &out, e); err == nil || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}
