package baseline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a baseline file. Line and Column count from 1, columns
// in characters; a Line of 0 speaks of the file as a whole.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String writes file:line:col, or the file alone.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (p Position) compare(o Position) int {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Column, o.Column))
}

// Problem is one complaint about a baseline: where, what, and what to do. One
// that is not a Warning makes the baseline unusable.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning,omitempty"`
}

// Position gives the place the problem speaks of.
func (p Problem) Position() Position {
	return Position{File: p.File, Line: p.Line, Column: p.Column}
}

// String writes one line, "file:line:col: message (hint)".
func (p Problem) String() string {
	s := p.Position().String() + ": " + p.Message
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Problems are all complaints at once, ordered by file, line and column. As an
// error it prints one line for each.
type Problems []Problem //nolint:errname // a list of problems is what it is, also where it is no error

// Error writes one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err gives the problems that are not warnings as an error, nil where there are
// none.
func (ps Problems) Err() error {
	var bad Problems
	for _, p := range ps {
		if !p.Warning {
			bad = append(bad, p)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return bad
}

// Warnings gives the problems that leave the baseline usable.
func (ps Problems) Warnings() Problems {
	var out Problems
	for _, p := range ps {
		if p.Warning {
			out = append(out, p)
		}
	}
	return out
}

// without leaves out what is said of a place that has a complaint in first as
// well: a value that is no TOML was replaced, and what is wrong with what stands
// there now is not the file's mistake.
func (ps Problems) without(first Problems) Problems {
	told := map[Position]string{}
	for _, p := range first {
		told[p.Position()] = p.Message
	}
	return slices.DeleteFunc(ps, func(p Problem) bool {
		said, ok := told[p.Position()]
		return ok && said != p.Message
	})
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(a.Position().compare(b.Position()), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(ps)
}

// maxProblems bounds the complaints about one baseline; nobody reads more.
const maxProblems = 1000

func (ps *Problems) full() bool { return len(*ps) > maxProblems }

func (ps *Problems) add(at Position, hint, format string, args ...any) {
	if len(*ps) >= maxProblems {
		if !ps.full() {
			*ps = append(*ps, Problem{File: at.File, Line: at.Line, Column: at.Column, Message: "there are more complaints, from here on left out"})
		}
		return
	}
	*ps = append(*ps, Problem{File: at.File, Line: at.Line, Column: at.Column,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (ps *Problems) warn(at Position, hint, format string, args ...any) {
	n := len(*ps)
	if ps.add(at, hint, format, args...); len(*ps) > n {
		(*ps)[n].Warning = true
	}
}
