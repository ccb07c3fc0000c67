package evidence

import (
	"context"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/analyzer"
)

// frameworkNames are the names by which the analyzer's catalog knows the frameworks.
var frameworkNames = map[Framework]string{SOC2: analyzer.SOC2, ISO27001: analyzer.ISO, NIST80053: analyzer.NIST, CISGitHub: analyzer.CIS}

// Matrix lays the evidence out by the controls of its framework: those of the analyzer's
// catalog. It reads the tables of e, each of them once, and not e.Controls. What would
// be counted in a table that e does not have is left out, and so is that table.
func Matrix(ctx context.Context, e Evidence) ([]Control, error) {
	name, known := frameworkNames[e.Framework]
	if !known {
		return nil, fmt.Errorf("laying out the controls: no framework is called %q", e.Framework)
	}
	var all []question
	topics := map[string][]topic{}
	for _, c := range analyzer.Controls(name) {
		topics[c.ID] = topicsOf(c)
		for _, t := range topics[c.ID] {
			for _, f := range t.figures {
				all = append(all, f.question)
			}
		}
	}
	answers, err := answer(ctx, e.Tables, all)
	if err != nil {
		return nil, fmt.Errorf("laying out the controls: %w", err)
	}
	var out []Control
	for _, c := range analyzer.Controls(name) {
		control := Control{ID: c.ID, Title: c.Title, Statement: statements[c.ID].text}
		for _, t := range topics[c.ID] {
			control.add(t, e.Tables, answers)
		}
		out = append(out, control)
	}
	return out, nil
}

// add adds what a topic shows, as far as its tables are there.
func (c *Control) add(t topic, tables []Table, answers map[string]int64) {
	for _, name := range t.tables {
		has := slices.ContainsFunc(tables, func(t Table) bool { return t.Name == name })
		if has && !slices.Contains(c.Tables, name) {
			c.Tables = append(c.Tables, name)
		}
	}
	for _, f := range t.figures {
		if value, ok := answers[f.question.query()]; ok {
			c.Numbers = append(c.Numbers, Figure{f.name, f.title, f.question.query(), value, f.exception})
		}
	}
}

// topicsOf are what supports a control: what it is about, the findings of the rules that
// support it, and how complete all of that is.
func topicsOf(c analyzer.Control) []topic {
	var rules []string
	for _, r := range analyzer.Rules() {
		if slices.Contains(r.Controls, c) {
			rules = append(rules, r.ID)
		}
	}
	out := slices.Clone(statements[c.ID].topics)
	if len(rules) > 0 {
		out = append(out, findingsOf(rules), waivers)
	}
	return append(out, completeness)
}
