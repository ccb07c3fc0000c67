package evidence_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/tabular"
)

// imported reads each table into a database as anybody would: its CSV, all columns as
// text, an empty cell as an empty text or, with null, as NULL.
func imported(t fataler, tables []evidence.Table, null bool) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	for _, table := range tables {
		var text bytes.Buffer
		if err := tabular.WriteCSV(ctx, &text, table); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&text).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		name, columns := strings.ReplaceAll(table.Name, "-", "_"), `"`+strings.Join(rows[0], `", "`)+`"`
		if _, err := db.ExecContext(ctx, "CREATE TABLE "+name+" ("+columns+")"); err != nil {
			t.Fatal(err)
		}
		holders := strings.TrimSuffix(strings.Repeat("?, ", len(rows[0])), ", ")
		for _, row := range rows[1:] {
			cells := make([]any, len(row))
			for i, c := range row {
				if cells[i] = c; null && c == "" {
					cells[i] = nil
				}
			}
			if _, err := db.ExecContext(ctx, "INSERT INTO "+name+" VALUES ("+holders+")", cells...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return db
}

type fataler interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}

// reproduced runs the query of each figure over the imported tables, in each of the ways
// in which empty cells come in.
func reproduced(t fataler, e evidence.Evidence, nulls ...bool) (figures int) {
	t.Helper()
	for _, null := range nulls {
		db := imported(t, e.Tables, null)
		for _, c := range e.Controls {
			for _, f := range c.Numbers {
				var got int64
				if err := db.QueryRowContext(context.Background(), f.Query).Scan(&got); err != nil {
					t.Fatal(c.ID, f.Name, f.Query, err)
				}
				if got != f.Value {
					t.Errorf("%s, %s: the matrix says %d, %s gives %d", c.ID, f.Name, f.Value, f.Query, got)
				}
				figures++
			}
		}
		db.Close()
	}
	return figures
}

// words are what the cells of the tables hold, and hostile ones.
var words = []string{"", "yes", "no", "start", "end", "open", "waived", "resolved", "came", "went", "planned", "restored", "out-of-band", "unknown", "more", "less", "user", "team",
	"admin", "write", "approve", "bypass", "complete", "partial", "denied", "unread", "unavailable", "verified", "failed", "in-doubt", "refused", "approved", "withdrawn", "plan",
	"restore", "journal", "outbox", "sent", "dead", "foreign", "baseline", "owner-not-listed", "member-stale", "two-factor-missing", "=1+1", "'x", "a'b", `q"r`, " -2"}

// drawn gives tables with the columns of the given ones and other rows.
func drawn(t *rapid.T, tables []evidence.Table) []evidence.Table {
	var out []evidence.Table
	for _, table := range tables {
		rows := make([][]evidence.Value, rapid.IntRange(0, 8).Draw(t, "rows"))
		for i := range rows {
			for _, c := range table.Columns {
				rows[i] = append(rows[i], randomCell(t, c.Kind))
			}
		}
		table.Rows = func(context.Context) iter.Seq2[[]evidence.Value, error] {
			return func(yield func([]evidence.Value, error) bool) {
				for _, r := range rows {
					if !yield(r, nil) {
						return
					}
				}
			}
		}
		out = append(out, table)
	}
	return out
}

func randomCell(t *rapid.T, k evidence.Kind) evidence.Value {
	if rapid.IntRange(0, 3).Draw(t, "empty") == 0 {
		return evidence.Value{}
	}
	switch k {
	case evidence.Whole:
		return evidence.Count(rapid.IntRange(-2, 3).Draw(t, "whole"))
	case evidence.Number:
		return evidence.Fraction(rapid.Float64Range(0, 1).Draw(t, "number"))
	case evidence.Instant:
		return evidence.At(noon.Add(time.Duration(rapid.IntRange(0, 99).Draw(t, "instant")) * time.Hour))
	case evidence.Yes:
		return evidence.Is(rapid.Bool().Draw(t, "yes"))
	}
	return evidence.Of(rapid.SampledFrom(words).Draw(t, "text"))
}

func TestEachStatementSaysSupportsAndNeverSatisfies(t *testing.T) {
	for _, f := range evidence.Frameworks {
		controls, err := evidence.Matrix(t.Context(), evidence.Evidence{Framework: f})
		if err != nil {
			t.Fatal(err)
		}
		if len(controls) < 4 {
			t.Errorf("%s has %d controls", f, len(controls))
		}
		for _, c := range controls {
			if !strings.Contains(c.Statement, "supports") || strings.Contains(strings.ToLower(c.Statement+c.Title), "satisf") {
				t.Errorf("%s %s: %q", f, c.ID, c.Statement)
			}
			if len(c.Tables)+len(c.Numbers) > 0 {
				t.Errorf("%s %s: figures of tables that are not there", f, c.ID)
			}
		}
	}
	if _, err := evidence.Matrix(t.Context(), evidence.Evidence{Framework: "pci"}); err == nil {
		t.Error("an unknown framework has a matrix")
	}
}

func TestEachRuleSupportsControlsOfTheCatalog(t *testing.T) {
	for _, r := range analyzer.Rules() {
		for _, c := range r.Controls {
			if !slices.Contains(analyzer.Controls(c.Framework), c) {
				t.Errorf("%s: %v is not in the catalog", r.ID, c)
			}
		}
	}
}

// held checks what every matrix promises of its figures.
func held(t fataler, e evidence.Evidence) {
	t.Helper()
	for _, c := range e.Controls {
		seen := map[string]bool{}
		for _, f := range c.Numbers {
			if seen[f.Name] {
				t.Errorf("%s has two figures called %s", c.ID, f.Name)
			}
			seen[f.Name] = true
			table, _, _ := strings.Cut(strings.SplitAfterN(f.Query, " FROM ", 2)[1], " ")
			if !slices.Contains(c.Tables, strings.ReplaceAll(table, "_", "-")) {
				t.Errorf("%s: %s counts in %s, which does not support the control", c.ID, f.Name, table)
			}
		}
		if len(seen) == 0 || len(c.Tables) == 0 {
			t.Errorf("%s has no figures or no tables", c.ID)
		}
		for _, name := range c.Tables {
			if !slices.ContainsFunc(e.Tables, func(t evidence.Table) bool { return t.Name == name }) {
				t.Errorf("%s names the table %s, which is not there", c.ID, name)
			}
		}
	}
}
