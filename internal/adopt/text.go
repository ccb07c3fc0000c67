package adopt

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// width is how long a line may be, in characters, unless one name alone is longer.
const width = 96

// quote writes a TOML string. What is not plainly visible is escaped, so that no
// name can look like another or hide what follows it.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case visible(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			fmt.Fprintf(&b, "\\U%08X", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// visible reports whether a character shows itself and steers nothing.
func visible(r rune) bool { return r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// plain writes a name into a comment, on one line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if visible(r) {
			return r
		}
		return '\ufffd'
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// comment wraps a text into lines of comment.
func comment(text string) string { return wrapped("#", "#", text) }

// point is a comment that is one of several, with a dash before it.
func point(text string) string { return wrapped("# -", "#  ", text) }

func wrapped(first, next, text string) string {
	var b strings.Builder
	line, empty := first, true
	for _, word := range strings.Fields(plain(text)) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line = next
		}
		line, empty = line+" "+word, false
	}
	b.WriteString(line + "\n")
	return b.String()
}

// item is one element of a list, with a remark behind it.
type item struct {
	text   string // as it is, before it is quoted
	remark string
}

func items(texts []string) []item {
	out := make([]item, len(texts))
	for i, t := range texts {
		out[i] = item{text: t}
	}
	return out
}

// list writes key = [...]: on one line where it fits, else in columns; where an
// element has a remark, each has a line of its own.
func list(key string, all []item) string {
	var quoted []string
	widest, remarked := 0, 0
	for _, i := range all {
		q := quote(i.text)
		quoted = append(quoted, q)
		widest = max(widest, utf8.RuneCountInString(q))
		if i.remark != "" {
			remarked = max(remarked, utf8.RuneCountInString(q))
		}
	}
	one := key + " = [" + strings.Join(quoted, ", ") + "]"
	if remarked == 0 && utf8.RuneCountInString(one) <= width {
		return one + "\n"
	}
	if len(all) == 1 && remarked > 0 {
		return one + "  # " + plain(all[0].remark) + "\n"
	}
	columns, cell := max(1, (width-1)/(widest+2)), widest
	if remarked > 0 {
		columns, cell = 1, remarked
	}
	var b strings.Builder
	b.WriteString(key + " = [")
	for i, q := range quoted {
		if i%columns == 0 {
			b.WriteString("\n  ")
		}
		b.WriteString(q + ",")
		pad := strings.Repeat(" ", max(0, cell-utf8.RuneCountInString(q)))
		if r := all[i].remark; r != "" {
			b.WriteString(pad + "  # " + plain(r))
		} else if (i+1)%columns != 0 && i+1 < len(quoted) {
			b.WriteString(pad + " ")
		}
	}
	b.WriteString("\n]\n")
	return b.String()
}

// bare makes a word that can stand as a key of TOML without quotes.
func bare(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name), "-")
}

// title writes the headline of a section.
func title(text string) string {
	return "\n# " + text + " " + strings.Repeat("-", max(3, 78-utf8.RuneCountInString(text))) + "\n"
}

// number writes a count with its noun.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
