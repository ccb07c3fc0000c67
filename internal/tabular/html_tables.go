package tabular

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

// What a page shows of a table before it cuts.
const (
	pageRows    = 20
	paperRows   = 6
	pageGaps    = 200
	pageColumns = 8  // beside each other; the others stand below them
	unbroken    = 12 // characters that a cell keeps on one line
)

// tableView is a table as the page shows it. All its texts are visible already.
type tableView struct {
	ID, Name, Title, About, Source string
	N                              string
	Same                           []fact // what is the same in all rows that are shown
	Left                           string // what is left out
	Heads                          []head
	Records                        []record
	Rest, Paper                    string // what is not shown of it, on a screen and on paper
	Leads                          string // which rows stand before the others
	Joined                         string
	Drawn                          bool // it is a picture on paper, and not printed
}

type head struct {
	Text string
	N    bool // a number, to the right
}

// record is a row: the cells beside each other, and what stands below them.
type record struct {
	Cells  []viewCell
	More   []fact
	Screen bool // it is not printed
}

type viewCell struct {
	Label, Text string
	N           bool
	Short       bool // its column is so narrow that nothing in it is broken
	Words       bool // no word of its column is broken inside
	Instant     bool // it is broken between the day and the time alone
}

// view lays out the first rows of a table of n rows.
func view(t evidence.Table, first [][]evidence.Value, n int64) tableView {
	out := tableView{
		ID: "t-" + t.Name, Name: t.Name, Title: report.Visible(t.Title), About: report.Visible(t.About), Source: report.Visible(t.Source),
		N: report.Number(n),
	}
	columns := out.choose(t, first)
	beside := columns
	if len(columns) > pageColumns+1 { // one more costs less room than a line below each row
		beside = columns[:pageColumns]
	}
	short := map[int]bool{}
	for _, i := range beside {
		short[i] = len(first) > 0
		for _, row := range first {
			short[i] = short[i] && utf8.RuneCountInString(shown(t.Columns[i], row[i])) <= unbroken
		}
	}
	words := wholeWords(t, first, beside)
	for _, i := range beside {
		out.Heads = append(out.Heads, head{report.Visible(columnTitle(t.Columns[i])), numeric(t.Columns[i])})
	}
	for _, row := range first {
		var r record
		for _, i := range beside {
			c := t.Columns[i]
			r.Cells = append(r.Cells, viewCell{report.Visible(c.Title), shown(c, row[i]), numeric(c), short[i], words[i], c.Kind == evidence.Instant})
		}
		for _, i := range columns[len(beside):] {
			if text := shown(t.Columns[i], row[i]); text != "" {
				r.More = append(r.More, fact{report.Visible(t.Columns[i].Title), text})
			}
		}
		out.Records = append(out.Records, r)
	}
	if shown := int64(len(first)); shown < n {
		out.Rest = "Shown are " + report.Number(shown) + " of " + report.Number(n) + " rows."
	}
	return out
}

// leads says that rows that need a look stand first, where others would have stood there.
func (v *tableView) leads(looks int, n int64) {
	if shown := min(looks, len(v.Records)); shown > 0 && n > 1 {
		v.Leads = "First stands what needs a look: " + report.Count(int64(shown), "row", "rows") + " of those that are shown."
	}
}

// room is how many characters the columns beside each other have on a narrow screen.
const room = 92

// wholeWords chooses the columns whose words are not broken inside: those with the shortest
// of their longest words, as long as there is room for all of these beside each other. Lines
// are broken at blanks and behind hyphens.
func wholeWords(t evidence.Table, first [][]evidence.Value, beside []int) map[int]bool {
	need := map[int]int{}
	for _, i := range beside {
		for _, row := range first {
			for _, word := range strings.FieldsFunc(shown(t.Columns[i], row[i]), func(r rune) bool { return r == ' ' || r == '-' }) {
				need[i] = max(need[i], utf8.RuneCountInString(word)+1)
			}
		}
		if t.Columns[i].Kind == evidence.Instant {
			need[i] = len(time.DateOnly) + 1
		}
	}
	order := slices.Clone(beside)
	slices.SortStableFunc(order, func(a, b int) int { return need[a] - need[b] })
	out, left := map[int]bool{}, room
	for n, i := range order {
		const least = 8 // for each of those that may be broken
		if left -= need[i] + 1; left < least*(len(order)-n-1) {
			break
		}
		out[i] = true
	}
	return out
}

