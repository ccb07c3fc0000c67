package report

import (
	"io"
	"strings"

	"github.com/eb661601/ajar/access"
)

// A comment, an issue and a pull request on GitHub take 65,536 characters. The
// limit is held in bytes, of which there are never fewer; some are kept for the
// words that say what was cut.
const (
	mdLimit   = 65_536
	mdReserve = 700
)

// mdRows is how many rows of a table stand open; the others are folded.
const mdRows = 10

// mdDoc writes Markdown until it is full. What does not fit is counted.
type mdDoc struct {
	w     io.Writer
	n     int // bytes written
	limit int // 0: none
	cut   int // rows that did not fit
	err   error
	o     Options
	org   string
}

func newMarkdown(w io.Writer, o Options, org string) *mdDoc {
	if o.Program == "" {
		o.Program = "ajar"
	}
	d := &mdDoc{w: w, o: o, org: org, limit: mdLimit - mdReserve}
	if o.All {
		d.limit = 0
	}
	return d
}

// put writes a block if there is room for it and reserve more bytes.
func (d *mdDoc) put(block string, reserve int) bool {
	if d.limit > 0 && (d.cut > 0 || d.n+len(block)+reserve > d.limit) {
		return false
	}
	d.must(block)
	return true
}

// must writes what has its room already.
func (d *mdDoc) must(block string) {
	n, err := io.WriteString(d.w, block)
	d.n += n
	if d.err == nil {
		d.err = err
	}
}

// para writes a paragraph.
func (d *mdDoc) para(text string) {
	if text != "" && !d.put(text+"\n\n", 0) {
		d.cut++
	}
}

// table writes rows under a header: the first open, the others folded. With
// folded none is open.
func (d *mdDoc) table(columns []string, rows [][]string, what string, folded bool) {
	open := rows
	if folded {
		open = nil
	} else if len(rows) > mdRows+2 {
		open = rows[:mdRows]
	}
	d.rows(columns, open, "")
	rest := rows[len(open):]
	if len(rest) == 0 {
		return
	}
	title := number(len(rest)) + " " + what
	if len(open) > 0 {
		title = number(len(rest)) + " more"
	}
	const end = "</details>\n\n"
	if !d.put("<details><summary>"+title+"</summary>\n\n", len(end)) {
		d.cut += len(rest)
		return
	}
	d.rows(columns, rest, end)
	d.must(end)
}

// rows writes a table; end is what will have to follow it.
func (d *mdDoc) rows(columns []string, rows [][]string, end string) {
	if len(rows) == 0 {
		return
	}
	head := mdRow(columns) + "|" + strings.Repeat("---|", len(columns)) + "\n"
	for i, r := range rows {
		line := mdRow(r)
		if i == 0 {
			line = head + line
		}
		if !d.put(line, len(end)+1) {
			d.cut += len(rows) - i
			break
		}
	}
	d.must("\n")
}

func mdRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// end says what was cut, and how to see it.
func (d *mdDoc) end(command string) error {
	if d.cut > 0 {
		d.must("**Cut here**: a comment on GitHub takes 65,536 characters, and " + count(d.cut, "row or paragraph does", "rows and paragraphs do") +
			" not fit. All of it: " + d.command(command) + "\n")
	}
	return d.err
}

// command is something to type.
func (d *mdDoc) command(words string) string {
	return mdCode(d.o.Program + " " + words + " --org " + argument(d.org))
}

// gaps writes what was not seen: what was expected in the open, the rest folded.
func (d *mdDoc) gaps(all []Gap) {
	if len(all) == 0 {
		return
	}
	d.para("### Not seen")
	d.para(count(len(all), "kind of data was", "kinds of data were") + " not seen to the end, " + number(unexpected(all)) +
		" of them expected. Nothing is concluded from what was not seen.")
	var expected, known [][]string
	for _, g := range all {
		row := []string{mdCode(string(g.Area)), mdText(string(g.Status)), mdGap(g), mdText(g.Help)}
		if row[3] == "" && len(g.Missing) > 0 {
			row[3] = mdText(g.Missing[0].Help)
		}
		if g.Expected {
			expected = append(expected, row)
		} else {
			known = append(known, row)
		}
	}
	columns := []string{"area", "status", "why", "would help"}
	many := crowded(all) && !d.o.All
	if many {
		d.rows([]string{"would help", "not seen", "seen in part"}, mdSteps(all), "")
	}
	d.table(columns, expected, "kinds of data, each with its reason", many)
	d.table(columns, known, "that are not counted as missing", true)
}

// mdSteps gives a row for each thing that would help, and for what nothing is
// known to help with.
func mdSteps(all []Gap) [][]string {
	var out [][]string
	for _, s := range steps(all) {
		if s.known {
			break // they have a table of their own
		}
		var none, part []string
		for _, status := range s.statuses() {
			if status == access.Partial {
				part = s.areas(status)
			} else {
				none = append(none, s.areas(status)...)
			}
		}
		said := s.text()
		if s.reason != "" {
			said = "no step is known; " + s.reason
		}
		out = append(out, []string{mdText(said), mdText(strings.Join(none, ", ")), mdText(strings.Join(part, ", "))})
	}
	return out
}

// mdGap says why, and of how much.
func mdGap(g Gap) string {
	var out []string
	if g.own || len(g.Missing) == 0 {
		out = append(out, mdText(g.Reason))
	}
	for i, m := range g.Missing {
		if i == shownReasons {
			out = append(out, number(len(g.Missing)-i)+" more reasons")
			break
		}
		var known []string
		for _, n := range m.First {
			known = append(known, n.Name)
		}
		said := amount(m.Count, m.First) + ": " + mdText(m.Reason, known...)
		if who := mdNames(m.First, m.Count, firstNames); who != "" {
			said += " (" + who + ")"
		}
		out = append(out, said)
	}
	return strings.Join(out, "; ")
}
