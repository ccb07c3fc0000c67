// Package report writes what ajar found: as a table for people, as JSON for
// programs, as CSV for spreadsheets, and where it helps as a page in HTML and as
// Markdown. It computes no finding; it lays out
// what it is given, the gaps in what was seen before everything else.
//
// Every text that comes from GitHub is hostile here. Tables show characters
// that could steer a terminal as their code, JSON escapes them, and CSV keeps a
// cell from being taken for a formula. docs/output.md is the reader's side of it.
package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is one of the ways to write a view.
type Format string

// The formats of --output.
const (
	Table Format = "table"
	JSON  Format = "json"
	CSV   Format = "csv"

	HTML     Format = "html"     // of an [Audit] and a [Plan]
	Markdown Format = "markdown" // of an [Audit] and a [Plan]

	SARIF Format = "sarif" // of an [Audit] and of [Findings], for code scanning: one document
	OCSF  Format = "ocsf"  // of those and of access, for a SIEM: an event a line
	CEF   Format = "cef"   // of an [Audit] and of [Findings], for a SIEM: an event a line
)

// Formats are all of them, as --output takes them.
var Formats = []Format{Table, JSON, CSV, HTML, Markdown, SARIF, OCSF, CEF}

// ParseFormat reads the word after --output; the empty word means a table.
func ParseFormat(s string) (Format, error) {
	f := Format(s)
	switch {
	case f == "":
		return Table, nil
	case slices.Contains(Formats, f):
		return f, nil
	}
	return "", fmt.Errorf("%q is not an output format (one of %s)", s, FormatWords())
}

// FormatWords lists the formats for a message.
func FormatWords() string {
	words := make([]string, len(Formats))
	for i, f := range Formats {
		words[i] = string(f)
	}
	return strings.Join(words, ", ")
}

// Options say what the reader's side is like. The zero value suits a file: 100
// columns, no colour.
type Options struct {
	Width   int    // columns of a table, held within 60 and 200; 0 means 100
	Color   bool   // colour may be used; the caller has looked at NO_COLOR
	All     bool   // tables, HTML and Markdown list everything, however long
	Program string // how the reader starts ajar, for the commands that are suggested; "" means "ajar"
	Implied string // the organization that a command is about which names none; "" means that each must name it
	Screen  bool   // CSV goes to a terminal: control characters are shown as their code
	Append  bool   // CSV continues a table of the same view: no header again
}

// View is one report as a table, as JSON and as CSV. The views of this package
// are the only ones. Some have more formats.
type View interface {
	table(p *page) error
	json(w io.Writer) error
	csv(s *sheet) error
}

type htmlView interface {
	html(w io.Writer, o Options) error
}

type markdownView interface {
	markdown(w io.Writer, o Options) error
}

type (
	sarifView interface{ sarif(w io.Writer) error }
	ocsfView  interface{ ocsf(w io.Writer) error }
	cefView   interface{ cef(w io.Writer) error }
)

// Write writes the view to w in the format. What was written is whole only if
// the error is nil.
func Write(w io.Writer, v View, f Format, o Options) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := write(b, v, f, o); err != nil {
		return fmt.Errorf("writing the report as %s: %w", f, err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the report as %s: %w", f, err)
	}
	return nil
}

func write(b *bufio.Writer, v View, f Format, o Options) error {
	switch f {
	case JSON:
		return v.json(b)
	case CSV:
		return v.csv(&sheet{w: b, screen: o.Screen, headed: o.Append})
	case Table, "":
		p := newPage(b, o)
		if err := v.table(p); err != nil {
			return err
		}
		return p.err
	}
	if other := otherwise(v, f, o); other != nil {
		return other(b)
	}
	if _, err := ParseFormat(string(f)); err != nil {
		return err
	}
	return fmt.Errorf("%T has no such format", v)
}

// otherwise gives what writes the view in a format that not every view has.
func otherwise(v View, f Format, o Options) func(io.Writer) error {
	switch f {
	case HTML:
		if h, ok := v.(htmlView); ok {
			return func(w io.Writer) error { return h.html(w, o) }
		}
	case Markdown:
		if m, ok := v.(markdownView); ok {
			return func(w io.Writer) error { return m.markdown(w, o) }
		}
	case SARIF:
		if s, ok := v.(sarifView); ok {
			return s.sarif
		}
	case OCSF:
		if s, ok := v.(ocsfView); ok {
			return s.ocsf
		}
	case CEF:
		if s, ok := v.(cefView); ok {
			return s.cef
		}
	}
	return nil
}
