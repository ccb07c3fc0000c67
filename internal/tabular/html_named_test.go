package tabular

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
)

// A column that is called otherwise would take a line from the page without a word.
func TestEachLineOfNamesFindsItsColumns(t *testing.T) {
	found := map[string]bool{}
	for _, table := range evidence.Layout(nil) {
		for _, n := range watching(table) {
			found[n.title] = true
		}
	}
	for _, n := range namings {
		if !found[n.title] {
			t.Errorf("%q is about no table, or one without its columns", n.title)
		}
	}
}

// tableOf is a table as the evidence has it, with these cells in its rows.
func tableOf(t *testing.T, name string, rows ...map[string]string) evidence.Table {
	t.Helper()
	for _, table := range evidence.Layout(nil) {
		if table.Name != name {
			continue
		}
		var all [][]evidence.Value
		for _, cells := range rows {
			var row []evidence.Value
			for _, c := range table.Columns {
				v := evidence.Value{}
				switch text, ok := cells[c.Name]; {
				case c.Kind == evidence.Yes && ok:
					v = evidence.Is(text == "yes")
				case c.Kind == evidence.Text:
					v = evidence.Of(text)
				case c.Kind == evidence.Instant:
					v = evidence.At(from)
				}
				row = append(row, v)
			}
			all = append(all, row)
		}
		table.Rows = fixed(all...)
		return table
	}
	t.Fatalf("there is no table %s", name)
	return evidence.Table{}
}

func TestTheFirstPageNamesWhatNeedsALook(t *testing.T) {
	e := exampleEvidence()
	e.Tables = []evidence.Table{
		tableOf(t, "owners", map[string]string{"moment": "start", "person": "user:gone", "entitled": "no"},
			map[string]string{"moment": "end", "person": "user:new", "entitled": "no", "two_factor": "no"},
			map[string]string{"moment": "end", "person": "user:known", "entitled": "yes", "two_factor": "yes"}),
	}
	var held []map[string]string
	for i := range 25 {
		held = append(held, map[string]string{"moment": "end", "entitled": "no", "principal": fmt.Sprintf("user:p%02d", i%12)})
	}
	e.Tables = append(e.Tables, tableOf(t, "privileged-access", held...),
		tableOf(t, "setting-changes", map[string]string{
			"class": "settings", "effect": "more", "manner": "out-of-band", "subject": "org:acme", "aspect": "base permission", "before": "read", "after": "write",
		}))
	text := htmlOf(t, e)
	for _, want := range []string{
		`<b>1</b><span>Owners at the end whom the baseline does not list: <bdi>user:new</bdi> <span class="note">(table <a href="#t-owners">Owners</a>)`,
		"Owners at the end without a second factor: <bdi>user:new</bdi>",
		`<b>12</b><span>Who can write to repositories at the end, and is not allowed this much by the baseline: <bdi>user:p00</bdi> <span class="note">(3 repositories)</span>; <bdi>user:p01</bdi>`,
		"and 2 more", "<bdi>org:acme base permission read → write, 2026-01-01</bdi>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if at := strings.Index(text, "Owners at the end whom"); at > strings.Index(text, `<section id="reading"`) {
		t.Error("the names stand behind what else there is")
	}
}

// A table is cut, and what needs a look is not cut off.
func TestRowsThatNeedALookStandFirst(t *testing.T) {
	var rows []map[string]string
	for i := range 100 {
		rows = append(rows, map[string]string{"finding": fmt.Sprintf("f%02d", i), "state": "resolved", "severity": "high", "rule": "owner-not-listed"})
	}
	rows[90]["state"], rows[90]["severity"] = "open", "low"
	rows[95]["state"] = "open"
	e := exampleEvidence()
	f := newForemost(e, tableOf(t, "findings", rows...), 3)
	for row, err := range tableOf(t, "findings", rows...).Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		f.add(row)
	}
	var got []string
	for _, row := range f.rows() {
		got = append(got, row[1].Text)
	}
	if strings.Join(got, " ") != "f95 f90 f00" || len(f.looks) != 2 {
		t.Errorf("%v, %d", got, len(f.looks))
	}
	e.Tables = []evidence.Table{tableOf(t, "findings", rows...)}
	if text := htmlOf(t, e); !strings.Contains(text, "First stands what needs a look: 2 rows of those that are shown.") {
		t.Error("the order is not told")
	}
}

func TestThePageIsCalledByWhatItIsAbout(t *testing.T) {
	e := exampleEvidence()
	for n, want := range []string{"no organization", "a", "a, a", "a, a, a", "a, a, a and 1 more"} {
		e.Orgs = nil
		for range n {
			e.Orgs = append(e.Orgs, evidence.Org{Login: "a"})
		}
		text := htmlOf(t, e)
		for _, said := range []string{"<h1><bdi>" + want + "</bdi></h1>", "Evidence of access in " + want + " for SOC 2, 2026-01-01 to 2026-03-31</title>"} {
			if !strings.Contains(text, said) {
				t.Errorf("%q is missing", said)
			}
		}
	}
}
