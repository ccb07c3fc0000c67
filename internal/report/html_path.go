package report

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

// The measures of a drawn path, in the page's pixels. Names are in 12 px
// monospace, of which no common font is wider than 7.3 px a column.
const (
	nameColumn  = 7.3
	edgeColumn  = 6.7 // of the 11 px text on an arrow
	noteColumn  = 5.8 // of the 10 px text under an arrow
	nameColumns = 23  // of a line in a box; longer names take a second line
	edgeColumns = 15  // of a word on an arrow; longer ones lose their middle
	noteColumns = 17
	boxPadding  = 10
	lineHeight  = 15
)

// htmlPath is one path as a picture: a row of boxes with arrows between them,
// each its own drawing, so that a narrow page can break the row.
type htmlPath struct {
	Said string // the path in words
	Hops []htmlHop
}

// htmlHop is an arrow, if there is one, and the box that it leads to.
type htmlHop struct {
	Kind, Word, Full      string
	Edge, Under           string // the words above and below the arrow
	Lines                 []htmlLine
	Arrow                 bool
	W, H, Mid, Shaft, Tip int
	EdgeX, EdgeY, UnderY  int
	X, BoxW, BoxH, R      int
	TextX                 int
}

// htmlLine is one line of a name in a box. It repeats where it begins, for a
// template has no other way to say it.
type htmlLine struct {
	Text string
	X, Y int
}

// drawn makes the picture of a path.
func (m htmlMaker) drawn(p access.Path) htmlPath {
	out := htmlPath{Said: Visible(PathText(p))}
	var at access.Ref // where the chain has come to
	for i, s := range p {
		if i == 0 || s.From.Ref != at {
			out.Hops = append(out.Hops, m.hop(s.From, "", i > 0))
		}
		at = s.To.Ref
		out.Hops = append(out.Hops, m.hop(s.To, link(s), true))
	}
	two := false
	for _, h := range out.Hops {
		two = two || len(h.Lines) > 1
	}
	for i := range out.Hops {
		out.Hops[i].place(two)
	}
	return out
}

// hop measures a box and the arrow to it.
func (m htmlMaker) hop(n access.Named, edge string, arrow bool) htmlHop {
	kind := n.Kind.String()
	over, under := edgeWords(edge)
	name := strings.TrimPrefix(strings.TrimPrefix(Visible(n.Name), kind+":"), Visible(m.org)+"/")
	h := htmlHop{
		Kind: kind, Word: boxWord(n.Kind), Full: Visible(n.Name), Arrow: arrow, R: 4,
		Edge: shorten(Visible(over), edgeColumns), Under: shorten(Visible(under), noteColumns),
	}
	if n.Kind == access.User {
		h.R = 14
	}
	lines := []string{name}
	if columns(name) > nameColumns {
		lines = wrap(name, nameColumns)
		if len(lines) > 2 {
			lines = wrap(shorten(name, 2*nameColumns-1), nameColumns)
			lines = lines[:min(2, len(lines))]
		}
	}
	wide := 6.0 * float64(columns(h.Word))
	for _, l := range lines {
		h.Lines = append(h.Lines, htmlLine{Text: l})
		wide = max(wide, nameColumn*float64(columns(l)))
	}
	h.BoxW = int(wide) + 2*boxPadding + 1
	h.X = 1
	if arrow {
		h.Shaft = max(28, int(max(edgeColumn*float64(columns(h.Edge)), noteColumn*float64(columns(h.Under))))+22)
		h.X = h.Shaft + 8
	}
	return h
}

// edgeWords takes what a step gives apart: the privilege, and the note on where
// it comes from.
func edgeWords(edge string) (over, under string) {
	const org = "(organization role "
	if role, ok := strings.CutPrefix(edge, org); ok {
		return strings.TrimSuffix(role, ")"), "organization role"
	}
	for _, note := range []string{"base permission", "organization role"} {
		if word, ok := strings.CutSuffix(edge, " ("+note+")"); ok {
			return word, note
		}
	}
	if strings.HasPrefix(edge, "(") {
		edge = strings.TrimSuffix(edge[1:], ")")
	}
	return edge, ""
}

// place sets the heights, which all boxes of a path have in common.
func (h *htmlHop) place(two bool) {
	h.BoxH = 38
	if two {
		h.BoxH += lineHeight
	}
	h.W, h.H = h.X+h.BoxW+2, h.BoxH+3
	h.Mid, h.Tip = h.H/2, h.X-2
	h.Shaft = h.Tip - 10
	h.EdgeX, h.EdgeY, h.UnderY = (h.X-2)/2, h.Mid-5, h.Mid+14
	h.TextX = h.X + boxPadding
	for i := range h.Lines {
		h.Lines[i].X, h.Lines[i].Y = h.TextX, 30+i*lineHeight
	}
}

// boxWord is the word for a kind above the name in a box.
func boxWord(k access.Kind) string {
	switch k {
	case access.User:
		return "person"
	case access.Org:
		return "organization"
	case access.Repo:
		return "repository"
	case access.Env:
		return "environment"
	case access.Key:
		return "deploy key"
	}
	return k.String()
}
