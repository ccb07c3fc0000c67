package baseline

// The scanner splits TOML text into the few tokens that matter for counting
// nesting and for finding where a key stands. It is linear, allocates nothing
// and accepts any bytes; whether the text is valid TOML is for the TOML library
// to say. Both agree on where strings and comments end, which is what makes the
// limits of the pre-scan trustworthy.

type tokenKind uint8

const (
	tokenEnd     tokenKind = iota
	tokenBare              // a run of other characters: bare key, number, date, true
	tokenString            // a string of any of the four kinds, quotes included
	tokenNewline           //
	tokenOpen              // [
	tokenClose             // ]
	tokenCurly             // {
	tokenUncurly           // }
	tokenEquals            // =
	tokenComma             // ,
	tokenDot               // .
)

var punctuation = [256]tokenKind{'\n': tokenNewline, '[': tokenOpen, ']': tokenClose, '{': tokenCurly,
	'}': tokenUncurly, '=': tokenEquals, ',': tokenComma, '.': tokenDot}

type token struct {
	kind       tokenKind
	start, end int
}

type scanner struct {
	text string
	pos  int
}

func (s *scanner) next() token {
	s.blank()
	start := s.pos
	if start >= len(s.text) {
		return token{tokenEnd, start, start}
	}
	c := s.text[start]
	if k := punctuation[c]; k != tokenEnd {
		s.pos++
		return token{k, start, s.pos}
	}
	if c == '"' || c == '\'' {
		s.quoted(c)
		return token{tokenString, start, s.pos}
	}
	for s.pos < len(s.text) && !endsBare(s.text[s.pos]) {
		s.pos++
	}
	return token{tokenBare, start, s.pos}
}

// blank skips spaces, tabs, carriage returns and comments.
func (s *scanner) blank() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r':
			s.pos++
		case '#':
			for s.pos < len(s.text) && s.text[s.pos] != '\n' {
				s.pos++
			}
		default:
			return
		}
	}
}

func endsBare(c byte) bool {
	return punctuation[c] != tokenEnd || c == ' ' || c == '\t' || c == '\r' || c == '#' || c == '"' || c == '\''
}

// quoted moves past a string that begins at pos. A string on one line ends at
// the line's end at the latest, which TOML does not allow and the library says so.
func (s *scanner) quoted(q byte) {
	long := s.pos+2 < len(s.text) && s.text[s.pos+1] == q && s.text[s.pos+2] == q
	if !long {
		s.pos++
		for s.pos < len(s.text) {
			switch c := s.text[s.pos]; {
			case c == '\n':
				return
			case c == '\\' && q == '"':
				s.pos = min(s.pos+2, len(s.text))
			case c == q:
				s.pos++
				return
			default:
				s.pos++
			}
		}
		return
	}
	s.pos += 3
	for s.pos < len(s.text) {
		if s.text[s.pos] == '\\' && q == '"' {
			s.pos = min(s.pos+2, len(s.text))
			continue
		}
		if s.closes(q) {
			return
		}
		s.pos++
	}
}

// closes moves past three quotes, and past up to two more that belong to the
// text before them.
func (s *scanner) closes(q byte) bool {
	n := 0
	for n < 5 && s.pos+n < len(s.text) && s.text[s.pos+n] == q {
		n++
	}
	if n < 3 {
		return false
	}
	s.pos += n
	return true
}
