package adopt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// dated is a block with its end, "" where it needs none.
type dated struct {
	block
	end string
}

// eachWidth is how long the line of one assignment among several may be: it holds
// two lists, and TOML lets no inline table go on in a second line.
const eachWidth = 132

// assignments writes blocks of one kind of access. Those that differ in nothing
// but whom they are to and on what share an [[assign]], a line for each; what is
// too long for a line, or has a remark, stands alone before them.
func (w *writer) assignments(all []dated) string {
	var b strings.Builder
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].alike(all[0]) {
			n++
		}
		var short []dated
		for _, d := range all[:n] {
			if d.line(0) == "" {
				b.WriteString(w.assignment(d.block, d.end))
			} else {
				short = append(short, d)
			}
		}
		switch len(short) {
		case 0:
		case 1:
			b.WriteString(w.assignment(short[0].block, short[0].end))
		default:
			b.WriteString(w.together(short))
		}
		all = all[n:]
	}
	return b.String()
}

// alike reports whether two blocks may share an [[assign]].
func (d dated) alike(o dated) bool { return d.what == o.what && d.end == o.end && d.why == o.why }

// line is the block as one of several, with the first list padded to a width; ""
// where it does not fit.
func (d dated) line(pad int) string {
	if d.note != "" {
		return ""
	}
	var on []string
	for _, i := range d.on {
		if i.remark != "" {
			return ""
		}
		on = append(on, quote(i.text))
	}
	var to []string
	for _, t := range d.to {
		to = append(to, quote(t))
	}
	first := "[" + strings.Join(to, ", ") + "],"
	first += strings.Repeat(" ", max(0, pad-utf8.RuneCountInString(first)))
	line := "  { to = " + first + " on = [" + strings.Join(on, ", ") + "] },"
	if utf8.RuneCountInString(line) > eachWidth {
		return ""
	}
	return line
}

// together writes blocks that are alike.
func (w *writer) together(all []dated) string {
	var t strings.Builder
	fmt.Fprintf(&t, "\n[[assign]]\nrole = %q\n", w.roles[all[0].what])
	if why := all[0].why; why != "" {
		fmt.Fprintf(&t, "reason = %s\n", quote(why))
	}
	if end := all[0].end; end != "" {
		fmt.Fprintf(&t, "expires = %s\n", end)
	}
	t.WriteString("each = [\n")
	pad := 0
	for _, d := range all {
		first, _, _ := strings.Cut(d.line(0), " on = [")
		pad = max(pad, utf8.RuneCountInString(first)-len("  { to = "))
	}
	for _, d := range all {
		line := d.line(pad)
		if line == "" { // aligned, it would be too long
			line = d.line(0)
		}
		t.WriteString(line + "\n")
	}
	t.WriteString("]\n")
	w.result.together += len(all) - 1
	return t.String()
}