// shorten leaves rows for the screen that paper has no room for, and says so on paper.
func (v *tableView) shorten(rows int) {
	if len(v.Records) <= rows {
		return
	}
	for i := range v.Records {
		v.Records[i].Screen = i >= rows
	}
	v.Paper = "Printed are the first " + report.Number(int64(rows)) + " of " + v.N + " rows."
	if v.Drawn = rows == 0; v.Drawn {
		v.Paper = "It is drawn under Trends; none of its " + v.N + " rows is printed."
	}
}

// choose gives the columns that are shown, and says what becomes of the others: those that
// are empty or the same in each row, GitHub's own numbers of things, and the kinds of things
// that bear it in their names. Numbers of snapshots come last.
func (v *tableView) choose(t evidence.Table, first [][]evidence.Value) []int {
	var columns, last []int
	var empty, left []string
	for i, c := range t.Columns {
		same := len(first) > 2
		for _, row := range first {
			same = same && row[i] == first[0][i]
		}
		title := report.Visible(c.Title)
		switch {
		case isNumberOf(c) && strings.HasSuffix(c.Name, "_id"), kindOf(t, i, first):
			left = append(left, title)
		case same && !first[0][i].Set:
			empty = append(empty, title)
		case same:
			v.Same = append(v.Same, fact{title, shown(c, first[0][i])})
		case isNumberOf(c):
			last = append(last, i)
		default:
			columns = append(columns, i)
		}
	}
	columns = append(columns, last...)
	if len(columns) == 0 && len(first) > 0 { // rows that differ in nothing still have to be seen
		v.Same = nil
		for i := range t.Columns {
			columns = append(columns, i)
		}
		return columns
	}
	if len(empty) > 0 {
		v.Left = "Empty in all rows shown: " + strings.Join(empty, ", ") + ". "
	}
	if len(left) > 0 && len(first) > 0 {
		v.Left += "Left out here: " + strings.Join(left, ", ") + "."
	}
	return columns
}

// kindOf reports whether a column repeats the kind that stands in each name of the column
// it belongs to, as resource_kind does of resource.
func kindOf(t evidence.Table, i int, first [][]evidence.Value) bool {
	whose, ok := strings.CutSuffix(t.Columns[i].Name, "_kind")
	of := slices.IndexFunc(t.Columns, func(c evidence.Column) bool { return c.Name == whose })
	if !ok || of < 0 {
		return false
	}
	for _, row := range first {
		if row[i].Text == "" || !strings.HasPrefix(row[of].Text, row[i].Text+":") {
			return false
		}
	}
	return true
}

func numeric(c evidence.Column) bool { return c.Kind == evidence.Whole || c.Kind == evidence.Number }

// A hash is shown by its beginning: the whole of it takes the room of the others, and the CSV
// has it.
const hashShown = 12

var isHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// longest is how much of a text a cell of the page shows, in characters.
const longest = 400

// shown writes a value for people.
func shown(c evidence.Column, v evidence.Value) string {
	switch {
	case !v.Set:
		return ""
	case c.Kind == evidence.Instant:
		return v.Instant.UTC().Format("2006-01-02 15:04:05")
	case c.Kind == evidence.Whole && unitOf(c) != ofThings:
		return unitOf(c).spent(v.Whole)
	case c.Kind == evidence.Whole && !isNumberOf(c):
		return report.Number(v.Whole)
	case c.Kind == evidence.Text && isHash.MatchString(v.Text):
		return v.Text[:hashShown] + "…"
	case c.Kind == evidence.Number: // as much of it as people compare
		return strconv.FormatFloat(math.Round(v.Number*1e4)/1e4, 'f', -1, 64)
	case c.Kind == evidence.Text:
		text := []rune(report.Visible(v.Text))
		if len(text) > longest {
			return string(text[:longest]) + "… (cut here; the CSV has all of it)"
		}
		return string(text)
	}
	return string(appendPlain(nil, c.Kind, v))
}
