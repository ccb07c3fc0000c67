package report

import (
	"bufio"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// sheet writes CSV as RFC 4180 has it: a header, comma, CR LF, double quotes
// around a cell that needs them. It keeps one row in memory.
type sheet struct {
	w      *bufio.Writer
	row    []byte
	cells  int
	screen bool
	headed bool
}

// header writes the names of the columns, once.
func (s *sheet) header(names ...string) error {
	if s.headed {
		return nil
	}
	s.headed = true
	for _, n := range names {
		s.text(n)
	}
	return s.end()
}

// text adds a cell whose content is not ours: it can never be a formula.
func (s *sheet) text(v string) {
	if s.screen {
		v = Visible(v)
	}
	s.cell(Defuse(v))
}

// number adds a number.
func (s *sheet) number(n int64) {
	s.comma()
	s.row = strconv.AppendInt(s.row, n, 10)
}

// some adds a number, or an empty cell where it is zero and zero means none.
func (s *sheet) some(n int64) {
	if n == 0 {
		s.skip(1)
		return
	}
	s.number(n)
}

// time adds a time in RFC 3339 UTC, or an empty cell.
func (s *sheet) time(t time.Time) {
	s.comma()
	if !t.IsZero() {
		s.row = t.UTC().Truncate(time.Millisecond).AppendFormat(s.row, time.RFC3339Nano)
	}
}

// skip leaves n cells empty.
func (s *sheet) skip(n int) {
	for range n {
		s.comma()
	}
}

func (s *sheet) comma() {
	if s.cells++; s.cells > 1 {
		s.row = append(s.row, ',')
	}
}

func (s *sheet) cell(v string) {
	s.comma()
	if !strings.ContainsAny(v, "\",\r\n\x00") && v == strings.TrimSpace(v) {
		s.row = append(s.row, v...)
		return
	}
	s.row = append(s.row, '"')
	for {
		i := strings.IndexByte(v, '"')
		if i < 0 {
			break
		}
		s.row = append(append(s.row, v[:i+1]...), '"')
		v = v[i+1:]
	}
	s.row = append(append(s.row, v...), '"')
}

// end closes the row.
func (s *sheet) end() error {
	s.row = append(s.row, '\r', '\n')
	_, err := s.w.Write(s.row)
	s.row, s.cells = s.row[:0], 0
	return err
}

// Defuse puts an apostrophe before a text that a spreadsheet could take for a
// formula: one that begins, also after blanks, with = + - @, a tab, CR, LF or
// NUL, or a full-width ＝ ＋ － ＠. A text that would look as if this had been
// done to it gets one too, so that [Undefuse] is exact.
func Defuse(s string) string {
	if active(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Undefuse gives the text that [Defuse] was given.
func Undefuse(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && active(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

// active reports whether the text begins like a formula, after any blanks and
// invisible characters.
func active(s string) bool {
	for i, r := range s {
		switch r {
		case '=', '+', '-', '@', '\t', '\r', '\n', 0, '＝', '＋', '－', '＠':
			return true
		}
		if r < utf8.RuneSelf && r > ' ' && r < 0x7f {
			return false
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			continue // a stray byte, which a reader may drop
		}
		if !unicode.IsSpace(r) && !unicode.In(r, unicode.C) && !hidden(r) {
			return false
		}
	}
	return false
}
