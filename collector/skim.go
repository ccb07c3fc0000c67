package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// errJSON is a list that cannot be read.
var errJSON = errors.New("the answer is not the list that was asked for")

// skim takes id and role_name out of a list of repositories. GitHub sends five
// kilobytes a repository and has nothing shorter; decoding the rest of it costs
// more than everything else that the collector does.
func skim(raw []byte, each func(id int64, role string)) error {
	s := &skimmer{raw: raw}
	if !s.eat('[') {
		return errJSON
	}
	for more := !s.eat(']'); more; {
		var id int64
		var role string
		err := s.object(func(key string, value []byte) error {
			switch key {
			case `"id"`:
				return json.Unmarshal(value, &id)
			case `"role_name"`:
				return json.Unmarshal(value, &role)
			}
			return nil
		})
		if err != nil {
			return err
		}
		each(id, role)
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
func (s *skimmer) object(each func(key string, value []byte) error) error {
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
		if err := each(string(name), s.raw[from:s.at]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
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
