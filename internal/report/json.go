package report

import (
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// encode writes one indented document. Its strings are exact; characters that a
// terminal would act on are written as escapes, which a parser undoes.
func encode(w io.Writer, doc any) error {
	return indented(escaper{w}, "").Encode(doc)
}

// compact gives the document on one line, escaped likewise.
func compact(doc any) ([]byte, error) {
	b, err := json.Marshal(doc)
	return escapeJSON(b), err
}

// escaper replaces, in JSON on its way to w, characters that are not safe to
// show. They can only stand in strings, where an escape means the same. Each
// Write holds whole characters, as those of encoding/json do.
type escaper struct{ w io.Writer }

func (e escaper) Write(b []byte) (int, error) {
	if _, err := e.w.Write(escapeJSON(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// EscapeJSON gives a document in JSON with what a terminal would act on as escapes, which a
// parser undoes.
func EscapeJSON(b []byte) []byte { return escapeJSON(b) }

func escapeJSON(b []byte) []byte {
	clean := true
	for _, c := range b {
		if c >= utf8.RuneSelf || c == 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return b
	}
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r < 0x7f || shown(r) {
			out = append(out, b[:n]...)
		} else {
			out = appendEscape(out, r)
		}
		b = b[n:]
	}
	return out
}

// appendEscape writes a \u with its four digits; beyond the first plane as a pair of surrogates.
func appendEscape(out []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	if r > 0xFFFF {
		r -= 0x10000
		out = appendEscape(out, 0xD800+r>>10)
		r = 0xDC00 + r&0x3FF
	}
	return append(out, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// list makes an empty list of a missing one: a reader need not tell null from [].
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// maybe gives null for a name that points at nothing.
func maybe(n access.Named) *access.Named {
	if n.IsZero() && n.Name == "" {
		return nil
	}
	return &n
}

// utc gives the time as documents write it: UTC, to the millisecond.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
