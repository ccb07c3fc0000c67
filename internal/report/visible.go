package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one letter: enough for every
// script, too few to draw over the lines above.
const maxMarks = 4

// Visible gives the text with everything that a terminal would act on, or that
// a reader could not see, written as its code: control characters (ESC as
// \u001b, a line feed as \n), bidirectional controls and other format
// characters (\u202e), zero-width and blank-looking letters, private and
// unassigned characters, spaces other than U+0020, and bytes that are not UTF-8
// (\xff). Ordinary text comes back unchanged, and so does text that has been
// through Visible before.
func Visible(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	marks := maxMarks // a mark at the start would join what stands before the text
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
			marks = maxMarks
		case unicode.Is(unicode.M, r) && !hidden(r) && marks < maxMarks:
			b.WriteRune(r)
			marks++
		case unicode.Is(unicode.M, r) || !shown(r):
			writeCode(&b, r)
			marks = maxMarks
		default:
			b.WriteRune(r)
			marks = 0
			if r == ' ' {
				marks = maxMarks
			}
		}
		i += n
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// shown reports whether a terminal draws the character and does nothing else.
func shown(r rune) bool { return unicode.IsPrint(r) && !hidden(r) }

// invisible holds the printable characters, by Unicode's account, that draw
// nothing: fillers, blanks, joiners and selectors.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x034F, 0x034F, 1}, {0x115F, 0x1160, 1}, {0x17B4, 0x17B5, 1}, {0x180B, 0x180F, 1},
		{0x2800, 0x2800, 1}, {0x3164, 0x3164, 1}, {0xFE00, 0xFE0F, 1}, {0xFFA0, 0xFFA0, 1}, {0xFFFC, 0xFFFC, 1},
	},
	R32: []unicode.Range32{{0x1D159, 0x1D159, 1}, {0xE0000, 0xE0FFF, 1}},
}

func hidden(r rune) bool { return r > unicode.MaxLatin1 && unicode.Is(invisible, r) }

func writeCode(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r > 0xFFFF:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}
