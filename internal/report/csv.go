package report

import (
	"bufio"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
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

// text adds a cell whose content is not ours: it can never be a formula, and
// bytes that are not UTF-8 are replaced.
func (s *sheet) text(v string) {
	switch {
	case s.screen:
		v = Visible(v)
	case !utf8.ValidString(v):
		v = strings.ToValidUTF8(v, "\uFFFD")
	}
	s.cell(Defuse(v))
}

// number adds a number, or an empty cell where zero means none.
func (s *sheet) number(n int64) {
	s.comma()
	if n != 0 {
		s.row = strconv.AppendInt(s.row, n, 10)
	}
}

// skip leaves n cells empty.
func (s *sheet) skip(n int) {
	for range n {
		s.comma()
	}
}

// fields is a row by the names of its columns; what is not in it is empty.
type fields map[string]string

// fields writes one row; a column is looked up in each of the parts in turn.
func (s *sheet) fields(columns []string, parts ...fields) error {
	for _, c := range columns {
		text := ""
		for _, part := range parts {
			if text = part[c]; text != "" {
				break
			}
		}
		s.text(text)
	}
	return s.end()
}

// rfc3339 writes a time in UTC to the millisecond, "" where there is none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return utc(t).Format(time.RFC3339Nano)
}

// id writes the number of what is named, "" where there is none.
func id(n access.Named) string {
	if n.ID == 0 {
		return ""
	}
	return strconv.FormatInt(n.ID, 10)
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
