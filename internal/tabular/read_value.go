package tabular

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eb661601/ajar/internal/evidence"
)

// readValue reads a value of a kind and gives what stands behind it. One that would be
// written in another way is none.
func readValue(text []byte, k evidence.Kind) (v evidence.Value, rest []byte, err error) {
	if rest, ok := bytes.CutPrefix(text, []byte("null")); ok {
		return v, rest, nil
	}
	if k == evidence.Text {
		v.Text, rest, err = readText(text)
		v.Set = v.Text != ""
		if err == nil && !v.Set {
			err = form("an empty text, and not null")
		}
		return v, rest, err
	}
	end := bytes.IndexAny(text, ",}")
	if end < 0 {
		return v, nil, form("it ends within a row")
	}
	word, rest := text[:end], text[end:]
	if k == evidence.Instant {
		if len(word) < 2 || word[0] != '"' || word[len(word)-1] != '"' {
			return v, nil, form("%.60q is no instant", word)
		}
		word = word[1 : len(word)-1]
	}
	v.Set = true
	switch k {
	case evidence.Whole:
		v.Whole, err = strconv.ParseInt(string(word), 10, 64)
	case evidence.Number:
		v.Number, err = strconv.ParseFloat(string(word), 64)
		if math.IsInf(v.Number, 0) || math.IsNaN(v.Number) {
			err = strconv.ErrRange
		}
	case evidence.Instant:
		v.Instant, err = time.Parse(time.RFC3339, string(word))
		if v.Instant.IsZero() {
			err = strconv.ErrRange
		}
	case evidence.Yes:
		if string(word) == "true" {
			v.Whole = 1
		}
		if v.Whole == 0 && string(word) != "false" {
			err = strconv.ErrSyntax
		}
		word = []byte(yes(v))
	}
	if err != nil || !bytes.Equal(appendPlain(nil, k, v), word) {
		return v, nil, form("%.60q is no value of the kind %s, or one written in another way", word, k)
	}
	return v, rest, nil
}

// readText reads a string in which nothing is written in a way that two programs could read
// differently: no half of a pair, no bytes that are not UTF-8, no escape of what needs none.
// Which characters that are not ASCII are written as escapes depends on the version of
// Unicode, so that either way is taken.
func readText(text []byte) (s string, rest []byte, err error) {
	if len(text) == 0 || text[0] != '"' {
		return "", nil, form("%.60q is no text", text)
	}
	text = text[1:]
	for i, c := range text {
		switch {
		case c == '"':
			return string(text[:i]), text[i+1:], nil
		case c < ' ' || c > '~' || c == '\\':
			return readEscaped(text, i)
		}
	}
	return "", nil, form("a text without an end")
}

// readEscaped goes on from the first byte that is not plain.
func readEscaped(text []byte, from int) (s string, rest []byte, err error) {
	out := append(make([]byte, 0, from+64), text[:from]...)
	for i := from; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			return string(out), text[i+1:], nil
		case c == '\\':
			r, n := readEscape(text[i:])
			if n == 0 {
				return "", nil, form("%.12q is no escape that ajar writes", text[i:])
			}
			out, i = utf8.AppendRune(out, r), i+n
		default:
			r, n := utf8.DecodeRune(text[i:])
			if r < ' ' || r == 0x7f || r == utf8.RuneError && n < 2 {
				return "", nil, form("a text holds a byte that stands in none")
			}
			out, i = append(out, text[i:i+n]...), i+n
		}
	}
	return "", nil, form("a text without an end")
}

// escapes are those of one letter.
var escapes = map[byte]rune{'"': '"', '\\': '\\', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// readEscape reads an escape and gives its length, 0 where it is none that is written.
func readEscape(text []byte) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	if r, ok := escapes[text[1]]; ok {
		return r, 2
	}
	r, ok := fourDigits(text)
	if !ok {
		return 0, 0
	}
	n := 6
	if r >= 0xD800 && r < 0xE000 {
		low, ok := fourDigits(text[6:])
		if !ok || r >= 0xDC00 || low < 0xDC00 || low >= 0xE000 {
			return 0, 0
		}
		r, n = 0x10000+(r-0xD800)<<10+(low-0xDC00), 12
	}
	if r >= ' ' && r < 0x7f && !strings.ContainsRune("<>&", r) || strings.ContainsRune("\b\f\n\r\t", r) {
		return 0, 0
	}
	return r, n
}

// fourDigits reads \u with its four digits.
func fourDigits(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' || bytes.ContainsAny(text[2:6], "ABCDEF+-_") {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
