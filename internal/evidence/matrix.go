package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/analyzer"
)

// frameworkNames are the names by which the analyzer's catalog knows the frameworks.
var frameworkNames = map[Framework]string{SOC2: analyzer.SOC2, ISO27001: analyzer.ISO, NIST80053: analyzer.NIST, CISGitHub: analyzer.CIS}

// Matrix lays the evidence out by the controls of its framework: those of the analyzer's
// catalog. It reads the tables of e, each of them once, and not e.Controls. What would
// be counted in a table that e does not have is left out, and so is that table.
func Matrix(ctx context.Context, e Evidence) ([]Control, error) {
	r, err := NewRecount(e.Framework)
	if err != nil {
		return nil, fmt.Errorf("laying out the controls: %w", err)
	}
	answers, err := answer(ctx, e.Tables, r.questions)
	if err != nil {
		return nil, fmt.Errorf("laying out the controls: %w", err)
	}
	return layOut(e.Framework, e.Tables, answers), nil
}

// layOut makes the controls of a framework of what was counted in tables.
func layOut(f Framework, tables []Table, answers map[string]int64) []Control {
	var out []Control
	for _, c := range analyzer.Controls(frameworkNames[f]) {
		control := Control{ID: c.ID, Title: c.Title, Statement: statements[c.ID].text, Rules: rulesOf(c)}
		for _, t := range topicsOf(c) {
			control.add(t, tables, answers)
		}
		out = append(out, control)
	}
	return out
}

// add adds what a topic shows, as far as its tables are there.
func (c *Control) add(t topic, tables []Table, answers map[string]int64) {
	for _, name := range t.tables {
		has := slices.ContainsFunc(tables, func(t Table) bool { return t.Name == name })
		if has && !slices.Contains(c.Tables, name) {
			c.Tables = append(c.Tables, name)
		}
	}
	for i, f := range t.figures {
		if value, ok := answers[f.question.query()]; ok {
			c.Numbers = append(c.Numbers, Figure{f.name, t.title(i), f.question.query(), value, f.exception})
		}
	}
}

// ofThem begins the title of a figure that counts a part of what one before it counts.
const ofThem = "Of them, "

// title tells what a figure of the topic counts in a sentence that stands alone, wherever it
// is sorted, filtered or printed: a part says of what it is a part.
func (t topic) title(i int) string {
	part, ok := strings.CutPrefix(t.figures[i].title, ofThem)
	for n := i; ok && n > 0; {
		if n--; !strings.HasPrefix(t.figures[n].title, ofThem) {
			return t.figures[n].title + ": " + part
		}
	}
	return t.figures[i].title
}

// topicsOf are what supports a control: what it is about, the findings of the rules that
// support it, and how complete all of that is.
func topicsOf(c analyzer.Control) []topic {
	rules := rulesOf(c)
	out := slices.Clone(statements[c.ID].topics)
	if len(rules) > 0 {
		out = append(out, findingsOf(rules), waiversOf(rules))
	}
	return append(out, completeness)
}

// rulesOf are the rules that support a control.
func rulesOf(c analyzer.Control) []string {
	var out []string
	for _, r := range analyzer.Rules() {
		if slices.Contains(r.Controls, c) {
			out = append(out, r.ID)
		}
	}
	return out
}
