package github

// scanner finds the parts of JSON that is known to be closed, without a look into
// what they hold. Keys with escapes in them are not the keys of anything here.
type scanner struct {
	raw []byte
	at  int
}

func (s *scanner) blank() {
	for s.at < len(s.raw) && (s.raw[s.at] == ' ' || s.raw[s.at] == '\n' || s.raw[s.at] == '\r' || s.raw[s.at] == '\t') {
		s.at++
	}
}

// eat passes a character if it comes next.
func (s *scanner) eat(c byte) bool {
	s.blank()
	if s.at < len(s.raw) && s.raw[s.at] == c {
		s.at++
		return true
	}
	return false
}

// object tells each key of an object with where its value stands.
func (s *scanner) object(each func(key string, v span)) bool {
	if !s.eat('{') {
		return false
	}
	for more := !s.eat('}'); more; {
		key, ok := s.text()
		if !ok || !s.eat(':') {
			return false
		}
		v, ok := s.value()
		if !ok {
			return false
		}
		each(string(s.raw[key.from:key.to]), v)
		if more = s.eat(','); !more && !s.eat('}') {
			return false
		}
	}
	return true
}

// list tells where each element of a list stands.
func (s *scanner) list(each func(v span)) bool {
	if !s.eat('[') {
		return false
	}
	for more := !s.eat(']'); more; {
		v, ok := s.value()
		if !ok {
			return false
		}
		each(v)
		if more = s.eat(','); !more && !s.eat(']') {
			return false
		}
	}
	return true
}

// text passes a string and gives where its characters stand.
func (s *scanner) text() (v span, ok bool) {
	if !s.eat('"') {
		return v, false
	}
	n := stringEnd(s.raw[s.at:])
	if n < 0 {
		return v, false
	}
	v = span{s.at, s.at + n}
	s.at += n + 1
	return v, true
}

// value passes a value of any kind.
func (s *scanner) value() (v span, ok bool) {
	s.blank()
	v.from = s.at
	for depth := 0; s.at < len(s.raw); s.at++ {
		switch s.raw[s.at] {
		case '"':
			n := stringEnd(s.raw[s.at+1:])
			if n < 0 {
				return v, false
			}
			if s.at += 1 + n; depth == 0 {
				s.at++
				v.to = s.at
				return v, true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // a number or a word has ended
				v.to = s.at
				return v, v.to > v.from
			}
			if depth--; depth == 0 {
				s.at++
				v.to = s.at
				return v, true
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				v.to = s.at
				return v, v.to > v.from
			}
		}
	}
	return v, false
}
