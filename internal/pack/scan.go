package pack

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"regexp"
	"strconv"
)

// scan counts the rows of a CSV file as it passes by, in constant memory: a record ends
// at a line feed outside of quotes.
type scan struct {
	rows    int64 // without the header
	columns int   // of the header
	quoted  bool
	header  bool // it is over
	inside  bool // of a record

	// of tells which rows are hashed; nil: none. Each one's hash is given to took when it
	// ends. skip says that the first column is left out of the hash, and given as text.
	of   func(row int64) bool
	took func(row int64, first string, sum [sha256.Size]byte)
	skip bool

	sum   hash.Hash // of the record that is being read; nil: it is not hashed
	first []byte    // its first column, where that is left out
	past  bool      // that is over
}

func newScan() *scan { return &scan{columns: 1} }

// Write takes the next bytes; it never fails.
func (s *scan) Write(b []byte) (int, error) {
	from := 0
	for i, c := range b {
		if !s.inside {
			s.begin()
			from = i
		}
		switch {
		case c == '"':
			s.quoted = !s.quoted
		case s.quoted:
		case c == ',' && !s.header:
			s.columns++
		case c == ',' && s.skip && !s.past:
			s.past = true
			from = i + 1
		case c == '\n':
			s.feed(b[from : i+1])
			s.end()
			continue
		}
		if s.skip && !s.past && s.sum != nil && len(s.first) < 20 {
			s.first = append(s.first, c)
		}
	}
	if s.inside {
		s.feed(b[from:])
	}
	return len(b), nil
}

func (s *scan) feed(b []byte) {
	if s.sum != nil && (!s.skip || s.past) {
		_, _ = s.sum.Write(b)
	}
}

func (s *scan) begin() {
	s.inside, s.sum, s.first, s.past = true, nil, s.first[:0], false
	if s.header && s.of != nil && s.of(s.rows+1) {
		s.sum = sha256.New()
	}
}

func (s *scan) end() {
	s.inside = false
	if !s.header {
		s.header = true
		return
	}
	s.rows++
	if s.sum != nil {
		s.took(s.rows, string(s.first), [sha256.Size]byte(s.sum.Sum(nil)))
	}
}

// cut reports whether the file ends within a record.
func (s *scan) cut() bool { return s.inside || !s.header }

// tail keeps the end of a file.
type tail struct{ last []byte }

const tailSize = 128

// Write takes the next bytes; it never fails.
func (t *tail) Write(b []byte) (int, error) {
	if len(b) >= tailSize {
		t.last = append(t.last[:0], b[len(b)-tailSize:]...)
		return len(b), nil
	}
	t.last = append(t.last, b...)
	if n := len(t.last); n > tailSize {
		t.last = append(t.last[:0], t.last[n-tailSize:]...)
	}
	return len(b), nil
}

var countAtEnd = regexp.MustCompile(`"count":\s*(\d{1,18})\s*}\s*$`)

// count gives the number of rows that a table in JSON ends with; -1: it does not end so.
func (t *tail) count() int64 {
	m := countAtEnd.FindSubmatch(bytes.TrimSpace(t.last))
	if m == nil {
		return -1
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64) // 18 digits
	return n
}
