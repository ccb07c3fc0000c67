package evidence

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/analyzer"
)

var update = flag.Bool("update", false, "rewrite docs/controls.md")

const controlsPreamble = `<!-- Made from internal/evidence; go test ./internal/evidence -run TestThePageAboutControls -update writes it. -->

# Controls

What ajar's records show about the controls of four frameworks, as the control matrix of
an evidence pack lays it out. The records *support* a control. Whether it is satisfied is
the auditor's word: much of each control lies outside of GitHub.

Under each control stand the findings of the [rules](rules.md) that support it, and under
every one how complete the records are: what was not seen supports nothing.

Each figure comes with a query. Read the tables of the pack into a database, each under
its name with ` + "`_` for `-`" + `, and the query gives the same number:

` + "```" + `
sqlite3 -cmd '.mode csv' -cmd '.import tables/population-end.csv population_end' :memory: \
  'SELECT count(*) FROM population_end'
` + "```" + `

With ` + "`SELECT *` for `SELECT count(*)`" + ` it lists the rows that are counted.

An exception is a figure of which each one needs a look: it is not a failure of the
control. In the OSCAL document of the pack an objective is ` + "`satisfied`" + ` where the records
are complete and count no exception; it is ajar's own objective, and not the control.

`

// parts are the topics by name, in the order of the page.
var parts = []struct {
	name string
	topic
}{
	{"population", population}, {"changes of access", accessChanges}, {"changes of settings", settingChanges}, {"owners", owners},
	{"privileged access", privilegedAccess}, {"second factor", secondFactor}, {"base permission", basePermission}, {"environments", environments},
	{"findings of its rules", findingsOf([]string{"RULES"})}, {"all findings", findingLives}, {"waivers", waiversOf([]string{"RULES"})}, {"remediation", remediation},
	{"operation", operation}, {"holds", holds}, {"notices", notices}, {"journal", journalKept}, {"completeness", completeness},
}

func partOf(t topic) string {
	for _, p := range parts {
		if slices.Equal(p.tables, t.tables) && p.figures[0].name == t.figures[0].name {
			return p.name
		}
	}
	return ""
}

func controlsPage() string {
	var b strings.Builder
	b.WriteString(controlsPreamble)
	for _, f := range Frameworks {
		fmt.Fprintf(&b, "## %s\n\n", frameworkNames[f])
		for _, c := range analyzer.Controls(frameworkNames[f]) {
			var names, rules []string
			for _, t := range topicsOf(c) {
				names = append(names, partOf(t))
			}
			for _, r := range analyzer.Rules() {
				if slices.Contains(r.Controls, c) {
					rules = append(rules, "["+r.ID+"](rules.md#"+r.ID+")")
				}
			}
			fmt.Fprintf(&b, "**%s, %s.** %s\n\n", c.ID, c.Title, statements[c.ID].text)
			fmt.Fprintf(&b, "*Parts.* %s.\n\n", strings.Join(names, ", "))
			if rules != nil {
				fmt.Fprintf(&b, "*Rules.* %s.\n\n", strings.Join(rules, ", "))
			}
		}
	}
	b.WriteString("## Parts and figures\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "\n### %s\n\nTables: `%s`.\n\n| figure | | exception | query |\n|---|---|---|---|\n", strings.ToUpper(p.name[:1])+p.name[1:], strings.Join(p.tables, "`, `"))
		for i, f := range p.figures {
			exception := ""
			if f.exception {
				exception = "yes"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", f.name, p.title(i), exception, strings.ReplaceAll(f.question.query(), "'RULES'", "one of the rules"))
		}
	}
	return b.String()
}

func TestThePageAboutControlsIsUpToDate(t *testing.T) {
	const path = "../../docs/controls.md"
	want := controlsPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != want {
		t.Errorf("%s does not say what the matrix holds (%v); make golden writes it", path, err)
	}
}

func TestEachControlOfTheCatalogHasAStatementAndEachStatementAControl(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Frameworks {
		for _, c := range analyzer.Controls(frameworkNames[f]) {
			if statements[c.ID].text == "" {
				t.Errorf("%s %s has no statement", f, c.ID)
			}
			seen[c.ID] = true
			for _, topic := range topicsOf(c) {
				if partOf(topic) == "" {
					t.Errorf("%s: the page knows no part of %v", c.ID, topic.tables)
				}
			}
		}
	}
	for id := range statements {
		if !seen[id] {
			t.Errorf("the statement of %s is of no control", id)
		}
	}
}
