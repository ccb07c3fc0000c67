package analyzer_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

var update = flag.Bool("update", false, "write docs/rules.md from the table of rules")

const preamble = `# Rules

Every rule that ajar runs, in the order in which they run. This page is written
from the table in ` + "`analyzer`" + ` by ` + "`go test ./analyzer -run TestRulesPage -update`" + `.

A finding is one cause, however many people it affects. A rule says nothing
where it has not seen enough: what it could not judge is counted, with the
reason, as *undecided*. A grant, person, key or environment that was seen and
could not be judged counts as one. What was not even listed cannot be counted:
then an area that was not read counts as one, or each of its teams, roles or
repositories that was not, and the reason ends in "what is there was not
counted". So a rule without an undecided line has judged everything it is for.
What the plan or the server does not have hides nothing. "Needs" lists the areas of the coverage ledger that a
full judgement takes; "baseline" says whether the rule runs without one.

The controls are those whose fulfilment a rule's findings, or their absence,
support. No rule proves a control by itself.

`

// page writes docs/rules.md.
func page() string {
	var b strings.Builder
	b.WriteString(preamble)
	b.WriteString("| rule | category | severity | baseline |\n|---|---|---|---|\n")
	for _, r := range analyzer.Rules() {
		needed := "not needed"
		if r.Baseline {
			needed = "needed"
		}
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s |\n", r.ID, r.ID, r.Category, r.Severity, needed)
	}
	for _, r := range analyzer.Rules() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s.** %s\n\n", r.ID, r.Title, r.What)
		fmt.Fprintf(&b, "*Why it matters.* %s\n\n", r.Why)
		fmt.Fprintf(&b, "*Severity.* %s by default. %s\n\n", capital(r.Severity.String()), r.Grading)
		fmt.Fprintf(&b, "*How to fix.* %s\n\n", r.Remedy)
		fmt.Fprintf(&b, "*Needs.* %s.\n\n", strings.Join(words(r.Needs), ", "))
		fmt.Fprintf(&b, "*Supports.* %s.\n\n", controls(r.Controls))
		fmt.Fprintf(&b, "*Example.* \"%s\"\n", r.Example)
	}
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func words(areas []access.Area) []string {
	var out []string
	for _, a := range areas {
		out = append(out, "`"+string(a)+"`")
	}
	return out
}

func controls(cs []analyzer.Control) string {
	var frameworks []string
	ids := map[string][]string{}
	for _, c := range cs {
		if !slices.Contains(frameworks, c.Framework) {
			frameworks = append(frameworks, c.Framework)
		}
		ids[c.Framework] = append(ids[c.Framework], c.ID)
	}
	var out []string
	for _, f := range frameworks {
		out = append(out, f+" "+strings.Join(ids[f], ", "))
	}
	return strings.Join(out, "; ")
}

func TestRulesPageIsWhatTheRulesSay(t *testing.T) {
	path := filepath.Join("..", "docs", "rules.md")
	want := page()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("docs/rules.md is not what the rules say; run go test ./analyzer -run TestRulesPage -update\n%s", d)
	}
}

func TestEveryRuleSaysAllThatPeopleNeed(t *testing.T) {
	categories := []string{analyzer.Overprivileged, analyzer.Stale, analyzer.Standing, analyzer.Environment, analyzer.Hygiene, analyzer.CriticalState, analyzer.Anomaly}
	seen := map[string]bool{}
	last := 0
	for _, r := range analyzer.Rules() {
		if seen[r.ID] {
			t.Errorf("%s stands twice in the table", r.ID)
		}
		seen[r.ID] = true
		for name, text := range map[string]string{"what": r.What, "why": r.Why, "grading": r.Grading, "remedy": r.Remedy} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is not a sentence: %q", r.ID, name, text)
			}
		}
		if n := strings.Count(r.Why, "."); n != 2 {
			t.Errorf("%s: why has %d sentences, want two", r.ID, n)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || r.Example == "" || r.Severity == access.NoSeverity {
			t.Errorf("%s: title, example or severity is wrong", r.ID)
		}
		if len(r.Needs) == 0 || len(r.Controls) < 3 {
			t.Errorf("%s: needs %d areas and supports %d controls", r.ID, len(r.Needs), len(r.Controls))
		}
		for _, a := range r.Needs {
			if !slices.Contains(access.Areas, a) {
				t.Errorf("%s needs %q, which is no area", r.ID, a)
			}
		}
		i := slices.Index(categories, r.Category)
		if i < last {
			t.Errorf("%s: category %q is unknown or out of order", r.ID, r.Category)
		}
		last = i
	}
}

func TestEveryFrameworkIsSupported(t *testing.T) {
	named := map[string]bool{}
	for _, r := range analyzer.Rules() {
		for _, c := range r.Controls {
			named[c.Framework] = true
			if c.Title == "" {
				t.Errorf("%s: %s has no title", r.ID, c.ID)
			}
		}
	}
	for _, f := range []string{analyzer.SOC2, analyzer.ISO, analyzer.NIST, analyzer.CIS} {
		if !named[f] {
			t.Errorf("no rule supports a control of %s", f)
		}
	}
}
