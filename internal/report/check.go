package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Problem is something in a file that is wrong, or looks wrong.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1; 0: the file as a whole
	Column  int    `json:"column"` // from 1; 0: the line as a whole
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// place writes file:line:column as far as it is known, which editors follow.
func (p Problem) place() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	return s
}

// Figure is how many of something a file holds.
type Figure struct {
	Name  string `json:"name"` // in the plural: "roles"
	Count int    `json:"count"`
}

// Check is what is wrong in the files of one kind.
type Check struct {
	Files    []string
	Problems []Problem // errors: the files cannot be used
	Warnings []Problem
}

// Exit is ExitError where there are errors, else ExitClean.
func (v Check) Exit() int {
	if len(v.Problems) > 0 {
		return ExitError
	}
	return ExitClean
}

func (v Check) verdict() string {
	said := "no errors"
	if n := len(v.Problems); n > 0 {
		said = count(n, "error", "errors")
	}
	if n := len(v.Warnings); n > 0 {
		said += ", " + count(n, "warning", "warnings")
	}
	return said + "."
}

// BaselineCheck is the result of `ajar baseline check`.
type BaselineCheck struct {
	Check
	Hash    string
	Figures []Figure
	Managed []string       // the classes it manages
	Bound   []access.Named // the organizations whose snapshots its names were held against
}

// ConfigCheck is the result of `ajar config check`.
type ConfigCheck struct {
	Check
}

func (v BaselineCheck) json(w io.Writer) error {
	return encode(w, struct {
		Schema   string         `json:"schema"`
		Valid    bool           `json:"valid"`
		Files    []string       `json:"files"`
		Hash     string         `json:"hash"`
		Problems []Problem      `json:"problems"`
		Warnings []Problem      `json:"warnings"`
		Figures  []Figure       `json:"figures"`
		Managed  []string       `json:"managed"`
		Bound    []access.Named `json:"held_against"` // empty: names were not looked up
	}{
		"ajar.baseline-check/v1", len(v.Problems) == 0, list(v.Files), v.Hash, list(v.Problems), list(v.Warnings), list(v.Figures),
		list(v.Managed), list(v.Bound),
	})
}

func (v ConfigCheck) json(w io.Writer) error {
	return encode(w, struct {
		Schema   string    `json:"schema"`
		Valid    bool      `json:"valid"`
		Files    []string  `json:"files"`
		Problems []Problem `json:"problems"`
		Warnings []Problem `json:"warnings"`
	}{"ajar.config-check/v1", len(v.Problems) == 0, list(v.Files), list(v.Problems), list(v.Warnings)})
}

var checkColumns = []string{"row", "file", "line", "column", "message", "hint"}

func (v Check) csv(s *sheet) error {
	if err := s.header(checkColumns...); err != nil {
		return err
	}
	for _, part := range []struct {
		row string
		all []Problem
	}{{"error", v.Problems}, {"warning", v.Warnings}} {
		for _, p := range part.all {
			row := fields{"row": part.row, "file": p.File, "message": p.Message, "hint": p.Hint}
			if p.Line > 0 {
				row["line"] = strconv.Itoa(p.Line)
			}
			if p.Column > 0 {
				row["column"] = strconv.Itoa(p.Column)
			}
			if err := s.fields(checkColumns, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v ConfigCheck) table(p *page) error {
	p.title("Configuration", strings.Join(v.Files, ", "))
	p.problems(v.Check)
	p.exit(v.Exit(), v.verdict())
	return p.err
}

func (v BaselineCheck) table(p *page) error {
	p.title("Baseline", strings.Join(v.Files, ", "))
	p.problems(v.Check)
	if len(v.Problems) == 0 {
		p.gap()
		var holds []string
		for _, f := range v.Figures {
			holds = append(holds, f.Name+" "+number(f.Count))
		}
		p.field("holds", strings.Join(holds, ", "))
		p.field("manages", strings.Join(v.Managed, ", "))
		p.field("hash", v.Hash)
		against := "nothing; `" + p.program + " collect` first, and its names can be looked up"
		if len(v.Bound) > 0 {
			names := make([]string, len(v.Bound))
			for i, o := range v.Bound {
				names[i] = orgName(o)
			}
			against = "the newest snapshot of " + strings.Join(names, ", ")
		}
		p.field("against", against)
	}
	p.exit(v.Exit(), v.verdict())
	return p.err
}

// problems lists errors, then warnings.
func (p *page) problems(v Check) {
	for _, part := range []struct {
		word  string
		style style
		all   []Problem
	}{{"error", critical, v.Problems}, {"warning", medium, v.Warnings}} {
		for _, problem := range part.all {
			p.gap()
			p.line(part.style.of(part.word), plain.of("  "), strong.of(problem.place()))
			p.para(len(part.word)+2, plain, problem.Message)
			if problem.Hint != "" {
				p.hang(len(part.word)+2, []span{dim.of("hint: ")}, plain, problem.Hint)
			}
		}
	}
}

// BaselineExplain says which lines of the baseline decide for a principal on a
// resource.
type BaselineExplain struct {
	Principal access.Named
	Resource  access.Named
	At        time.Time
	Allowed   Allowed
	Lines     []string
}

// Allowed is what a baseline allows, all ways together.
type Allowed struct {
	Words     string             `json:"words"`
	Standing  []access.Privilege `json:"standing"`       // at all times; empty: nothing
	Until     time.Time          `json:"until,omitzero"` // the end of it
	Elevation []access.Privilege `json:"elevation"`      // beyond that, as an elevation only
	Class     string             `json:"class"`          // of access that this is
	Managed   bool               `json:"managed"`        // what goes beyond it is drift
}

func (v BaselineExplain) json(w io.Writer) error {
	v.Allowed.Standing, v.Allowed.Elevation, v.Allowed.Until = list(v.Allowed.Standing), list(v.Allowed.Elevation), utc(v.Allowed.Until)
	return encode(w, struct {
		Schema    string       `json:"schema"`
		Principal access.Named `json:"principal"`
		Resource  access.Named `json:"resource"`
		At        time.Time    `json:"at"`
		Allowed   Allowed      `json:"allowed"`
		Lines     []string     `json:"lines"`
	}{"ajar.baseline-explain/v1", v.Principal, v.Resource, utc(v.At), v.Allowed, list(v.Lines)})
}

func (v BaselineExplain) csv(s *sheet) error {
	columns := []string{"principal", "resource", "at", "allowed", "line"}
	if err := s.header(columns...); err != nil {
		return err
	}
	about := fields{"principal": v.Principal.Name, "resource": v.Resource.Name, "at": rfc3339(v.At), "allowed": v.Allowed.Words}
	for _, l := range v.Lines {
		if err := s.fields(columns, fields{"line": l}, about); err != nil {
			return err
		}
	}
	return nil
}

func (v BaselineExplain) table(p *page) error {
	p.title(v.Principal.Name+" on "+v.Resource.Name, "at "+moment(v.At))
	p.gap()
	p.field("allowed", v.Allowed.Words)
	p.gap()
	if len(v.Lines) == 0 {
		p.para(2, plain, "no line of the baseline speaks of it")
	}
	for _, l := range v.Lines {
		p.bullet(l)
	}
	return p.err
}
