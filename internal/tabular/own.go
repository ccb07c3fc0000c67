package tabular

import (
	"context"
	"iter"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
)

// The names of the tables that are made of the evidence itself.
const (
	gapsName     = "gaps"
	controlsName = "controls"
)

// ordered gives the tables as they are shown together: the gaps, which are one of them or
// are made of the evidence, and then the others.
func ordered(e evidence.Evidence) (gaps evidence.Table, others []evidence.Table) {
	gaps = evidence.GapTable(e.Gaps)
	for _, t := range e.Tables {
		if t.Name == gapsName {
			gaps = t
			continue
		}
		others = append(others, t)
	}
	return gaps, others
}

// controlSheet gives the control matrix as one table: a row for each figure of a control, and
// one for a control without any.
func controlSheet(e evidence.Evidence) evidence.Table {
	return evidence.Table{
		Name: controlsName, Title: "Controls", Source: "the tables that each control names",
		About: "A row is a figure that supports a control, with the query that gives it again from the tables.",
		Columns: []evidence.Column{
			{Name: "control", Title: "Control", About: "The control, as its framework names it.", Kind: evidence.Text},
			{Name: "title", Title: "Title", About: "What the control is about.", Kind: evidence.Text},
			{Name: "figure_title", Title: "What is counted", About: "What the figure counts.", Kind: evidence.Text},
			{Name: "value", Title: "Value", About: "The figure.", Kind: evidence.Whole},
			{Name: "exception", Title: "Exception", About: "Whether what it counts needs a look.", Kind: evidence.Yes},
			{Name: "query", Title: "Query", About: "SQL that gives the figure again, with each table by its name and _ for -.", Kind: evidence.Text},
			{Name: "figure", Title: "Figure", About: "The name of the figure.", Kind: evidence.Text},
			{Name: "statement", Title: "What the records show", About: "What ajar's records show about it; in the first row of the control.", Kind: evidence.Text},
			{Name: "tables", Title: "Tables", About: "The tables that support it; in the first row of the control.", Kind: evidence.Text},
			{Name: "rules", Title: "Rules", About: "The rules whose findings its figures count; in the first row of the control.", Kind: evidence.Text},
		},
		Rows: made(func(yield func(...evidence.Value) bool) {
			for _, c := range e.Controls {
				id, title, said := evidence.Of(c.ID), evidence.Of(c.Title), [3]evidence.Value{
					evidence.Of(c.Statement), evidence.Of(strings.Join(c.Tables, ", ")), evidence.Of(strings.Join(c.Rules, ", ")),
				}
				var none evidence.Value
				if len(c.Numbers) == 0 && !yield(id, title, none, none, none, none, none, said[0], said[1], said[2]) {
					return
				}
				for _, n := range c.Numbers {
					if !yield(id, title, evidence.Of(n.Title), evidence.Count(n.Value), evidence.Is(n.Exception), evidence.Of(n.Query),
						evidence.Of(n.Name), said[0], said[1], said[2]) {
						return
					}
					said = [3]evidence.Value{} // once is enough
				}
			}
		}),
	}
}

// made gives rows that are in memory the shape of a table's.
func made(each func(yield func(...evidence.Value) bool)) func(context.Context) iter.Seq2[[]evidence.Value, error] {
	return func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			each(func(row ...evidence.Value) bool { return yield(row, nil) })
		}
	}
}
