package evidence

import (
	"os"
	"strings"
	"testing"
)

const tablesPreamble = `<!-- Made from internal/evidence; go test ./internal/evidence -run TestThePageAboutTables -update writes it. -->

# The tables of the evidence

Every table of an evidence pack, and where each is from. A row's order, and the rows
themselves, are the same whenever the same store is asked about the same period.

- A **period** goes from an instant up to another, and without it: passes and events are those
  in it. What was the case at its start and at its end is told by the newest snapshots from
  before these instants (else by the first of the period), so it begins with what the period
  before it ended with.
- A **change** happened between two looks. ` + "`seen_at`" + ` is when it was seen, ` + "`seen_after`" + ` when it
  is known not to have happened yet. What came and went between two looks left no trace.
- The population at the start, with the changes made in their order, is the population at
  the end. That is checked each time; where it does not hold, that is a gap.
- **Gaps** come first, and evidence with a gap is never called complete: a pass that broke
  off, data that was not seen to the end, a time without a snapshot or without an audit,
  a backup that was put in the place of the store, a redacted entry of the journal, two
  organizations with one login, a snapshot that counted other changes than are stored of it.
  Two passes may lie apart as long as was promised (` + "`ajar export --every`" + `, or the schedule of
  the configuration) and a tenth more, at least five minutes; without a promise three times
  as long as is usual in the period, between a quarter of an hour and 25 hours.
- **Entitled** is told by the baseline that was in force then: that by which the snapshot was
  judged, else the newest judgement before it. The store keeps what each version says that
  an audit judged by, so no file is read and today's baseline changes nothing about then.
- A **finding** is known by its organization and its id together: the same person in two
  organizations gives two findings of one id. Join on both columns.
- **Findings** say what they said when they were judged last by the end of the period: severity,
  title and names; **notices** stand as they stood then. What becomes of them later changes
  no row. Only a snapshot that is audited once more, by another baseline, is told anew.
- An older ajar did not keep all that. What is not known of its time is unknown, or a gap.
- An empty cell is unknown or none; the column says which.

With ` + "`--date`" + `, a table population-at-DATE has the columns of population-end as of that date.
`

var kindWords = map[Kind]string{Text: "text", Whole: "number", Number: "number", Instant: "time", Yes: "yes or no"}

func tablesPage(t *testing.T) string {
	trends, err := Trends(t.Context(), nil, Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(tablesPreamble)
	for _, table := range append((&gathering{}).tables(nil), trends...) {
		b.WriteString("\n## " + table.Name + "\n\n" + table.About + "\n\n*From:* " + table.Source + ".\n\n| column | kind | |\n|---|---|---|\n")
		for _, c := range table.Columns {
			b.WriteString("| `" + c.Name + "` | " + kindWords[c.Kind] + " | " + strings.ReplaceAll(c.About, "|", "\\|") + " |\n")
		}
	}
	return b.String()
}

func TestThePageAboutTablesIsUpToDate(t *testing.T) {
	const path = "../../docs/evidence-tables.md"
	want := tablesPage(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != want {
		t.Errorf("%s does not say what the tables hold (%v); make golden writes it", path, err)
	}
}

// Whoever reads a table has its words: each has a title and says what it is, and names
// are those that files, JSON and queries can have.
func TestEachTableAndColumnSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range (&gathering{}).tables(nil) {
		if seen[table.Name] || table.Title == "" || table.About == "" || table.Source == "" || strings.Trim(table.Name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("table %+v says too little", table)
		}
		seen[table.Name] = true
		columns := map[string]bool{}
		for _, c := range table.Columns {
			if columns[c.Name] || c.Title == "" || !strings.HasSuffix(c.About, ".") || kindWords[c.Kind] == "" || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
				t.Errorf("column %+v of %s says too little", c, table.Name)
			}
			columns[c.Name] = true
		}
	}
}
