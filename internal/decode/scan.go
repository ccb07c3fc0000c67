package decode

import (
	"encoding/json"
	"unicode/utf8"
)

func (r *reader) blank() {
	for r.at < len(r.raw) && (r.raw[r.at] == ' ' || r.raw[r.at] == '\n' || r.raw[r.at] == '\r' || r.raw[r.at] == '\t') {
		r.at++
	}
}

// eat passes a character if it comes next.
func (r *reader) eat(c byte) bool {
	r.blank()
	if r.at < len(r.raw) && r.raw[r.at] == c {
		r.at++
		return true
	}
	return false
}

// word passes a word of JSON if it comes next.
func (r *reader) word(w string) bool {
	if len(r.raw)-r.at < len(w) || string(r.raw[r.at:r.at+len(w)]) != w {
		return false
	}
	r.at += len(w)
	return true
}

func (r *reader) truth() (v, ok bool) {
	if r.word("true") {
		return true, true
	}
	return false, r.word("false")
}

// span passes a text and gives what stands between its quotes; plain says that it
// is ASCII and means itself.
func (r *reader) span() (s []byte, plain, ok bool) {
	if r.at >= len(r.raw) || r.raw[r.at] != '"' {
		return nil, false, false
	}
	from := r.at + 1
	plain = true
	for i := from; i < len(r.raw); i++ {
		switch c := r.raw[i]; {
		case c == '"':
			r.at = i + 1
			return r.raw[from:i], plain, true
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return nil, false, false
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return nil, false, false
}

// key passes the name of a field. One that is written in another way than it reads
// is not understood.
func (r *reader) key() ([]byte, bool) {
	s, plain, ok := r.span()
	return s, ok && plain
}

// longest is the length up to which a text is looked for among the words.
const longest = 24

// text reads a text.
func (r *reader) text() (string, bool) {
	from := r.at
	s, plain, ok := r.span()
	if !ok {
		return "", false
	}
	if !plain {
		var out string
		err := json.Unmarshal(r.raw[from:r.at], &out)
		return out, err == nil
	}
	if len(s) == 0 || len(s) > longest {
		return string(s), true
	}
	h := uint32(len(s))
	for _, c := range s {
		h = h*31 + uint32(c)
	}
	known := &r.words[(h^h>>8)%uint32(len(r.words))]
	if *known != string(s) {
		*known = string(s)
	}
	return *known, true
}

// whole reads a number that has neither a fraction nor an exponent.
func (r *reader) whole() (n int64, ok bool) {
	from := r.at
	if r.at < len(r.raw) && r.raw[r.at] == '-' {
		r.at++
	}
	digits := r.at
	for ; r.at < len(r.raw) && '0' <= r.raw[r.at] && r.raw[r.at] <= '9'; r.at++ {
		n = n*10 + int64(r.raw[r.at]-'0')
	}
	count := r.at - digits
	switch {
	case count == 0 || count > 18 || count > 1 && r.raw[digits] == '0':
		return 0, false
	case r.at < len(r.raw) && (r.raw[r.at] == '.' || r.raw[r.at]|0x20 == 'e'):
		return 0, false
	case digits > from:
		n = -n
	}
	return n, true
}

// pass passes a value of any kind, and sees that it is one.
func (r *reader) pass() bool {
	r.blank()
	if r.at >= len(r.raw) {
		return false
	}
	switch c := r.raw[r.at]; {
	case c == '"':
		return r.passText()
	case c == '{' || c == '[':
		return r.passAll(c)
	case c == 't':
		return r.word("true")
	case c == 'f':
		return r.word("false")
	case c == 'n':
		return r.word("null")
	}
	return r.passNumber()
}

// passText passes a text; an escape is checked by encoding/json.
func (r *reader) passText() bool {
	from := r.at
	_, plain, ok := r.span()
	return ok && (plain || json.Valid(r.raw[from:r.at]))
}

func (r *reader) passAll(open byte) bool {
	if r.at++; !r.deeper() {
		return false
	}
	end := open + 2 // of braces and of brackets
	for more := !r.eat(end); more; {
		if open == '{' {
			if r.blank(); !r.passText() || !r.eat(':') {
				return false
			}
		}
		if !r.pass() {
			return false
		}
		if more = r.eat(','); !more && !r.eat(end) {
			return false
		}
	}
	r.depth--
	return true
}

func (r *reader) passNumber() bool {
	from := r.at
	for r.at < len(r.raw) {
		switch c := r.raw[r.at]; {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c|0x20 == 'e':
			r.at++
			continue
		}
		break
	}
	return r.at > from && json.Valid(r.raw[from:r.at])
}
