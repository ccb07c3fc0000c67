package main

import (
	"database/sql"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// Each number of each control matrix comes out again: by a count that is written here and
// knows nothing of the queries, and by the query that the pack gives with it.
func TestEveryNumberOfTheMatrixIsCountedAgain(t *testing.T) {
	q := aQuarter(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "controls.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := rulesOf(string(text))
	for _, f := range frameworks {
		dir, _ := unpacked(t, q.path(f+".zip"))
		all := tables(t, dir)
		db := imported(t, all)
		counted := map[string]bool{}
		for _, n := range all["control-numbers"] {
			of := rules[f][n["control"]]
			got, ok := again(all, of, n["name"])
			if !ok {
				t.Errorf("%s: nothing here counts %s", f, n["name"])
				continue
			}
			if want := number(t, n["value"]); got != want {
				t.Errorf("%s, %s %s: the matrix says %d, counted are %d", f, n["control"], n["name"], want, got)
			}
			var shipped int
			if err := db.QueryRowContext(t.Context(), n["query"]).Scan(&shipped); err != nil || shipped != got {
				t.Errorf("%s, %s %s: %s gives %d, counted are %d (%v)", f, n["control"], n["name"], n["query"], shipped, got, err)
			}
			counted[n["name"]] = true
		}
		t.Logf("%s: %d numbers of %d sorts", f, len(all["control-numbers"]), len(counted))
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var (
	controlLine = regexp.MustCompile(`(?m)^\*\*([^,]+), `)
	ruleName    = regexp.MustCompile(`\[([a-z-]+)\]\(rules\.md`)
)

// rulesOf reads from the page which rules support a control.
func rulesOf(page string) map[string]map[string][]string {
	out := map[string]map[string][]string{}
	titles := map[string]string{"SOC 2": "soc2", "ISO 27001:2022": "iso27001", "NIST 800-53": "nist-800-53", "CIS": "cis-github"}
	page, _, _ = strings.Cut(page, "\n## Parts and figures")
	for _, part := range strings.Split(page, "\n## ")[1:] {
		for title, f := range titles {
			if !strings.HasPrefix(part, title) {
				continue
			}
			out[f] = map[string][]string{}
			at := controlLine.FindAllStringSubmatchIndex(part, -1)
			for i, m := range at {
				end := len(part)
				if i+1 < len(at) {
					end = at[i+1][0]
				}
				for _, r := range ruleName.FindAllStringSubmatch(part[m[0]:end], -1) {
					id := part[m[2]:m[3]]
					out[f][id] = append(out[f][id], r[1])
				}
			}
		}
	}
	return out
}

// imported is a database with each table under its name, _ for -, and all cells as texts.
func imported(t *testing.T, all map[string][]row) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, rows := range all {
		if len(rows) == 0 {
			rows = []row{emptyRow(name)}
		}
		columns := slices.Sorted(maps.Keys(rows[0]))
		table := strings.ReplaceAll(name, "-", "_")
		if _, err := tx.ExecContext(t.Context(), "CREATE TABLE "+table+` ("`+strings.Join(columns, `", "`)+`")`); err != nil {
			t.Fatal(err)
		}
		insert := "INSERT INTO " + table + " VALUES (" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
		for _, r := range all[name] {
			line := make([]any, len(columns))
			for i, c := range columns {
				line[i] = r[c]
			}
			if _, err := tx.ExecContext(t.Context(), insert, line...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}
