package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
)

// columns gives how many terminal columns a visible text takes; wide East Asian
// characters take two.
func columns(s string) int {
	if plainASCII(s) {
		return len(s)
	}
	return text.StringWidthWithoutEscSequences(s)
}

// shorten cuts the middle out of a name that is wider than width: both ends of
// a name tell it from its neighbours.
func shorten(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	mark := columns("…")
	if width < mark {
		return ""
	}
	left := strings.TrimSuffix(head(s, (width-mark)/2), "…") // never two marks in a row
	right := tail(s, width-mark-columns(left))
	return left + "…" + right
}

// head gives the longest start of s that fits.
func head(s string, width int) string {
	used := 0
	for i, r := range s {
		if used += text.RuneWidth(r); used > width {
			return s[:i]
		}
	}
	return s
}

// tail gives the longest end of s that fits and does not begin with a mark.
func tail(s string, width int) string {
	used, from := 0, len(s)
	for from > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:from])
		if used += text.RuneWidth(r); used > width {
			break
		}
		from -= n
	}
	return strings.TrimLeftFunc(s[from:], func(r rune) bool { return unicode.Is(unicode.M, r) })
}

// maxText is the widest text that a table writes in full: a name of a megabyte
// must not bury the report.
const maxText = 2000

// wrap breaks a text into lines at its spaces; a word wider than a line is broken
// after what joins its parts, as far as that costs no more than a third of the line,
// else where the line ends. It gives at least one line. A text beyond maxText loses
// its middle.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(shorten(s, maxText)) {
		if line != "" && columns(line)+1+columns(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for columns(line) > width {
			cut := head(line, width)
			if cut == "" {
				break
			}
			if i := strings.LastIndexAny(cut, "-/_.#:") + 1; i > 0 && columns(cut[:i])*3 >= width*2 {
				cut = cut[:i]
			}
			lines, line = append(lines, cut), line[len(cut):]
		}
	}
	return append(lines, line)
}

// blanks gives n spaces, none for n below one.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
