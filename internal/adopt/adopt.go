// Package adopt writes the first baseline of an organization: what is there
// today, in few lines, each privileged one with an end. It is pure: a snapshot
// goes in, a document comes out, and the same snapshot gives the same bytes.
//
// What is wrong by itself is not accepted and stays a finding; what is unusual is
// set apart with the reason, for a person to decide; what could not be read is
// said, and its class is left alone.
package adopt

import (
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// Result is the baseline and what is to be said of it.
type Result struct {
	Text []byte // baseline.toml

	Entries int // [[assign]], [[environment]] and [[key]]
	Lines   int // of the text, without comments and blank lines
	Grants  int // authorizations of today that they accept
	Teams   int // that hold some of them
	People  int // that hold some of them themselves, owners included

	Accepted []Span   // until when, by sort of access
	Apart    int      // entries that are set apart
	Refused  []string // what is not accepted, one sentence each
	Blind    []string // what could not be read and is not managed, one sentence each
	Remain   []Count  // findings that the next audit shows, by rule
	Managed  []string // classes that the baseline manages

	together int // entries that share the [[assign]] of another
}

// Span says from when to when the acceptances of one sort of access end.
type Span struct {
	What        string
	First, Last time.Time // days
}

// Count counts the findings of one rule.
type Count struct {
	Rule     string
	Severity access.Severity
	Findings int
}

// ErrNothing says that nothing was read that a baseline could hold.
var ErrNothing = fmt.Errorf("nothing was read that a baseline could hold")

// ErrTooLong says that the organization's access does not fit into one file.
var ErrTooLong = fmt.Errorf("today's access does not fit into one file")

// Baseline writes the baseline for the organization of the snapshot as it is.
// Graph may be nil. It fails with [ErrNothing] where nothing was read, with
// [ErrTooLong] where too much is there, and where what it wrote does not load, which is a mistake of this package.
func Baseline(s *access.Snapshot, g *reach.Graph) (Result, error) {
	if g == nil {
		g = reach.New(s)
	}
	before := analyzer.Analyze(analyzer.Input{Snapshot: s, Graph: g, At: s.TakenAt})
	w := newWriter(s, g, before.Findings)
	w.gather()
	if !w.anything() {
		return Result{Blind: w.blind}, ErrNothing
	}
	text := w.document()
	if len(text) > baseline.MaxFileSize {
		return Result{Blind: w.blind}, fmt.Errorf("%w: %d bytes, and a file of a baseline has at most %d", ErrTooLong, len(text), baseline.MaxFileSize)
	}
	bound, err := load(s, text)
	if err != nil {
		return Result{}, err
	}
	after := analyzer.Analyze(analyzer.Input{Snapshot: s, Graph: g, Baseline: bound, At: s.TakenAt})
	r := w.result
	r.Remain = counts(after.Findings)
	r.Text = []byte(text + w.ending(r.Remain))
	r.Blind, r.Refused = w.blind, w.refused
	for _, c := range bound.Managing() {
		r.Managed = append(r.Managed, string(c))
	}
	return r, nil
}

// load reads the text as every command will.
func load(s *access.Snapshot, text string) (*baseline.Bound, error) {
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}})
	if err != nil {
		return nil, fmt.Errorf("the baseline that was written does not load; this is a mistake in ajar, please report it: %w", err)
	}
	bound, problems := b.Bind(s)
	if bound == nil {
		return nil, fmt.Errorf("the baseline that was written does not fit; this is a mistake in ajar, please report it: %w", baseline.Problems(problems))
	}
	return bound, nil
}

// counts adds the open findings up by rule and severity, the worst first: one rule
// may judge what is named production higher than the rest.
func counts(all []access.Finding) []Count {
	var out []Count
	for _, f := range all { // the worst come first
		i := slices.IndexFunc(out, func(c Count) bool { return c.Rule == f.Rule && c.Severity == f.Severity })
		if i < 0 {
			i, out = len(out), append(out, Count{Rule: f.Rule, Severity: f.Severity})
		}
		out[i].Findings++
	}
	return out
}
