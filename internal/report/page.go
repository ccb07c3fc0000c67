package report

import (
	"bufio"
	"strings"

	"github.com/eb661601/ajar/access"
)

// style gives a span its weight or colour. A colour never says anything that
// the words do not say as well.
type style uint8

const (
	plain style = iota
	strong
	dim
	good
	warn
	critical
	high
	medium
	low
)

// sgr are the terminal's codes: the sixteen colours that every theme keeps
// readable, none for the background.
var sgr = [...]string{
	plain: "", strong: "1", dim: "2", good: "32", warn: "1;33",
	critical: "1;31", high: "31", medium: "33", low: "36",
}

// of makes a span of the text. It is the only way text enters a page.
func (s style) of(text string) span { return span{text: Visible(text), style: s} }

func severityStyle(s access.Severity) style {
	switch s {
	case access.Critical:
		return critical
	case access.High:
		return high
	case access.Medium:
		return medium
	case access.Low:
		return low
	}
	return dim
}

// span is a piece of a line. Its texts are visible already.
type span struct {
	text  string
	style style
	brief string // a shorter form for a narrow grid, if there is one
}

// space is n blanks.
func space(n int) span { return span{text: blanks(n)} }

// in gives the span a shorter form: names of the organization without it.
func (s span) in(org access.Named) span {
	login := Visible(orgName(org))
	if s.text == "org:"+login {
		s.brief = "org:…"
		return s
	}
	if kind, rest, ok := strings.Cut(s.text, ":"); ok && login != "" && strings.HasPrefix(rest, login+"/") {
		s.brief = kind + ":…" + strings.TrimPrefix(rest, login)
	}
	return s
}

// page writes lines that are never wider than it.
type page struct {
	w       *bufio.Writer
	width   int
	color   bool
	all     bool
	program string
	implied string // the organization that a command means by itself
	org     string // the organization that commands are about
	cutWays bool   // a row has more ways than are told
	err     error
}

// The narrowest and the widest page; wider lines are hard to follow.
const (
	minWidth     = 60
	maxWidth     = 200
	defaultWidth = 100
)

func newPage(w *bufio.Writer, o Options) *page {
	p := &page{w: w, width: o.Width, color: o.Color, all: o.All, program: o.Program, implied: o.Implied}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = min(max(p.width, minWidth), maxWidth)
	if p.program == "" {
		p.program = "ajar"
	}
	return p
}

// line writes one line, shortening its widest spans where it would not fit.
func (p *page) line(spans ...span) { p.emit(fit(spans, p.width)) }

// emit writes the spans as they are, without blanks at the end.
func (p *page) emit(spans []span) {
	last := len(spans) - 1
	for last >= 0 && strings.TrimRight(spans[last].text, " ") == "" {
		last--
	}
	for i := 0; i <= last; i++ {
		text := Visible(spans[i].text)
		if i == last {
			text = strings.TrimRight(text, " ")
		}
		p.put(text, spans[i].style)
	}
	p.raw("\n")
}

func (p *page) put(text string, s style) {
	if !p.color || sgr[s] == "" || strings.TrimSpace(text) == "" {
		p.raw(text)
		return
	}
	body := strings.TrimLeft(text, " ")
	p.raw(text[:len(text)-len(body)] + "\x1b[" + sgr[s] + "m" + body + "\x1b[0m")
}

func (p *page) raw(s string) {
	if _, err := p.w.WriteString(s); err != nil && p.err == nil {
		p.err = err
	}
}

// gap writes an empty line.
func (p *page) gap() { p.raw("\n") }

// title begins a page, on one line where it fits; it is broken, never cut.
func (p *page) title(title, rest string) {
	if columns(Visible(title))+gutter+columns(Visible(rest)) > p.width {
		p.para(0, strong, title)
		p.para(2, plain, rest)
		return
	}
	p.hang(0, []span{strong.of(title), space(gutter)}, plain, rest)
}

// section begins a part of the page.
func (p *page) section(s style, title, rest string) {
	p.gap()
	p.hang(0, []span{s.of(title), space(gutter)}, plain, rest)
}

// para writes wrapped text at an indent.
func (p *page) para(indent int, s style, text string) {
	if text == "" {
		return
	}
	for _, l := range wrap(Visible(text), p.width-indent) {
		p.emit([]span{space(indent), {text: l, style: s}})
	}
}

// hang writes wrapped text after a lead; further lines stand under the first.
func (p *page) hang(indent int, lead []span, s style, text string) {
	lead = append([]span{space(indent)}, lead...)
	used := total(lead)
	if used > p.width-20 { // a lead this wide gets a line of its own
		p.line(lead...)
		p.para(indent+2, s, text)
		return
	}
	for i, l := range wrap(Visible(text), p.width-used) {
		if i > 0 {
			lead = []span{space(used)}
		}
		p.emit(append(lead, span{text: l, style: s}))
	}
}

// labelWidth is the column in which the values of fields begin.
const labelWidth = 12

// field writes a label and its wrapped value, nothing where there is no value.
func (p *page) field(label, value string) { p.styled(label, plain, value) }

func (p *page) styled(label string, s style, value string) {
	if value != "" {
		p.hang(2, []span{dim.of(label), space(labelWidth - columns(label))}, s, value)
	}
}

// wide is a field whose label takes more room.
func (p *page) wide(label, value string) {
	if value != "" {
		p.hang(2, []span{dim.of(label), space(labelWidth + 2 - columns(label))}, plain, value)
	}
}

// bullet writes one item of a list.
func (p *page) bullet(text string) {
	p.hang(2, []span{plain.of("· ")}, plain, text)
}

// command writes something to copy: it is not cut, however wide.
func (p *page) command(indent int, words string) {
	p.emit([]span{space(indent), plain.of(p.program + " " + words + p.inOrg())})
}

// inOrg is the flag that keeps a command to the organization of the page: the
// store may hold several. It is left out where the command means that one by itself.
func (p *page) inOrg() string {
	if p.org == "" || strings.EqualFold(p.org, p.implied) {
		return ""
	}
	return " --org " + argument(p.org)
}

// safe are the characters that mean nothing to a shell.
const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@"

// Command writes words as a shell takes them for those very words.
func Command(words ...string) string {
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w; w == "" || strings.Trim(w, safe+"=,+%") != "" {
			out[i] = argument(w)
		}
	}
	return strings.Join(out, " ")
}

// argument writes a name as one argument of a shell.
func argument(s string) string {
	if s != "" && strings.Trim(s, safe) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func total(spans []span) int {
	n := 0
	for _, s := range spans {
		n += columns(s.text)
	}
	return n
}

// fit shortens the widest spans until all of them fit.
func fit(spans []span, width int) []span {
	over := total(spans) - width
	if over <= 0 {
		return spans
	}
	out := append([]span(nil), spans...)
	for over > 0 {
		widest := 0
		for i, s := range out {
			if columns(s.text) > columns(out[widest].text) {
				widest = i
			}
		}
		had := columns(out[widest].text)
		if had == 0 {
			break
		}
		out[widest].text = shorten(out[widest].text, max(had-over, had/2))
		over = total(out) - width
	}
	return out
}
