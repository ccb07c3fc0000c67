package tabular

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

const (
	namesShown   = 10      // of one line
	titlesShown  = 5       // where a name is a sentence
	nameLongest  = 160     // characters of one name
	namesCounted = 1 << 16 // different ones; of more it is said that there are more
)

// naming is a line that names what needs a look: the rows of a table in which each of the
// columns has one of its values.
type naming struct {
	table, title string
	when         map[string][]string
	name         []string // the columns of a name, put one after the other
	day          string   // the column of when it was, told behind the name
	distinct     string   // what the rows of one name are called, which are told as their number
}

// namings are the lines, the gravest first.
var namings = []naming{
	{table: "owners", title: "Owners at the end whom the baseline does not list", when: map[string][]string{"moment": {"end"}, "entitled": {"no"}}, name: []string{"person"}},
	{table: "owners", title: "Owners at the end without a second factor", when: map[string][]string{"moment": {"end"}, "two_factor": {"no"}}, name: []string{"person"}},
	{table: "findings", title: "Members who have been found without a second factor, and still are", when: map[string][]string{"state": {"open"}, "rule": {"two-factor-missing"}}, name: []string{"principal"}},
	{table: "organizations", title: "Organizations that do not demand a second factor at the end", when: map[string][]string{"two_factor_required": {"no"}}, name: []string{"organization"}},
	{table: "privileged-access", title: "Who can write to repositories at the end, and is not allowed this much by the baseline",
		when: map[string][]string{"moment": {"end"}, "entitled": {"no"}}, name: []string{"principal"}, distinct: "repository|repositories"},
	{table: "setting-changes", title: "Settings of an organization that came to allow more in the period, and that no plan of ajar explains",
		when: map[string][]string{"class": {"settings"}, "effect": {"more"}, "manner": {"out-of-band"}}, name: []string{"subject", "aspect", "before", "> after"}, day: "seen_at"},
	{table: "setting-changes", title: "Environments whose gates were weakened in the period, and no plan of ajar explains it",
		when: map[string][]string{"class": {"environments"}, "effect": {"more"}, "manner": {"out-of-band"}}, name: []string{"subject"}, distinct: "time|times"},
	{table: "findings", title: "Findings of a critical severity that are open at the end", when: map[string][]string{"state": {"open"}, "severity": {"critical"}}, name: []string{"title"}},
	{table: "findings", title: "Findings of a high severity that are open at the end", when: map[string][]string{"state": {"open"}, "severity": {"high"}}, name: []string{"title"}},
}

// named is such a line while its table is read.
type named struct {
	naming
	of      evidence.Table
	columns []evidence.Column
	at      map[string]int
	names   []string
	rows    map[string]int64 // of each name
	n       int64
	more    bool // there are more names than are counted
}

// watching gives the lines that a table is read for; none where it lacks a column.
func watching(t evidence.Table) []*named {
	at := map[string]int{}
	for i, c := range t.Columns {
		at[c.Name] = i
	}
	var out []*named
	for _, n := range namings {
		if n.table == t.Name && n.suits(at) {
			out = append(out, &named{naming: n, of: t, columns: t.Columns, at: at, rows: map[string]int64{}})
		}
	}
	return out
}

// suits reports whether all columns are there.
func (n naming) suits(at map[string]int) bool {
	has := func(column string) bool {
		_, ok := at[strings.TrimPrefix(column, "> ")]
		return ok
	}
	for column := range n.when {
		if !has(column) {
			return false
		}
	}
	return (n.day == "" || has(n.day)) && !slices.ContainsFunc(n.name, func(c string) bool { return !has(c) })
}

// add takes a row.
func (n *named) add(row []evidence.Value) {
	for column, values := range n.when {
		i := n.at[column]
		if !row[i].Set || !slices.Contains(values, plainOf(n.columns[i].Kind, row[i])) {
			return
		}
	}
	n.n++
	if n.distinct == "" && len(n.names) == n.most() {
		return
	}
	name := n.said(row)
	if n.distinct == "" {
		n.names = append(n.names, name)
		return
	}
	if n.rows[name] == 0 {
		if len(n.names) == namesCounted {
			n.more = true
			return
		}
		n.names = append(n.names, name)
	}
	n.rows[name]++
}

// plainOf is a cell as conditions compare it.
func plainOf(k evidence.Kind, v evidence.Value) string {
	if k == evidence.Text {
		return v.Text
	}
	return string(appendPlain(nil, k, v))
}

// most is how many names the line has.
func (n naming) most() int {
	if slices.Contains(n.name, "title") {
		return titlesShown
	}
	return namesShown
}

// said is the name of a row. An empty cell between others is said to be none.
func (n *named) said(row []evidence.Value) string {
	var parts []string
	for _, column := range n.name {
		column, after := strings.CutPrefix(column, "> ")
		text := textAt(row, n.at[column])
		if after {
			parts = append(parts, "→")
		}
		if text == "" {
			text = "none"
		}
		parts = append(parts, report.Visible(text))
	}
	out := []rune(strings.Join(parts, " "))
	if len(out) > nameLongest {
		out = append(out[:nameLongest], '…')
	}
	if n.day != "" {
		return string(out) + ", " + row[n.at[n.day]].Instant.UTC().Format(time.DateOnly)
	}
	return string(out)
}

// namedLine is what the page shows of it.
type namedLine struct {
	Figure, Text string
	Names        []namedText
	More, Link   string
	Table        string
}

// namedText is a name, and of how many rows it is.
type namedText struct{ Name, Count string }

// line lays it out; false where nothing is to be named.
func (n *named) line() (namedLine, bool) {
	out := namedLine{Figure: report.Number(n.n), Text: n.title, Link: "t-" + n.of.Name, Table: report.Visible(n.of.Title)}
	total := n.n
	if n.distinct != "" {
		slices.SortStableFunc(n.names, func(a, b string) int { return int(n.rows[b] - n.rows[a]) })
		total = int64(len(n.names))
		out.Figure = report.Number(total)
		if n.more {
			out.Figure = "> " + out.Figure
		}
	}
	for _, name := range n.names[:min(len(n.names), n.most())] {
		shown := namedText{Name: name}
		if n.distinct != "" {
			one, several, _ := strings.Cut(n.distinct, "|")
			shown.Count = report.Count(n.rows[name], one, several)
		}
		out.Names = append(out.Names, shown)
	}
	if left := total - int64(len(out.Names)); left > 0 {
		out.More = "and " + report.Number(left) + " more"
	}
	return out, n.n > 0
}

// names lays the lines out that name something, in the order of [namings].
func (p *page) names() {
	place := func(n *named) int {
		return slices.IndexFunc(namings, func(x naming) bool { return x.title == n.title })
	}
	slices.SortStableFunc(p.named, func(a, b *named) int { return place(a) - place(b) })
	for _, n := range p.named {
		if line, ok := n.line(); ok {
			p.Named = append(p.Named, line)
		}
	}
	p.named = nil // it holds the rows of names
}
