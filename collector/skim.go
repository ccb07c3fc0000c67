package collector

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/internal/decode"
)

// errJSON is a list that cannot be read.
var errJSON = errors.New("the answer is not the list that was asked for")

// skim takes id and role_name out of a list of repositories. GitHub sends five
// kilobytes a repository and has nothing shorter; decoding the rest of it costs
// more than everything else that the collector does.
func skim(raw []byte, each func(id int64, role string)) error {
	return rows(raw, func(idText, roleText []byte) error {
		var id int64
		var role string
		if idText != nil {
			if err := decode.Into(idText, &id); err != nil {
				return fmt.Errorf("id: %w", err)
			}
		}
		if roleText != nil {
			if err := decode.Into(roleText, &role); err != nil {
				return fmt.Errorf("role_name: %w", err)
			}
		}
		each(id, role)
		return nil
	})
}

// shorten leaves of a list of repositories what skim takes out of it, nil where it
// is none.
func shorten(raw []byte) []byte {
	out := append(make([]byte, 0, 64+len(raw)/100), '[')
	err := rows(raw, func(id, role []byte) error {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, '{')
		if id != nil {
			out = append(append(out, `"id":`...), id...)
		}
		if id != nil && role != nil {
			out = append(out, ',')
		}
		if role != nil {
			out = append(append(out, `"role_name":`...), role...)
		}
		out = append(out, '}')
		return nil
	})
	if err != nil {
		return nil
	}
	return append(out, ']')
}

// rows tells the two values of each repository as they stand there, nil where one
// is missing. Of a key that comes twice the last counts.
func rows(raw []byte, each func(id, role []byte) error) error {
	s := &skimmer{raw: raw}
	if !s.eat('[') {
		return errJSON
	}
	for more := !s.eat(']'); more; {
		var id, role []byte
		err := s.object(func(key, value []byte) {
			switch string(key) {
			case `"id"`:
				id = value
			case `"role_name"`:
				role = value
			}
		})
		if err != nil {
			return err
		}
		if err := each(id, role); err != nil {
			return err
		}
		if more = s.eat(','); !more && !s.eat(']') {
			return errJSON
		}
	}
	s.blank()
	if s.at != len(raw) {
		return errJSON
	}
	return nil
}

// skimmer walks over JSON without looking into values.
type skimmer struct {
	raw []byte
	at  int
}

func (s *skimmer) blank() {
	for s.at < len(s.raw) && (s.raw[s.at] == ' ' || s.raw[s.at] == '\n' || s.raw[s.at] == '\r' || s.raw[s.at] == '\t') {
		s.at++
	}
}

// eat passes a character if it comes next.
func (s *skimmer) eat(c byte) bool {
	s.blank()
	if s.at < len(s.raw) && s.raw[s.at] == c {
		s.at++
		return true
	}
	return false
}

// object tells each key of an object, in quotes, with its value.
func (s *skimmer) object(each func(key, value []byte)) error {
	if !s.eat('{') {
		return errJSON
	}
	for more := !s.eat('}'); more; {
		s.blank()
		key := s.at
		if !s.text() {
			return errJSON
		}
		name := s.raw[key:s.at]
		if !s.eat(':') {
			return errJSON
		}
		s.blank()
		from := s.at
		if !s.value() {
			return errJSON
		}
		each(name, s.raw[from:s.at])
		if more = s.eat(','); !more && !s.eat('}') {
			return errJSON
		}
	}
	return nil
}

// text passes a string.
func (s *skimmer) text() bool {
	if s.at >= len(s.raw) || s.raw[s.at] != '"' {
		return false
	}
	for i := s.at + 1; ; {
		n := bytes.IndexByte(s.raw[i:], '"')
		if n < 0 {
			return false
		}
		end, slashes := i+n, 0
		for s.raw[end-1-slashes] == '\\' {
			slashes++
		}
		if i = end + 1; slashes%2 == 0 {
			s.at = i
			return true
		}
	}
}

// value passes a value of any kind.
func (s *skimmer) value() bool {
	for depth := 0; s.at < len(s.raw); {
		switch c := s.raw[s.at]; c {
		case '"':
			if !s.text() {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 { // a number or a word has ended
				return true
			}
			if c != ',' {
				if depth--; depth == 0 {
					s.at++
					return true
				}
			}
		}
		s.at++
	}
	return false
}
