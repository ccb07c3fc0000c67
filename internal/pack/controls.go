package pack

import (
	"context"
	"iter"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
)

// controlTables gives what an evidence says beside its tables as tables too, so that
// everything in a pack can be read by programs.
func controlTables(e evidence.Evidence) []evidence.Table {
	return []evidence.Table{gapTable(e), controlTable(e), figureTable(e)}
}

func of(rows [][]evidence.Value) func(context.Context) iter.Seq2[[]evidence.Value, error] {
	return func(context.Context) iter.Seq2[[]evidence.Value, error] {
		return func(yield func([]evidence.Value, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func gapTable(e evidence.Evidence) evidence.Table {
	t := evidence.Table{
		Name: "gaps", Title: "Gaps", Source: "the coverage of the snapshots of the period",
		About: "A row is something that the evidence does not show, and why. Where there is none, the evidence is complete.",
		Columns: []evidence.Column{
			{Name: "organization", Title: "Organization", About: "The login of the organization.", Kind: evidence.Text},
			{Name: "area", Title: "Area", About: "The kind of data that was not seen; empty: all of it.", Kind: evidence.Text},
			{Name: "scope", Title: "Scope", About: "What it is about, such as a repository; empty: all of the area.", Kind: evidence.Text},
			{Name: "from", Title: "From", About: "Since when it was not seen.", Kind: evidence.Instant},
			{Name: "to", Title: "To", About: "Until when it was not seen.", Kind: evidence.Instant},
			{Name: "reason", Title: "Reason", About: "Why it was not seen.", Kind: evidence.Text},
			{Name: "snapshots", Title: "Snapshots", About: "In how many snapshots it is missing.", Kind: evidence.Whole},
		},
	}
	var rows [][]evidence.Value
	for _, g := range e.Gaps {
		rows = append(rows, []evidence.Value{
			evidence.Of(g.Org), evidence.Of(g.Area), evidence.Of(g.Scope), evidence.At(g.From), evidence.At(g.To), evidence.Of(g.Reason), evidence.Count(g.Snapshots),
		})
	}
	t.Rows = of(rows)
	return t
}

func controlTable(e evidence.Evidence) evidence.Table {
	t := evidence.Table{
		Name: "controls", Title: "Controls", Source: "the tables that each row names",
		About: "A row is a control of the framework that the tables support. Whether it is satisfied is the auditor's word.",
		Columns: []evidence.Column{
			{Name: "control", Title: "Control", About: "Its number in the framework.", Kind: evidence.Text},
			{Name: "title", Title: "Title", About: "Its title.", Kind: evidence.Text},
			{Name: "statement", Title: "Statement", About: "What the records show about it.", Kind: evidence.Text},
			{Name: "tables", Title: "Tables", About: "The tables that support it, with blanks between their names.", Kind: evidence.Text},
		},
	}
	var rows [][]evidence.Value
	for _, c := range e.Controls {
		rows = append(rows, []evidence.Value{evidence.Of(c.ID), evidence.Of(c.Title), evidence.Of(c.Statement), evidence.Of(strings.Join(c.Tables, " "))})
	}
	t.Rows = of(rows)
	return t
}

func figureTable(e evidence.Evidence) evidence.Table {
	t := evidence.Table{
		Name: "control-numbers", Title: "Numbers of the controls", Source: "the tables that each query reads",
		About: "A row is a number of a control, with the query that gives it again from the tables.",
		Columns: []evidence.Column{
			{Name: "control", Title: "Control", About: "The number of the control in the framework.", Kind: evidence.Text},
			{Name: "name", Title: "Name", About: "The name of the number.", Kind: evidence.Text},
			{Name: "title", Title: "Title", About: "What it counts.", Kind: evidence.Text},
			{Name: "value", Title: "Value", About: "How many.", Kind: evidence.Whole},
			{Name: "exception", Title: "Exception", About: "Whether what it counts needs a look.", Kind: evidence.Yes},
			{Name: "query", Title: "Query", About: "SQL over the tables, each by its name with _ for -, that gives the number.", Kind: evidence.Text},
		},
	}
	var rows [][]evidence.Value
	for _, c := range e.Controls {
		for _, f := range c.Numbers {
			rows = append(rows, []evidence.Value{evidence.Of(c.ID), evidence.Of(f.Name), evidence.Of(f.Title), evidence.Count(f.Value), evidence.Is(f.Exception), evidence.Of(f.Query)})
		}
	}
	t.Rows = of(rows)
	return t
}
