package baseline

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of a baseline file. The TOML library has none of its own: deep nesting
// costs it quadratic time, and nested arrays a stack that cannot be recovered,
// so a linear pass refuses such files before it sees them.
const (
	MaxFileSize = 4 << 20 // bytes
	MaxDepth    = 32      // nested brackets and braces
	MaxKeyParts = 16      // parts of one dotted key
	maxPath     = 32      // parts of a key counted from the root of the file
)

// prescan looks for what must not reach the TOML library. It gives the byte
// offset of the trouble, what it is, and what to do.
func prescan(text string) (at int, message, hint string) {
	if len(text) > MaxFileSize {
		return 0, fmt.Sprintf("the file has %d bytes, more than the %d that a baseline may have", len(text), MaxFileSize),
			"split it into several files of one folder"
	}
	if strings.HasPrefix(text, "\ufeff") {
		return 0, "the file begins with a byte order mark", "save it as UTF-8 without BOM"
	}
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return 0, "the file is UTF-16", "save it as UTF-8 without BOM"
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return i, "the file has a NUL byte", "save it as UTF-8 text"
	}
	if i := invalidUTF8(text); i >= 0 {
		return i, fmt.Sprintf("the file is not UTF-8: byte 0x%02x", text[i]), "save it as UTF-8"
	}
	return nesting(text)
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// depth counts what the nesting limits bound while the tokens go by.
type depth struct {
	open   []int // key parts that led to each open bracket
	led    int   // sum of open
	header int   // parts of the table header in force
	parts  int   // parts of the key being read
	dotted bool  // the last token was a dot
	value  bool  // behind the = of a line, at the root
}

// nesting bounds bracket depth, the parts of one key, and the parts of a key
// with everything it stands in. It counts tokens whatever they mean, so text
// that is no valid TOML cannot slip past it.
func nesting(text string) (int, string, string) {
	s := scanner{text: text}
	var d depth
	for {
		t := s.next()
		if t.kind == tokenEnd {
			return 0, "", ""
		}
		d.take(t.kind)
		switch {
		case len(d.open) > MaxDepth:
			return t.start, fmt.Sprintf("brackets are nested more than %d deep", MaxDepth), "a baseline needs no more than four"
		case d.parts > MaxKeyParts:
			return t.start, fmt.Sprintf("a key has more than %d parts", MaxKeyParts), "a baseline needs no more than three"
		case d.header+d.led+d.parts > maxPath:
			return t.start, fmt.Sprintf("a key stands more than %d names deep", maxPath), "a baseline needs no more than four"
		}
	}
}

func (d *depth) take(k tokenKind) {
	switch k {
	case tokenBare, tokenString:
		if !d.dotted {
			d.parts = 0
		}
		d.parts++
	case tokenOpen, tokenCurly:
		if len(d.open) == 0 && !d.value {
			d.header = 0
		}
		d.open = append(d.open, d.parts)
		d.led += d.parts
		d.parts = 0
	case tokenClose, tokenUncurly:
		d.close()
	case tokenEquals:
		d.value = true
	case tokenComma:
		d.parts = 0
	case tokenNewline:
		if len(d.open) == 0 {
			d.value, d.parts = false, 0
		}
	}
	d.dotted = k == tokenDot
}

func (d *depth) close() {
	if n := len(d.open); n > 0 {
		if !d.value {
			d.header = max(d.header, d.parts)
		}
		d.led -= d.open[n-1]
		d.open = d.open[:n-1]
	}
	d.parts = 0
}
