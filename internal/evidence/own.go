package evidence

import (
	"context"
	"strings"
)

// GapTable lists gaps, so that they can be counted like everything else.
func GapTable(gaps []Gap) Table {
	return build("gaps", "Gaps", "One row for each thing that the evidence does not show, and why. Without any the evidence is complete.",
		"the list of passes; the ledger of coverage; the changes held against the populations",
		[]Column{organizationColumn,
			{"area", "Area", "The kind of data; empty for all of it.", Text},
			{"scope", "Scope", "The team, role or repository; empty for all of the area.", Text},
			{"since", "Since", "From when on.", Instant},
			{"until", "Until", "Until when it is known to have lasted.", Instant},
			{"reason", "Reason", "Why.", Text},
			{"snapshots", "Snapshots", "In how many snapshots it is so; 0 where there was none.", Whole},
		}, func(_ context.Context, emit emit) error {
			for _, x := range gaps {
				if err := emit(Of(x.Org), Of(x.Area), Of(x.Scope), At(x.From), At(x.To), Of(x.Reason), Count(x.Snapshots)); err != nil {
					return err
				}
			}
			return nil
		})
}

// ControlTable lists controls, one a row.
func ControlTable(controls []Control) Table {
	return build("controls", "Controls", "A row is a control of the framework that the tables support. Whether it is satisfied is the auditor's word.",
		"the tables that each row names",
		[]Column{
			{"control", "Control", "Its number in the framework.", Text},
			{"title", "Title", "Its title.", Text},
			{"statement", "Statement", "What the records show about it.", Text},
			{"tables", "Tables", "The tables that support it, with blanks between their names.", Text},
			{"rules", "Rules", "The rules whose findings its numbers of findings count, with blanks between their names.", Text},
		}, func(_ context.Context, emit emit) error {
			for _, c := range controls {
				if err := emit(Of(c.ID), Of(c.Title), Of(c.Statement), Of(strings.Join(c.Tables, " ")), Of(strings.Join(c.Rules, " "))); err != nil {
					return err
				}
			}
			return nil
		})
}

// FigureTable lists the figures of controls, one a row.
func FigureTable(controls []Control) Table {
	return build("control-numbers", "Numbers of the controls", "A row is a number of a control, with the query that gives it again from the tables.",
		"the tables that each query reads",
		[]Column{
			{"control", "Control", "The number of the control in the framework.", Text},
			{"name", "Name", "The name of the number.", Text},
			{"title", "Title", "What it counts.", Text},
			{"value", "Value", "How many.", Whole},
			{"exception", "Exception", "Whether what it counts needs a look.", Yes},
			{"query", "Query", "SQL over the tables, each by its name with _ for -, that gives the number.", Text},
		}, func(_ context.Context, emit emit) error {
			for _, c := range controls {
				for _, f := range c.Numbers {
					if err := emit(Of(c.ID), Of(f.Name), Of(f.Title), Count(f.Value), Is(f.Exception), Of(f.Query)); err != nil {
						return err
					}
				}
			}
			return nil
		})
}
